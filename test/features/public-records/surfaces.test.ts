import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { createTakedown } from './takedowns.ts';
import { orgCheckCharacter } from '../../../src/rules/codes/org-code.ts';
import { usccCheckCharacter } from '../../../src/rules/codes/uscc.ts';
import { toldIn, type PublicState } from '../../../src/rules/records/public-state.ts';
import type { RecordState } from '../../../src/rules/records/file.ts';
import { openBureau, plain, type Bureau } from '../incidents/bureau.ts';
import { Register } from './records.ts';

/** What a record says on each surface; a state in which it says something else on one of them is a leak or a lie. */
interface Seen {
  page: number;
  search: boolean;
  subject: boolean;
  openData: boolean;
  feed: boolean;
  report: boolean;
  api: boolean;
}

const secret = '张三丰住宿迁市宿豫区江山大道1号2幢301室';

/** A code that is well formed for each firm of the table. */
const codeOf = (n: number): string => {
  const own = `MA1TE1${String(n).padStart(2, '0')}`;
  const body = `91321300${own}${orgCheckCharacter(own)}`;
  return body + usccCheckCharacter(body);
};

/** Not of age on the day of the decision. */
const child = { kind: 'person', name: '王小明', idNumber: '321302201203120017' } as const;

type Make = (record: RecordState, with_: { register: Register; bureau: Bureau }) => Promise<void>;
const held = (hold: 'stay' | 'shield'): Make => (record, { register }) => register.change(record.id, { type: 'record.held', hold, because: randomUUID(), reason: '法院裁定' }, '2026-07-01');

/** How a record comes into each state there is: a state that is added has to be added here. */
const into: Readonly<Record<PublicState, Make>> = {
  stored: async () => undefined,
  waiting: async () => undefined,
  withheld: async () => undefined,
  published: async () => undefined,
  marked: (record, { register }) => register.change(record.id, { type: 'record.marked', mark: 'lawsuit', because: randomUUID() }, '2026-07-01'),
  suspended: held('stay'),
  shielded: held('shield'),
  ended: (record, { register }) => register.change(record.id, { type: 'record.ended' }, '2026-07-01'),
  repaired: (record, { register }) => register.change(record.id, { type: 'record.repaired', because: randomUUID() }, '2026-07-01'),
  finalised: async (record, { register }) => {
    const because = randomUUID();
    await register.change(record.id, { type: 'record.held', hold: 'shield', because, reason: '法院裁定' }, '2026-07-01');
    await register.change(record.id, { type: 'record.finalised', because, reason: '执行完毕' }, '2026-07-02');
  },
  withdrawn: (record, { register }) => register.change(record.id, { type: 'record.withdrawn', because: null, reason: `决定被撤销。${secret}` }, '2026-07-01'),
  over: async () => undefined,
  frozen: async (record, { bureau }) => {
    await bureau.knex('subject').where({ id: record.facts.subject.id }).update({ frozen: true });
    await bureau.knex('record').where({ id: record.id }).update({ frozen: true });
  },
  takenOff: (record, { bureau }) => createTakedown(bureau, { kind: 'record', ref: record.id }),
};

describe('every surface says the same of a record', () => {
  let bureau: Bureau;
  let register: Register;
  const now = new Date('2026-08-20T02:00:00Z');
  const made = new Map<PublicState, RecordState>();

  before(async function () {
    this.timeout(60_000);
    bureau = await openBureau({ clock: () => now });
    register = new Register(bureau.knex, bureau.seal);
    for (const [n, state] of (Object.keys(into) as PublicState[]).entries()) {
      const name = `宿迁${'甲乙丙丁戊己庚辛壬癸子丑卯辰寅'[n]}食品有限公司`;
      const facts = state === 'waiting' ? { act: `由李志明将涉案食品运至沭阳县，${secret}。` } : state === 'stored' ? { penaltyKinds: ['warning' as const], fine: 0, summaryProcedure: true } : { act: `销售不合格产品，${secret}。` };
      const on = state === 'over' ? { decidedOn: '2023-06-01' } : {};
      const record = await register.store(state === 'withheld' ? child : { kind: 'organisation', uscc: codeOf(n), name }, { ...facts, ...on }, state === 'over' ? '2023-06-01' : undefined);
      await into[state](record, { register, bureau });
      made.set(state, record);
    }
  });
  after(() => bureau.close());

  const json = async <T>(path: string): Promise<T> => (await bureau.agent().get(path).expect(200)).body as T;

  async function seen(record: RecordState): Promise<Seen> {
    const { subject } = record.facts;
    const page = await bureau.agent().get(`/public/records/${record.id}`);
    const list = await bureau.agent().get(`/public/records?q=${encodeURIComponent(subject.kind === 'organisation' ? subject.name : '')}`).expect(200);
    // Of a person nothing is said at all where nothing of him is public.
    const own = await bureau.agent().get(`/public/subjects/${subject.id}`);
    expect(own.status).to.equal(subject.kind === 'person' ? 404 : 200);
    const { records } = await json<{ records: { address: string }[] }>('/public/open-data/records.json');
    const token = await bureau.token('xyb.handler');
    const { changes } = (await bureau.agent().get('/api/v1/record-changes?limit=1000').set('Authorization', `Bearer ${token}`).expect(200)).body as { changes: { record: string; form: object | null }[] };
    const one = (await bureau.agent().get(`/api/v1/records/${record.id}`).set('Authorization', `Bearer ${token}`).expect(200)).body as { public: boolean };
    const office = await bureau.clerk('xyb.handler');
    const form = await office.form(`/subjects/${subject.id}`, `/subjects/${subject.id}/reports`);
    const report = (await office.post(`/subjects/${subject.id}/reports`, form).expect(200)).text;
    return {
      page: page.status,
      search: list.text.includes(record.id),
      subject: own.text.includes(record.id),
      openData: records.some(({ address }) => address.endsWith(record.id)),
      feed: changes.some(({ record: id, form: shown }) => id === record.id && shown !== null),
      report: plain(report).includes(record.facts.documentNo),
      api: one.public,
    };
  }

  const pageOf = { record: 200, withdrawal: 410, off: 410, nothing: 404 } as const;

  for (const state of Object.keys(into) as PublicState[]) {
    it(`that is ${state}: ${toldIn[state]}`, async function () {
      this.timeout(30_000);
      const isShown = toldIn[state] === 'record';
      expect(await seen(made.get(state)!)).to.deep.equal({ page: pageOf[toldIn[state]], search: isShown, subject: isShown, openData: isShown, feed: isShown, report: isShown, api: isShown });
    });
  }

  it('that is withdrawn: page, open data and changes say by whom, when and why, masked, and nothing of what it said', async () => {
    const { id } = made.get('withdrawn')!;
    const html = plain((await bureau.agent().get(`/public/records/${id}`).expect(410).expect('cache-control', 'no-store')).text);
    expect(html).to.include('宿迁市市场监督管理局').and.include('2026年7月1日').and.include('决定被撤销').and.not.include('江山大道').and.not.include('不合格');
    const { withdrawals } = await json<{ withdrawals: { address: string; why: string; withdrawnOn: string; unit: string }[] }>('/public/open-data/withdrawals.json');
    const row = withdrawals.find(({ address }) => address.endsWith(id))!;
    expect(html).to.include(row.why);
    expect(row.withdrawnOn).to.equal('2026-07-01');
    const token = await bureau.token('xyb.handler');
    const { changes } = (await bureau.agent().get('/api/v1/record-changes?limit=1000').set('Authorization', `Bearer ${token}`)).body as { changes: { record: string; what: string; notice: { why: string; unit: string; withdrawnOn: string } | null }[] };
    const told = changes.find(({ record, what }) => record === id && what === 'withdrawn')!;
    expect(told.notice).to.deep.include({ why: row.why, unit: row.unit, withdrawnOn: row.withdrawnOn });
  });

  it('that was taken off: its page says neither what it said, nor whose it was, nor why it is gone', async () => {
    const html = plain((await bureau.agent().get(`/public/records/${made.get('takenOff')!.id}`).expect(410).expect('cache-control', 'no-store')).text);
    expect(html).to.include('暂不公开').and.not.include('食品有限公司').and.not.include('泄露');
    const { withdrawals } = await json<{ withdrawals: { address: string }[] }>('/public/open-data/withdrawals.json');
    expect(withdrawals.some(({ address }) => address.endsWith(made.get('takenOff')!.id))).to.equal(false);
  });

  it('whose repair was revoked: one last day and one first day of repair on page, list, open data, API and staff page', async () => {
    const record = await register.store({ kind: 'organisation', uscc: codeOf(99), name: '宿迁寅食品有限公司' }, { decidedOn: '2026-06-05' });
    await register.change(record.id, { type: 'record.repaired', because: randomUUID() }, '2026-08-01');
    // Late in the evening of Suqian it is the next day there already for a server that counts in UTC.
    await register.change(record.id, { type: 'record.restored', because: randomUUID() }, '2026-08-11');
    const { state }: { state: RecordState } = await bureau.knex('record').where({ id: record.id }).first('state');
    const until = state.until!;
    expect(until).to.not.equal(state.publicity.maxUntil);
    const day = `${until.slice(0, 4)}年${Number(until.slice(5, 7))}月${Number(until.slice(8))}日`;
    expect(plain((await bureau.agent().get(`/public/records/${record.id}`).expect(200)).text)).to.include(day);
    const { records } = await json<{ records: { address: string; until: string; repairableFrom: string }[] }>('/public/open-data/records.json');
    const open = records.find(({ address }) => address.endsWith(record.id))!;
    const token = await bureau.token('xyb.handler');
    const api = (await bureau.agent().get(`/api/v1/records/${record.id}`).set('Authorization', `Bearer ${token}`).expect(200)).body as { until: string; repairableFrom: string };
    expect([open.until, api.until]).to.deep.equal([until, until]);
    expect(api.repairableFrom).to.equal(open.repairableFrom);
    // The time line tells what was decided before; the term is what holds.
    const html = await (await bureau.clerk('xyb.handler')).page(`/records/${record.id}`);
    const staff = plain(/<section[^>]*aria-labelledby="publicity-title"[\s\S]*?<\/section>/.exec(html)![0]);
    const max = state.publicity.maxUntil!;
    expect(staff).to.include(day).and.not.include(`${max.slice(0, 4)}年${Number(max.slice(5, 7))}月${Number(max.slice(8))}日`);
  });
});
