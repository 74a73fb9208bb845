import { expect } from 'chai';
import { errorsIn, openOffice, plain, type Desk, type Office } from './office.ts';

/** A PDF as small as one can be. */
const pdf = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');
/** The head of a Windows program. */
const exe = Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200)]);

describe('the acts on a task', function () {
  this.timeout(60_000);
  let office: Office;
  let handler: Desk;
  let second: Desk;
  let supervisor: Desk;
  before(async () => {
    office = await openOffice();
    handler = await office.desk('xyb.handler');
    second = await office.desk('xyb.second');
    supervisor = await office.desk('xyb.supervisor');
  });
  after(() => office.close());

  const task = async (caseNo: string) => (await office.state(caseNo)).tasks['verify#1']!;

  it('claimed by two at once, it is one’s; the other reads whose', async () => {
    const caseNo = await office.open();
    const action = `/tasks/${caseNo}-1/claim`;
    const [a, b] = await Promise.all([handler, second].map(async (desk) => desk.post(action, desk.hiddenOf(await desk.read(`/tasks/${caseNo}-1`), action))));
    expect([a!.status, b!.status]).to.have.members([303, 409]);
    const loser = a!.status === 409 ? a! : b!;
    expect(plain(loser.text)).to.match(/(陈思远|许二)已认领此事项，正在办理。/u);
  });

  it('released with a reason, the task can be claimed by others; without one nothing happens', async () => {
    const caseNo = await office.open();
    await handler.send(`${caseNo}-1`, 'claim');
    const wrong = await handler.send(`${caseNo}-1`, 'release', { reason: ' ' });
    expect(wrong.status).to.equal(422);
    expect(wrong.text).to.contain('id="release-reason-error"').and.to.contain('href="#release-reason"').and.to.match(/<details class="task-act" open id="act-release">/u);
    const response = await handler.send(`${caseNo}-1`, 'release', { reason: '出差三天' });
    expect(response.headers['location']).to.equal('/');
    expect((await task(caseNo)).assignee).to.equal(null);
    expect(plain(await second.read(`/tasks/${caseNo}-1`))).to.contain('退回认领').and.to.contain('出差三天');
  });

  it('reassigned by supervision, it is a colleague’s; somebody outside the unit is not offered', async () => {
    const caseNo = await office.open();
    const page = await supervisor.read(`/tasks/${caseNo}-1`);
    const { id } = await office.knex('person').where({ username: 'xyb.second' }).first<{ id: string }>('id');
    const stranger = await office.knex('person').where({ username: 'rsj.handler' }).first<{ id: string }>('id');
    expect(page).to.contain(`value="${id}"`).and.not.to.contain(stranger.id);
    expect((await supervisor.send(`${caseNo}-1`, 'reassign', { person: stranger.id, reason: '试试' })).status).to.equal(422);
    expect((await supervisor.send(`${caseNo}-1`, 'reassign', { person: id, reason: '承办人请假' })).status).to.equal(303);
    expect(plain(await supervisor.read(`/tasks/${caseNo}-1`))).to.contain('已改派给许二。');
    expect((await task(caseNo)).assignee).to.deep.equal({ person: id, name: '许二' });
    expect(plain(await second.read('/'))).to.contain(caseNo);
  });

  it('more time is asked for within the rule, once, and decided by somebody else', async () => {
    const caseNo = await office.open();
    for (const [days, message] of [['11', '应在 1 至 10 个工作日之间，现为 11。'], ['0', '应在 1 至 10 个工作日之间'], ['两天', '“两天”不是整数'], ['', '请填写此项']] as const) {
      const wrong = await handler.send(`${caseNo}-1`, 'extension', { days, reason: '等待鉴定' });
      expect(wrong.status).to.equal(422);
      expect(errorsIn(wrong.text)[0]).to.contain(message);
      expect(wrong.text).to.contain('等待鉴定');
    }
    const before = (await task(caseNo)).deadline!;
    expect((await handler.send(`${caseNo}-1`, 'extension', { days: '3', reason: '等待鉴定' })).status).to.equal(303);
    const page = plain(await handler.read(`/tasks/${caseNo}-1`));
    expect(page).to.contain('陈思远已申请延期 3 个工作日，等待审批').and.to.contain('延期申请正在审批，不能重复申请。');

    const decision = await office.slug(caseNo, 'extension');
    const asked = plain(await supervisor.read(`/tasks/${decision}`));
    expect(asked).to.contain('申请理由').and.to.contain('等待鉴定').and.to.contain('同意后的时限');
    expect((await supervisor.send(decision, 'complete', { outcome: 'refused', comment: '' })).status).to.equal(422);
    await supervisor.complete(decision, { outcome: 'granted', comment: '' });
    const after = (await task(caseNo)).deadline!;
    expect(after.at > before.at).to.equal(true);
    expect(plain(await handler.read(`/tasks/${caseNo}-1`))).to.contain('已延期 3 个工作日：原定').and.to.contain('延期只能申请一次');
  });

  it('urged and supervised, the task says so, and the order is a task with a deadline of its own', async () => {
    const caseNo = await office.open();
    const page = await supervisor.read(`/tasks/${caseNo}-1`);
    expect(plain(page)).to.match(/邮件发给\S+邮箱。/u);
    await supervisor.send(`${caseNo}-1`, 'urge', { text: '请今天办结。' });
    await supervisor.send(`${caseNo}-1`, 'supervise', { text: '请说明进展。' });
    expect(plain(await handler.read(`/tasks/${caseNo}-1`))).to.contain('催办').and.to.contain('请今天办结。').and.to.contain('答复督办');
    const order = await office.slug(caseNo, 'supervision');
    expect(plain(await handler.read(`/tasks/${order}`))).to.contain('请说明进展。').and.to.contain('期限 3 个工作日');
    const landed = await handler.complete(order, { answer: '正在抽样，周五办结。' });
    expect(landed).to.equal(`/tasks/${caseNo}-1`);
    expect(plain(await supervisor.read(`/tasks/${order}`))).to.contain('正在抽样，周五办结。');
  });

  it('a comment is shown to everybody in the case, script and all as plain text', async () => {
    const caseNo = await office.open();
    await handler.send(`${caseNo}-1`, 'comment', { text: '<script>alert(1)</script>\n第二行' });
    const html = await supervisor.read(`/tasks/${caseNo}-1`);
    expect(html).to.contain('&lt;script&gt;alert(1)&lt;/script&gt;').and.not.to.contain('<script>alert(1)');
    const long = await handler.send(`${caseNo}-1`, 'comment', { text: '长'.repeat(2001) });
    expect(long.status).to.equal(422);
    expect(long.text).to.contain('id="comment-text-error"');
  });

  describe('files', () => {
    const attach = async (desk: Desk, caseNo: string, ...files: { name: string; content: Buffer }[]) => {
      const action = `/tasks/${caseNo}-1/attach`;
      const { _csrf, commandId, seenVersion } = desk.hiddenOf(await desk.read(`/tasks/${caseNo}-1`), action);
      const form = desk.browser.agent.post(action).field('_csrf', _csrf!).field('commandId', commandId!).field('seenVersion', seenVersion!);
      for (const { name, content } of files) void form.attach('files', content, { filename: name });
      return form;
    };

    it('are attached under a clean name, and stand in the case for everybody', async () => {
      const caseNo = await office.open();
      const response = await attach(handler, caseNo, { name: '..\\..\\现场\u202e照片.pdf', content: pdf });
      expect(response.status).to.equal(303);
      const [file] = (await task(caseNo)).files;
      expect(file).to.include({ name: '现场 照片.pdf', mime: 'application/pdf', bytes: pdf.length });
      expect(await supervisor.read(`/tasks/${caseNo}-1`)).to.contain(`/incidents/${caseNo}/files/${file!.hash}`).and.to.contain('现场 照片.pdf');
    });

    it('that are not what their name says, or empty, or too large, are refused together with the others', async () => {
      const caseNo = await office.open();
      const disguised = await attach(handler, caseNo, { name: '好.pdf', content: pdf }, { name: '坏.pdf', content: exe });
      expect(disguised.status).to.equal(422);
      expect(errorsIn(disguised.text)[0]).to.contain('坏.pdf');
      const none = await attach(handler, caseNo);
      expect(none.status).to.equal(422);
      expect(errorsIn(none.text)[0]).to.contain('请选择要上传的文件。');
      const large = await attach(handler, caseNo, { name: '大.pdf', content: Buffer.concat([pdf, Buffer.alloc(30 * 1024 ** 2)]) });
      expect(large.status).to.equal(422);
      expect(errorsIn(large.text)[0]).to.contain('大.pdf').and.to.contain('20');
      expect((await task(caseNo)).files).to.have.length(0);
    });
  });

  it('on a task that is done are gone, and refused when they come late', async () => {
    const caseNo = await office.open();
    const action = `/tasks/${caseNo}-1/urge`;
    const old = { ...supervisor.hiddenOf(await supervisor.read(`/tasks/${caseNo}-1`), action), text: '请抓紧。' };
    await handler.complete(`${caseNo}-1`, { outcome: 'founded', finding: '属实。', apart: '是另一事件。' });
    const page = await supervisor.read(`/tasks/${caseNo}-1`);
    expect(page).not.to.match(/action="\/tasks\/[^"]+"/u);
    const response = await supervisor.post(action, old);
    expect(response.status).to.equal(409);
    expect(plain(response.text)).to.contain('陈思远已于').and.to.contain('结果为“属实”');
  });
});
