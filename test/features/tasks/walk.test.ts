import { expect } from 'chai';
import { lastOf } from '../../../src/rules/incident/facts.ts';
import { openOffice, plain, type Fields, type Office } from './office.ts';

describe('an incident on the task pages', function () {
  this.timeout(90_000);
  let office: Office;
  before(async () => {
    office = await openOffice();
  });
  after(() => office.close());

  const as = async (user: string, caseNo: string, stage: string, fields: Fields, unit?: string): Promise<string> =>
    (await office.desk(user)).complete(await office.slug(caseNo, stage, unit), fields);

  it('is taken from verification to closing by ten people, each landing on what comes next', async () => {
    const caseNo = await office.open();
    const credit = await office.desk('xyb.handler');

    const toGrade = await as('xyb.handler', caseNo, 'verify', { outcome: 'founded', finding: '现场核查属实。', apart: '是另一事件。' });
    expect(toGrade).to.equal(`/tasks/${caseNo}-2`);
    expect(plain(await credit.read(toGrade))).to.contain('已核实，属实。下一步：定级，请在');

    const toAssign = await as('xyb.handler', caseNo, 'grade', { base: 'large', reason: '网络传播较广。' });
    expect(plain(await credit.read(toAssign))).to.contain('已定为较大级。下一步：交办').and.to.contain('同时：市委宣传部公开回应');

    const assignment: Fields = {
      accountable: 'scjg', instruction: '请按分工办理。',
      'parts[0][unit]': 'scjg', 'parts[0][measure]': 'penalise', 'parts[0][text]': '依法处罚',
      'parts[1][unit]': 'hbj', 'parts[1][measure]': 'rectify', 'parts[1][text]': '督促整改', 'parts[1][date]': '',
      'parts[2][unit]': '', 'parts[2][measure]': '', 'parts[2][text]': '', 'parts[2][date]': '',
    };
    expect(await as('xyb.handler', caseNo, 'assign', assignment)).to.equal(`/incidents/${caseNo}`);
    await as('zx.handler', caseNo, 'statement', { outcome: 'published', url: 'https://www.suqian.example/1', at: '2026-01-02T09:30', where: '市政府网站', text: '已介入调查。' });

    await as('scjg.handler', caseNo, 'acknowledge', { outcome: 'acknowledged' }, 'scjg');
    await as('hbj.handler', caseNo, 'acknowledge', { outcome: 'returned', reason: '不属于本局职责。' }, 'hbj');
    const again = await office.slug(caseNo, 'assign');
    const page = plain(await credit.read(`/tasks/${again}`));
    expect(page).to.contain('退办情况').and.to.contain('不属于本局职责。').and.to.contain('第 2 轮');
    await as('xyb.handler', caseNo, 'assign', { ...assignment, 'parts[1][unit]': 'suyu' });
    await as('scjg.handler', caseNo, 'acknowledge', { outcome: 'acknowledged' }, 'scjg');
    await as('suyu.handler', caseNo, 'acknowledge', { outcome: 'acknowledged' }, 'suyu');

    const toHandle = await as('scjg.handler', caseNo, 'first-report', { report: '工作组已到场。' });
    expect(toHandle).to.equal(`/tasks/${await office.slug(caseNo, 'handle', 'scjg')}`);
    await as('suyu.handler', caseNo, 'handle', { result: '原料已全部销毁。' }, 'suyu');
    await as('scjg.handler', caseNo, 'handle', { result: '查明使用过期禽肉 320 公斤。' }, 'scjg');

    const market = await office.desk('scjg.handler');
    const draft = await market.read(`/tasks/${await office.slug(caseNo, 'opinion')}`);
    expect(plain(draft)).to.contain('经核实：现场核查属实。').and.to.contain('查明：查明使用过期禽肉 320 公斤。');
    const opinion = { facts: '使用过期原料属实。', basis: '食品安全法第一百二十四条', decision: '罚款', measures: '停产整改' };
    await as('scjg.handler', caseNo, 'opinion', opinion);
    const reviewer = await office.desk('fz.reviewer');
    expect(await reviewer.read(`/tasks/${await office.slug(caseNo, 'legal-review')}`)).to.contain('class="decision"').and.to.contain('食品安全法第一百二十四条');
    await as('fz.reviewer', caseNo, 'legal-review', { outcome: 'sentBack', comment: '请补充处罚幅度。' });
    expect(plain(await market.read(`/tasks/${await office.slug(caseNo, 'opinion')}`))).to.contain('请补充处罚幅度。').and.to.contain('使用过期原料属实。');
    await as('scjg.handler', caseNo, 'opinion', { ...opinion, decision: '处货值十倍罚款' });
    await as('fz.reviewer', caseNo, 'legal-review', { outcome: 'agreed', comment: '' });
    await as('scjg.leader', caseNo, 'approve', { outcome: 'approved', comment: '同意。' });

    await as('xyb.handler', caseNo, 'disclose', {
      outcome: 'proposed', title: '关于某食品有限公司的处理意见', text: '处货值十倍罚款，停产整改。', basis: '政府信息公开条例第十九条', channel: 'creditPortal', months: '12',
    });
    await as('xyb.leader', caseNo, 'release', { outcome: 'released', comment: '' });
    expect((await office.state(caseNo)).disclosures).to.have.length(1);

    const feedback = await credit.read(`/tasks/${await office.slug(caseNo, 'feedback')}`);
    expect(feedback).to.contain('value="https://www.suqian.example/1"').and.to.contain('value="2026-01-02"');
    await as('xyb.handler', caseNo, 'feedback', { url: 'https://www.suqian.example/1', date: '2026-01-02', toReporter: '已依法处理。', toSuperior: '已报送。' });
    const soon = new Date(Date.now() + 9 * 86_400_000).toISOString().slice(0, 10);
    await as('scjg.handler', caseNo, 'prevention', { measures: '每季度抽查', unit: 'scjg', date: soon });
    await as('xyb.supervisor', caseNo, 'prevention-check', { outcome: 'effective', finding: '措施已落实。' });
    expect(await as('xyb.handler', caseNo, 'close', { summary: '已依法处置并公开。' })).to.equal(`/incidents/${caseNo}`);
    const state = await office.state(caseNo);
    expect(state.closings.at(-1)).to.include({ outcome: 'handled', summary: '已依法处置并公开。' });
    expect(lastOf(state, 'feedback')?.form.url).to.equal('https://www.suqian.example/1');
  });

  it('that proves a duplicate is linked to the other one and closed', async () => {
    const first = await office.open();
    const second = await office.open();
    await as('xyb.handler', second, 'verify', { outcome: 'duplicate', finding: '与前一件相同。', of: ` ${first.toLowerCase()} ` });
    const state = await office.state(second);
    expect(lastOf(state, 'verify')?.form.of).to.include({ caseNo: first });
  });
});
