import { expect } from 'chai';
import { lastOf } from '../../../src/rules/incident/facts.ts';
import { errorsIn, openBureau, plain, type Bureau, type Fields } from './bureau.ts';

const code = '91321300MA1TE8T16M';
const otherCode = '91321300MA1TE8T24G';

describe('two units report one firm', function () {
  this.timeout(120_000);
  let bureau: Bureau;
  before(async () => (bureau = await openBureau({ workers: true })));
  after(() => bureau.close());

  async function reported(by: string, change: Fields): Promise<string> {
    return (await bureau.clerk(by)).reportNevertheless({ area: 'foodHygiene', occurredOn: '2026-01-05', ...change });
  }
  const pageOf = async (caseNo: string): Promise<string> => (await bureau.clerk('xyb.handler')).page(`/tasks/${await bureau.task(caseNo, 'verify')}`);
  async function verify(caseNo: string, fields: Fields, user = 'xyb.handler') {
    const clerk = await bureau.clerk(user);
    const path = `/tasks/${await bureau.task(caseNo, 'verify')}`;
    return clerk.post(`${path}/complete`, { ...(await clerk.form(path, `${path}/complete`)), ...fields });
  }
  const idOf = async (caseNo: string): Promise<string> => (await bureau.state(caseNo)).id;

  let first: string;
  let second: string;
  before(async () => {
    first = await reported('scjg.handler', { 'subjects[0][code]': code, 'subjects[0][name]': '宿迁甲食品有限公司', title: '甲公司使用过期原料', place: '泗阳县人民路', what: '泗阳一侧的经过' });
    second = await reported('hbj.handler', { 'subjects[0][code]': code, 'subjects[0][name]': '宿迁甲氏食品厂', title: '甲氏食品厂原料过期', place: '沭阳县长江路', what: '沭阳一侧的经过' });
  });

  it('neither unit is shown the other report when it reports, as it may not read it', async () => {
    const { similar } = (await bureau.state(second)).opening as { similar: unknown[] };
    expect(similar).to.deep.equal([]);
  });

  it('whoever verifies sees both side by side, whatever the firm is called in them', async () => {
    const html = await pageOf(second);
    const page = plain(html);
    expect(page).to.contain('同一主体另有 1 份报告').and.to.contain(`对照 ${first}`).and.to.contain('主体代码相同');
    for (const said of ['甲氏食品厂原料过期', '宿迁甲氏食品厂', '沭阳县长江路', '甲公司使用过期原料', '宿迁甲食品有限公司', '泗阳县人民路', '泗阳一侧的经过', '报告单位：宿迁市市场监督管理局', '发生日期：2026年1月5日']) expect(page).to.contain(said);
    expect(html).to.match(new RegExp(`<input[^>]*name="of"[^>]*value="${first}"`, 'u'));
  });

  it('in English as well', async () => {
    const clerk = await bureau.clerk('xyb.handler');
    const slug = await bureau.task(second, 'verify');
    const page = plain((await clerk.browser.agent.get(`/tasks/${slug}?lang=en`).redirects(2)).text);
    await clerk.browser.agent.get(`/tasks/${slug}?lang=zh-CN`).redirects(2);
    expect(page).to.contain('1 other report of the same firm').and.to.contain('Reported by').and.not.to.match(/stages:/u);
  });

  it('a name that is written otherwise, with another code, is the same firm too: one of the codes may be wrong', async () => {
    const third = await reported('hbj.handler', { 'subjects[0][code]': otherCode, 'subjects[0][name]': '宿迁甲 食品有限公司', occurredOn: '2025-11-03', area: 'ecology' });
    const page = plain(await pageOf(third));
    expect(page).to.contain(first).and.to.contain('主体名称相同，代码不同').and.to.not.contain(second);
  });

  it('to go on apart needs a reason; both are in the file, on the pages of both cases, and are not asked again', async () => {
    const third = await reported('scjg.handler', { 'subjects[0][code]': otherCode, 'subjects[0][name]': '宿迁乙食品有限公司', region: 'sucheng' });
    const fourth = await reported('hbj.handler', { 'subjects[0][code]': otherCode, 'subjects[0][name]': '宿迁乙食品厂', region: 'sucheng' });
    const refused = await verify(fourth, { outcome: 'founded', finding: '已到场。' });
    expect(refused.status).to.equal(422);
    expect(refused.text).to.contain('id="apart-error"').and.to.contain('已到场。');
    const before = await bureau.knex('incident').where({ case_no: third }).first<{ case_id: string }>('case_id');
    expect((await verify(fourth, { outcome: 'founded', finding: '已到场。', apart: '两处厂房，时间不同。' })).status).to.equal(303);
    const { apart } = lastOf(await bureau.state(fourth), 'verify')!.form;
    expect(apart?.reason).to.equal('两处厂房，时间不同。');
    expect(apart?.reports.map(({ caseId }) => caseId)).to.include(before!.case_id);
    const credit = await bureau.clerk('xyb.handler');
    expect(plain(await credit.page(`/incidents/${fourth}`))).to.contain('两处厂房，时间不同。').and.to.contain('同一主体，经核实分别办理');
    expect(plain(await credit.page(`/incidents/${third}`))).to.contain('同一主体，经核实分别办理').and.to.contain(fourth);
    expect(plain(await pageOf(third))).to.not.contain(`对照 ${fourth}`);
  });

  it('who may not see the other case learns that there is one, its unit, day and type, and no word of it; he may merge with it', async () => {
    const own = await reported('scjg.handler', { 'subjects[0][code]': '91321300MA1TE8T32B', 'subjects[0][name]': '宿迁丙食品有限公司', title: '丙公司的事' });
    const closedToHim = await reported('hbj.handler', { 'subjects[0][code]': '91321300MA1TE8T32B', 'subjects[0][name]': '宿迁丙氏食品厂', title: '不可读的标题', what: '不可读的经过' });
    const handler = await bureau.knex('person').where({ username: 'xyb.handler' }).first<{ id: string }>('id');
    await bureau.knex('case_recusal').insert({ person: handler!.id, case_id: await idOf(closedToHim) });
    const page = plain(await pageOf(own));
    expect(page).to.contain(`对照 ${closedToHim}`).and.to.contain('报告单位：宿迁市生态环境局').and.to.contain('您不能查看该案').and.to.contain('类别：食品卫生');
    expect(page).to.not.contain('不可读').and.to.not.contain('丙氏食品厂');
    expect((await verify(own, { outcome: 'duplicate', finding: '同一事件。', of: closedToHim })).status).to.equal(303);
    expect(lastOf(await bureau.state(own), 'verify')!.form.of).to.deep.include({ caseNo: closedToHim, title: '' });
  });

  it('one that came in since the page was opened is looked at first', async () => {
    const own = await reported('scjg.handler', { 'subjects[0][code]': '91321300MA1TE8T406', 'subjects[0][name]': '宿迁丁食品有限公司' });
    const clerk = await bureau.clerk('xyb.handler');
    const path = `/tasks/${await bureau.task(own, 'verify')}`;
    const old = await clerk.form(path, `${path}/complete`);
    await reported('hbj.handler', { 'subjects[0][code]': '91321300MA1TE8T406', 'subjects[0][name]': '宿迁丁氏食品厂' });
    const answer = await clerk.post(`${path}/complete`, { ...old, outcome: 'unfounded', finding: '不属实。' });
    expect(answer.status).to.equal(422);
    expect(errorsIn(answer.text).join()).to.contain('又有新的报告');
    expect((await verify(own, { outcome: 'unfounded', finding: '不属实。' })).status).to.equal(303);
  });

  it('merged, the one goes on with both reports; reopened, they are two again', async () => {
    expect((await verify(second, { outcome: 'duplicate', finding: '同一事件。', of: first })).status).to.equal(303);
    const credit = await bureau.clerk('xyb.handler');
    const page = plain(await credit.page(`/incidents/${first}`));
    expect(page).to.contain('重复报告').and.to.contain(second);
    const supervisor = await bureau.clerk('xyb.supervisor');
    const path = `/incidents/${second}`;
    let form: Fields | undefined;
    for (const end = Date.now() + 8000; form === undefined && Date.now() < end;) form = await supervisor.form(path, `${path}/reopen`).catch(() => undefined);
    expect((await supervisor.post(`${path}/reopen`, { ...form!, reason: '经比对是两起事件。' })).status).to.equal(303);
    expect(plain(await pageOf(second))).to.contain(`对照 ${first}`);
    expect((await verify(second, { outcome: 'founded', finding: '属实。', apart: '经比对是两起事件。' })).status).to.equal(303);
    const ids = { case_id: await idOf(second), other: await idOf(first) };
    expect(await bureau.knex('case_link').where(ids).pluck('relation')).to.deep.equal(['apart']);
  });
});
