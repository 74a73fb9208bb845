import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { storeRecords } from '../../../src/platform/records/append.ts';
import { subjectsNamed, type NamedSubject } from '../../../src/platform/records/subjects.ts';
import type { RecordFacts } from '../../../src/rules/records/facts.ts';
import { pictureOf } from '../../../src/features/subjects/span.ts';
import { maskResidentId } from '../../../src/rules/masking/index.ts';
import { fine, recordLaw, seedRecordRules } from '../../support/record-law.ts';
import { behindTheTriggers, testConfig } from '../../support/stack.ts';
import { errorsIn, formOf, goodCode, goodId, openBureau, plain, type Bureau, type Clerk } from '../incidents/bureau.ts';

const otherCode = '91320100134775688Y';
/** Valid, and on nobody's file. */
const strangerId = '440524188001010014';

describe('the pages of subjects', () => {
  let bureau: Bureau;
  let handler: Clerk;
  let office: Clerk;
  let other: Clerk;
  let now = new Date('2026-06-02T02:00:00Z');
  const { hash, secrets } = testConfig();

  before(async () => {
    bureau = await openBureau({ clock: () => now });
    await seedRecordRules(bureau.knex);
    [handler, office, other] = await Promise.all(['scjg.handler', 'xyb.handler', 'rsj.handler'].map((name) => bureau.clerk(name))) as [Clerk, Clerk, Clerk];
  });
  after(() => bureau.close());
  beforeEach(async () => {
    now = new Date('2026-06-02T02:00:00Z');
    await behindTheTriggers(bureau.knex, ['record_event'], (owner) => owner.raw('truncate record_event, record_use, record_proposal, record, subject_relation, subject_change, subject_query, subject_report, subject cascade'));
  });

  /** A subject with one public fine; gives the subject's id. */
  const known = (named: NamedSubject, facts: Partial<RecordFacts> = {}): Promise<string> => bureau.knex.transaction(async (trx) => {
    const [found] = await subjectsNamed(trx, bureau.seal, [named], { person: null, reason: '测试' });
    if (!found || !('subject' in found)) throw new Error('another name');
    await storeRecords(trx, [{ id: randomUUID(), source: 'form', facts: fine(found.subject, facts) }], { law: recordLaw(), chain: { hash, key: secrets.chain }, at: '2026-06-01T02:00:00.000Z', actor: null, requestId: null });
    return found.subject.id;
  });
  const firm = (name = '宿迁某食品有限公司', uscc = goodCode, difference: 'renamed' | 'another' | null = null): NamedSubject => ({ kind: 'organisation', uscc, name, difference });

  describe('searching', () => {
    it('lists nothing unasked; finds by one, two and more characters, by code and its beginning, in any width', async () => {
      const id = await known(firm());
      await known(firm('江苏伟业置业有限公司', otherCode));
      const found = async (q: string): Promise<boolean> => (await handler.page(`/subjects?q=${encodeURIComponent(q)}`)).includes(id);
      expect(await handler.page('/subjects')).to.not.include(id);
      for (const q of ['食', '食品', '某食品', '宿迁某食品有限公司', goodCode, goodCode.slice(0, 9).toLowerCase(), '９１３２１３００ＭＡ１ＴＥ８Ｔ０８Ｔ']) expect(await found(q), q).to.equal(true);
      for (const q of ['品食某', '不存在', '！？', "' | '张", '%', '_']) expect(await found(q), q).to.equal(false);
      expect(plain(await handler.page('/subjects?q=食品'))).to.include('共 1 个');
    });

    it('a person is found by his whole number alone, and not before it is said why', async () => {
      const id = await known({ kind: 'person', name: '张三', idNumber: goodId });
      const ask = async (by: Clerk, idNumber: string, reason: string) => {
        const { headers } = await by.get(`/subjects?q=${idNumber}`).expect(303);
        const html = await by.page(String(headers['location']));
        return { html, answer: await by.post('/subjects/person', { ...formOf(html, '/subjects/person'), reason }) };
      };
      const without = (html: string): string => html.replaceAll(/name="(?:of|_csrf)" value="[^"]*"|of=[\w-]+|of%3D[\w-]+|请求编号[^<]*/gu, '').replaceAll(/\d{4}\*{10}\w\w/gu, '');
      const [found, missed] = [await ask(other, goodId, '看看'), await ask(other, strangerId, '看看')];
      expect([found.answer.status, missed.answer.status]).to.deep.equal([422, 422]);
      expect(without(found.html)).to.equal(without(missed.html));
      expect(without(found.answer.text)).to.equal(without(missed.answer.text));
      for (const text of [found.html, missed.html, found.answer.text]) expect(text).to.not.include(goodId).and.not.include(strangerId);
      expect(await bureau.knex('subject_query')).to.deep.equal([]);

      expect((await ask(other, goodId, '审核稳岗补贴申请')).answer.headers['location']).to.equal(`/subjects/${id}`);
      expect((await ask(other, strangerId, '审核稳岗补贴申请')).answer.headers['location']).to.equal('/subjects');
      expect(plain(await other.page('/subjects'))).to.include('没有建档。本次查询已登记');
      expect(await bureau.knex('subject_query').orderBy('id').select('subject_id', 'sought', 'unit', 'reason')).to.deep.equal([
        { subject_id: id, sought: '1101**********2X', unit: 'rsj', reason: '审核稳岗补贴申请' },
        { subject_id: null, sought: maskResidentId(strangerId), unit: 'rsj', reason: '审核稳岗补贴申请' },
      ]);
      // The unit that made his record, and who types the number into the form itself, are asked as well.
      expect((await handler.get(`/subjects?q=${goodId}`).expect(303)).headers['location']).to.match(/^\/subjects\/person\?of=/);
      const typed = await handler.form('/subjects/person', '/subjects/person');
      expect(errorsIn((await handler.post('/subjects/person', { ...typed, number: `${goodId.slice(0, 17)}1`, reason: '审核补贴申请' })).text).join()).to.include('第 18 位');
      expect((await handler.post('/subjects/person', { ...typed, number: goodId, reason: '审核补贴申请' })).headers['location']).to.equal(`/subjects/${id}`);
      // What was carried for one opens for nobody else, and not for long.
      const { headers } = await other.get(`/subjects?q=${goodId}`).expect(303);
      expect(await handler.page(String(headers['location']))).to.include('name="number"');
      now = new Date(now.getTime() + 11 * 60_000);
      expect(await other.page(String(headers['location']))).to.include('name="number"');
      for (const q of ['张', '张三', '1101', goodId.slice(0, 14)]) expect(await handler.page(`/subjects?q=${encodeURIComponent(q)}`), q).to.not.include(id);
      const html = await handler.page(`/subjects/${id}`);
      expect(html).to.include('1101**********2X').and.not.include(goodId).and.not.include('张三');
    });

    it('a word of a name that begins as a code does is found, and so is half of a code', async () => {
      const id = await known(firm('宿迁58网络科技有限公司'));
      const code = await known(firm('江苏伟业置业有限公司', '58320100134775688Y'));
      const found = async (q: string): Promise<string[]> => {
        const html = await handler.page(`/subjects?q=${encodeURIComponent(q)}`);
        return [id, code].filter((one) => html.includes(one));
      };
      expect(await found('58')).to.have.members([id, code]);
      expect(await found('583201')).to.deep.equal([code]);
      expect(await found('宿迁58')).to.deep.equal([id]);
    });

    it('more than a thousand stand in an order of their own, each once, to and fro', async function () {
      this.timeout(20_000);
      const { knex } = bureau;
      // Nobody among the first ten thousand ids has the second name.
      await knex.raw(`insert into subject (id, kind, uscc, name, search)
        select (case when n <= 1100 then 'f' else '0' end || substr(gen_random_uuid()::text, 2))::uuid, 'organisation', 'X' || n, '甲' || n, to_tsvector('simple', case when n <= 1100 then '丙 乙' when n <= 1500 then '丙' else '丁' end) from generate_series(1, 12000) n`);
      const names = (html: string): string[] => [...html.matchAll(/>(甲\d+)<\/a>/g)].map(([, name]) => name!);
      const link = (html: string): string => [...html.matchAll(/href="(\/subjects\?q=[^"]+page=[^"]+)"/g)].at(-1)![1]!.replaceAll('&amp;', '&');
      for (const q of ['丙', '乙']) {
        const first = await handler.page(`/subjects?q=${encodeURIComponent(q)}`);
        expect(plain(first)).to.include('1,000');
        const second = await handler.page(link(first));
        expect(new Set([...names(first), ...names(second)]).size).to.equal(100);
      }
    });

    it('fifty a page, to and fro', async () => {
      const { knex } = bureau;
      await knex.raw(`insert into subject (id, kind, uscc, name, search) select gen_random_uuid(), 'organisation', 'X' || n, '分页公司' || lpad(n::text, 3, '0'), array_to_tsvector(array['分','分页']) from generate_series(1, 70) n`);
      const names = (html: string): string[] => [...html.matchAll(/>(分页公司\d+)<\/a>/g)].map(([, name]) => name!);
      const first = await handler.page(`/subjects?q=${encodeURIComponent('分页')}`);
      expect(names(first)).to.have.length(50);
      const link = (html: string): string => /href="(\/subjects\?q=[^"]+page=[^"]+)"/.exec(html)![1]!.replaceAll('&amp;', '&');
      const second = await handler.page(link(first));
      expect(names(second)).to.have.length(20);
      expect(names(await handler.page(link(second)))).to.deep.equal(names(first));
    });
  });

  describe('who looks', () => {
    it('a unit without a part is asked why, once a day, and the subject can read who it was', async () => {
      const id = await known(firm());
      const asked = await other.page(`/subjects/${id}`);
      expect(plain(asked)).to.include('请先说明查询理由').and.not.include('宿市监处罚');
      expect((await other.post(`/subjects/${id}/queries`, { ...formOf(asked, `/subjects/${id}/queries`), reason: '看看' })).status).to.equal(422);
      await other.post(`/subjects/${id}/queries`, { ...formOf(asked, `/subjects/${id}/queries`), reason: '审核稳岗补贴申请' }).expect(303);
      expect(plain(await other.page(`/subjects/${id}`))).to.include('宿市监处罚〔2026〕1号').and.include('审核稳岗补贴申请');
      expect(await bureau.knex('subject_query').select('unit', 'reason')).to.deep.equal([{ unit: 'rsj', reason: '审核稳岗补贴申请' }]);
      now = new Date('2026-06-03T02:00:00Z');
      expect(plain(await other.page(`/subjects/${id}`))).to.include('请先说明查询理由');
    });

    it('the unit that made a record, and the credit office, are not asked', async () => {
      const id = await known(firm());
      for (const clerk of [handler, office]) expect(plain(await clerk.page(`/subjects/${id}`))).to.include('宿市监处罚〔2026〕1号');
      expect(await bureau.knex('subject_query')).to.deep.equal([]);
    });

    it('a unit that handles a case about it is not asked, and sees the case; others do not', async () => {
      const id = await known(firm('江苏伟业置业有限公司', otherCode));
      const caseNo = await bureau.file({ by: 'rsj.handler', title: '某公司拖欠工资', opening: { subjects: [{ kind: 'organisation', uscc: otherCode, name: '江苏伟业置业有限公司' }] } });
      expect(await other.page(`/subjects/${id}`)).to.include(`/incidents/${caseNo}`);
      expect(await handler.page(`/subjects/${id}`)).to.not.include(caseNo);
    });

    it('records that are not public are their unit\'s alone', async () => {
      const id = await known(firm(), { penaltyKinds: ['warning'], summaryProcedure: true, fine: 0, documentNo: '宿市监当罚〔2026〕9号' });
      expect(await handler.page(`/subjects/${id}`)).to.include('当罚〔2026〕9号');
      await other.post(`/subjects/${id}/queries`, { ...formOf(await other.page(`/subjects/${id}`), `/subjects/${id}/queries`), reason: '审核补贴申请' }).expect(303);
      expect(await other.page(`/subjects/${id}`)).to.not.include('当罚〔2026〕9号');
    });

    it('a person\'s applications are found by his record, with the commitment for those who handled the case', async () => {
      const id = await known({ kind: 'person', name: '张三', idNumber: goodId });
      const { knex } = bureau;
      const { id: record }: { id: string } = (await knex('record').where({ subject_id: id }).first('id'))!;
      const caseId = randomUUID();
      const task = { stage: 'decide', status: 'done', outcome: 'granted', version: 1, audience: { unit: 'scjg', role: 'head' }, doneAt: '2026-06-01T02:00:00.000Z', form: {} };
      const state = { id: caseId, kind: 'repair', caseNo: 'XF-2026-000001', openedAt: now.toISOString(), tasks: { 'decide#1': task }, opening: { unit: 'scjg', record: { documentNo: '宿市监处罚〔2026〕1号' }, papers: [{ kind: 'commitment', hash: 'c0ffee' }] } };
      const common = { case_no: state.caseNo, title: '张*申请信用修复', status: 'closed', opened_at: now };
      await knex('case_file').insert({ ...common, id: caseId, kind: 'repair', definition: 1, live: false, head_seq: 1, head_hash: Buffer.alloc(32), state: JSON.stringify(state) });
      await knex('repair').insert({ ...common, case_id: caseId, record_id: record, subject_id: id, unit: 'scjg', channel: 'window', outcome: 'granted', search: knex.raw(`''::tsvector`) });
      await knex('case_party').insert(['scjg', 'rsj'].map((unit) => ({ unit, case_id: caseId, opened_at: now })));
      expect(await handler.page(`/subjects/${id}`)).to.include('href="/repairs/XF-2026-000001"').and.include('/repairs/XF-2026-000001/files/c0ffee');
      // A unit with an order in the case has a part in the subject, and no business with the applicant's papers.
      expect(await other.page(`/subjects/${id}`)).to.include('信用修复承诺书').and.not.include('c0ffee');
    });

    it('an administrator has nothing to look for, and no other address leads anywhere', async () => {
      await (await bureau.clerk('audit')).get('/subjects').expect(403);
      await handler.get(`/subjects/${randomUUID()}`).expect(404);
      await handler.get('/subjects/nothing').expect(404);
    });
  });

  describe('correcting', () => {
    const correct = async (id: string, change: Record<string, string>, by = office) => {
      const path = `/subjects/${id}/correct`;
      const { name, uscc, standing } = (await bureau.knex('subject').where({ id }).first<{ name: string; uscc: string; standing: string }>())!;
      return by.post(path, { ...(await by.form(path, path)), name, uscc, standing, reason: '登记机关 2026-06-01 通知。', ...change });
    };

    it('situation 23: a new name keeps the old one findable; what it was and why stands on the page', async () => {
      const id = await known(firm('宿迁旧名商贸有限公司'));
      expect((await correct(id, { name: '宿迁新名商贸有限公司' })).status).to.equal(303);
      expect(await handler.page(`/subjects?q=${encodeURIComponent('旧名商贸')}`)).to.include(id);
      expect(plain(await handler.page(`/subjects/${id}`))).to.include('曾用名 宿迁旧名商贸有限公司').and.include('登记机关 2026-06-01 通知。');
    });

    it('situation 23: merged, it is related to its successor, and the record stays where it is', async () => {
      const id = await known(firm());
      const successor = await known(firm('江苏伟业置业有限公司', otherCode), { documentNo: '苏建罚〔2026〕7号' });
      const missing = await correct(id, { standing: 'merged' });
      expect(errorsIn(missing.text).join()).to.include('请填写合并后存续主体');
      expect((await correct(id, { standing: 'merged', successor: otherCode })).status).to.equal(303);
      expect(plain(await handler.page(`/subjects/${id}`))).to.include('并入 江苏伟业置业有限公司');
      expect(await office.page(`/subjects/${successor}`)).to.not.include('宿市监处罚〔2026〕1号');
      expect(await bureau.knex('record').where({ subject_id: successor })).to.have.length(1);
    });

    it('situation 24: a 重码 is listed to be cleared, hides both, and another code frees them', async () => {
      const first = await known(firm());
      const second = await known(firm('宿迁别家商贸有限公司', goodCode, 'another'));
      expect(plain(await office.page('/subjects?frozen=1'))).to.include('宿迁某食品有限公司').and.include('宿迁别家商贸有限公司');
      expect(plain(await handler.page(`/subjects/${first}`))).to.include('同一统一代码下有两个存续主体');
      const wrong = await correct(second, { uscc: `${otherCode.slice(0, 17)}Z` });
      expect(errorsIn(wrong.text).join()).to.include('第 18 位');
      expect((await correct(second, { uscc: otherCode })).status).to.equal(303);
      expect(plain(await office.page(`/subjects/${first}`))).to.include('2026-09-01 起可申请修复').and.not.include('重码冻结');
      expect(await bureau.knex('subject').where({ frozen: true })).to.deep.equal([]);
      expect(plain(await office.page('/subjects?frozen=1'))).to.include('没有找到信用主体');
    });

    it('is the credit office\'s; what changed meanwhile is said and nothing is lost', async () => {
      const id = await known(firm());
      await handler.get(`/subjects/${id}/correct`).expect(403);
      const path = `/subjects/${id}/correct`;
      const form = await office.form(path, path);
      await correct(id, { representative: '李四' });
      const answer = await office.post(path, { ...form, name: '迟到的名称', uscc: goodCode, standing: 'living', reason: '通知。' });
      expect(answer.status).to.equal(409);
      expect(answer.text).to.include('迟到的名称');
    });
  });

  describe('the report', () => {
    const make = async (id: string, by = handler): Promise<string> => (await by.post(`/subjects/${id}/reports`, formOf(await by.page(`/subjects/${id}`), `/subjects/${id}/reports`)).expect(200)).text;

    it('says what is public today under a number of its own, which is kept with the digest of what it said', async () => {
      const id = await known(firm());
      await known(firm(), { penaltyKinds: ['warning'], summaryProcedure: true, fine: 0, documentNo: '宿市监当罚〔2026〕9号' });
      const html = plain(await make(id));
      expect(html).to.include('宿市监处罚〔2026〕1号').and.not.include('当罚');
      const [row] = await bureau.knex('subject_report').select('number', 'digest') as [{ number: string; digest: Buffer }];
      expect(row.number).to.match(/^BG-2026-\d{6}-[A-Z0-9]{4}$/);
      expect(html).to.include(row.number).and.include(row.digest.toString('hex'));
      await make(id);
      expect(await bureau.knex('subject_report')).to.have.length(2);
    });

    it('of a frozen subject says so and no more; who may not look makes none', async () => {
      const id = await known(firm());
      await known(firm('宿迁别家商贸有限公司', goodCode, 'another'), { documentNo: '宿市监处罚〔2026〕2号' });
      expect(plain(await make(id))).to.include('与另一主体重复').and.not.include('〔2026〕1号');
      const form = formOf(await other.page(`/subjects/${id}`), `/subjects/${id}/queries`);
      await other.post(`/subjects/${id}/reports`, form).expect(404);
    });
  });

  it('the picture has every term and today on one axis', () => {
    const state = (start: string, minUntil: string | null, maxUntil: string | null) => ({ publicity: { start, minUntil, maxUntil } as never, until: maxUntil, status: 'published' as const });
    const { today, bars } = pictureOf([state('2026-01-01', '2026-04-01', '2027-01-01'), state('2025-01-01', null, null)], '2026-06-02');
    for (const { from, min, to } of bars) {
      expect(from).to.be.within(0, to);
      expect(to).to.be.within(0, 1000);
      if (min !== null) expect(min).to.be.within(from, to);
    }
    expect(today).to.be.within(bars[0]!.from, bars[0]!.to);
    expect(bars[1]).to.include({ open: true, to: 1000, min: null });
  });
});
