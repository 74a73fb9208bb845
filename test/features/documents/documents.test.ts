import { expect } from 'chai';
import { documentsOf, type CaseDocument } from '../../../src/features/documents/index.ts';
import { receiptOf } from '../../../src/features/documents/receipt.ts';
import { createWords } from '../../../src/features/tasks/index.ts';
import { docxOf } from '../../../src/platform/docx.ts';
import { receiptDocx } from '../../../src/platform/docx-receipt.ts';
import type { Unit } from '../../../src/platform/units.ts';
import type { Locale } from '../../../src/rules/people.ts';
import { applicant, command, complete, newObjection, newRepair, objectionForms, repairForms, runningCase, type MemoryCase } from '../../support/cases.ts';
import { docxParagraphs, pageParagraphs } from '../../support/docx.ts';
import { testLaw } from '../../support/law.ts';
import { people } from '../../support/people.ts';
import { partial, words as wordsOf } from '../../platform/views-render.ts';

const monday = '2026-01-05T01:00:00.000Z';
const law = testLaw({ value: { 'repair.accept': 3, 'repair.supplement': 5, 'repair.decide': 10, 'repair.ban-after-false': 36 } });
const unit = (id: string, name: string, kind: Unit['kind']): Unit =>
  ({ id, name, shortName: name, nameEn: id, kind, regionCode: null, parentId: null, mailbox: null, active: true, position: 0, version: 1 });
const units = [unit('xyb', '宿迁市社会信用体系建设领导小组办公室', 'creditOffice'), unit('scjg', '宿迁市市场监督管理局', 'department')];

/** The documents of a case so far, by name. */
function made({ state }: MemoryCase, locale: Locale = 'zh-CN'): Record<string, CaseDocument> {
  const words = createWords({ t: wordsOf(locale), locale, now: new Date(monday), law, units });
  return Object.fromEntries(documentsOf(state, words).map((one) => [one.name, one]));
}

/** What a document says, once its file is seen to say the same as its page, in both languages. */
async function saidBy(file: MemoryCase, name: string): Promise<string> {
  for (const locale of ['en', 'zh-CN'] as const) {
    const { document } = made(file, locale)[name] ?? expect.fail(`there is no ${name}`);
    expect(docxParagraphs(await docxOf(document, wordsOf(locale))), locale).to.deep.equal(pageParagraphs(partial('decision', document, locale)));
  }
  const { document } = made(file)[name]!;
  return [document.agency, document.number, document.title, document.addressee, ...pageParagraphs(partial('decision', document))].join('\n');
}

const expectWords = (text: string, ...words: readonly string[]): void => {
  for (const one of words) expect(text).to.include(one);
};

async function accepted(): Promise<MemoryCase> {
  const file = await runningCase(law, monday, newRepair());
  await file.done(people.market, 'accept#1', 'accepted');
  return file;
}

describe('the documents of an application for repair', () => {
  it('补正通知书 lists what is missing, until when it is waited for, and what comes of not supplying it', async () => {
    const file = await runningCase(law, monday, newRepair());
    expect(made(file)).to.deep.equal({});
    await file.done(people.market, 'accept#1', 'supplement', { ...repairForms.accept, missing: ['授权委托书', '缴款凭证原件'], reason: '凭证不清。' });
    expectWords(await saidBy(file, 'supplement'), '信用修复补正通知书', `${file.state.caseNo}-补`, '1. 授权委托书', '2. 缴款凭证原件', '凭证不清。', '请于2026年1月12日前补正', '逾期未补正', '宿迁市市场监督管理局（印章）', '2026年1月5日');
    await file.done(applicant, 'supplement#1', 'supplied');
    await file.done(people.market, 'accept#2', 'accepted');
    expect(Object.keys(made(file))).to.deep.equal(['supplement', 'acceptance']);
  });

  it('受理通知书 says until when it will be decided, also once that day was put off', async () => {
    const file = await accepted();
    const text = await saidBy(file, 'acceptance');
    expectWords(text, '信用修复受理通知书', '予以受理', '于2026年1月19日前作出决定', '办理不收取费用');
    await file.act(command(people.market, { type: 'requestExtension', task: 'check#1', days: 5, reason: '需现场核查' }));
    expect(made(file)).to.not.have.property('extension');
    await file.act(command(people.supervisor, complete('extension:check#1#1', 'granted', { comment: '' })));
    expect(await saidBy(file, 'acceptance')).to.equal(text);
    // The day of this calendar closes at midnight: the 19th ends where the 20th begins, and five days follow it.
    expectWords(await saidBy(file, 'extension'), '信用修复延长办理期限通知书', '延长5个工作日，至2026年1月27日止', '需现场核查');
  });

  it('a document of a unit that was renamed since bears the name of its day', async () => {
    const file = await accepted();
    const former = { name: '宿迁市工商行政管理局', shortName: '工商局', nameEn: 'scjg', since: null, until: '2026-01-06' };
    const [office, market] = units as [Unit, Unit];
    const signed = (until: string): string => {
      const words = createWords({ t: wordsOf('zh-CN'), locale: 'zh-CN', now: new Date('2026-03-01T01:00:00.000Z'), law, units: [office, { ...market, former: [{ ...former, until }] }] });
      return documentsOf(file.state, words).find(({ name }) => name === 'acceptance')!.document.signature;
    };
    expect(signed('2026-01-06')).to.equal('宿迁市工商行政管理局（印章）');
    expect(signed('2026-01-05')).to.equal('宿迁市市场监督管理局（印章）');
  });

  it('each has a number of its own, the law that it rests on, and by name whom one may turn to', async () => {
    const file = await runningCase(testLaw({ value: { 'repair.accept': 3, 'repair.decide': 10 } }), monday, newRepair());
    file.bears = { prefix: '宿市监信修', review: '宿迁市人民政府', court: '宿迁市宿城区人民法院' };
    await file.done(people.market, 'accept#1', 'supplement', { ...repairForms.accept, missing: ['授权委托书'], reason: '' });
    await file.done(applicant, 'supplement#1', 'supplied');
    await file.done(people.market, 'accept#2', 'refused', { ...repairForms.accept, reason: '该信息尚在最短公示期内。' });
    expectWords(await saidBy(file, 'supplement'), '宿市监信修〔2026〕1号', '授权委托书');
    const refusal = await saidBy(file, 'refusal');
    expectWords(refusal, '宿市监信修〔2026〕2号', '依据', file.state.tasks['accept#2']!.deadline!.basis, '60日内向宿迁市人民政府申请行政复议', '6个月内向宿迁市宿城区人民法院提起行政诉讼');
    expect(refusal).to.not.include(file.state.caseNo);
  });

  it('送达回证: whom and what stand in it, the rest is to be filled in by hand, on page and file alike', async () => {
    const { document } = made(await accepted())['acceptance']!;
    for (const locale of ['en', 'zh-CN'] as const) {
      const receipt = receiptOf({ t: wordsOf(locale) }, document);
      const rows = receipt.rows.flatMap(({ term, text }) => [term, text]);
      expect(docxParagraphs(await receiptDocx(receipt))).to.deep.equal([receipt.agency, receipt.title, ...rows, receipt.note]);
    }
    const { rows } = receiptOf({ t: wordsOf('zh-CN') }, document);
    expect(rows[0]).to.deep.include({ term: '受送达人', text: document.addressee });
    expect(rows[1]!.text).to.equal(`${document.title}（${document.number}，2026年1月5日）`);
    for (const term of ['受送达人签名或者盖章', '送达人签名及执法证号', '送达地点']) expect(rows.find((row) => row.term === term)).to.deep.include({ text: '' });
  });

  it('不予受理决定书 gives the reason and what can be done against it', async () => {
    const file = await runningCase(law, monday, newRepair());
    await file.done(people.market, 'accept#1', 'refused', { ...repairForms.accept, reason: '该信息尚在最短公示期内。' });
    expectWords(await saidBy(file, 'refusal'), '不予受理', '该信息尚在最短公示期内。', '60日内申请行政复议', '6个月内提起行政诉讼', '宿迁市社会信用体系建设领导小组办公室投诉');
    expect(Object.keys(made(file))).to.deep.equal(['refusal']);
  });

  it('决定书 goes through the conditions; sent back, there is none yet', async () => {
    const file = await accepted();
    await file.done(people.market, 'check#1', 'checked');
    await file.done(people.marketHead, 'decide#1', 'sentBack', { reason: '请补充' });
    expect(made(file)).to.not.have.property('decision');
    await file.done(people.marketColleague, 'check#2', 'checked');
    await file.done(people.marketHead, 'decide#2', 'refused', { reason: '罚款未缴清。' });
    expectWords(await saidBy(file, 'decision'), '不予信用修复决定书', `${file.state.caseNo}-决`, '最短公示期届满：', '罚款未缴清。', '符合条件后，可以再次申请', '行政复议');
  });

  it('撤销决定书 says that the record is shown again and until when no application is taken; the granted decision stays', async () => {
    const file = await accepted();
    await file.done(people.market, 'check#1', 'checked');
    await file.done(people.marketHead, 'decide#1', 'granted');
    await file.done(people.handler, 'follow-up#1', 'gone');
    await file.act(command(people.supervisor, { type: 'reopen', reason: '凭证系伪造' }));
    await file.done(people.market, 'revoke#1', 'proposed');
    expectWords(await saidBy(file, 'hearing'), '拟撤销信用修复告知书', `${file.state.caseNo}-拟撤`, '缴款凭证系伪造。', '信用修复管理办法', '前陈述申辩', '不会因为陈述申辩加重处理');
    await file.done(applicant, 'defence#1', 'waived');
    await file.done(people.marketHead, 'revoke-decide#1', 'revoked', { reason: '银行证明凭证系伪造。' });
    expectWords(await saidBy(file, 'revocation'), '撤销信用修复决定书', '银行证明凭证系伪造。', '恢复公示', '2029年1月6日前不再受理', '行政诉讼');
    expectWords(await saidBy(file, 'decision'), '准予信用修复决定书');
  });
});

describe('the documents of an objection', () => {
  async function decided(outcome: string, finding: string): Promise<MemoryCase> {
    const file = await runningCase(testLaw(), monday, newObjection());
    await file.done(people.handler, 'screen#1', 'forwarded');
    await file.done(people.market, 'verify#1', outcome, { ...objectionForms.verify, finding });
    await file.done(people.marketHead, 'decide#1', 'agreed');
    return file;
  }

  it('rejected: the result with its reasons and remedies, and no notice to the public (situation 20)', async () => {
    const file = await decided('rejected', '金额与决定书一致。');
    expectWords(await saidBy(file, 'result'), '异议处理结果告知书', `${file.state.caseNo}-异`, '金额与决定书一致。', '异议不成立', '60日内申请行政复议', '并入本件');
    expect(Object.keys(made(file))).to.deep.equal(['result']);
  });

  it('upheld: a correction notice once it is corrected, for everybody and so masked (situation 19)', async () => {
    const file = await decided('upheldCorrect', '金额有误。');
    expect(made(file)).to.not.have.property('correction');
    expect(await saidBy(file, 'result')).to.not.include('行政复议');
    await file.done(people.market, 'correct#1', 'corrected', { done: '罚款金额更正为10,000元。经办联系电话13812345678。', reason: '录入时多写一个零。' });
    expect(made(file)['correction']?.to).to.equal('public');
    const text = await saidBy(file, 'correction');
    expectWords(text, '失信信息更正公告', '罚款金额更正为10,000元', '138****5678', '更正原因：录入时多写一个零。', '以更正后的内容为准');
    expect(text).to.not.include('13812345678');
  });

  it('upheld, to be removed: the notice says from which day and why', async () => {
    const file = await decided('upheldRemove', '决定已被撤销。');
    expectWords(await saidBy(file, 'correction'), '失信信息撤下公告', '自2026年1月5日起撤下', '决定已被撤销。');
  });
});
