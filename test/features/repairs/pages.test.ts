import { createHash } from 'node:crypto';
import { expect } from 'chai';
import type { FileRef } from '../../../src/rules/casefile/types.ts';
import { createReadLaw } from '../../../src/platform/law.ts';
import { changeRecords } from '../../../src/platform/records/append.ts';
import { repairConditions } from '../../../src/rules/repair/facts.ts';
import { newObjection, newRepair } from '../../support/cases.ts';
import { testConfig } from '../../support/stack.ts';
import { publicFine } from '../../workflows/applications.ts';
import { errorsIn, openOffice, plain, type Desk, type Fields, type Office } from '../tasks/office.ts';

const paper = (name: string): FileRef => ({ hash: createHash('sha256').update(name).digest('hex'), name, mime: 'application/pdf', bytes: 1234 });
const proof = paper('缴款凭证.pdf');
const commitment = paper('信用承诺书.pdf');

describe('repairs and objections at the desks', function () {
  this.timeout(60_000);
  let office: Office;
  let market: Desk;
  let head: Desk;
  let ecology: Desk;
  let credit: Desk;
  before(async () => {
    office = await openOffice();
    [market, head, ecology, credit] = await Promise.all(['scjg.handler', 'scjg.leader', 'hbj.handler', 'xyb.handler'].map((name) => office.desk(name))) as [Desk, Desk, Desk, Desk];
  });
  after(() => office.close());

  async function openRepair(users: readonly string[] = [], change: Parameters<typeof newRepair>[0] = {}): Promise<string> {
    const fine = await publicFine({ knex: office.knex, config: testConfig() }, users);
    const papers = [{ kind: 'proof' as const, hash: proof.hash }, { kind: 'commitment' as const, hash: commitment.hash }];
    return office.openCase({ ...newRepair({ ...fine, papers, ...change }), files: [proof, commitment] }, 'accept');
  }

  /** The duty is performed, which the unit had not noted. */
  async function changeFine(record: string): Promise<void> {
    const { hash, secrets } = testConfig();
    const writing = { law: await createReadLaw(office.knex)(), chain: { hash, key: secrets.chain }, at: new Date().toISOString(), actor: null, requestId: null };
    await office.knex.transaction((trx) => changeRecords(trx, { ...writing, key: 'performed', changes: [{ record, draft: { type: 'record.performed', reason: '罚款已缴清' } }] }));
  }

  const conditions = (met: Fields = {}): Fields => ({
    ...Object.fromEntries(repairConditions.flatMap((condition) => [[`${condition}-met`, 'met'], [`${condition}-note`, '']])),
    'corrected-papers': proof.hash,
    ...met,
  });

  it('an application goes through the forms to the last release order, and the decision can be printed', async () => {
    const caseNo = await openRepair(['hbj']);
    const accept = await office.slug(caseNo, 'accept');
    expect(plain(await market.read(`/tasks/${accept}`))).to.match(/缴款凭证\.pdf PDF，[\d.]+ \S+ 履行义务证明/u).and.include('最短公示期至').and.include('可以申请之日');
    await market.complete(accept, { outcome: 'accepted' });

    const check = await office.slug(caseNo, 'check');
    const page = plain(await market.read(`/tasks/${check}`));
    expect(page).to.include('最短公示期届满').and.include('已提交信用承诺书').and.include('公示期 最短公示期').and.include('为何是这一天');
    expect((await market.read(`/tasks/${check}`)).match(new RegExp(`/files/${proof.hash}" target`, 'gu')), 'beside each condition').to.have.length(4);
    await market.complete(check, { ...conditions(), proposal: 'grant', finding: '四项条件均符合。' });

    const decide = await office.slug(caseNo, 'decide');
    expect(plain(await head.read(`/tasks/${decide}`))).to.include('向 1 个单位发出解除通知').and.include('四项条件均符合。');
    expect(await head.read(`/tasks/${decide}`), 'what cannot be taken back is not chosen beforehand').to.include('name="outcome"').and.not.match(/name="outcome"[^>]* checked/u);
    await head.complete(decide, { outcome: 'granted', reason: '符合信用修复条件。' });

    const release = await office.slug(caseNo, 'release', 'hbj');
    expect(plain(await ecology.read(`/tasks/${release}`))).to.include('列为重点监管对象');
    await ecology.complete(release, { outcome: 'released', done: '已移出重点监管。' });
    await credit.complete(await office.slug(caseNo, 'follow-up'), { outcome: 'gone', finding: '第三方已停止公示。' });

    const shown = plain(await market.read(`/repairs/${caseNo}`));
    expect(shown).to.include('已修复').and.include('解除情况').and.include('失信信息停止公示和共享').and.include('准予修复');
    expect(shown).to.include('信用修复受理通知书').and.include('准予信用修复决定书');
    const decision = plain(await market.read(`/repairs/${caseNo}/documents/decision`));
    expect(decision).to.include('准予信用修复决定书').and.match(/宿市监信〔\d{4}〕\d+号/u).and.include('60日内向宿迁市人民政府申请行政复议').and.include('（印章）');
    const receipt = `/repairs/${caseNo}/documents/decision/receipt`;
    expect(await market.read(`/repairs/${caseNo}/documents/decision`)).to.include(`href="${receipt}"`);
    expect(plain(await market.read(receipt))).to.include('送达回证').and.include('准予信用修复决定书（宿市监信〔');
    await market.browser.get(`${receipt}.docx`).expect(200).expect('content-type', /wordprocessingml/);
    await (await office.desk('suyu.handler')).browser.get(receipt).expect(404);
  });

  it('one scan that was handed in as proof and as commitment counts as both', async () => {
    const papers = [{ kind: 'proof' as const, hash: proof.hash }, { kind: 'commitment' as const, hash: proof.hash }];
    const caseNo = await openRepair([], { papers });
    await market.complete(await office.slug(caseNo, 'accept'), { outcome: 'accepted' });
    const page = await market.read(`/tasks/${await office.slug(caseNo, 'check')}`);
    expect(plain(page)).to.include('已提交信用承诺书').and.include('履行义务证明、信用承诺书');
    for (const name of ['corrected', 'committed']) {
      expect(page, name).to.match(new RegExp(`name="${name}-papers"[^>]*value="${proof.hash}"[^>]* checked`, 'u'));
    }
  });

  it('repair is not proposed while a condition is not met, and nothing that was typed is lost', async () => {
    const caseNo = await openRepair();
    await market.complete(await office.slug(caseNo, 'accept'), { outcome: 'accepted' });
    const check = await office.slug(caseNo, 'check');
    const refused = await market.send(check, 'complete', { ...conditions({ 'corrected-met': 'notMet', 'corrected-note': '罚款未缴清' }), proposal: 'grant', finding: '核查情况如上。' });
    expect(refused.status).to.equal(422);
    expect(errorsIn(refused.text).join()).to.include('下列条件不符合，不能建议准予修复：已纠正失信行为并履行全部义务。');
    expect(refused.text).to.include('罚款未缴清').and.include('核查情况如上。');
    const missing = await market.send(check, 'complete', { proposal: 'refuse', finding: '' });
    expect(missing.status).to.equal(422);
    expect(errorsIn(missing.text).join()).to.include('请填写此项');
  });

  it('papers are asked for once, one a line; then the choice is gone', async () => {
    const caseNo = await openRepair([], { channel: 'window', applicant: { account: null, masked: '宿迁某食品有限公司', agent: true } });
    const accept = await office.slug(caseNo, 'accept');
    expect((await market.send(accept, 'complete', { outcome: 'supplement', missing: '' })).status).to.equal(422);
    await market.complete(accept, { outcome: 'supplement', missing: '授权委托书\n\n缴款凭证原件' });
    expect((await office.state(caseNo)).tasks['supplement#1']?.brief).to.deep.equal({ missing: ['授权委托书', '缴款凭证原件'], reason: '' });
  });

  it('where two laws may apply, both dates are shown and the choice must be made', async () => {
    const caseNo = await openRepair([], { otherLaw: { repairableFrom: '2099-01-02', lawOf: '2026-04-01' } });
    const accept = await office.slug(caseNo, 'accept');
    const page = plain(await market.read(`/tasks/${accept}`));
    expect(page).to.include('认定之日和申请之日的规定不同').and.include('2099年1月2日');
    expect((await market.send(accept, 'complete', { outcome: 'accepted' })).status).to.equal(422);
    await market.complete(accept, { outcome: 'accepted', lawOf: '2026-04-01' });
    expect((await office.state(caseNo)).tasks['accept#1']?.form['lawOf']).to.equal('2026-04-01');
  });

  it('the clock of a check is stopped and started with a reason, and the page says what is left', async () => {
    const caseNo = await openRepair();
    await market.complete(await office.slug(caseNo, 'accept'), { outcome: 'accepted' });
    const check = await office.slug(caseNo, 'check');
    expect((await market.send(check, 'suspension', { ground: 'inspection', reason: '' })).status).to.equal(422);
    expect((await market.send(check, 'suspension', { ground: 'proceedings', reason: '等待判决' })).status, 'a ground that the rules do not allow').to.equal(422);
    expect((await market.send(check, 'suspension', { ground: 'inspection', reason: '委托检测' })).status).to.equal(303);
    const stopped = plain(await market.read(`/tasks/${check}`));
    expect(stopped).to.include('中止计时').and.include('委托检测').and.include('已中止计时');
    expect((await market.send(check, 'resumption', { reason: '检测完毕' })).status).to.equal(303);
    expect((await office.state(caseNo)).tasks['check#1']).to.not.have.property('suspended');
  });

  it('an objection is screened, checked, decided and corrected', async () => {
    const fine = await publicFine({ knex: office.knex, config: testConfig() }, ['hbj']);
    const caseNo = await office.openCase(newObjection(fine), 'screen');
    const screen = await office.slug(caseNo, 'screen');
    expect(plain(await credit.read(`/tasks/${screen}`))).to.include('公示中，有标注');
    await credit.complete(screen, { outcome: 'forwarded', reason: '' });
    await market.complete(await office.slug(caseNo, 'verify'), { outcome: 'upheldCorrect', finding: '金额有误。' });
    await head.complete(await office.slug(caseNo, 'decide'), { outcome: 'agreed', reason: '' });
    const correct = await office.slug(caseNo, 'correct');
    expect(errorsIn((await market.send(correct, 'complete', { done: '金额已更正。', reason: '' })).text).join()).to.include('请填写此项');
    await changeFine(fine.record.id);
    await market.complete(correct, { done: '罚款由 50,000 元更正为 5,000 元。', reason: '经办人李建国（电话13812345678）录入时多写一个零。' });
    await ecology.complete(await office.slug(caseNo, 'acknowledge-correction', 'hbj'), { done: '已知悉。' });
    const shown = plain(await market.read(`/objections/${caseNo}`));
    expect(shown).to.include('异议成立，已更正').and.include('更正反馈').and.include('失信信息更正公告');
    expect(plain(await market.read(`/objections/${caseNo}/documents/correction`))).to.include('失信信息更正公告').and.include('更正为 5,000 元');
    await market.browser.get(`/objections/${caseNo}/documents/result.docx`).expect(200).expect('content-type', /wordprocessingml/);
  });

  it('third parties are named one by one, and looked at again until the last is gone', async () => {
    const caseNo = await openRepair();
    await market.complete(await office.slug(caseNo, 'accept'), { outcome: 'accepted' });
    await market.complete(await office.slug(caseNo, 'check'), { ...conditions(), proposal: 'grant', finding: '符合。' });
    await head.complete(await office.slug(caseNo, 'decide'), { outcome: 'granted', reason: '符合。' });
    const first = await office.slug(caseNo, 'follow-up');
    expect(errorsIn((await credit.send(first, 'complete', { outcome: 'stillShown', found: '', finding: '已核对。' })).text).join()).to.include('请列明仍在公示的');
    expect(errorsIn((await credit.send(first, 'complete', { outcome: 'gone', found: '企信通', finding: '已核对。' })).text).join()).to.include('下列平台或者机构仍在公示');
    await credit.complete(first, { outcome: 'stillShown', found: '企信通\n\n某征信机构\n企信通', finding: '已去函。' });
    const again = await office.slug(caseNo, 'follow-up');
    expect(again).to.not.equal(first);
    expect(plain(await credit.read(`/tasks/${again}`))).to.include('企信通：仍在公示').and.include('某征信机构：仍在公示');
    expect(errorsIn((await credit.send(again, 'complete', { outcome: 'gone', gone: '1', found: '', finding: '复查。' })).text).join()).to.include('某征信机构');
    await credit.complete(again, { outcome: 'gone', gone: ['1', '2'], found: '', finding: '均已停止。' });
    expect((await office.state(caseNo)).closings.at(-1)).to.deep.include({ outcome: 'granted' });
  });

  it('a window finds the record by its document, enters the application once, and then it is open', async () => {
    const fine = await publicFine({ knex: office.knex, config: testConfig() });
    const found = await credit.read(`/repairs/new?document=${encodeURIComponent(fine.record.documentNo)}`);
    const bracketed = fine.record.documentNo.replace('〔', '[').replace('〕', ' ]');
    expect(plain(await credit.read(`/repairs/new?document=${encodeURIComponent(bracketed)}`)), 'however its number is bracketed').to.include(fine.record.documentNo);
    expect(errorsIn(await credit.read('/repairs/new?document='))[0]).to.include('决定书文号：请填写此项。');
    const path = `/repairs/new/${fine.record.id}`;
    expect(found).to.include(path);
    const hidden = credit.hiddenOf(await credit.read(path), path);
    const typed = { name: '宿迁某食品有限公司', mail: 'firm@applicant.example', statement: '罚款已缴清。', proof: 'representativeId', shown: 'seen', lastFour: '123x' };
    const send = (papers: readonly string[], fields: Record<string, string>) => {
      let sending = credit.browser.agent.post(path);
      for (const [name, value] of Object.entries({ ...(hidden as Record<string, string>), ...fields })) sending = sending.field(name, value);
      for (const kind of papers) sending = sending.attach(kind, Buffer.from(`%PDF-1.4\n${kind}\n%%EOF\n`), `${kind}.pdf`);
      return sending;
    };
    const without = await send(['proof'], typed);
    expect(without.status).to.equal(422);
    expect(without.text).to.include('罚款已缴清。').and.include('proof.pdf');
    const first = await send(['proof', 'commitment'], typed);
    expect(first.status).to.equal(303);
    const again = await send(['proof', 'commitment'], typed);
    expect(again.headers['location']).to.equal(first.headers['location']);
    const caseNo = String(first.headers['location']).split('/').at(-1)!;
    const { opening, files } = await office.state(caseNo);
    expect(opening).to.deep.include({ channel: 'window', unit: 'scjg' });
    expect(opening['applicant']).to.deep.include({ account: null, agent: false, identity: { proof: 'representativeId', seen: '123X' } });
    expect(files.map(({ name }) => name)).to.deep.equal(['proof.pdf', 'commitment.pdf']);
    const letter: { text: string } = await office.knex('mail').where({ template: 'applicationReceived', case_no: caseNo }).first('text');
    expect(letter.text).to.include(`/public/progress?caseNo=${caseNo}`);
    expect(plain(await credit.read(path))).to.include('已有一件在办').and.include(caseNo);
    expect(plain(await head.browser.get('/repairs/new').then(({ text }) => text))).to.include('由各单位经办人登记');
  });

  it('a unit that only has an order reads what was written by hand as the public would, and of the files its own', async () => {
    const told = (n: number): string => `联系电话1381234560${n}。`;
    const caseNo = await openRepair(['hbj'], { statement: told(0) });
    await market.complete(await office.slug(caseNo, 'accept'), { outcome: 'accepted' });
    const check = await office.slug(caseNo, 'check');
    await market.send(check, 'comment', { text: told(1) });
    await market.send(check, 'suspension', { ground: 'inspection', reason: told(2) });
    await market.send(check, 'resumption', { reason: told(3) });
    await market.complete(check, { ...conditions({ 'corrected-note': told(4) }), proposal: 'grant', finding: told(5) });
    await head.complete(await office.slug(caseNo, 'decide'), { outcome: 'granted', reason: told(6) });
    const release = await office.slug(caseNo, 'release', 'hbj');
    const before = await ecology.read(`/tasks/${release}`);
    await ecology.complete(release, { outcome: 'released', done: told(7) });

    const pages = [`/repairs/${caseNo}`, `/repairs/${caseNo}/documents/decision`, `/tasks/${release}`];
    const [theirs, own, whole] = await Promise.all([ecology, market, credit].map((desk) => Promise.all(pages.map((path) => desk.read(path))))) as [string[], string[], string[]];
    for (const page of [before, ...theirs]) for (let n = 0; n <= 6; n += 1) expect(page, String(n)).to.not.include(`1381234560${n}`);
    for (let n = 0; n <= 7; n += 1) for (const read of [own, whole]) expect(read.join(''), String(n)).to.include(`1381234560${n}`);
    expect(theirs.join('')).to.include('138****5606').and.include('13812345607');
    expect(theirs.join('')).to.not.include(proof.hash);
    expect(own.join('')).to.include(proof.hash);
    await ecology.browser.get(`/repairs/${caseNo}/files/${proof.hash}`).expect(404);
  });

  it('the same with an objection', async () => {
    const fine = await publicFine({ knex: office.knex, config: testConfig() }, ['hbj']);
    const caseNo = await office.openCase(newObjection({ ...fine, statement: '联系电话13812345600。' }), 'screen');
    await credit.complete(await office.slug(caseNo, 'screen'), { outcome: 'forwarded', reason: '联系电话13812345601。' });
    await market.complete(await office.slug(caseNo, 'verify'), { outcome: 'upheldCorrect', finding: '联系电话13812345602。' });
    await head.complete(await office.slug(caseNo, 'decide'), { outcome: 'agreed', reason: '联系电话13812345603。' });
    await changeFine(fine.record.id);
    await market.complete(await office.slug(caseNo, 'correct'), { done: '联系电话13812345604。', reason: '录入有误。' });
    const task = await office.slug(caseNo, 'acknowledge-correction', 'hbj');
    const [theirs, own] = await Promise.all([ecology, market].map((desk) => Promise.all([`/objections/${caseNo}`, `/tasks/${task}`].map((path) => desk.read(path))))) as [string[], string[]];
    for (let n = 0; n <= 4; n += 1) {
      expect(theirs.join(''), String(n)).to.include(`138****560${n}`).and.not.include(`1381234560${n}`);
      expect(own.join(''), String(n)).to.include(`1381234560${n}`);
    }
  });

  it('the desks list by state and unit, find by name and number, and show nobody what is not his', async () => {
    const list = plain(await market.read('/repairs?state=check'));
    expect(list).to.include('XF-').and.include('核查');
    const [caseNo] = /XF-\d{4}-\d{6}/u.exec(list)!;
    expect(plain(await market.read(`/repairs?q=${caseNo}`))).to.include(caseNo);
    expect(plain(await market.read('/objections?state=closed'))).to.include('YY-');
    expect(plain(await market.read('/repairs?unit=hbj&state=accept'))).to.include('没有符合条件的申请');
    const counted = await market.read('/repairs');
    const tab = /<a href="(\/repairs\?state=check)">核查<span class="tab-count">(\d+)/u.exec(counted)!;
    expect((await market.read(tab[1]!)).match(/<tr role="row" id="XF-/gu)).to.have.length(Number(tab[2]));
    expect(counted).to.match(/<a href="\/repairs\?state=open" aria-current="page">办理中/u);
    expect(plain(await market.read('/repairs?due=late&q=%E6%97%A0%E6%AD%A4%E4%B8%BB%E4%BD%93'))).to.include('没有符合条件的申请').and.include('查询条件');
    const stranger = await office.desk('suyu.handler');
    await stranger.browser.get(`/repairs/${caseNo}`).expect(404);
    expect(plain(await stranger.read('/repairs'))).to.include('还没有修复申请').and.not.include(caseNo);
    await market.browser.get(`/objections/${caseNo}`).expect(404);
    await market.browser.get(`/repairs/${caseNo}/documents/refusal`).expect(404);
    await stranger.browser.get(`/repairs/${caseNo}/documents/acceptance.docx`).expect(404);
  });
});
