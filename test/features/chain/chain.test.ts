import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Draft } from '../../../src/rules/casefile/events.ts';
import { errorsIn, formOf, noticesIn, openBureau, plain, type Bureau, type Clerk } from '../incidents/bureau.ts';
import { behindTheTriggers } from '../../support/stack.ts';

const verify: Draft = {
  type: 'task.opened', task: 'verify#1', stage: 'verify', key: null, round: 1, audience: { unit: 'xyb', role: 'handler' }, assignee: null, excluded: [], brief: {}, limit: { rule: 'incident.verify' },
};
const comment: Draft = { type: 'task.commented', task: 'verify#1', text: '已电话联系当事人。' };

describe('the page on which case files prove themselves', () => {
  let bureau: Bureau;
  let auditor: Clerk;
  let caseNo: string;
  let caseId: string;

  beforeEach(async () => {
    bureau = await openBureau();
    auditor = await bureau.clerk('audit');
    for (let n = 0; n < 3; n += 1) caseNo = await bureau.file({ title: `第${n}起`, more: [verify, comment] });
    ({ id: caseId } = await bureau.knex('case_file').where({ case_no: caseNo }).first<{ id: string }>('id'));
  });
  afterEach(() => bureau.close());

  /** What somebody can do who has the database by its owner, and not the key. */
  const tamper = (sql: string, ...bindings: string[]): Promise<void> => behindTheTriggers(bureau.knex, ['case_event'], (owner) => owner.raw(sql, bindings));

  const check = async (number?: string): Promise<string> => {
    const action = number === undefined ? '/admin/chain' : '/admin/chain/case';
    const form = formOf(await auditor.page('/admin/chain'), action);
    return (await auditor.post(action, number === undefined ? form : { ...form, caseNo: number }).expect(200)).text;
  };
  const findingsIn = (html: string): string[] => (/<tbody[^>]*>([\s\S]*?)<\/tbody>/.exec(html)?.[1] ?? '').split('</tr>').map(plain).filter((row) => row !== '');

  it('is the audit administrator\'s; for others it is not there, and the attempt is logged', async () => {
    await auditor.get('/admin/chain').expect(200);
    for (const username of ['sysadmin', 'secadmin', 'xyb.leader', 'xyb.handler']) {
      const other = await bureau.clerk(username);
      await other.get('/admin/chain').expect(404);
      expect(await bureau.knex('access_log').where({ kind: 'refused', username })).to.have.length(1);
      expect(await other.page('/settings')).to.not.include('href="/admin/chain"');
    }
    expect(await auditor.page('/settings')).to.include('href="/admin/chain"');
    await bureau.agent().get('/admin/chain').expect(303);
  });

  it('says of files that are whole that they are, one or all, and how many were looked at', async () => {
    expect(noticesIn(await check()).join()).to.include('已核验 3 件案件、9 条记录。').and.include('事件链完整，各表数据与事件一致。');
    expect(noticesIn(await check(caseNo)).join()).to.include('已核验此案。').and.include('事件链完整');
    expect(findingsIn(await check())).to.deep.equal([]);
  });

  it('finds a changed word, and names the case and the event', async () => {
    await tamper(`update case_event set what = replace(what::text, '电话', '书面')::json where case_id = ? and seq = 3`, caseId);
    const html = await check();
    expect(noticesIn(html).join()).to.match(/发现 \d+ 处不符/).and.not.include('事件链完整');
    const rows = findingsIn(html);
    expect(rows[0]).to.include(caseNo).and.include('记录被改动').and.match(/\b3\b/).and.include('task.commented').and.include('与记录时不符');
    expect(rows.every((row) => row.includes(caseNo)), 'the others are whole').to.equal(true);
    expect(findingsIn(await check(caseNo))[0]).to.include('记录被改动');
  });

  it('finds an event taken out, and one cut off at the end', async () => {
    await tamper('delete from case_event where case_id = ? and seq = 2', caseId);
    expect(findingsIn(await check())[0]).to.include(caseNo).and.include('记录缺失');
    const other = 'XZ-2026-000001';
    const { id } = await bureau.knex('case_file').where({ case_no: other }).first<{ id: string }>('id');
    await tamper('delete from case_event where case_id = ? and seq = 3', id);
    expect(findingsIn(await check(other))[0]).to.include('卷宗末尾不符').and.include('应有 3 条记录，现有 2 条');
  });

  it('finds a row that was changed behind the events, and names table and column', async () => {
    await bureau.knex('incident').where({ case_id: caseId }).update({ title: '<b>别的标题</b>' });
    const html = await check();
    expect(findingsIn(html)).to.have.length(1);
    expect(findingsIn(html)[0]).to.include(caseNo).and.include('数据行不符').and.include('incident 表').and.include('title 列');
    expect(html).to.not.include('<b>别的');
  });

  it('takes a number however it is typed, and says what is none', async () => {
    expect(noticesIn(await check(` ${caseNo.toLowerCase()} `)).join()).to.include('已核验此案');
    const form = formOf(await auditor.page('/admin/chain'), '/admin/chain/case');
    for (const [typed, message] of [['', '请填写'], ['就是那件', '“就是那件”不是案件编号'], ['XZ-2026-999999', '没有编号为 XZ-2026-999999 的案件'], ["<script>'--", '不是案件编号']] as const) {
      const answer = await auditor.post('/admin/chain/case', { ...form, caseNo: typed });
      expect(answer.status, typed).to.equal(422);
      expect(errorsIn(answer.text).join(), typed).to.include(message);
      expect(answer.text).to.not.include('<script>\'');
    }
  });

  it('changes nothing by looking, and wants the form of the page', async () => {
    const { rows: [before] }: { rows: { n: string }[] } = await bureau.knex.raw('select count(*) as n from case_event');
    await check();
    expect((await auditor.post('/admin/chain', { _csrf: 'made-up', commandId: randomUUID() })).status).to.equal(403);
    const { rows: [after] }: { rows: { n: string }[] } = await bureau.knex.raw('select count(*) as n from case_event');
    expect(after).to.deep.equal(before);
  });
});
