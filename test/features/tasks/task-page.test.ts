import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { errorsIn, openOffice, plain, type Fields, type Office } from './office.ts';

describe('the page of a task', function () {
  this.timeout(60_000);
  let office: Office;
  before(async () => {
    office = await openOffice();
  });
  after(() => office.close());

  const refusals = async (path: string): Promise<number> => {
    const { n } = await office.knex('access_log').where({ kind: 'refused', path }).count<{ n: string }>('* as n').first() as unknown as { n: string };
    return Number(n);
  };

  it('says what it is, whose move it is, by when and why on this day', async () => {
    const caseNo = await office.open();
    const html = await (await office.desk('xyb.handler')).read(`/tasks/${caseNo}-1`);
    const text = plain(html);
    expect(text).to.contain('核实：宿迁某食品有限公司使用过期原料').and.to.contain(caseNo);
    expect(text).to.contain('轮到：市信用办经办人（待认领）').and.to.contain('为何是这一天').and.to.contain('当日不计，期限 1 个工作日');
    expect(text).to.contain('市民反映某食品有限公司使用过期原料。').and.to.contain('91321300MA1TE8T08T');
    expect(html.match(/btn-primary/g), 'one primary button').to.have.length(1);
    expect(html).not.to.match(/ style=| on[a-z]+="/u);
  });

  it('of a case one may not see answers 404, and the attempt is logged', async () => {
    const caseNo = await office.open();
    const stranger = await office.desk('rsj.handler');
    const path = `/tasks/${caseNo}-1`;
    await stranger.browser.get(path).expect(404);
    expect(await refusals(path)).to.equal(1);
    // A form of another's page, sent by hand, finds nothing either.
    const token = /name="_csrf" value="([^"]+)"/.exec(await stranger.read('/settings'))![1]!;
    const response = await stranger.post(`${path}/complete`, { _csrf: token, commandId: randomUUID(), seenVersion: '3', outcome: 'founded', finding: 'x' });
    expect(response.status).to.equal(404);
    expect((await office.state(caseNo)).tasks['verify#1']).to.include({ status: 'open' });
  });

  it('that there never was answers 404, without a line in the log', async () => {
    const desk = await office.desk('rsj.handler');
    for (const path of ['/tasks/XZ-2026-999999-1', '/tasks/nonsense', `/tasks/${'9'.repeat(300)}`]) {
      await desk.browser.get(path).expect(404);
      expect(await refusals(path)).to.equal(0);
    }
  });

  it('has an address that forgives small letters', async () => {
    const caseNo = await office.open();
    await (await office.desk('xyb.handler')).browser.get(`/tasks/${caseNo.toLowerCase()}-1`).expect(200);
  });

  it('with wrong fields comes back with the message beside the field and everything typed; nothing is recorded', async () => {
    const caseNo = await office.open();
    const desk = await office.desk('xyb.handler');
    const empty = await desk.send(`${caseNo}-1`, 'complete', { finding: '<b>查过</b>' });
    expect(empty.status).to.equal(422);
    expect(errorsIn(empty.text)[0]).to.contain('有 1 处需要改正 办理结果：请选择。');
    expect(errorsIn((await desk.send(`${caseNo}-1`, 'complete')).text)[0], 'what every outcome asks for is said at once').to.contain('办理结果：请选择。 核实情况：请填写此项。');
    expect(empty.text).to.contain('&lt;b&gt;查过&lt;/b&gt;').and.not.to.contain('<b>查过</b>');

    const long = await desk.send(`${caseNo}-1`, 'complete', { outcome: 'founded', finding: '长'.repeat(2001) });
    expect(long.status).to.equal(422);
    expect(long.text).to.contain('id="finding-error"').and.to.contain('不超过 2000 字，现为 2001 字。');
    expect(long.text).to.contain('长'.repeat(2001));

    const enumerated = await desk.send(`${caseNo}-1`, 'complete', { outcome: 'approved', finding: '查过' });
    expect(enumerated.status).to.equal(422);
    expect(errorsIn(enumerated.text)[0]).to.contain('“approved”不在可选范围内');
    expect((await office.state(caseNo)).seq).to.equal(2);
  });

  it('without its hidden fields is no form of ours', async () => {
    const caseNo = await office.open();
    const desk = await office.desk('xyb.handler');
    const action = `/tasks/${caseNo}-1/complete`;
    const { _csrf } = desk.hiddenOf(await desk.read(`/tasks/${caseNo}-1`), action);
    expect((await desk.post(action, { _csrf: _csrf!, outcome: 'founded', finding: 'x' })).status).to.equal(400);
    expect((await desk.post(action, { _csrf: _csrf!, commandId: "1' or '1'='1", seenVersion: '1', outcome: 'founded', finding: 'x' })).status).to.equal(400);
  });

  it('sent twice is one act, and lands on the same page', async () => {
    const caseNo = await office.open();
    const desk = await office.desk('xyb.handler');
    const action = `/tasks/${caseNo}-1/complete`;
    const form = { ...desk.hiddenOf(await desk.read(`/tasks/${caseNo}-1`), action), outcome: 'founded', finding: '属实。', apart: '是另一事件。' };
    const [one, two] = await Promise.all([desk.post(action, form), desk.post(action, form)]);
    const three = await desk.post(action, form);
    for (const response of [one, two, three]) {
      expect(response.status).to.equal(303);
      expect(response.headers['location']).to.equal(`/tasks/${caseNo}-2`);
    }
    const { case_id: caseId } = await office.knex('case_task').where({ slug: `${caseNo}-1` }).first<{ case_id: string }>('case_id');
    expect(await office.knex('case_event').where({ case_id: caseId, type: 'task.completed' })).to.have.length(1);
  });

  it('that somebody else has finished meanwhile says who and when, and keeps what was typed to be copied', async () => {
    const caseNo = await office.open();
    const [first, second] = [await office.desk('xyb.handler'), await office.desk('xyb.second')];
    const action = `/tasks/${caseNo}-1/complete`;
    const late = { ...second.hiddenOf(await second.read(`/tasks/${caseNo}-1`), action), outcome: 'unfounded', finding: '我写了很久的核实情况' };
    await first.complete(`${caseNo}-1`, { outcome: 'founded', finding: '属实。', apart: '是另一事件。' });
    const response = await second.post(action, late);
    expect(response.status).to.equal(409);
    expect(plain(response.text)).to.match(/陈思远已于\d+月\d+日.{1,12}办结此事项，结果为“属实”。/u);
    expect(plain(response.text)).to.contain('您填写的内容').and.to.contain('我写了很久的核实情况').and.to.contain('不属实');
    expect(response.text).not.to.contain(`action="${action}"`);
  });

  it('that was given to somebody else meanwhile says so, and keeps what was typed', async () => {
    const caseNo = await office.open();
    const second = await office.desk('xyb.second');
    const action = `/tasks/${caseNo}-1/complete`;
    const typed = { ...second.hiddenOf(await second.read(`/tasks/${caseNo}-1`), action), outcome: 'founded', finding: '我写的情况', apart: '是另一事件。' };
    await (await office.desk('xyb.handler')).send(`${caseNo}-1`, 'claim');
    const response = await second.post(action, typed);
    expect(response.status).to.equal(409);
    expect(plain(response.text)).to.contain('陈思远已认领此事项，正在办理。').and.to.contain('我写的情况');
    const page = await second.read(`/tasks/${caseNo}-1`);
    expect(plain(page)).to.contain('报送核实结果 ：陈思远已认领此事项，正在办理。');
    expect(page).to.match(/<button class="btn btn-primary" type="submit" disabled>/u);
  });

  it('from an old tab is refused once, and can be sent after a look', async () => {
    const caseNo = await office.open();
    const desk = await office.desk('xyb.handler');
    const action = `/tasks/${caseNo}-1/complete`;
    const old = { ...desk.hiddenOf(await desk.read(`/tasks/${caseNo}-1`), action), outcome: 'founded', finding: '旧页面上的内容', apart: '是另一事件。' };
    await desk.send(`${caseNo}-1`, 'claim');
    const refused = await desk.post(action, old);
    expect(refused.status).to.equal(409);
    expect(plain(refused.text)).to.contain('承办人或时限有变动');
    expect(refused.text).to.contain('旧页面上的内容');
    const again = await desk.post(action, { ...desk.hiddenOf(refused.text, action), outcome: 'founded', finding: '旧页面上的内容', apart: '是另一事件。' });
    expect(again.status).to.equal(303);
  });

  it('shows whoever drafted an opinion why he can’t approve it', async () => {
    const caseNo = await office.open();
    const { id } = await office.knex('person').where({ username: 'xyb.handler' }).first<{ id: string }>('id');
    const row = await office.knex('case_file').where({ case_no: caseNo }).first<{ state: { tasks: Record<string, { excluded: unknown[] }> } }>('state');
    row.state.tasks['verify#1']!.excluded = [{ person: id, because: 'opinion' }];
    await office.knex('case_file').where({ case_no: caseNo }).update({ state: JSON.stringify(row.state) });
    const page = await (await office.desk('xyb.handler')).read(`/tasks/${caseNo}-1`);
    expect(plain(page)).to.contain('拟办与批准分离');
    expect(page).to.match(/<button class="btn btn-primary" type="submit" disabled>/u).and.not.to.contain(`/tasks/${caseNo}-1/claim`);
  });

  it('whose session ended while it was filled in is filled in again after signing in, rows and all', async () => {
    const caseNo = await office.open();
    const credit = await office.desk('xyb.handler');
    await credit.complete(`${caseNo}-1`, { outcome: 'founded', finding: '属实。', apart: '是另一事件。' });
    await credit.complete(`${caseNo}-2`, { base: 'general', reason: '影响小。' });
    const slug = await office.slug(caseNo, 'assign');
    const tired = await office.newDesk('xyb.second');
    const action = `/tasks/${slug}/complete`;
    const hidden = tired.hiddenOf(await tired.read(`/tasks/${slug}`), action);
    const { id } = await office.knex('person').where({ username: 'xyb.second' }).first<{ id: string }>('id');
    await office.knex('session').where({ person_id: id }).delete();
    const sent = await tired.post(action, { ...hidden, accountable: 'scjg', instruction: '写了一半的要求', 'parts[3][unit]': 'hbj', 'parts[3][text]': '第四行的内容' });
    expect(sent.status).to.equal(303);
    const next = new URL(String(sent.headers['location']), 'http://x').searchParams.get('next')!;
    const signedIn = await tired.browser.signIn('xyb.second', undefined, next);
    const page = await tired.read(String(signedIn.headers['location']));
    expect(page).to.contain('写了一半的要求').and.to.contain('第四行的内容');
    expect((await office.state(caseNo)).tasks['assign#1']).to.include({ status: 'open' });
  });

  it('is for a reader of the case without a form, and without a word of what is none of his business', async () => {
    const caseNo = await office.open();
    const supervisor = await office.desk('xyb.supervisor');
    const page = await supervisor.read(`/tasks/${caseNo}-1`);
    expect(page).not.to.contain('/complete"').and.not.to.contain('/claim"').and.not.to.contain('btn-primary');
    expect(page).to.contain('/urge"').and.to.contain('/supervise"').and.to.contain('/reassign"');
  });
});

describe('an act that finds no worker', function () {
  this.timeout(60_000);
  let office: Office;
  before(async () => {
    office = await openOffice({ timeoutMs: 1500 });
  });
  after(() => office.close());

  it('was not recorded, says so with everything typed, and can be sent once the worker is back', async () => {
    const caseNo = await office.open();
    const desk = await office.desk('xyb.handler');
    const slug = `${caseNo}-1`;
    const action = `/tasks/${slug}/complete`;
    const html = await desk.read(`/tasks/${slug}`);
    const form: Fields = { ...desk.hiddenOf(html, action), outcome: 'founded', finding: '写好的核实情况', apart: '是另一事件。' };
    await office.stopWorkers();
    const away = await desk.post(action, form);
    expect(away.status).to.equal(503);
    expect(away.headers['retry-after']).to.equal('10');
    expect(plain(away.text)).to.contain('您的操作没有被记录，也不会再被记录').and.to.contain('写好的核实情况');
    expect(plain(await desk.read(`/acts/${String(form['commandId'])}?task=${slug}`))).to.contain('没有记录');

    let again: Fields = { ...desk.hiddenOf(away.text, action), outcome: 'founded', finding: '写好的核实情况', apart: '是另一事件。' };
    expect(again['commandId']).not.to.equal(form['commandId']);
    await office.startWorkers();
    // Temporal may offer the case to the worker that is gone for some seconds more; each answer says so again.
    for (let tries = 1; ; tries += 1) {
      const response = await desk.post(action, again);
      if (response.status === 303) break;
      expect(response.status).to.equal(503);
      expect(tries).to.be.lessThan(12);
      again = { ...again, ...desk.hiddenOf(response.text, action) };
    }
    expect(plain(await desk.read(`/acts/${String(again['commandId'])}?task=${slug}`))).to.contain('已记录');
    expect((await office.state(caseNo)).tasks['verify#1']).to.include({ status: 'done', outcome: 'founded' });
  });

  it('is looked up only by whoever may see its task', async () => {
    const caseNo = await office.open();
    const stranger = await office.desk('rsj.handler');
    await stranger.browser.get(`/acts/${randomUUID()}?task=${caseNo}-1`).expect(404);
    await stranger.browser.get('/acts/nonsense').expect(404);
  });

  it('of a case that was to be opened is settled by its own id', async () => {
    const desk = await office.desk('xyb.handler');
    expect(plain(await desk.read(`/acts/${randomUUID()}`))).to.contain('没有记录');
    const caseNo = await office.open();
    const { id } = await office.knex('case_file').where({ case_no: caseNo }).first<{ id: string }>('id');
    expect(plain(await desk.read(`/acts/${id}`))).to.contain('已记录').and.to.contain(caseNo);
    await (await office.desk('rsj.handler')).browser.get(`/acts/${id}`).expect(404);
  });
});
