import { expect } from 'chai';
import type { Response } from 'supertest';
import { subjectsNamed } from '../../../src/platform/records/subjects.ts';
import { eventually } from '../../support/eventually.ts';
import { asOwner } from '../../support/stack.ts';
import { errorsIn, goodCode, openBureau, plain, type Bureau, type Clerk, type Fields } from '../incidents/bureau.ts';

const otherCode = '91320100134775688Y';
const wrongCode = '9132132269215347XH';

describe('situation 24 at the desks: a code of two living firms', function () {
  this.timeout(60_000);
  let bureau: Bureau;
  let office: Clerk;
  let market: Clerk;
  let ecology: Clerk;
  let caseNo: string;
  let first: string;
  let second: string;

  before(async () => {
    bureau = await openBureau({ workers: true });
    [office, market, ecology] = await Promise.all(['xyb.handler', 'scjg.handler', 'hbj.handler'].map((name) => bureau.clerk(name))) as [Clerk, Clerk, Clerk];
  });
  after(() => bureau.close());
  beforeEach(async () => {
    await asOwner(bureau.knex, (owner) => owner('subject_change').delete());
    await bureau.knex('subject_relation').delete();
    await bureau.knex('subject').delete();
    [first, second] = [await named('宿迁某食品有限公司'), await named('宿迁别家商贸有限公司')];
    await bureau.openDue();
    await eventually('the case', async () => (await bureau.knex('case_task').where({ kind: 'codeCorrection', status: 'open' })).length === 1);
    ({ case_no: caseNo } = (await bureau.knex('code_correction').where({ status: 'open' }).first<{ case_no: string }>('case_no'))!);
  });

  async function named(name: string): Promise<string> {
    const [found] = await bureau.knex.transaction((trx) => subjectsNamed(trx, bureau.seal, [{ kind: 'organisation', uscc: goodCode, name, difference: 'another' }], { person: null, reason: '测试' }));
    return found && 'subject' in found ? found.subject.id : expect.fail(name);
  }
  async function send(by: Clerk, stage: string, fields: Fields): Promise<Response> {
    const path = `/tasks/${await bureau.task(caseNo, stage)}`;
    return by.post(`${path}/complete`, { ...(await by.form(path, `${path}/complete`)), ...fields });
  }
  async function correct(by: Clerk, id: string, change: Record<string, string>): Promise<Response> {
    const path = `/subjects/${id}/correct`;
    const { name, uscc, standing } = (await bureau.knex('subject').where({ id }).first<{ name: string; uscc: string; standing: string }>())!;
    return by.post(path, { ...(await by.form(path, path)), name, uscc, standing, reason: '经核对登记档案。', ...change });
  }
  const ended = () => eventually('closed', async () => (await bureau.state(caseNo)).closings.length === 1);

  it('is handed to the registry, which may correct these subjects while it has the task and nobody else may, and is not done before the code is right', async () => {
    expect(caseNo).to.match(/^CM-/);
    expect(plain(await office.page('/subjects'))).to.include('1 重码更正 件在办');
    const about = await office.page(`/subjects/${first}`);
    expect(about.split(`/code-corrections/${caseNo}`), 'in the notice and among the cases').to.have.length(3);
    expect(plain(await office.page('/'))).to.include('交办登记机关').and.include(`统一社会信用代码 ${goodCode} 重码更正`);
    const task = plain(await office.page(`/tasks/${await bureau.task(caseNo, 'assign')}`));
    expect(task).to.include('宿迁别家商贸有限公司').and.include('市场监督管理（首位 9）');
    await market.get(`/code-corrections/${caseNo}`).expect(404);
    await market.get(`/subjects/${second}/correct`).expect(403);

    const early = await send(office, 'assign', { outcome: 'settled', how: '已注销。' });
    expect(early.status).to.equal(422);
    expect(errorsIn(early.text).join()).to.include(`代码 ${goodCode} 仍属于两个以上存续主体`);
    expect(early.text).to.include('已注销。');
    expect(errorsIn((await send(office, 'assign', { outcome: 'assigned', unit: '' })).text)).to.have.length(1);
    expect((await send(office, 'assign', { outcome: 'assigned', unit: 'scjg', note: '请核对登记档案。' })).status).to.equal(303);

    const slug = await bureau.task(caseNo, 'correct');
    expect(plain(await market.page(`/tasks/${slug}`))).to.include('请核对登记档案。').and.include('更正宿迁别家商贸有限公司的代码或存续状态');
    expect(errorsIn((await send(market, 'correct', { outcome: 'corrected', finding: '已更正。' })).text).join()).to.include('仍属于两个以上存续主体');
    await ecology.get(`/subjects/${second}/correct`).expect(403);
    await (await bureau.clerk('scjg.leader')).get(`/subjects/${second}/correct`).expect(403);
    // Another than was meant: it can be put right while the task lasts.
    for (const code of [wrongCode, otherCode]) expect((await correct(market, second, { uscc: code })).headers['location']).to.equal(`/tasks/${slug}`);
    expect(await bureau.knex('subject').where({ frozen: true })).to.deep.equal([]);
    expect((await send(market, 'correct', { outcome: 'corrected', finding: '代码属于先登记的一家。' })).status).to.equal(303);
    await ended();
    await market.get(`/subjects/${second}/correct`).expect(403);

    const page = plain(await office.page(`/code-corrections/${caseNo}`));
    expect(page).to.include('已更正').and.include('代码属于先登记的一家。').and.include(`${otherCode} · 存续`).and.not.match(/codeCorrections:/u);
    expect(await market.page('/code-corrections?state=all')).to.include(caseNo);
    expect(await ecology.page('/code-corrections?state=all')).to.not.include(caseNo);
  });

  it('given back with the reason, mended by the office meanwhile, and settled', async () => {
    await send(office, 'assign', { outcome: 'assigned', unit: 'hbj', note: '' });
    expect(errorsIn((await send(ecology, 'correct', { outcome: 'returned', reason: '' })).text)).to.have.length(1);
    expect((await send(ecology, 'correct', { outcome: 'returned', reason: '不由我局登记。' })).status).to.equal(303);
    expect(plain(await office.page(`/tasks/${await bureau.task(caseNo, 'assign')}`))).to.include('退回理由').and.include('不由我局登记。');
    expect((await correct(office, second, { standing: 'deregistered' })).headers['location']).to.equal(`/subjects/${second}`);
    expect((await send(office, 'assign', { outcome: 'settled', how: '另一家已注销。' })).status).to.equal(303);
    await ended();
  });

  it('in English too', async () => {
    const browser = await bureau.clerk('xyb.supervisor');
    await browser.get('/language?to=en&back=/');
    for (const path of [`/code-corrections/${caseNo}`, '/code-corrections', `/tasks/${await bureau.task(caseNo, 'assign')}`, '/subjects?frozen=1', `/subjects/${first}`]) {
      expect(plain(await browser.page(path)), path).to.match(/duplicate code/iu).and.not.match(/codeCorrections:|subjects:/u);
    }
  });
});
