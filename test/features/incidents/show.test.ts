import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Draft } from '../../../src/rules/casefile/events.ts';
import type { CaseState, FileRef, Form } from '../../../src/rules/casefile/types.ts';
import { createCaseActivities } from '../../../src/activities/record.ts';
import { createReadLaw } from '../../../src/platform/law.ts';
import { createFolderStorage } from '../../../src/platform/storage.ts';
import { Readable } from 'node:stream';
import { forms } from '../../support/cases.ts';
import { testConfig } from '../../support/stack.ts';
import { errorsIn, formOf, noticesIn, openBureau, plain, type Bureau, type Clerk } from './bureau.ts';

/** Sends what a page's form for this address asks for. */
async function act(clerk: Clerk, caseNo: string, path: string, fields: Record<string, string>) {
  const action = `/incidents/${caseNo}/${path}`;
  return clerk.post(action, { ...(await clerk.form(`/incidents/${caseNo}`, action)), ...fields });
}

describe('the page of an incident', function () {
  this.timeout(40_000);
  let bureau: Bureau;
  let clerk: Clerk;
  let caseNo: string;
  before(async () => {
    bureau = await openBureau({ workers: true });
    clerk = await bureau.clerk('xyb.handler');
    caseNo = await clerk.reportNevertheless({ title: '页面的一起', 'subjects[1][kind]': 'person', 'subjects[1][name]': '张三', 'subjects[1][code]': '11010519491231002X' });
    await bureau.task(caseNo, 'verify');
  });
  after(() => bureau.close());

  it('answers on top: where it stands, whose move it is, by when and why', async () => {
    const html = await clerk.page(`/incidents/${caseNo}`);
    const text = plain(html);
    expect(html.match(/<h1>/g)).to.have.length(1);
    expect(text).to.include(caseNo).and.match(/轮到：宿迁市社会信用体系建设领导小组办公室（核实）/).and.include('为何是这一天').and.include('当日不计');
    expect(html).to.include('aria-current="step"').and.include(`href="/tasks/${caseNo}-1"`);
    expect(html).to.include('class="print-number"');
  });

  it('shows the subjects, a person masked with the reason', async () => {
    const html = await clerk.page(`/incidents/${caseNo}`);
    expect(plain(html)).to.include('宿迁某食品有限公司').and.include('张* 1101**********2X');
    expect(html).to.include('title="自然人的姓名和证件号码依法脱敏"');
  });

  it('tells what happened, newest first and the other way round', async () => {
    const newest = plain(await clerk.page(`/incidents/${caseNo}`));
    const oldest = plain(await clerk.page(`/incidents/${caseNo}?order=oldest`));
    expect(newest.indexOf('报告了事件')).to.be.greaterThan(newest.indexOf('“核实”交市信用办经办人'));
    expect(oldest.indexOf('报告了事件')).to.be.lessThan(oldest.indexOf('“核实”交市信用办经办人'));
  });

  it('lists the mail that went out, without its text', async () => {
    const text = plain(await clerk.page(`/incidents/${caseNo}`));
    expect(text).to.include(`[${caseNo}] 请核实：页面的一起`).and.include('xyb@');
    expect(text).to.not.include('此信由信治自动发出');
  });

  it('of another unit is not there, and the attempt is written down', async () => {
    const stranger = await bureau.clerk('scjg.handler');
    const refusals = async (): Promise<number> => Number((await bureau.knex('access_log').where({ kind: 'refused', username: 'scjg.handler' }).count<{ n: string }[]>('* as n').first())?.n);
    const before = await refusals();
    await stranger.get(`/incidents/${caseNo}`).expect(404);
    expect(await refusals()).to.equal(before + 1);
    for (const path of ['XZ-2026-999999', 'XZ-2026-0000', 'nothing', "XZ-2026-000001'--", '%00']) await stranger.get(`/incidents/${path}`).expect((res) => expect([400, 404]).to.include(res.status));
    expect(await refusals(), 'what does not exist is no attempt').to.equal(before + 1);
    await stranger.get(`/incidents/${caseNo.toLowerCase()}`).expect(404);
    const form = { _csrf: (await stranger.blank())['_csrf']!, commandId: randomUUID(), reason: 'x', person: randomUUID() };
    for (const path of ['recusals', 'recusals/lift', 'reopen', 'withdrawals']) expect((await stranger.post(`/incidents/${caseNo}/${path}`, form)).status, path).to.equal(404);
  });

  it('offers no act on the whole case to those who may not do one', async () => {
    expect(plain(await clerk.page(`/incidents/${caseNo}`))).to.not.include('其他操作');
    const form = { ...(await clerk.blank()), reason: 'x' };
    expect((await clerk.post(`/incidents/${caseNo}/reopen`, form)).status).to.equal(409);
  });

  describe('with files', () => {
    let fileCase: string;
    let file: FileRef;
    before(async () => {
      const storage = createFolderStorage(`${bureau.dataFolder}/files`);
      const content = Buffer.from('%PDF-1.4 evidence');
      const { hash } = await storage.put(Readable.from([content]));
      await storage.keep(hash);
      file = { hash, name: '证据.pdf', mime: 'application/pdf', bytes: content.length };
      fileCase = await bureau.file({ title: '有材料的一起', files: [file] });
    });

    it('lists each with who handed it in, and sends it in a sandbox', async () => {
      expect(plain(await clerk.page(`/incidents/${fileCase}`))).to.include('证据.pdf').and.include('PDF，17 B').and.include('陈思远上传');
      const answer = await clerk.get(`/incidents/${fileCase}/files/${file.hash}`).expect(200);
      expect(answer.headers).to.include({ 'content-type': 'application/pdf', 'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox", 'x-content-type-options': 'nosniff' });
      expect(answer.headers['content-disposition']).to.include("filename*=UTF-8''%E8%AF%81%E6%8D%AE.pdf");
    });

    it('sends none to those who may not see the case, nor through another case', async () => {
      const stranger = await bureau.clerk('scjg.handler');
      await stranger.get(`/incidents/${fileCase}/files/${file.hash}`).expect(404);
      await clerk.get(`/incidents/${caseNo}/files/${file.hash}`).expect(404);
      await clerk.get(`/incidents/${fileCase}/files/${'0'.repeat(64)}`).expect(404);
      await bureau.agent().get(`/incidents/${fileCase}/files/${file.hash}`).expect(303);
    });
  });

  describe('recusal', () => {
    it('keeps a person out from then on, tells who and why, and is lifted again', async () => {
      const supervisor = await bureau.clerk('xyb.supervisor');
      const { id }: { id: string } = await bureau.knex('person').where({ username: 'xyb.handler' }).first('id');
      const empty = await act(supervisor, caseNo, 'recusals', { person: '', reason: '' });
      expect(empty.status).to.equal(422);
      expect(empty.text).to.include('id="recuse-person-error"').and.include('id="recuse-reason-error"').and.match(/<details[^>]* open>\s*<summary>登记回避/);

      const done = await act(supervisor, caseNo, 'recusals', { person: id, reason: '系当事人近亲属' });
      expect(done.status).to.equal(303);
      const html = plain(await supervisor.page(`/incidents/${caseNo}`));
      expect(html).to.include('登记陈思远回避').and.include('系当事人近亲属').and.include('回避人员');
      await clerk.get(`/incidents/${caseNo}`).expect(404);
      expect(await clerk.page('/incidents')).to.not.include(caseNo);

      await act(supervisor, caseNo, 'recusals/lift', { person: id, reason: '经核实没有利害关系' });
      await clerk.get(`/incidents/${caseNo}`).expect(200);
      expect(plain(await supervisor.page(`/incidents/${caseNo}`))).to.include('解除陈思远的回避').and.not.include('回避人员');
    });

    it('of oneself leads away from the case, which is then not there', async () => {
      const leader = await bureau.clerk('xyb.leader');
      const { id }: { id: string } = await bureau.knex('person').where({ username: 'xyb.leader' }).first('id');
      const other = await bureau.file({ title: '自行回避的一起' });
      const done = await act(leader, other, 'recusals', { person: id, reason: '自行申请回避' });
      expect(done.headers['location']).to.equal('/incidents');
      await leader.get(`/incidents/${other}`).expect(404);
    });

    it('of a stranger to the case is not offered', async () => {
      const { id }: { id: string } = await bureau.knex('person').where({ username: 'rsj.handler' }).first('id');
      expect((await act(await bureau.clerk('xyb.supervisor'), caseNo, 'recusals', { person: id, reason: 'x' })).status).to.equal(422);
    });
  });

  describe('of a case that was closed', () => {
    let closed: string;
    before(async () => {
      closed = await clerk.reportNevertheless({ title: '不属实的一起', region: 'jkq', 'subjects[0][name]': '', 'subjects[0][code]': '' });
      const slug = await bureau.task(closed, 'verify');
      const form = await clerk.form(`/tasks/${slug}`, `/tasks/${slug}/complete`);
      await clerk.post(`/tasks/${slug}/complete`, { ...form, outcome: 'unfounded', finding: '经核实没有此事。' });
    });

    it('says how, and until when it can be taken up again', async () => {
      const text = plain(await clerk.page(`/incidents/${closed}`));
      expect(text).to.include('已办结（经核实不属实）').and.include('经核实没有此事。').and.match(/前可以重新办理/);
    });

    it('is reopened by a supervisor with a reason; sent twice it is reopened once', async () => {
      const supervisor = await bureau.clerk('xyb.supervisor');
      const action = `/incidents/${closed}/reopen`;
      const form = { ...(await supervisor.form(`/incidents/${closed}`, action)), reason: '出现新的证据' };
      const [first, second] = await Promise.all([supervisor.post(action, form), supervisor.post(action, form)]);
      expect([first.status, second.status]).to.deep.equal([303, 303]);
      const state = await bureau.state(closed);
      expect(state.closings.at(-1)?.reopened?.reason).to.equal('出现新的证据');
      await bureau.task(closed, 'verify');
      const html = plain(await supervisor.page(`/incidents/${closed}`));
      expect(html).to.include('重新办理').and.include('第 2 轮');

      const late = await supervisor.post(action, { ...form, commandId: randomUUID(), reason: '又一次' });
      expect(late.status).to.equal(409);
      expect(noticesIn(late.text).join()).to.include('案件尚未办结，不需要重新办理');
    });
  });

  describe('of a case that went all the way', () => {
    let number: string;
    let state: CaseState;
    before(async () => {
      number = await bureau.file({ title: '办到公开的一起', at: '2026-01-05T02:00:00.000Z' });
      state = await bureau.state(number);
      const { id, name }: { id: string; name: string } = await bureau.knex('person').where({ username: 'scjg.handler' }).first('id', 'name');
      const { record } = createCaseActivities({
        knex: bureau.knex, chain: { hash: 'sha256', key: testConfig().secrets.chain }, readLaw: createReadLaw(bureau.knex), queueMails: async () => [], pendingMails: async () => [],
      });
      const task = (stage: string, unit: string): Draft => ({
        type: 'task.opened', task: `${stage}#1`, stage, key: null, round: 1, audience: { unit, role: 'handler' }, assignee: null, excluded: [], brief: {}, limit: { rule: 'incident.opinion' },
      });
      const done = (stage: 'grade' | 'assign' | 'opinion' | 'approve', outcome: string, form: Form): Draft => ({ type: 'task.completed', task: `${stage}#1`, outcome, form });
      const { units: _, ...rest } = { units: null, ...forms };
      await record({
        caseId: state.id, after: state.seq, key: 'story', command: false, actor: { person: id, name, unit: 'scjg' }, at: '2026-01-06T02:00:00.000Z', requestId: null,
        drafts: [
          task('grade', 'xyb'), done('grade', 'graded', { ...rest.grade, level: 'major', recurrences: [{ caseId: randomUUID(), caseNo: 'XZ-2025-000001', title: '旧案' }] } as Form),
          task('assign', 'xyb'), done('assign', 'assigned', rest.assign as unknown as Form),
          task('opinion', 'scjg'), { type: 'extension.requested', task: 'opinion#1', decision: 'extension:opinion#1#1', days: 3, reason: '等复检' },
          { ...task('extension', 'xyb'), task: 'extension:opinion#1#1', key: 'opinion#1', brief: { task: 'opinion#1', days: 3, reason: '等复检' } } as Draft,
          { type: 'extension.decided', task: 'opinion#1', granted: true, days: 3 },
          done('opinion', 'drafted', rest.opinion as unknown as Form),
          task('approve', 'scjg'), done('approve', 'approved', rest.approve as unknown as Form),
          { type: 'disclosure.published', disclosure: 'release#1', unit: 'scjg', title: '关于某公司的处理意见', text: '责令停产整改。', basis: '政府信息公开条例第二十条', channel: 'creditPortal', months: 12 },
          { type: 'task.opened', task: 'release#1', stage: 'release', key: null, round: 1, audience: { unit: 'xyb', role: 'creditOfficeHead' }, assignee: null, excluded: [], brief: {}, limit: null },
        ],
      });
    });

    it('shows the opinion as a document, the disclosure with its public page, the level and how it came about', async () => {
      const html = await clerk.page(`/incidents/${number}`);
      const text = plain(html);
      expect(text).to.include('使用过期原料属实。').and.include('已批准').and.include('关于某公司的处理意见').and.include('公开中');
      expect(html).to.include(`href="/public/opinions/${number}-P1"`);
      expect(text).to.include('重大（初定较大，因复发提高一级）').and.include('复发');
      expect(text, 'to its last day, as the public page says').to.include('2026年1月6日（周二）至2027年1月6日（周三）');
    });

    it('an extension shows the deadline before and after', async () => {
      const html = await clerk.page(`/incidents/${number}`);
      expect(plain(html)).to.include('同意“拟定处理意见”延期').and.include('等复检');
      expect(html).to.match(/<del>[^<]+<\/del>[\s\S]{0,200}<ins>[^<]+<\/ins>/);
    });

    it('a case that was entered later says when', async () => {
      expect(plain(await clerk.page(`/incidents/${number}`))).to.match(/2026-01-06 10:00 （[\d-]+ [\d:]+补录）/);
    });

    it('the withdrawal of a disclosure is proposed with a reason, and decided by somebody else', async () => {
      const empty = await act(clerk, number, 'withdrawals', { disclosure: 'release#1', reason: '' });
      expect(empty.status).to.equal(422);
      const wrong = await act(clerk, number, 'withdrawals', { disclosure: 'release#9', reason: 'x' });
      expect(wrong.status).to.equal(422);
      const done = await act(clerk, number, 'withdrawals', { disclosure: 'release#1', reason: '行政复议撤销了原处罚决定' });
      expect(done.status, errorsIn(done.text).join()).to.equal(303);
      await bureau.task(number, 'withdrawal');
      const text = plain(await clerk.page(`/incidents/${number}`));
      expect(text).to.include('提出撤回公开').and.include('行政复议撤销了原处罚决定').and.include('公开中');
      const again = await clerk.post(`/incidents/${number}/withdrawals`, { _csrf: (await clerk.blank())['_csrf']!, commandId: randomUUID(), disclosure: 'release#1', reason: '再提一次' });
      expect(again.status).to.equal(409);
      expect(noticesIn(again.text).join()).to.include('撤回正在审批');
    });

    it('links lead to the other case from either side, as far as the reader may see it', async () => {
      const earlier = await bureau.file({ title: '先前的一起', at: '2025-12-01T02:00:00.000Z' });
      const { id: other }: { id: string } = await bureau.knex('case_file').where({ case_no: earlier }).first('id');
      await bureau.knex('case_link').insert({ case_id: state.id, other, relation: 'recurrence' });
      expect(plain(await clerk.page(`/incidents/${number}`))).to.include('先前的同类事件 先前的一起').and.include(earlier);
      expect(plain(await clerk.page(`/incidents/${earlier}`))).to.include('后来的复发 办到公开的一起');
      const kin = await bureau.file({ title: '有关联的一起', at: '2025-11-01T02:00:00.000Z' });
      const related: { id: string } = await bureau.knex('case_file').where({ case_no: kin }).first('id');
      await bureau.knex('case_link').insert({ case_id: state.id, other: related.id, relation: 'related' });
      expect(plain(await clerk.page(`/incidents/${number}`))).to.include('关联事件 有关联的一起');
      expect(plain(await clerk.page(`/incidents/${kin}`))).to.include('关联事件 办到公开的一起');
      expect(plain(await (await bureau.clerk('scjg.handler')).page(`/incidents/${number}`))).to.not.include('先前的一起');
    });
  });

  it('in English has no Chinese but what people wrote and are called', async () => {
    const supervisor = await bureau.clerk('xyb.supervisor');
    await supervisor.get('/language?to=en');
    const text = plain(await supervisor.page(`/incidents/${caseNo}`));
    await supervisor.get('/language?to=zh-CN');
    const theirs = /页面的一起|群众反映该公司使用过期原料|宿迁某食品有限公司|江山大道|周文静|陈思远|沈国栋|张|请核实|经核实没有利害关系|系当事人近亲属|市信用办|宿迁市社会信用体系建设领导小组办公室|中文|信治|宿政办发.*?更新|本地默认.*?更新|国务院办公厅(?:关于)?.*?通知/gu;
    expect(text.replace(theirs, '')).to.not.match(/[\u4e00-\u9fff]{6,}/);
  });

  it('keeps what was typed when nothing can record it', async () => {
    await bureau.stopWorkers();
    try {
      const supervisor = await bureau.clerk('xyb.supervisor');
      const { id }: { id: string } = await bureau.knex('person').where({ username: 'xyb.handler' }).first('id');
      const answer = await act(supervisor, caseNo, 'recusals', { person: id, reason: '没人记录时写下的原因' });
      expect(answer.status).to.equal(503);
      expect(noticesIn(answer.text).join()).to.include('没有被记录');
      expect(answer.text).to.include('没人记录时写下的原因');
      const fields = formOf(answer.text, `/incidents/${caseNo}/recusals`);
      await bureau.startWorkers();
      expect((await supervisor.post(`/incidents/${caseNo}/recusals`, { ...fields, person: id, reason: '再来一次' })).status).to.equal(303);
      expect((await act(supervisor, caseNo, 'recusals/lift', { person: id, reason: '试毕' })).status).to.equal(303);
    } finally {
      await bureau.startWorkers();
    }
  });
});
