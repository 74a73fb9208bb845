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

/** How a notice about a record stands before the public, beside the record itself. */
const ofNotice = ['told', 'over', 'takenOff'] as const;

describe('every surface says the same of a correction', () => {
  let bureau: Bureau;
  let register: Register;
  const now = new Date('2026-08-20T02:00:00Z');
  const third = '由驾驶人李志明（电话13812345678）运送的部分不再计入。';
  const masked = '由驾驶人李**（电话138****5678）运送的部分不再计入。';
  let firms = 20;

  before(async function () {
    this.timeout(60_000);
    bureau = await openBureau({ clock: () => now });
    register = new Register(bureau.knex, bureau.seal);
  });
  after(() => bureau.close());

  interface Made { record: RecordState; ref: string; done: string; why: string }

  /** A record with a notice about it, in the words that only this one has. */
  async function make(what: 'corrected' | 'removed', state: PublicState, notice: (typeof ofNotice)[number]): Promise<Made> {
    const n = (firms += 1);
    const on = state === 'over' ? '2023-06-01' : undefined;
    const facts = state === 'waiting' ? { act: '由李志明将涉案食品运至沭阳县。' } : state === 'stored' ? { penaltyKinds: ['warning' as const], fine: 0, summaryProcedure: true } : {};
    const named = state === 'withheld' ? child : { kind: 'organisation' as const, uscc: codeOf(n), name: `宿迁${n}号食品有限公司` };
    const record = await register.store(named, { ...facts, ...(on ? { decidedOn: on } : {}) }, on);
    const { id: caseId }: { id: string } = await bureau.knex('case_file').where({ case_no: await bureau.file({ title: `更正 ${n}` }) }).first('id');
    const [done, why] = [`第${n}件的金额已更正，${third}`, `第${n}件经查有误，${secret}。`];
    await bureau.knex('correction').insert({ case_id: caseId, number: 1, record_id: record.id, what, text: done, reason: why, at: '2026-08-01T02:00:00Z', until: notice === 'over' ? '2026-08-19' : '2026-12-31' });
    if (what === 'removed') await register.change(record.id, { type: 'record.withdrawn', because: caseId, reason: why }, '2026-08-01');
    if (state !== 'withdrawn') await into[state](record, { register, bureau });
    if (notice === 'takenOff') await createTakedown(bureau, { kind: 'correction', ref: `${caseId}:1` });
    return { record, ref: `${caseId}:1`, done: `第${n}件的金额已更正`, why: `第${n}件经查有误` };
  }

  interface Row { address: string; done: string; why: string; documentNo: string }

  async function seen({ record, done, why }: Made, what: 'corrected' | 'removed') {
    const says = what === 'removed' ? why : done;
    // So many readings a minute would be put off.
    await bureau.knex('rate_limit').delete();
    const page = await bureau.agent().get(`/public/records/${record.id}`);
    const list = await bureau.agent().get('/public/records/corrections').expect(200);
    const { corrections } = (await bureau.agent().get('/public/open-data/corrections.json').expect(200)).body as { corrections: Row[] };
    const csv = (await bureau.agent().get('/public/open-data/corrections.csv').expect(200)).text;
    for (const text of [page.text, list.text, csv, JSON.stringify(corrections)]) expect(text).to.not.match(/江山大道|李志明|13812345678/u);
    const row = corrections.find(({ address }) => address.endsWith(record.id));
    if (row) {
      // What one of them says all of them say, to the letter.
      for (const text of [plain(page.text), plain(list.text), csv]) expect(text).to.contain(row.why).and.contain(row.done).and.contain(row.documentNo);
      if (what === 'corrected') expect(row.done).to.contain(masked);
    }
    return { page: page.status, onPage: page.text.includes(says), list: list.text.includes(says), json: row !== undefined, csv: csv.includes(says) };
  }

  const shown = (page: number, is: boolean) => ({ page, onPage: is, list: is, json: is, csv: is });
  const pageOf = { record: 200, withdrawal: 404, off: 410, nothing: 404 } as const;

  for (const state of (Object.keys(into) as PublicState[]).filter((one) => one !== 'withdrawn')) {
    it(`of a record that is ${state}: ${toldIn[state] === 'record' ? 'told' : 'not told'}`, async function () {
      this.timeout(30_000);
      expect(await seen(await make('corrected', state, 'told'), 'corrected')).to.deep.equal(shown(pageOf[toldIn[state]], toldIn[state] === 'record'));
    });
  }

  for (const notice of ofNotice) {
    it(`that is itself ${notice}, of a record that stays and of one that was removed`, async function () {
      this.timeout(30_000);
      expect(await seen(await make('corrected', 'published', notice), 'corrected')).to.deep.equal(shown(200, notice === 'told'));
      expect(await seen(await make('removed', 'withdrawn', notice), 'removed')).to.deep.equal(shown(notice === 'over' ? 404 : 410, notice === 'told'));
    });
  }

  for (const state of ['frozen', 'takenOff'] as const) {
    it(`of a removed record that is ${state}: not told`, async function () {
      this.timeout(30_000);
      expect(await seen(await make('removed', state, 'told'), 'removed')).to.deep.equal(shown(state === 'takenOff' ? 410 : 404, false));
    });
  }

  it('whose texts were put right, or marked by hand, since: all of them follow, and what is shown to whoever takes it off too', async function () {
    this.timeout(30_000);
    const made = await make('corrected', 'published', 'told');
    await register.change(made.record.id, { type: 'record.reasonMended', of: made.ref, reason: '理由已改写。' }, '2026-08-05');
    await register.change(made.record.id, { type: 'record.reasonMended', of: `${made.ref}:text`, reason: `内容已改写，北门大杂院不计，${third}` }, '2026-08-05');
    await register.change(made.record.id, { type: 'record.looked', passages: [{ text: '北门大杂院', as: 'masked' }], reason: '第三人住处' }, '2026-08-06');
    expect(await seen({ ...made, done: '内容已改写，北****不计，' }, 'corrected')).to.deep.equal(shown(200, true));
    const office = await bureau.clerk('xyb.handler');
    const takedown = plain(await office.page(`/takedowns/new?text=correction:${made.ref}`));
    expect(takedown).to.contain('理由已改写。').and.contain(`内容已改写，北****不计，${masked}`);
  });
});

describe('every surface says the same of a commitment', () => {
  let bureau: Bureau;
  let register: Register;
  const now = new Date('2026-08-20T02:00:00Z');
  before(async function () {
    this.timeout(60_000);
    bureau = await openBureau({ clock: () => now });
    register = new Register(bureau.knex, bureau.seal);
  });
  after(() => bureau.close());

  /** How an application ends, or what lies over it, and whether its commitment is told of: of one that was not taken up, refused or taken back it is not. */
  const states = {
    open: true, granted: true, revoked: true, refused: false, withdrawn: false, notTakenUp: false, over: false, frozen: false, withheld: false, takenOff: false,
  } as const;

  for (const [n, [state, told]] of Object.entries(states).entries()) {
    it(`whose application is ${state}: ${told ? 'told' : 'not told'}`, async function () {
      this.timeout(30_000);
      const firm = { kind: 'organisation', uscc: codeOf(60 + n), name: `宿迁承诺${n}号公司` } as const;
      const record = await register.store(state === 'withheld' ? child : firm);
      const caseNo = await bureau.file({ title: `承诺 ${n}` });
      const { id }: { id: string } = await bureau.knex('case_file').where({ case_no: caseNo }).first('id');
      const outcome = state === 'granted' || state === 'revoked' || state === 'refused' || state === 'withdrawn' ? state : null;
      await bureau.knex('repair').insert({
        case_id: id, case_no: caseNo, title: '修复', status: outcome === null ? 'open' : 'closed', step: null, outcome, record_id: record.id, subject_id: record.facts.subject.id, unit: 'scjg', channel: 'portal',
        opened_at: '2026-07-01T02:00:00Z', search: '', committed_at: state === 'notTakenUp' ? null : state === 'over' ? '2015-07-01T02:00:00Z' : '2026-07-02T02:00:00Z',
      });
      if (state === 'frozen') await bureau.knex('subject').where({ id: record.facts.subject.id }).update({ frozen: true });
      if (state === 'takenOff') await createTakedown(bureau, { kind: 'commitment', ref: id });
      const list = await bureau.agent().get('/public/commitments').expect(200);
      const page = await bureau.agent().get(`/public/commitments/${id}`);
      expect({ list: list.text.includes(id), page: page.status }).to.deep.equal({ list: told, page: told ? 200 : state === 'takenOff' ? 410 : 404 });
      if (!told) {
        expect(page.text).to.not.contain(firm.name);
        return;
      }
      const row = plain(new RegExp(`<tr[^>]*id="${id}"[\\s\\S]*?</tr>|${firm.name}[\\s\\S]*?</tr>`, 'u').exec(list.text)![0]);
      for (const [what, day] of [['list', '2026-07-02'], ['page', '2026年7月2日']] as const) {
        const text = what === 'list' ? row : plain(page.text);
        expect(text, what).to.contain(firm.name).and.contain(day).and.contain('宿迁市市场监督管理局').and.not.contain(record.facts.documentNo);
        expect(text.includes('已违背'), what).to.equal(state === 'revoked');
      }
    });
  }
});
