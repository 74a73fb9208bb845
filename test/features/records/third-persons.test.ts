import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { proposalActs } from '../../../src/features/records/queries.ts';
import { withholdMinors } from '../../../src/platform/records/minors.ts';
import { createReadLaw } from '../../../src/platform/law.ts';
import { formOf, errorsIn, goodCode, openBureau, plain, type Bureau, type Clerk, type Fields } from '../incidents/bureau.ts';
import { Register } from '../public-records/records.ts';
import { seedRecordRules } from '../../support/record-law.ts';
import { testConfig } from '../../support/stack.ts';

/** As another system sends it: a driver and a receiver, who are not the firm that is punished. */
const sent = JSON.parse(readFileSync(new URL('../../fixtures/records/third-persons.json', import.meta.url), 'utf8')) as Record<string, string | number | boolean | string[]>;
const fields = Object.fromEntries(Object.entries(sent).filter(([name]) => name !== 'performed').map(([name, value]) => [name, Array.isArray(value) ? value : String(value)])) as Fields;
const doubtful: Fields = { ...fields, documentNo: '宿市监处罚〔2026〕51号', act: '2026年9月1日，由李志明将涉案食品运至沭阳县，赵晓云（店内暂住）签收。' };
const child = { kind: 'person', name: '王小明', idNumber: '321302201203120017' } as const;

describe('persons in the texts of records, and records of minors', () => {
  let bureau: Bureau;
  let register: Register;
  let handler: Clerk;
  let head: Clerk;
  const now = new Date('2026-09-20T02:00:00Z');

  before(async () => {
    bureau = await openBureau({ clock: () => now });
    await seedRecordRules(bureau.knex);
    register = new Register(bureau.knex, bureau.seal);
    [handler, head] = await Promise.all(['scjg.handler', 'scjg.leader'].map((name) => bureau.clerk(name))) as [Clerk, Clerk];
  });
  after(() => bureau.close());

  const enter = async (typed: Fields): Promise<{ id: string; preview: string }> => {
    const first = await handler.post('/records', { ...(await handler.form('/records/new', '/records')), ...typed, do: 'preview' });
    const answer = await handler.post('/records', { ...formOf(first.text, '/records'), do: 'send' });
    const id = /^\/records\/([0-9a-f-]{36})$/.exec(String(answer.headers['location']))?.[1];
    return { id: id ?? expect.fail(errorsIn(answer.text).join(' ')), preview: plain(first.text) };
  };
  const act = async (by: Clerk, id: string, name: string, typed: Fields) => by.post(`/records/${id}/${name}`, { ...(await by.form(`/records/${id}`, `/records/${id}/${name}`)), ...typed });
  const publicPage = async (id: string) => bureau.agent().get(`/public/records/${id}`);
  const openData = async (): Promise<string> => (await bureau.agent().get('/public/open-data/records.json')).text;

  it('nobody but the punished firm can be recognised on the public page and in the open data', async () => {
    const { id } = await enter(fields);
    const page = await publicPage(id);
    expect(page.status).to.equal(200);
    for (const text of [page.text, await openData()]) {
      for (const personal of ['陈建国', '周小梅', 'A12X4', 'zxm_1985', '123456789', '138.1234.5678', '1381234']) expect(text).to.not.include(personal);
      expect(text).to.include('宿迁市接口第50商贸有限公司').and.include('陈**').and.include('周**');
    }
  });

  it('what no rule can tell keeps a record back until one person marked it and another agreed', async () => {
    const { id, preview } = await enter(doubtful);
    expect(preview).to.include('待核对脱敏').and.include('李志明');
    const gone = async (): Promise<void> => {
      expect((await publicPage(id)).status).to.equal(404);
      expect(await openData()).to.not.include(id);
    };
    await gone();
    expect(plain(await handler.page('/records?standing=waiting'))).to.include('宿市监处罚〔2026〕51号');

    const wrong = await act(handler, id, 'look', { doubts: ['李志明'], more: '不在原文', reason: '均为第三人。' });
    expect(wrong.status).to.equal(422);
    expect(errorsIn(wrong.text).join()).to.include('不在原文');
    expect(wrong.text).to.include('均为第三人。');

    await act(handler, id, 'look', { doubts: ['李志明'], more: '赵晓云\n店内暂住', reason: '均为第三人。' });
    await gone();
    // The second person sees each mask beside the original, and may send it back.
    const seen = plain(await head.page(`/records/${id}`));
    expect(seen).to.include('李志明').and.include('李**').and.include('赵**').and.include('人工标注').and.include('遮盖：赵晓云').and.include('均为第三人。');
    await act(head, id, 'decide', { verdict: 'refused', note: '请再核对。' });
    await gone();
    await act(handler, id, 'look', { doubts: ['李志明'], more: '赵晓云\n店内暂住', reason: '均为第三人。' });
    expect(await handler.page(`/records/${id}`), 'who proposed it').to.not.include(`/records/${id}/decide`);
    await act(head, id, 'decide', { verdict: 'granted' });

    for (const text of [(await publicPage(id)).text, await openData()]) {
      expect(text).to.include('李**').and.include('赵**');
      for (const personal of ['李志明', '赵晓云', '店内暂住']) expect(text).to.not.include(personal);
    }
    const { state } = (await bureau.knex('record').where({ id }).first<{ state: { facts: { act: string } } }>('state'))!;
    expect(state.facts.act).to.equal(doubtful['act']);
    expect(plain(await handler.page(`/records/${id}`))).to.include('遮盖：赵晓云').and.include('均为第三人。');
  });

  it('a correction that brings another doubtful passage takes the record off the public pages until it was looked at', async () => {
    const firm = { kind: 'organisation', uscc: goodCode, name: '宿迁恒泽食品有限公司' } as const;
    const { id, facts, publicity } = await register.store(firm, { decidedOn: '2026-09-01' });
    expect((await publicPage(id)).status).to.equal(200);
    await register.change(id, { type: 'record.corrected', facts: { ...facts, act: '由李志明签收。' }, publicity, reason: '更正', waits: true }, '2026-09-10');
    expect((await publicPage(id)).status).to.equal(404);
    await register.change(id, { type: 'record.looked', passages: [{ text: '李志明', as: 'kept' }], reason: '系公开身份。' }, '2026-09-11');
    expect((await publicPage(id)).text).to.include('李志明');
  });

  it('a record of somebody under age is never public, and the staff page says why', async () => {
    const { id } = await register.store(child, { decidedOn: '2026-09-01' });
    expect((await publicPage(id)).status).to.equal(404);
    expect(await openData()).to.not.include(id);
    const page = await handler.page(`/records/${id}`);
    expect(plain(page)).to.include('未满十八周岁');
    expect(page).to.not.include(`/records/${id}/publish`).and.not.include(`/records/${id}/look`);
    await register.change(id, { type: 'record.published', by: 'person', reason: '有必要' }, '2026-09-10');
    expect((await publicPage(id)).status).to.equal(404);
    const operator = await register.store({ kind: 'organisation', uscc: goodCode, name: '宿迁恒泽食品有限公司' }, { decidedOn: '2026-09-02', act: '当事人王小明，男，出生日期：2010年5月3日，销售过期食品。' });
    expect((await publicPage(operator.id)).status).to.equal(404);
  });

  it('who was on file before his age was asked is not public until the worker knows it, and a minor never again', async () => {
    const { knex, seal } = bureau;
    const { id, facts: { subject } } = await register.store({ kind: 'person', name: '李小强', idNumber: '321302201001010017' }, { decidedOn: '2026-09-03' });
    // As it was stored before: public, with nothing known of his age.
    await knex('record').where({ id }).update({ withheld: false, public: true, standing: 'published', state: knex.raw(`(state::jsonb - 'minor' || '{"status":"published"}')::json`) });
    await knex('subject').where({ id: subject.id }).update({ age_known: false });
    expect((await publicPage(id)).status).to.equal(404);
    const { secrets, hash } = testConfig();
    expect(await withholdMinors({ knex, seal, chain: { hash, key: secrets.chain }, readLaw: createReadLaw(knex), now: () => now })).to.equal(1);
    expect(await knex('record').where({ id }).first('public', 'withheld', 'standing')).to.deep.equal({ public: false, withheld: true, standing: 'withheld' });
    expect((await publicPage(id)).status).to.equal(404);
  });

  it('every act that can be proposed is one that the database takes', async () => {
    const { rows } = await bureau.knex.raw<{ rows: { form: string }[] }>("select pg_get_constraintdef(oid) as form from pg_constraint where conname = 'record_proposal_act_check'");
    const taken = [...rows[0]!.form.matchAll(/'(\w+)'/gu)].map(([, name]) => name!);
    expect(taken).to.have.members(proposalActs);
  });
});
