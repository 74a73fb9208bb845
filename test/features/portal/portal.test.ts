import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { RecordState } from '../../../src/rules/records/file.ts';
import { errorsIn, formOf, goodCode, openBureau, plain, type Bureau } from '../incidents/bureau.ts';
import { repairConditions } from '../../../src/rules/repair/facts.ts';
import { eventually } from '../../support/eventually.ts';
import { Register } from '../public-records/records.ts';
import { Applicant, home, pdf } from './visitor.ts';

const foods = { kind: 'organisation', uscc: goodCode, name: '宿迁恒泽食品有限公司' } as const;
const steel = { kind: 'organisation', uscc: '91110000600037341L', name: '京华钢铁有限公司' } as const;
const papers = [
  { field: 'proof', name: '缴款凭证.pdf', content: pdf },
  { field: 'commitment', name: '承诺书.pdf', content: Buffer.concat([pdf, Buffer.from('%2')]) },
];
const told = { statement: '罚款已于 8 月 1 日缴清，原料已销毁。', truthful: 'yes' };

const day = (offset: number): string => new Date(Date.now() + 8 * 3_600_000 + offset * 86_400_000).toISOString().slice(0, 10);

describe('a firm on the portal', function suite() {
  this.timeout(120_000);
  let bureau: Bureau;
  let register: Register;
  let boss: Applicant;
  let general: RecordState;
  let early: RecordState;
  let foreign: RecordState;
  let caseNo: string;
  let objected: string;
  let second: Applicant;

  before(async () => {
    bureau = await openBureau({ workers: true });
    register = new Register(bureau.knex, bureau.seal);
    general = await register.store(foods, { decidedOn: day(-120) });
    early = await register.store(foods, { decidedOn: day(-30) });
    foreign = await register.store(steel, { decidedOn: day(-120) });
    boss = new Applicant(bureau);
    await boss.signIn('boss@firm.example');
  });
  after(() => bureau.close());
  beforeEach(async () => {
    await bureau.knex('rate_limit').delete();
  });

  const formPath = (record: RecordState, kind = 'repair'): string => `${home}/records/${record.id}/${kind}`;
  /** The page, once it says so. */
  const shows = (path: string, words: string): Promise<string> => eventually(`${path} says ${words}`, async () => {
    const page = await boss.page(path);
    return page.includes(words) ? page : null;
  }, 10_000);
  const apply = (by: Applicant, record: RecordState, fields = {}, files = papers) => by.send(formPath(record), formPath(record), { ...told, ...fields }, files);

  it('that is not bound is told to bind first, and sees nothing that is not public', async () => {
    expect(plain(await boss.page(formPath(general)))).to.include('请先绑定单位');
    await register.change(foreign.id, { type: 'record.repaired', because: randomUUID() }, day(0));
    await boss.agent.get(formPath(foreign)).expect(404);
    await boss.agent.get(`${home}/firms/${general.facts.subject.id}`).expect(404);
  });

  it('is bound with proof that the credit office looks at, and with a right code', async () => {
    const path = `${home}/firms/new`;
    const wrong = await boss.send(path, path, { uscc: '91321300MA1TE8T08U', name: foods.name });
    expect(wrong.status).to.equal(422);
    expect(errorsIn(wrong.text).join()).to.include('第 18 位应为 T').and.include('请上传证明材料');
    await boss.bind(foods.uscc, foods.name);
    expect(plain(await boss.page(home))).to.include('已绑定');
    const outsider = await bureau.clerk('scjg.handler');
    await outsider.get('/portal-bindings').expect(404);
  });

  it('whose name is not that of the code is not bound, and a refusal tells its reason', async () => {
    const liar = new Applicant(bureau);
    await liar.signIn('liar@firm.example');
    const path = `${home}/firms/new`;
    await liar.send(path, path, { uscc: foods.uscc, name: '宿迁冒名有限公司' }, [papers[0]!].map((one) => ({ ...one, field: 'proof' })));
    const { id }: { id: string } = await bureau.knex('portal_binding').where({ name: '宿迁冒名有限公司' }).first('id');
    const office = await bureau.clerk('xyb.handler');
    const page = `/portal-bindings/${id}`;
    expect(plain(await office.page(page))).to.match(/申请人填写的名称 宿迁冒名有限公司 档案中的名称 宿迁恒泽食品有限公司 对照 不一致，请对照证照/u);
    const confirmed = await office.post(page, { ...(await office.form(page, page)), outcome: 'confirmed' });
    expect(errorsIn(confirmed.text).join()).to.include(foods.name);
    await office.post(page, { ...(await office.form(page, page)), outcome: 'refused', reason: '名称与证照不一致。' });
    expect(plain(await liar.page(home))).to.include('未通过').and.include('名称与证照不一致');
    await liar.agent.get(`${home}/firms/${general.facts.subject.id}`).expect(404);
  });

  it('sees all its records with their standing, and who asked about it', async () => {
    await bureau.knex('subject_query').insert({ subject_id: general.facts.subject.id, unit: 'scjg', reason: '招标资格核查' });
    const warned = await register.store(foods, { penaltyKinds: ['warning'], fine: 0, summaryProcedure: true, decidedOn: day(-10) });
    const text = plain(await boss.page(`${home}/firms/${general.facts.subject.id}`));
    expect(text).to.include(general.facts.documentNo).and.include(warned.facts.documentNo).and.include('已记录，未公示').and.include('招标资格核查').and.include('宿迁市市场监督管理局');
  });

  it('asks before the shortest term is over and is told the first possible day, which costs nothing (situation 8)', async () => {
    const answer = plain(await boss.page(formPath(early)));
    const left = Math.round((Date.parse(early.publicity.repairableFrom!) - Date.parse(day(0))) / 86_400_000);
    expect(answer).to.include(`还需等待 ${left} 天`).and.include('决定书的罚款 20,000 元，尚未登记履行');
    expect(answer).to.match(/\d{4}年\d+月\d+日（周.）起可以申请/).and.not.include('{{');
    const [{ count }] = (await bureau.knex('case_file').count('* as count')) as [{ count: number }];
    expect(Number(count)).to.equal(0);
  });

  it('keeps what it typed and uploaded when something is missing, as a draft too', async () => {
    const answer = await apply(boss, general, { truthful: '' }, [papers[0]!]);
    expect(answer.status).to.equal(422);
    expect(errorsIn(answer.text).join()).to.include('信用承诺书');
    expect(answer.text).to.include(told.statement).and.include('缴款凭证.pdf');
    const again = await boss.page(formPath(general));
    expect(again).to.include(told.statement).and.include('缴款凭证.pdf');
    expect(plain(again)).to.include('保存的草稿');
  });

  it('hands in no macro, nothing disguised and nothing of another kind', async () => {
    const macro = Buffer.concat([Buffer.from('504b0304', 'hex'), Buffer.from('word/vbaProject.bin')]);
    const answer = await apply(boss, general, {}, [{ field: 'proof', name: 'a.exe', content: Buffer.from('MZ') }, { field: 'commitment', name: 'b.docm', content: macro }]);
    expect(answer.status).to.equal(422);
    expect(errorsIn(answer.text).join()).to.include('a.exe').and.include('b.docm');
  });

  it('hands in no paper of 30 MB, and keeps the others', async () => {
    const answer = await apply(boss, general, {}, [{ field: 'proof', name: '录像.pdf', content: Buffer.alloc(30 * 1024 ** 2, ' ') }, papers[1]!]);
    expect(answer.status).to.equal(422);
    expect(errorsIn(answer.text).join()).to.include('录像.pdf').and.include('30').and.include('20');
    expect(answer.text).to.include('承诺书.pdf').and.include(told.statement);
  });

  it('applies with proof and commitment; two tabs that send at once, and the same form sent twice, are one application', async () => {
    const [form, tab] = await Promise.all([0, 1].map(async () => formOf(await boss.page(formPath(general)), formPath(general))));
    const answers = await Promise.all([apply(boss, general, form), apply(boss, general, tab)]);
    const sent = answers.find(({ status }) => status === 303)!;
    const late = answers.find((answer) => answer !== sent)!;
    expect(sent, answers.map(({ text }) => errorsIn(text).join()).join()).to.not.equal(undefined);
    expect(plain(late.text)).to.match(/刚刚有一件申请登记|您的申请正在办理/u);
    caseNo = String(sent.headers['location']).split('/').at(-1)!;
    const landed = plain(await boss.page(`${home}/cases/${caseNo}`));
    expect(landed).to.match(/查询码 [2-9A-Z]{8}/).and.include('收到申请').and.include(foods.name);
    const twice = await boss.agent.post(formPath(general)).type('form').send({ ...(sent === answers[0] ? form : tab), ...told });
    expect(twice.headers['location']).to.equal(`${home}/cases/${caseNo}`);
    const [{ count }] = (await bureau.knex('repair').count('* as count')) as [{ count: number }];
    expect(Number(count)).to.equal(1);
    const row: { state: { opening: { applicant: object; papers: object[] } } } = await bureau.knex('case_file').where({ case_no: caseNo }).first('state');
    expect(JSON.stringify(row.state)).to.not.include('boss@firm');
    expect(row.state.opening.papers).to.have.length(2);
    const letter: { text: string } = await bureau.knex('mail').where({ template: 'applicationReceived', case_no: caseNo }).first('text');
    expect(letter.text).to.include(`${home}/cases/${caseNo}`);
  });

  it('is led to its open application instead of making another; another visitor is told that there is one', async () => {
    expect(plain(await boss.page(formPath(general)))).to.include('您的申请正在办理').and.include(caseNo);
    const agent = new Applicant(bureau);
    await agent.signIn('agent@firm.example');
    await agent.bind(foods.uscc, foods.name);
    const text = plain(await agent.page(formPath(general)));
    expect(text).to.include('已有一件在办').and.not.include(caseNo);
    await agent.agent.get(`${home}/cases/${caseNo}`).expect(404);
  });

  it('is asked for one more paper, adds it, and follows every step to the decision (situation 14)', async () => {
    await bureau.complete('scjg.handler', caseNo, 'accept', { outcome: 'supplement', reason: '凭证不清。', 'missing': '缴款凭证原件' });
    const page = await shows(`${home}/cases/${caseNo}`, '需要补正材料');
    expect(plain(page)).to.include('需要补正材料').and.include('缴款凭证原件');
    const path = `${home}/cases/${caseNo}/supplement`;
    expect(plain(await boss.page(path))).to.match(/请在\d{4}年\d+月\d+日（周.）\d\d:\d\d前提交；期满没有提交的，按已有材料审查。/u);
    const form = formOf(await boss.page(path), path);
    const supplied = await boss.send(path, path, { ...form, statement: '原件见附件。' }, [{ field: 'proof', name: '原件.pdf', content: Buffer.concat([pdf, Buffer.from('%3')]) }]);
    expect(supplied.status, errorsIn(supplied.text).join()).to.equal(303);
    const twice = await boss.agent.post(path).type('form').send({ ...form, statement: '原件见附件。' });
    expect(twice.headers['location']).to.equal(`${home}/cases/${caseNo}`);
    await bureau.complete('scjg.handler', caseNo, 'accept', { outcome: 'accepted', reason: '' });
    expect(plain(await boss.page(`${home}/cases/${caseNo}`))).to.include('补正材料已提交').and.include('受理').and.include('原件.pdf');
    expect(plain(await boss.page(`${home}/cases/${caseNo}/documents/supplement`))).to.include('信用修复补正通知书').and.include('缴款凭证原件');
    await boss.agent.get(`${home}/cases/${caseNo}/documents/decision`).expect(404);
    expect(plain(await boss.page('/public/commitments'))).to.include(foods.name).and.include('市场监督管理局');
  });

  it('sees how far it is without signing in, by number and code word alone, and no reasons', async () => {
    const word = /查询码 ([2-9A-Z]{8})/.exec(plain(await boss.page(`${home}/cases/${caseNo}`)))![1]!;
    const stranger = new Applicant(bureau);
    const path = '/public/progress';
    expect(await stranger.page(`${path}?caseNo=${caseNo}`), 'as a letter leads there').to.include(`value="${caseNo}"`);
    const right = await stranger.send(path, path, { caseNo: caseNo.toLowerCase(), word: word.toLowerCase() });
    expect(plain(right.text)).to.include('办理进度').and.include('补正材料已提交').and.not.include(foods.name).and.not.include('凭证不清');
    for (const wrong of [{ caseNo, word: 'AAAAAAAA' }, { caseNo: 'XF-2020-000001', word }]) {
      const { status, text } = await stranger.send(path, path, wrong);
      expect([status, errorsIn(text).join().includes('不相符')]).to.deep.equal([422, true]);
    }
  });

  it('withdraws before the decision, and the record may be applied for again', async () => {
    const path = `${home}/cases/${caseNo}/withdraw`;
    expect((await boss.send(path, path, { reason: '另行准备材料。' })).status).to.equal(303);
    const page = await shows(`${home}/cases/${caseNo}`, '已办结');
    expect(plain(await boss.page('/public/commitments'))).to.include('没有公开中的信用承诺');
    expect(plain(page)).to.include('申请已撤回').and.include('已办结');
    await boss.agent.get(path).expect(303);
    expect(plain(await boss.page(formPath(general)))).to.include('提交申请');
  });

  it('is granted its repair: at that moment the record is gone from the public, and the decision is there to be printed (situation 14)', async () => {
    const other = await register.store(foods, { decidedOn: day(-125) });
    const sent = await apply(boss, other);
    const granted = String(sent.headers['location']).split('/').at(-1)!;
    await bureau.agent().get(`/public/records/${other.id}`).expect(200);
    expect(await boss.page('/public/commitments')).to.not.include(foods.name);
    await bureau.complete('scjg.handler', granted, 'accept', { outcome: 'accepted', reason: '' });
    const met = Object.fromEntries(repairConditions.map((condition) => [`${condition}-met`, 'met']));
    await bureau.complete('scjg.handler', granted, 'check', { ...met, proposal: 'grant', finding: '符合条件。' });
    await bureau.complete('scjg.leader', granted, 'decide', { outcome: 'granted', reason: '义务已履行，予以修复。' });
    await eventually('the record is gone', async () => (await bureau.agent().get(`/public/records/${other.id}`)).status === 404);
    const commitments = await boss.page('/public/commitments');
    const letter = /\/public\/commitments\/[\w-]{36}/.exec(commitments)![0];
    expect(plain(await boss.page(letter)), 'what was repaired does not live on in its commitment').to.include('真实、有效').and.include(foods.name).and.not.include(other.facts.documentNo);
    await boss.agent.get('/public/commitments/00000000-0000-4000-8000-000000000000').expect(404);
    const { records } = (await bureau.agent().get('/public/open-data/records.json').expect(200)).body as { records: { documentNo: string }[] };
    expect(records.map(({ documentNo }) => documentNo)).to.not.include(other.facts.documentNo);
    expect(plain(await boss.page(`${home}/cases/${granted}`))).to.include('准予修复，停止公示').and.include('准予信用修复决定书');
    const path = `${home}/cases/${granted}/documents/decision`;
    await boss.agent.get(`${path}.docx`).expect(200).expect('content-type', /wordprocessingml/);
    const decision = plain(await boss.page(path));
    expect(decision).to.include('信用修复决定书').and.include('准予信用修复').and.include('义务已履行').and.include('行政复议').and.include(granted);
    await boss.agent.get(`${home}/cases/${granted}/withdraw`).expect(303);
    expect(plain(await boss.page(formPath(other)))).to.include('本信息已修复');
    expect(plain(await boss.page(home))).to.include('已准予修复');
  });

  it('objects to a record, which then carries the mark in public (situation 20)', async () => {
    const path = formPath(general, 'objection');
    const sent = await boss.send(path, path, { ground: 'content', statement: '金额应为 10,000 元。' }, [papers[0]!]);
    expect(sent.status, errorsIn(sent.text).join()).to.equal(303);
    const shown = await shows(`/public/records/${general.id}`, '有争议');
    expect(plain(shown)).to.include('有人对本信息提出异议');
    expect(plain(await boss.page(path))).to.include('您已就“内容与事实不符”提出异议，正在办理');
    const again = await boss.send(path, path, { ground: 'content', statement: '金额应为 10,000 元。' });
    expect(plain(again.text)).to.include('您的申请正在办理');
    const { case_no: number }: { case_no: string } = await bureau.knex('objection').where({ record_id: general.id }).first('case_no');
    objected = number;
  });

  it('on whose facts another of the firm objects has him merged into its case, not told of it; on another ground his is a case of its own (situation 20)', async () => {
    const path = formPath(general, 'objection');
    second = new Applicant(bureau);
    await second.signIn('second@firm.example');
    await second.bind(foods.uscc, foods.name);
    expect(plain(await second.page(path))).to.include('就“内容与事实不符”已有异议在办').and.not.include(objected);
    const joined = await second.send(path, path, { ground: 'content', statement: '罚款不是两万元。' }, [papers[0]!]);
    expect(joined.headers['location']).to.equal(`${home}/cases/${objected}`);
    const own = plain(await second.page(`${home}/cases/${objected}`));
    expect(own).to.include('您的异议并入本案').and.include('罚款不是两万元').and.not.include('金额应为 10,000 元');
    expect(plain(await second.page(home))).to.include(objected);
    const words = await Promise.all([boss, second].map(async (who) => /查询码 ([2-9A-Z]{8})/.exec(plain(await who.page(`${home}/cases/${objected}`)))![1]));
    expect(words[0]).to.not.equal(words[1]);
    const stranger = new Applicant(bureau);
    expect(plain((await stranger.send('/public/progress', '/public/progress', { caseNo: objected, word: words[1]! })).text)).to.include('您的异议并入本案');
    const other = await second.send(path, path, { ground: 'notPublic', statement: '属于简易程序，不应公示。' });
    expect(other.headers['location']).to.match(/YY-\d{4}-\d{6}$/u).and.not.include(objected);
    expect(plain((await bureau.clerk('xyb.handler').then((clerk) => clerk.get(`/objections/${objected}`))).text)).to.include('并案的异议').and.include('罚款不是两万元');
  });

  it('rejected: who says the same again without evidence is told the result, with new evidence it is opened (situation 20)', async () => {
    await bureau.complete('xyb.handler', objected, 'screen', { outcome: 'own', reason: '' });
    await bureau.complete('xyb.handler', objected, 'verify', { outcome: 'rejected', finding: '与决定书一致。' });
    await bureau.complete('xyb.leader', objected, 'decide', { outcome: 'agreed', reason: '' });
    await shows(`${home}/cases/${objected}`, '异议不成立');
    expect(plain(await second.page(`${home}/cases/${objected}/documents/result`))).to.include('与决定书一致');
    const path = formPath(general, 'objection');
    const same = await boss.send(path, path, { ground: 'content', statement: '仍然有误。' });
    expect(plain(same.text)).to.include('您的异议此前不成立').and.include('行政复议');
    const third = new Applicant(bureau);
    await third.signIn('third@firm.example');
    await third.bind(foods.uscc, foods.name);
    const merged = await third.send(path, path, { ground: 'content', statement: '仍然有误。' });
    expect(merged.headers['location']).to.equal(`${home}/cases/${objected}`);
    const letter: { text: string } = await bureau.knex('mail').where({ template: 'objectionJoined' }).orderBy('event_seq', 'desc').first('text');
    expect(letter.text).to.include('异议不成立').and.include('行政复议');
    const without = await boss.send(path, path, { ground: 'content', statement: '附新证据。', fresh: 'yes' });
    expect(errorsIn(without.text).join()).to.include('请上传新的证据');
    const opened = await boss.send(path, path, { ground: 'content', statement: '附新证据。', fresh: 'yes' }, [papers[0]!]);
    expect(opened.headers['location']).to.match(/YY-\d{4}-\d{6}$/u).and.not.include(objected);
  });

  it('is spoken for by an agent with a power of attorney alone, who need not tick that he is one', async () => {
    const agent = new Applicant(bureau);
    await agent.signIn('attorney@law.example');
    await agent.bind(foods.uscc, foods.name, { agent: 'yes' });
    const record = await register.store(foods, { decidedOn: day(-128) });
    const missing = await apply(agent, record);
    expect(errorsIn(missing.text).join()).to.include('请上传授权委托书');
    const sent = await apply(agent, record, {}, [...papers, { field: 'authorisation', name: '授权委托书.pdf', content: Buffer.concat([pdf, Buffer.from('%4')]) }]);
    expect(sent.status, errorsIn(sent.text).join()).to.equal(303);
  });

  it('on a record that is repaired, ended, held by a court or given a code twice is told where to go', async () => {
    const courts = await register.store(foods, { kind: 'judgmentDefaulter', unit: 'zy', penaltyKinds: [], fine: 0, decidedOn: day(-129) });
    for (const kind of ['repair', 'objection']) expect(plain(await boss.page(formPath(courts, kind)))).to.include('请向江苏省宿迁市中级人民法院申请');
    expect(await boss.page(`${home}/firms/${courts.facts.subject.id}`)).to.not.include(`/records/${courts.id}/`);
    const held = await register.store(foods, { decidedOn: day(-130) });
    await register.change(held.id, { type: 'record.held', hold: 'shield', because: randomUUID(), reason: '法院批准重整计划' }, day(-1));
    expect(plain(await boss.page(formPath(held)))).to.include('暂时屏蔽').and.include('人民法院');
    const repaired = await register.store(foods, { decidedOn: day(-131) });
    await register.change(repaired.id, { type: 'record.repaired', because: randomUUID() }, day(-1));
    expect(plain(await boss.page(formPath(repaired)))).to.include('本信息已修复');
    const over = await register.store(foods, { decidedOn: day(-1200) }, day(-1199));
    expect(plain(await boss.page(formPath(over)))).to.include('公示期已满');
    const withheld = await register.store(foods, { decidedOn: day(-132), act: '当事人王小明，男，出生日期：2015年5月3日，销售过期食品。' });
    for (const answer of [await boss.page(formPath(withheld)), (await boss.agent.post(formPath(withheld)).type('form').send({ ...formOf(await boss.page(`${home}/firms/new`), `${home}/firms/new`), ...told })).text]) {
      expect(plain(answer)).to.include('依法不公示，不需要申请修复').and.to.not.include('信用承诺书');
    }
    expect(plain(await boss.page(formPath(withheld, 'objection')))).to.include('哪一项有误');
  });

  it('loses nothing when the process is away: the page says so, and the draft is there', async () => {
    await bureau.stopWorkers();
    const answer = await apply(boss, general);
    expect(answer.status).to.equal(503);
    expect(plain(answer.text)).to.include('申请没有提交').and.include(told.statement);
    expect(answer.text).to.include('缴款凭证.pdf');
    expect(await boss.page(formPath(general))).to.include(told.statement);
    await bureau.startWorkers();
    const sent = await apply(boss, general);
    expect(sent.status, errorsIn(sent.text).join()).to.equal(303);
  });
});
