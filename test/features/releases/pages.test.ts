import { expect } from 'chai';
import type { ReleaseCause } from '../../../src/rules/release/facts.ts';
import { newRelease } from '../../support/cases.ts';
import { testConfig } from '../../support/stack.ts';
import { publicFine } from '../../workflows/applications.ts';
import { openOffice, plain, type Desk, type Office } from '../tasks/office.ts';

describe('release orders at the desks', function () {
  this.timeout(60_000);
  let office: Office;
  let market: Desk;
  let ecology: Desk;
  let credit: Desk;
  let stranger: Desk;
  before(async () => {
    office = await openOffice();
    [market, ecology, credit, stranger] = await Promise.all(['scjg.handler', 'hbj.handler', 'xyb.handler', 'rsj.handler'].map((name) => office.desk(name))) as [Desk, Desk, Desk, Desk];
  });
  after(() => office.close());

  async function told(cause: ReleaseCause, reason: string | null = null): Promise<string> {
    const fine = await publicFine({ knex: office.knex, config: testConfig() }, ['hbj', 'zx']);
    const stage = cause === 'frozen' ? 'note' : cause === 'shielded' ? 'suspend' : cause === 'shownAgain' ? 'resume' : 'release';
    return office.openCase(newRelease(['hbj', 'zx'], { ...fine, cause, reason }), stage);
  }

  it('a unit is told what became of the record and of its own measure, answers, and the page shows who is silent', async () => {
    const caseNo = await told('withdrawn', '处罚决定被撤销');
    expect(caseNo).to.match(/^JC-/);
    const order = await office.slug(caseNo, 'release', 'hbj');
    expect(plain(await ecology.read(`/tasks/${order}`))).to.include('列为重点监管对象').and.include('信息撤下').and.include('处罚决定被撤销').and.include('不得继续使用');
    expect((await ecology.send(order, 'complete', { outcome: 'released', done: '' })).status).to.equal(422);
    await ecology.complete(order, { outcome: 'released', done: '已移出重点监管。' });
    for (const desk of [market, credit]) {
      const page = plain(await desk.read(`/releases/${caseNo}`));
      expect(page).to.include('各单位反馈').and.include('已解除').and.include('已移出重点监管。');
    }
    await stranger.browser.get(`/releases/${caseNo}`).expect(404);
    expect(await ecology.read('/releases')).to.include(`/releases/${caseNo}`);
    expect(await stranger.read('/releases')).to.not.include(caseNo);
  });

  it('every other order has its own words and answers', async () => {
    for (const [cause, stage, outcome, says] of [
      ['shielded', 'suspend', 'suspended', '请中止本单位据此采取的措施'],
      ['shownAgain', 'resume', 'resumed', '请核对本单位中止的措施是否恢复'],
      ['frozen', 'note', null, '属于两个存续主体（重码）'],
    ] as const) {
      const caseNo = await told(cause);
      const order = await office.slug(caseNo, stage, 'hbj');
      expect(plain(await ecology.read(`/tasks/${order}`)), cause).to.include(says);
      await ecology.complete(order, outcome === null ? { done: '' } : { outcome, done: '已核对。' });
      expect((await office.state(caseNo)).tasks[`${stage}:hbj#1`]?.status).to.equal('done');
    }
  });

  it('in English too', async () => {
    const caseNo = await told('ended');
    const desk = await office.newDesk('zx.handler');
    await desk.browser.get('/language?to=en&back=/');
    expect(plain(await desk.read(`/tasks/${await office.slug(caseNo, 'release', 'zx')}`))).to.include('must not be used any longer');
    expect(plain(await desk.read(`/releases/${caseNo}`))).to.include('Answers of the units').and.not.match(/releases:/u);
  });
});
