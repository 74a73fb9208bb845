import { expect } from 'chai';
import { defenceOf, lastRepair, repairConditions } from '../../../src/rules/repair/facts.ts';
import { eventually } from '../../support/eventually.ts';
import { errorsIn, formOf, goodCode, openBureau, plain, type Bureau, type Clerk } from '../incidents/bureau.ts';
import { Applicant, home, pdf } from '../portal/visitor.ts';
import { Register } from '../public-records/records.ts';

const foods = { kind: 'organisation', uscc: goodCode, name: '宿迁恒泽食品有限公司' } as const;
const day = (offset: number): string => new Date(Date.now() + 8 * 3_600_000 + offset * 86_400_000).toISOString().slice(0, 10);
const papers = [
  { field: 'proof', name: '缴款凭证.pdf', content: pdf },
  { field: 'commitment', name: '承诺书.pdf', content: Buffer.concat([pdf, Buffer.from('%2')]) },
];
const proposal = { outcome: 'proposed', finding: '缴款凭证系伪造，经办人张某（电话13812345678）承认。', falsehood: 'papers', documentNo: '宿市监撤修〔2026〕9号', act: '以伪造的缴款凭证取得信用修复。', decision: '撤销信用修复。', legalBasis: '《信用修复管理办法》' };

describe('before a repair is revoked the firm is heard', function suite() {
  this.timeout(120_000);
  let bureau: Bureau;
  let firm: Applicant;
  let market: Clerk;
  let caseNo: string;
  before(async () => {
    bureau = await openBureau({ workers: true });
    const record = await new Register(bureau.knex, bureau.seal).store(foods, { decidedOn: day(-120) });
    firm = new Applicant(bureau);
    await firm.signIn('boss@firm.example');
    await firm.bind(foods.uscc, foods.name);
    market = await bureau.clerk('scjg.handler');
    const path = `${home}/records/${record.id}/repair`;
    await firm.send(path, path, { statement: '罚款已缴清。', truthful: 'yes' }, papers);
    caseNo = (await bureau.knex('repair').orderBy('opened_at', 'desc').first<{ case_no: string }>('case_no'))!.case_no;
    await bureau.complete('scjg.handler', caseNo, 'accept', { outcome: 'accepted' });
    await bureau.complete('scjg.handler', caseNo, 'check', { ...Object.fromEntries(repairConditions.map((one) => [`${one}-met`, 'met'])), proposal: 'grant', finding: '符合。' });
    await bureau.complete('scjg.leader', caseNo, 'decide', { outcome: 'granted', reason: '符合。' });
    await bureau.complete('xyb.handler', caseNo, 'follow-up', { outcome: 'gone', found: '', finding: '未见公示。' });
    await reopen('银行证明缴款凭证系伪造。');
  });
  after(() => bureau.close());

  async function reopen(reason: string): Promise<void> {
    const supervisor = await bureau.clerk('xyb.supervisor');
    const page = `/repairs/${caseNo}`;
    await eventually('it is closed', async () => (((await bureau.state(caseNo)).closings.at(-1)?.reopened === null) ? true : null));
    expect((await supervisor.post(`${page}/reopen`, { ...(await supervisor.form(page, `${page}/reopen`)), reason })).status).to.equal(303);
  }

  it('it is told the facts, the basis and the days by mail and on its own page; nobody decides meanwhile', async () => {
    const proposing = await market.page(`/tasks/${await bureau.task(caseNo, 'revoke')}`);
    expect(proposing).to.not.contain('name="unheard"');
    const action = `/tasks/${await bureau.task(caseNo, 'revoke')}/complete`;
    const looked = await market.post(action, { ...formOf(proposing, action), ...proposal, act: '经办人张某（电话13812345678）以伪造的缴款凭证取得信用修复。', step: 'preview' });
    expect(looked.status).to.equal(200);
    for (const title of ['公众将看到的文字', '发给当事人的文字']) expect(plain(new RegExp(`<section class="task-reading">\\s*<h3>${title}[\\s\\S]*?</div>`, 'u').exec(looked.text)![0]), title).to.contain('138****5678');
    expect(plain(await market.page(`/repairs/${caseNo}`)), 'it is looked at and not sent').to.contain('核实是否撤销').and.not.contain('拟撤销信用修复告知书');
    await bureau.complete('scjg.handler', caseNo, 'revoke', proposal);
    const told = await eventually('the firm is told', async () => (await bureau.knex('mail').where({ case_no: caseNo, template: 'revocationProposed' }).first('text')) as { text: string } | null);
    expect(told.text).to.contain('拟撤销您的信用修复').and.to.contain('《信用修复管理办法》').and.to.contain('陈述申辩期限').and.to.contain('138****5678').and.to.not.contain('13812345678');
    const page = plain(await firm.page(`${home}/cases/${caseNo}`));
    expect(page).to.contain('拟撤销您的信用修复，请陈述申辩').and.to.contain('依据：《信用修复管理办法》').and.to.contain('不会因为陈述申辩加重处理').and.to.contain('等待您陈述申辩').and.to.not.contain('13812345678');
    expect(await bureau.knex('case_task').where({ case_no: caseNo, stage: 'revoke-decide' })).to.have.length(0);
    expect(plain(await firm.page(`${home}/cases/${caseNo}/documents/hearing`))).to.contain('拟撤销信用修复告知书');
  });

  it('it states its case on the portal with evidence; what was typed is kept where something is missing', async () => {
    const path = `${home}/cases/${caseNo}/defence`;
    expect(plain(await firm.page(path))).to.match(/请在\d{4}年\d+月\d+日（周.）\d\d:\d\d前提交；期满没有提出的，视为放弃。/u);
    const none = await firm.send(path, path, { statement: '' });
    expect(none.status).to.equal(422);
    expect(none.text).to.contain('id="choice-error"');
    const empty = await firm.send(path, path, { choice: 'stated', statement: '' });
    expect(errorsIn(empty.text).join()).to.contain('请写明陈述申辩的内容');
    expect((await firm.send(path, path, { choice: 'stated', statement: '凭证由代办机构提供，我司不知情。' }, [{ field: 'proof', name: '代办合同.pdf', content: Buffer.concat([pdf, Buffer.from('%3')]) }])).status).to.equal(303);
    const state = await eventually('it is recorded', async () => {
      const now = await bureau.state(caseNo);
      return defenceOf(now)?.how === 'stated' ? now : null;
    });
    expect(defenceOf(state)!.task.files.map(({ name }) => name)).to.deep.equal(['代办合同.pdf']);
    expect(plain(await firm.page(`${home}/cases/${caseNo}`))).to.contain('陈述申辩已提交').and.to.contain('代办合同.pdf');
    await firm.agent.get(path).expect(303);
  });

  it('who decides is another one, and sees what was said; kept, the firm hears of it', async () => {
    const head = await bureau.clerk('scjg.leader');
    const page = plain(await head.page(`/tasks/${await bureau.task(caseNo, 'revoke-decide')}`));
    expect(page).to.contain('的陈述申辩').and.to.contain('凭证由代办机构提供，我司不知情。').and.to.contain('代办合同.pdf');
    expect(page, 'the second person sees it as others will').to.contain('公众将看到的文字').and.to.contain('发给当事人的文字').and.to.contain('138****5678');
    const deciding = `/tasks/${await bureau.task(caseNo, 'revoke-decide')}/complete`;
    const looked = await head.post(deciding, { ...formOf(await head.page(deciding.replace('/complete', '')), deciding), outcome: 'kept', reason: '经办人张某（电话13812345678）不知情。', step: 'preview' });
    expect(looked.status).to.equal(200);
    expect(looked.text).to.contain('mark-masked').and.to.contain('name="previewed"');
    await bureau.complete('scjg.leader', caseNo, 'revoke-decide', { outcome: 'kept', reason: '不能证明企业知情。' });
    const kept = await eventually('the firm is told', async () => (await bureau.knex('mail').where({ case_no: caseNo, template: 'repairKept' }).first('text')) as { text: string } | null);
    expect(kept.text).to.contain('不撤销您的信用修复').and.to.contain('不能证明企业知情。');
    expect(plain(await firm.page(`${home}/cases/${caseNo}`))).to.contain('决定不撤销修复');
    expect(plain(await market.page(`/repairs/${caseNo}`))).to.contain('陈述申辩内容：凭证由代办机构提供');
  });

  it('looked at again it is heard again, and it may come to a window of the house though it has an account', async () => {
    await reopen('公安机关立案。');
    await bureau.complete('scjg.handler', caseNo, 'revoke', proposal);
    const hearing = `/tasks/${await bureau.task(caseNo, 'defence')}`;
    const ecology = await bureau.clerk('hbj.handler');
    await ecology.get(hearing).expect(404);
    const refused = await market.post(`${hearing}/complete`, { ...(await market.form(hearing, `${hearing}/complete`)), outcome: 'waived' });
    expect(refused.status).to.equal(422);
    expect(refused.text).to.contain('id="who-error"');
    await bureau.complete('scjg.handler', caseNo, 'defence', { outcome: 'waived', who: '法定代表人身份证，尾号 1234' });
    const head = await bureau.clerk('scjg.leader');
    expect(plain(await head.page(`/tasks/${await bureau.task(caseNo, 'revoke-decide')}`))).to.contain('放弃陈述申辩');
    await bureau.complete('scjg.leader', caseNo, 'revoke-decide', { outcome: 'kept', reason: '再行查证。' });
  });

  it('in English its page and its form say the same', async () => {
    await reopen('再次核实。');
    await bureau.complete('scjg.handler', caseNo, 'revoke', { ...proposal, finding: '另一事实。' });
    await bureau.task(caseNo, 'defence');
    await firm.agent.get('/public?lang=en');
    expect(plain(await firm.page(`${home}/cases/${caseNo}`))).to.contain('Your credit repair may be revoked').and.not.to.match(/portal:/u);
    expect(plain(await firm.page(`${home}/cases/${caseNo}/defence`))).to.contain('I state my case').and.to.contain('另一事实。').and.not.to.match(/portal:/u);
    await firm.agent.get('/public?lang=zh-CN');
    await bureau.complete('scjg.handler', caseNo, 'defence', { outcome: 'waived', who: '法定代表人' });
    await bureau.complete('scjg.leader', caseNo, 'revoke-decide', { outcome: 'kept', reason: '再行查证。' });
  });

  it('only where the rule allows it may it be decided unheard, with the reason', async () => {
    await reopen('已有生效判决。');
    await bureau.knex('rule_version').where({ code: 'repair.revoke-unheard' }).update({ effective_to: day(-1) });
    await bureau.knex('rule_version').insert({ code: 'repair.revoke-unheard', value: 1, unit: 'none', legal_basis: '测试', effective_from: day(0), status: 'confirmed', reason: '测试', confirmed_at: bureau.knex.fn.now() });
    const proposing = `/tasks/${await bureau.task(caseNo, 'revoke')}`;
    const form = await eventually('the form asks', async () => ((await market.page(proposing)).includes('name="unheard"') ? market.form(proposing, `${proposing}/complete`) : null), 15_000);
    const without = await market.post(`${proposing}/complete`, { ...form, ...proposal, unheard: 'yes' });
    expect(without.status).to.equal(422);
    expect(errorsIn(without.text).join()).to.contain('请写明理由');
    await bureau.complete('scjg.handler', caseNo, 'revoke', { ...proposal, unheard: 'yes', whyUnheard: '已有生效判决认定。' });
    const head = await bureau.clerk('scjg.leader');
    expect(plain(await head.page(`/tasks/${await bureau.task(caseNo, 'revoke-decide')}`))).to.contain('没有听取陈述申辩').and.to.contain('已有生效判决认定。');
    expect(lastRepair(await bureau.state(caseNo), 'revoke')!.form.immediate).to.equal('已有生效判决认定。');
    expect(defenceOf(await bureau.state(caseNo))).to.equal(null);
  });
});
