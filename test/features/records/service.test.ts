import { expect } from 'chai';
import type { Response } from 'supertest';
import { verifyRecord } from '../../../src/platform/records/verify.ts';
import type { RecordState } from '../../../src/rules/records/file.ts';
import { docxParagraphs, pageParagraphs } from '../../support/docx.ts';
import { asBytes } from '../../support/downloads.ts';
import { testConfig } from '../../support/stack.ts';
import { errorsIn, formOf, goodCode, goodId, openBureau, plain, type Bureau, type Clerk, type Fields } from '../incidents/bureau.ts';
import { Applicant, home, pdf } from '../portal/visitor.ts';
import { Register } from '../public-records/records.ts';

const firm = { kind: 'organisation', uscc: goodCode, name: '宿迁恒泽食品有限公司' } as const;
const today = '2026-06-10';

describe('the repair notice, served with the decision (两书同达)', () => {
  let bureau: Bureau;
  let register: Register;
  let handler: Clerk;
  let office: Clerk;
  let other: Clerk;
  let now: Date;

  before(async () => {
    bureau = await openBureau({ clock: () => now });
    register = new Register(bureau.knex, bureau.seal);
  });
  after(() => bureau.close());
  beforeEach(async () => {
    now = new Date(`${today}T02:00:00Z`);
    await bureau.knex('rate_limit').delete();
    [handler, office, other] = await Promise.all(['scjg.handler', 'xyb.handler', 'rsj.handler'].map((name) => bureau.clerk(name))) as [Clerk, Clerk, Clerk];
  });

  const store = (change: Parameters<Register['store']>[1] = {}): Promise<RecordState> => register.store(firm, { decidedOn: '2026-06-08', ...change }, '2026-06-09');
  const stateOf = async (id: string): Promise<RecordState> => (await bureau.knex('record').where({ id }).first<{ state: RecordState }>('state'))!.state;
  const proof = { name: '送达回证.pdf', content: pdf };
  const typed: Fields = { documents: ['decision', 'repairNotice'], means: 'direct', issuedOn: '2026-06-09', receiverName: '王小明', receiverAs: 'representative' };

  /** Sends the form of a service, or of the correction of one. */
  async function serve(id: string, fields: Fields = {}, { files = [proof], corrects, by = handler, form }: { files?: (typeof proof)[]; corrects?: number; by?: Clerk; form?: Fields } = {}): Promise<Response> {
    const action = `/records/${id}/service`;
    const hidden = form ?? (await by.form(corrects === undefined ? action : `${action}?corrects=${corrects}`, action));
    let request = by.browser.agent.post(action);
    for (const [name, value] of Object.entries({ ...hidden, ...typed, ...fields })) for (const one of [value].flat()) request = request.field(name, one);
    for (const { name, content } of files) request = request.attach('proof', content, name);
    return request;
  }

  it('says what was decided, how long it is public, when, where and how repair is asked for, and what can be done against it', async () => {
    const { id } = await store();
    expect(plain(await handler.page(`/records/${id}`))).to.include('告知与送达').and.include('尚未送达').and.include('6月17日');
    const html = await handler.page(`/records/${id}/notice`);
    for (const words of [
      '信用修复告知书', '宿迁恒泽食品有限公司', goodCode, '2026年6月8日', '罚款 20,000 元', '失信程度：一般', '最短公示至2026年9月8日', '最长公示至2027年6月8日', '自2026年9月9日起可以申请信用修复',
      '已公开作出信用承诺', '/public/portal', '授权委托书', '3 个工作日', '10 个工作日', '提出异议', '60日内申请行政复议', '6个月内提起行政诉讼', '电子邮箱', '宿迁市市场监督管理局（印章）', '2026年6月10日',
    ]) expect(plain(html), words).to.include(words);
    const file = await asBytes(handler.get(`/records/${id}/notice.docx`));
    expect(String(file.headers['content-disposition'])).to.include('attachment').and.include(encodeURIComponent('信用修复告知书'));
    expect(docxParagraphs(file.body as Buffer)).to.deep.equal(pageParagraphs(html));
  });

  it('where two laws may apply it states both days, and that a person decides (situation 12)', async () => {
    const { id } = await store({ decidedOn: '2025-12-01', domain: 'food' });
    const text = plain(await handler.page(`/records/${id}/notice`));
    expect(text).to.include('自2026年12月2日起可以申请').and.include('自2026年3月2日起可以申请').and.include('由宿迁市市场监督管理局判断适用的规定并告知');
  });

  it('is handed over with the decision: who took it is kept masked, and the record says when it was served', async () => {
    const { id } = await store();
    expect((await serve(id)).status).to.equal(303);
    const { services } = await stateOf(id);
    expect(services).to.have.length(1);
    expect(services![0]).to.deep.include({ documents: ['decision', 'repairNotice'], servedOn: '2026-06-09', receiver: { as: 'representative', masked: '王**' } });
    const page = await handler.page(`/records/${id}`);
    expect(plain(page)).to.include('2026年6月9日（周二）送达').and.include('直接送达，王**（法定代表人或者负责人）签收').and.include('送达认定文书、信用修复告知书').and.not.include('尚未送达').and.not.include('王小明');
    const link = /href="(\/records\/[0-9a-f-]+\/service\/files\/[0-9a-f]{64})"/.exec(page)![1]!;
    expect((await handler.get(link).expect(200)).headers['content-type']).to.include('application/pdf');
    await other.get(link).expect(403);
    expect(plain(await other.page(`/records/${id}`))).to.not.include('告知与送达').and.not.include('王**');
    expect(plain(await office.page(`/records/${id}`))).to.include('告知与送达');
    expect(await verifyRecord(bureau.knex, { hash: testConfig().hash, key: testConfig().secrets.chain }, id)).to.deep.equal([]);
    const again = plain(await handler.page(`/records/${id}/notice`));
    expect(again, 'the notice bears the day on which it was served').to.include('2026年6月9日').and.not.include('2026年6月10日');
  });

  it('by public notice it counts as served thirty days after its issue, and why has to be said', async () => {
    const { id } = await store();
    const without = await serve(id, { means: 'publicNotice', receiverName: '', receiverAs: '' });
    expect(without.status).to.equal(422);
    expect(errorsIn(without.text).join()).to.include('请写明采用公告的原因');
    expect(without.text).to.include('送达回证.pdf');
    const { status } = await serve(id, { means: 'publicNotice', receiverName: '', receiverAs: '', note: '登记住所无法联系，在本局网站公告。' });
    expect(status).to.equal(303);
    expect((await stateOf(id)).services![0]).to.deep.include({ issuedOn: '2026-06-09', servedOn: '2026-07-09', receiver: null });
    expect(plain(await handler.page(`/records/${id}`))).to.include('2026年7月9日（周四）视为送达').and.include('公告期未满');
  });

  it('is not recorded without proof, before the decision, in the future, by mail without consent, or left without a witness', async () => {
    const { id } = await store();
    for (const [fields, files, words] of [
      [{}, [], '请上传送达回证'],
      [{ issuedOn: '2026-06-07' }, [proof], '不早于 2026-06-08'],
      [{ issuedOn: '2026-06-11' }, [proof], '不晚于 2026-06-10'],
      [{ means: 'electronic' }, [proof], '签订确认书'],
      [{ means: 'left', receiverName: '', receiverAs: '' }, [proof], '见证人'],
      [{ receiverName: '', issuedOn: '' }, [proof], '收件人姓名'],
      [{ documents: [] }, [proof], '送达的文书'],
    ] as [Fields, (typeof proof)[], string][]) {
      const answer = await serve(id, fields, { files });
      expect([answer.status, errorsIn(answer.text).join().includes(words)], words).to.deep.equal([422, true]);
    }
    expect(await stateOf(id)).to.not.have.property('services');
  });

  it('the same form sent twice is one service; a second person who had it open is told', async () => {
    const { id } = await store();
    const [form, tab] = [await handler.form(`/records/${id}/service`, `/records/${id}/service`), await handler.form(`/records/${id}/service`, `/records/${id}/service`)];
    for (const one of [form, form, tab]) expect((await serve(id, {}, { form: one })).status).to.equal(303);
    expect(await bureau.knex('record_event').where({ record_id: id, type: 'record.served' })).to.have.length(1);
    expect(plain(await handler.page(`/records/${id}`))).to.include('送达已有登记');
  });

  it('a wrong entry is corrected by a new one with its reason; the old is kept, with its proof', async () => {
    const { id } = await store();
    await serve(id);
    const { seq } = (await stateOf(id)).services![0]!;
    expect((await serve(id, { reason: '' }, { corrects: seq })).status).to.equal(422);
    expect((await serve(id, { reason: '日期填错。', issuedOn: '2026-06-10' }, { corrects: seq })).status).to.equal(303);
    const page = plain(await handler.page(`/records/${id}`));
    expect(page).to.include('更正送达登记').and.include('日期填错。').and.include('2026年6月9日').and.include('2026年6月10日（周三）送达');
    await handler.get(`/records/${id}/service?corrects=${seq}`).expect(404);
    const [current] = (await stateOf(id)).services!;
    expect((await serve(id, { documents: [], reason: '送错单位，实际没有送达。' }, { corrects: current!.seq, files: [] })).status).to.equal(303);
    expect(plain(await handler.page(`/records/${id}`))).to.include('尚未送达').and.include('实际没有送达');
    expect(await stateOf(id)).to.not.have.property('services');
  });

  it('the list finds what is not yet served, as far as the rule of its day asks for it', async () => {
    await bureau.knex('record').update({ awaits_notice: false });
    const [open, before, done] = [await store(), await store({ decidedOn: '2026-03-20' }), await store()];
    const warned = await store({ penaltyKinds: ['warning'], summaryProcedure: true, fine: 0 });
    await serve(done.id);
    const html = await handler.page('/records?unserved=1');
    expect([open, before, done, warned].map(({ id }) => html.includes(id))).to.deep.equal([true, false, false, false]);
    expect(plain(html)).to.include('待送达告知书');
    expect(await office.page('/records?unserved=1')).to.include(open.id);
    expect(await other.page('/records?unserved=1'), 'of another unit').to.not.include(open.id);
  });

  it('what is not published needs no notice; other units record nothing', async () => {
    const warned = await store({ penaltyKinds: ['warning'], summaryProcedure: true, fine: 0 });
    expect(plain(await handler.page(`/records/${warned.id}`))).to.not.include('告知与送达');
    await handler.get(`/records/${warned.id}/notice`).expect(404);
    await handler.get(`/records/${warned.id}/service`).expect(403);
    const { id } = await store();
    for (const by of [office, other]) await by.get(`/records/${id}/service`).expect(403);
    await other.get(`/records/${id}/notice`).expect(403);
  });

  it("a person's full name stands on his notice for the unit that serves him, masked for others", async () => {
    const path = '/records';
    const form = await handler.form('/records/new', path);
    const fields: Fields = {
      ...form, subjectKind: 'person', subjectName: '张小三', subjectCode: goodId, kind: 'penalty', documentNo: '宿市监处罚〔2026〕91号', decidedOn: '2026-06-08', domain: 'food',
      legalBasis: '《中华人民共和国食品安全法》第一百二十四条', act: '使用过期原料。', decision: '罚款20000元。', penaltyKinds: ['fine'], fine: '20000',
    };
    const preview = await handler.post(path, { ...fields, do: 'preview' });
    const sent = await handler.post(path, { ...formOf(preview.text, path), do: 'send' });
    const id = String(sent.headers['location']).split('/').at(-1)!;
    expect(plain(await handler.page(`/records/${id}`)), 'said after the entry').to.include('请打印信用修复告知书，与认定文书一并送达');
    expect(plain(await handler.page(`/records/${id}/notice`))).to.include('张小三').and.not.include(goodId);
    expect(plain(await office.page(`/records/${id}/notice`))).to.include('张**').and.not.include('张小三');
  });

  it('the bound firm sees its own notice and the day of service; another visitor does not', async () => {
    now = new Date();
    const record = await register.store(firm, { decidedOn: '2026-06-08' }, '2026-06-09');
    const boss = new Applicant(bureau);
    await boss.signIn('boss@notice.example');
    const path = `${home}/records/${record.id}/notice`;
    await boss.agent.get(path).expect(404);
    await boss.bind(firm.uscc, firm.name);
    handler = await bureau.clerk('scjg.handler');
    await serve(record.id);
    const own = await boss.page(`${home}/firms/${record.facts.subject.id}`);
    expect(own).to.include(path);
    expect(plain(own)).to.match(/信用修复告知书 2026年6月9日（周二）送达/);
    expect(plain(await boss.page(path))).to.include('信用修复告知书').and.include(firm.name).and.include('可以申请信用修复');
    await boss.agent.get(`${path}.docx`).expect(200).expect('content-type', /wordprocessingml/);
  });
});
