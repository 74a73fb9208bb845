import { expect } from 'chai';
import type { RecordState } from '../../../src/rules/records/file.ts';
import { repairConditions } from '../../../src/rules/repair/facts.ts';
import { eventually } from '../../support/eventually.ts';
import { errorsIn, goodCode, openBureau, plain, type Bureau, type Clerk, type Fields } from '../incidents/bureau.ts';
import { Register } from '../public-records/records.ts';

const foods = { kind: 'organisation', uscc: goodCode, name: '宿迁恒泽食品有限公司' } as const;
const day = (offset: number): string => new Date(Date.now() + 8 * 3_600_000 + offset * 86_400_000).toISOString().slice(0, 10);

describe('what comes after a repair and an objection', function suite() {
  this.timeout(120_000);
  let bureau: Bureau;
  let register: Register;
  let office: Clerk;
  let market: Clerk;
  let supervisor: Clerk;
  before(async () => {
    bureau = await openBureau({ workers: true });
    register = new Register(bureau.knex, bureau.seal);
    [office, market, supervisor] = (await Promise.all(['xyb.handler', 'scjg.handler', 'xyb.supervisor'].map((name) => bureau.clerk(name)))) as [Clerk, Clerk, Clerk];
  });
  after(() => bureau.close());

  const everybody = async (path: string, status = 200): Promise<string> => (await bureau.agent().get(path).expect(status)).text;

  /** Enters an application or objection at a window. */
  async function atWindow(clerk: Clerk, kind: 'repairs' | 'objections', record: RecordState, fields: Fields, papers: readonly string[]) {
    const path = `/${kind}/new/${record.id}`;
    let sending = clerk.browser.agent.post(path);
    for (const [name, value] of Object.entries({ ...(await clerk.form(path, path)), name: foods.name, mail: 'firm@objector.example', proof: 'representativeId', shown: 'seen', lastFour: '1234', ...fields })) sending = sending.field(name, value);
    for (const kindOfPaper of papers) sending = sending.attach(kindOfPaper, Buffer.from(`%PDF-1.4\n${kindOfPaper}\n%%EOF\n`), `${kindOfPaper}.pdf`);
    return sending;
  }
  const numberIn = (headers: Record<string, unknown>): string => /[XY][FY]-\d{4}-\d{6}$/u.exec(String(headers['location']))?.[0] ?? '';

  async function objection(record: RecordState, fields: Fields): Promise<string> {
    const answer = await atWindow(office, 'objections', record, fields, []);
    expect(answer.status, errorsIn(answer.text).join()).to.equal(303);
    await bureau.complete('xyb.handler', numberIn(answer.headers), 'screen', { outcome: 'own', reason: '' });
    return numberIn(answer.headers);
  }

  it('a window takes an objection; by an agent with his power of attorney alone; a second one on the same ground is merged with it (situation 20)', async () => {
    const record = await register.store(foods, { decidedOn: day(-100) });
    expect(await office.page(`/objections/new?document=${encodeURIComponent(record.facts.documentNo)}`)).to.include(`/objections/new/${record.id}`);
    const typed = { name: '王小明', proof: 'authorisedAgent', ground: 'content', statement: '金额有误。' };
    expect(errorsIn((await atWindow(office, 'objections', record, typed, [])).text).join()).to.include('授权委托书');
    const opened = numberIn((await atWindow(office, 'objections', record, typed, ['authorisation'])).headers);
    await bureau.task(opened, 'screen');
    const { opening } = await bureau.state(opened);
    expect(opening).to.deep.include({ channel: 'window', ground: 'content', unit: 'scjg' });
    expect(opening['applicant']).to.deep.include({ account: null, agent: true }).and.to.have.property('masked').that.matches(/^王\*/u);
    const ecology = await bureau.clerk('hbj.handler');
    expect(plain(await ecology.page(`/objections/new/${record.id}`))).to.include('就“内容有误”已有异议在办').and.include(opened);
    expect(numberIn((await atWindow(ecology, 'objections', record, typed, ['authorisation'])).headers)).to.equal(opened);
    expect(plain(await ecology.page(`/objections/${opened}`))).to.include('并案的异议');
    expect(plain(await office.page(`/tasks/${await bureau.task(opened, 'screen')}`))).to.include('并案的异议');
    expect((await bureau.state(opened)).joined).to.have.length(1);
    expect(plain((await (await bureau.clerk('scjg.leader')).get('/objections/new').expect(403)).text)).to.include('由各单位经办人登记');
  });

  it('an objection that is upheld is told of in the channel in which the record was shown, masked, for its term (situation 19)', async () => {
    const record = await register.store(foods, { decidedOn: day(-101) });
    const caseNo = await objection(record, { ground: 'content', statement: '罚款应为 2,000 元。' });
    await bureau.complete('xyb.handler', caseNo, 'verify', { outcome: 'upheldCorrect', finding: '金额有误。' });
    await bureau.complete('xyb.leader', caseNo, 'decide', { outcome: 'agreed', reason: '' });
    const correcting = `/tasks/${await bureau.task(caseNo, 'correct')}`;
    const early = await market.post(`${correcting}/complete`, { ...(await market.form(correcting, `${correcting}/complete`)), done: '已更正。', reason: '录入有误。' });
    expect(errorsIn(early.text).join(), 'nobody is told of a correction that was not made').to.include('信息还没有更正');
    await register.change(record.id, { type: 'record.corrected', facts: { ...record.facts, fine: 2_000 }, publicity: record.publicity, reason: '金额有误' }, day(0));
    await bureau.complete('scjg.handler', caseNo, 'correct', { done: '罚款由 20,000 元更正为 2,000 元。', reason: '经办人张某（电话13812345678）录入时多写一个零。' });
    await eventually('the correction is told', async () => (await bureau.knex('correction').where({ record_id: record.id }).first('until')) as object | null);
    const channels = [`/public/records/${record.id}`, '/public/records/corrections', '/public/open-data/corrections.csv', '/public/open-data/corrections.json'];
    for (const path of channels) expect(await everybody(path), path).to.include('20,000 元更正为 2,000 元').and.include('多写一个零').and.not.include('13812345678');
    expect(plain(await market.page(`/objections/${caseNo}`))).to.include('更正说明在公众网站公示至');
    await bureau.knex('correction').where({ record_id: record.id }).update({ until: day(-1) });
    for (const path of channels) expect(await everybody(path), path).to.not.include('多写一个零');
    await bureau.knex('correction').where({ record_id: record.id }).update({ until: day(30) });
    await register.change(record.id, { type: 'record.repaired', because: record.id }, day(0));
    expect(await everybody('/public/records/corrections'), 'of a record that is gone nothing is told').to.not.include('多写一个零');
    await everybody(`/public/records/${record.id}`, 404);
  });

  it('a record that is removed leaves a page that says so and nothing of what it said; the error is the source unit\'s (situation 19)', async () => {
    const record = await register.store(foods, { decidedOn: day(-102) });
    const caseNo = await objection(record, { ground: 'wrongSubject', statement: '不是本单位。' });
    await bureau.complete('xyb.handler', caseNo, 'verify', { outcome: 'upheldRemove', finding: '代码录错，与本主体无关。' });
    await bureau.complete('xyb.leader', caseNo, 'decide', { outcome: 'agreed', reason: '' });
    const removed = await eventually('the record is gone', async () => {
      const { status, text } = await bureau.agent().get(`/public/records/${record.id}`);
      return status === 410 ? plain(text) : null;
    });
    expect(removed).to.include('本信息已撤下').and.include('代码录错，与本主体无关').and.not.include('罚款').and.not.include(record.facts.act);
    expect(plain(await supervisor.page('/supervision'))).to.include('信息差错');
    expect(plain(await supervisor.page('/supervision/faults?unit=scjg'))).to.include(caseNo).and.include('不是本主体').and.include('异议成立，已撤下');
    await market.get('/supervision/faults').expect(403);
  });

  it('a repair got by false papers is revoked: the record of it is proposed by one, checked by another and made with the decision; the unit that had lifted its measure decides again', async () => {
    const record = await register.store(foods, { decidedOn: day(-120) });
    await register.change(record.id, { type: 'record.used', unit: 'hbj', measure: '列为重点监管对象', legalBasis: '信用条例第二十条' }, day(-110));
    const entered = await atWindow(office, 'repairs', record, { statement: '罚款已缴清。' }, ['proof', 'commitment']);
    const caseNo = numberIn(entered.headers);
    await bureau.complete('scjg.handler', caseNo, 'accept', { outcome: 'accepted' });
    await bureau.complete('scjg.handler', caseNo, 'check', { ...Object.fromEntries(repairConditions.map((one) => [`${one}-met`, 'met'])), proposal: 'grant', finding: '符合。' });
    await bureau.complete('scjg.leader', caseNo, 'decide', { outcome: 'granted', reason: '符合。' });
    await bureau.complete('hbj.handler', caseNo, 'release', { outcome: 'released', done: '已移出重点监管。' });
    await bureau.complete('xyb.handler', caseNo, 'follow-up', { outcome: 'gone', found: '', finding: '未见公示。' });
    const page = `/repairs/${caseNo}`;
    await eventually('it is closed', async () => ((await bureau.state(caseNo)).closings.length > 0 ? true : null));
    expect((await supervisor.post(`${page}/reopen`, { ...(await supervisor.form(page, `${page}/reopen`)), reason: '银行证明缴款凭证系伪造。' })).status).to.equal(303);

    const typed = { outcome: 'proposed', finding: '缴款凭证系伪造。', falsehood: 'papers', documentNo: '宿市监撤修〔2026〕7号', act: '以伪造的缴款凭证取得信用修复。', decision: '撤销信用修复。', legalBasis: '《信用修复管理办法》' };
    const proposing = `/tasks/${await bureau.task(caseNo, 'revoke')}`;
    expect(plain(await market.page(proposing))).to.include('将记入的失信信息').and.include('银行证明缴款凭证系伪造');
    const wrong = await market.post(`${proposing}/complete`, { ...(await market.form(proposing, `${proposing}/complete`)), ...typed, falsehood: '', documentNo: '' });
    expect(errorsIn(wrong.text)).to.have.length(2);
    expect(wrong.text).to.include('以伪造的缴款凭证取得信用修复');
    await bureau.complete('scjg.handler', caseNo, 'revoke', typed);
    const heard: { text: string } = await eventually('the firm is told', async () => (await bureau.knex('mail').where({ case_no: caseNo, template: 'revocationProposed' }).first('text')) as { text: string } | null);
    expect(heard.text).to.include('缴款凭证系伪造').and.include('请带身份证明到登记申请的服务窗口提出');
    const hearing = `/tasks/${await bureau.task(caseNo, 'defence')}`;
    const empty = await office.post(`${hearing}/complete`, { ...(await office.form(hearing, `${hearing}/complete`)), outcome: 'stated', statement: '' });
    expect(empty.text).to.include('id="statement-error"').and.include('id="who-error"');
    await bureau.complete('xyb.handler', caseNo, 'defence', { outcome: 'stated', statement: '凭证由代办机构提供。', who: '法定代表人身份证，尾号 1234' });
    expect(await market.page(`/repairs/${caseNo}/documents/hearing`)).to.include('拟撤销信用修复告知书');
    const head = await bureau.clerk('scjg.leader');
    expect(plain(await head.page(`/tasks/${await bureau.task(caseNo, 'revoke-decide')}`))).to.include(typed.documentNo).and.include('按规则确定').and.include('按一般失信信息处理').and.include('凭证由代办机构提供。').and.include('尾号 1234');
    await bureau.complete('scjg.leader', caseNo, 'revoke-decide', { outcome: 'revoked', reason: '材料虚假，予以撤销。' });

    const made = await eventually('the record is made', async () => (await bureau.knex('record').where({ document_no: typed.documentNo }).first('id')) as { id: string } | null);
    expect(plain(await everybody(`/public/records/${made.id}`))).to.include('虚假材料、虚假承诺').and.include(typed.act);
    await everybody(`/public/records/${record.id}`);
    expect(plain(await market.page(`/records/${made.id}`))).to.include('撤销修复时记入').and.include(caseNo);
    expect(await market.page(page)).to.include(`/records/${made.id}`);
    expect(plain(await office.page(`/repairs/new/${record.id}`))).to.include('起可以再次申请');

    const ecology = await bureau.clerk('hbj.handler');
    const asked = `/tasks/${await bureau.task(caseNo, 'reapply', 'hbj')}`;
    expect(plain(await ecology.page(asked))).to.include('列为重点监管对象').and.include('已移出重点监管').and.include('由本单位依职权决定');
    await bureau.complete('hbj.handler', caseNo, 'reapply', { outcome: 'applied', measure: '列为重点监管对象', legalBasis: '信用条例第二十条' }, 'hbj');
    await eventually('the measure is in force', async () => (await bureau.knex('record_use').where({ record_id: record.id, unit: 'hbj' }).first('unit')) as object | null);
    expect(plain(await market.page(page))).to.include('已再次采取').and.include('撤销修复');
  });
});
