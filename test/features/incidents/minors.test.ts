import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import ExcelJS from 'exceljs';
import { residentIdCheckCharacter } from '../../../src/rules/codes/index.ts';
import { orgCheckCharacter } from '../../../src/rules/codes/org-code.ts';
import { usccCheckCharacter } from '../../../src/rules/codes/uscc.ts';
import { openingOf } from '../../../src/rules/incident/facts.ts';
import { hidden } from '../../support/web.ts';
import { errorsIn, formOf, openBureau, plain, type Bureau, type Clerk, type Fields } from './bureau.ts';

const idOf = (born: string, serial = '001'): string => {
  const digits = `321302${born}${serial}`;
  return `${digits}${residentIdCheckCharacter(digits)}`;
};
const codeOf = (n: number): string => {
  const own = `MA1TE2${String(n).padStart(2, '0')}`;
  const body = `91321300${own}${orgCheckCharacter(own)}`;
  return body + usccCheckCharacter(body);
};
/** Fifteen on the day of the incident, 2026-01-05. */
const young = idOf('20100315');
/** Of age on that very day. */
const grown = idOf('20080105');

describe('an incident whose subject was under eighteen', function () {
  this.timeout(120_000);
  let bureau: Bureau;
  let credit: Clerk;
  before(async () => {
    bureau = await openBureau({ workers: true });
    credit = await bureau.clerk('xyb.handler');
  });
  after(() => bureau.close());

  const isYoung = async (caseNo: string): Promise<boolean> => openingOf(await bureau.state(caseNo)).subjects.some((subject) => subject.kind === 'person' && subject.minor === true);
  const numberOf = async (title: string): Promise<string> => (await bureau.knex('incident').where({ title }).first<{ case_no: string }>('case_no'))!.case_no;
  const firm = (n: number): Fields => ({ area: 'other', title: `第 ${n} 起`, 'subjects[0][name]': `宿迁第${n}公司`, 'subjects[0][code]': codeOf(n) });
  const person = (code: string, name = '孙小海'): Fields => ({ 'subjects[1][kind]': 'person', 'subjects[1][name]': name, 'subjects[1][code]': code });

  /** Brings an incident to its disclosure. */
  async function toDisclosure(caseNo: string, facts = '属实。', apart = false): Promise<void> {
    await bureau.complete('xyb.handler', caseNo, 'verify', { outcome: 'founded', finding: '属实。', ...(apart ? { apart: '是另一事件。' } : {}) });
    await bureau.complete('xyb.handler', caseNo, 'grade', { base: 'general', reason: '影响小。' });
    await bureau.complete('xyb.handler', caseNo, 'assign', { accountable: 'scjg', instruction: '请办理。', 'parts[0][unit]': 'scjg', 'parts[0][measure]': 'penalise', 'parts[0][text]': '依法处罚' });
    await bureau.complete('scjg.handler', caseNo, 'acknowledge', { outcome: 'acknowledged' });
    await bureau.complete('scjg.handler', caseNo, 'first-report', { report: '已到场。' });
    await bureau.complete('scjg.handler', caseNo, 'handle', { result: '已查明。' });
    await bureau.complete('scjg.handler', caseNo, 'opinion', { facts, basis: '某法第一条', decision: '罚款', measures: '整改' });
    await bureau.complete('fz.reviewer', caseNo, 'legal-review', { outcome: 'agreed', comment: '' });
    await bureau.complete('scjg.leader', caseNo, 'approve', { outcome: 'approved', comment: '' });
    await bureau.task(caseNo, 'disclose');
  }
  const proposal: Fields = { outcome: 'proposed', title: '处理意见', text: '罚款。', basis: '政府信息公开条例第十九条', channel: 'creditPortal', months: '12' };
  async function send(username: string, caseNo: string, stage: string, fields: Fields) {
    const clerk = await bureau.clerk(username);
    const path = `/tasks/${await bureau.task(caseNo, stage)}`;
    const html = await clerk.page(path);
    return { page: plain(html), html, answer: await clerk.post(`${path}/complete`, { ...formOf(html, `${path}/complete`), ...fields }) };
  }

  /** Nothing but to withhold is offered, and nothing else is taken. */
  async function isNotProposed(caseNo: string): Promise<void> {
    const { page, html, answer } = await send('xyb.handler', caseNo, 'disclose', proposal);
    expect(page).to.contain('当事人在事件发生之日未满十八周岁').and.contain('依法不得公开');
    expect(html).to.not.contain('value="proposed"').and.not.contain('name="months"');
    expect(answer.status).to.equal(422);
    expect(Object.values((await bureau.state(caseNo)).tasks).filter(({ stage, status }) => stage === 'disclose' && status === 'open')).to.have.length(1);
  }

  it('is known as such by every way in which it is reported: form, interface, table', async () => {
    expect(await isYoung(await credit.reportNevertheless({ ...firm(1), ...person(young) }))).to.equal(true);
    const api = await bureau.agent().post('/api/v1/incidents').set('Authorization', `Bearer ${await bureau.token('xyb.handler')}`).set('Idempotency-Key', randomUUID()).send({
      field: 'commerce', area: 'other', title: '接口报的', what: '群众反映。', region: 'suyu', place: '某路', occurredOn: '2026-01-05', subjects: [{ kind: 'person', name: '孙小海', code: young }],
    });
    expect(api.status, JSON.stringify(api.body)).to.equal(201);
    await bureau.task((api.body as { number: string }).number, 'verify');
    expect(await isYoung((api.body as { number: string }).number)).to.equal(true);

    const workbook = new ExcelJS.Workbook();
    const sheet = workbook.addWorksheet('事件');
    sheet.addRow(['标题', '事件经过', '诚信领域', '事件类别', '发生日期', '地区', '地点', '主体名称', '主体代码']);
    for (const [title, code] of [['表格报的', young], ['表格报的成年人', grown]] as const) sheet.addRow([title, '群众反映。', '商务诚信', '其他', '2026-01-05', '宿豫区', '某路', '孙小海', code]);
    const uploaded = await credit.browser.agent.post('/incidents/import').field('_csrf', hidden(await credit.page('/incidents/import'), '_csrf')).attach('file', Buffer.from(await workbook.xlsx.writeBuffer()), 'a.xlsx');
    const html = await credit.page(String(uploaded.headers['location']));
    const action = /action="(\/incidents\/import\/[^"]+\/register)"/.exec(html)![1]!;
    await credit.post(action, formOf(html, action)).expect(303);
    for (let n = 0; n < 50 && (await bureau.knex('incident').where('title', 'like', '表格报的%')).length < 2; n += 1) await new Promise((go) => { setTimeout(go, 200); });
    expect([await isYoung(await numberOf('表格报的')), await isYoung(await numberOf('表格报的成年人'))]).to.deep.equal([true, false]);
  });

  it('opened before anybody looked at ages is known by the sealed number, and never proposed', async () => {
    const sealed = await bureau.seal.subject(bureau.knex, { name: '孙小海', idNumber: young });
    const caseNo = await credit.reportNevertheless(firm(2));
    // As files of before are: the person is sealed, and nothing is said of his age.
    const { id } = await bureau.state(caseNo);
    const subject = JSON.stringify([{ kind: 'person', sealed, masked: '孙** 3213**********00' }]);
    await toDisclosure(caseNo);
    await bureau.knex.raw(`update case_file set state = jsonb_set(state::jsonb, '{opening,subjects}', ?::jsonb)::json where id = ?`, [subject, id]);
    await isNotProposed(caseNo);
  });

  it('by a report that was merged into it, also after it was proposed: it is not released any more', async () => {
    const caseNo = await credit.reportNevertheless(firm(3));
    await toDisclosure(caseNo);
    await bureau.complete('xyb.handler', caseNo, 'disclose', proposal);
    const other = await credit.reportNevertheless({ ...firm(3), title: '又一次反映', ...person(young) });
    await bureau.complete('xyb.handler', other, 'verify', { outcome: 'duplicate', finding: '同一事件。', of: caseNo });
    const { page, answer } = await send('xyb.leader', caseNo, 'release', { outcome: 'released', comment: '' });
    expect(page).to.contain('当事人在事件发生之日未满十八周岁').and.contain('只能退回').and.not.contain('公众立即可以');
    expect(answer.status).to.equal(422);
    expect((await bureau.state(caseNo)).disclosures).to.deep.equal([]);
    await bureau.complete('xyb.leader', caseNo, 'release', { outcome: 'sentBack', comment: '当事人未成年。' });
    await isNotProposed(caseNo);
    await bureau.complete('xyb.handler', caseNo, 'disclose', { outcome: 'withheld', reason: '当事人未成年。' });
    await bureau.complete('xyb.leader', caseNo, 'release', { outcome: 'confirmedWithheld', comment: '' });
  });

  it('by the number or the birth that the opinion or the public text gives of a firm\'s operator', async () => {
    const caseNo = await credit.reportNevertheless(firm(4));
    await toDisclosure(caseNo);
    for (const [text, minor] of [[`经营者孙小海（身份证号 ${young}）承认。`, true], [`经营者孙小海（身份证号 ${grown}）承认。`, false], ['当事人孙小海，2010年3月15日出生，承认。', true]] as const) {
      const { answer } = await send('xyb.handler', caseNo, 'disclose', { ...proposal, text });
      expect(answer.status, text).to.equal(minor ? 422 : 303);
      if (minor) expect(errorsIn(answer.text).join(), text).to.contain('未满十八周岁');
      else await bureau.complete('xyb.leader', caseNo, 'release', { outcome: 'sentBack', comment: '再核。' });
    }
    await bureau.complete('xyb.handler', caseNo, 'disclose', proposal);
    await bureau.complete('xyb.leader', caseNo, 'release', { outcome: 'sentBack', comment: '再核。' });
    // Written in the opinion it bars the case whatever the public text says.
    const { id } = await bureau.state(caseNo);
    await bureau.knex.raw(`update case_file set state = jsonb_set(state::jsonb, '{tasks,opinion#1,form,facts}', ?::jsonb)::json where id = ?`, [JSON.stringify(`当事人孙小海，身份证号码${young}。`), id]);
    const { page } = await send('xyb.handler', caseNo, 'disclose', proposal);
    expect(page).to.contain('依法不得公开');
  });
});
