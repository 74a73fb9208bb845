import { expect } from 'chai';
import type { Response } from 'supertest';
import type { RecordState } from '../../../src/rules/records/file.ts';
import { eventually } from '../../support/eventually.ts';
import { formOf, goodCode, openBureau, plain, type Bureau, type Fields } from '../incidents/bureau.ts';
import { Register } from '../public-records/records.ts';

const foods = { kind: 'organisation', uscc: goodCode, name: '宿迁恒泽食品有限公司' } as const;
const day = (offset: number): string => new Date(Date.now() + 8 * 3_600_000 + offset * 86_400_000).toISOString().slice(0, 10);
const telling = '驾驶人孙小海（电话13812345678）的笔录有误。';
const masked = '驾驶人孙**（电话138****5678）的笔录有误。';

describe('a reason that others will read', function () {
  this.timeout(120_000);
  let bureau: Bureau;
  let register: Register;
  let days = -100;
  before(async () => {
    bureau = await openBureau({ workers: true });
    register = new Register(bureau.knex, bureau.seal);
    await bureau.knex('person').where({ username: 'xyb.handler' }).update({ locale: 'zh-CN' });
  });
  after(() => bureau.close());

  /** An objection to a record of its own, with the record. */
  async function objected(): Promise<{ caseNo: string; record: RecordState }> {
    const record = await register.store(foods, { decidedOn: day((days -= 1)) });
    const office = await bureau.clerk('xyb.handler');
    const path = `/objections/new/${record.id}`;
    const fields = { name: foods.name, mail: 'firm@objector.example', ground: 'content', statement: '有误。', proof: 'representativeId', shown: 'seen', lastFour: '002x' };
    let sending = office.browser.agent.post(path);
    for (const [name, value] of Object.entries({ ...(await office.form(path, path)), ...fields })) sending = sending.field(name, value);
    return { caseNo: /YY-\d{4}-\d{6}$/u.exec(String((await sending).headers['location']))![0], record };
  }

  /** The steps by which a form is looked at, changed meanwhile, and sent. */
  async function looksThenSends(username: string, caseNo: string, stage: string, fields: Fields, told: string): Promise<void> {
    const clerk = await bureau.clerk(username);
    const task = `/tasks/${await bureau.task(caseNo, stage)}`;
    const action = `${task}/complete`;
    const first = await clerk.page(task);
    expect(first, stage).to.contain('name="step" value="preview"').and.contain('查看对外的文字');
    const open = async (): Promise<boolean> => Object.values((await bureau.state(caseNo)).tasks).some((one) => one.stage === stage && one.status === 'open');
    const look = (from: string, with_: Fields): Promise<Response> => Promise.resolve(clerk.post(action, { ...formOf(from, action), ...fields, ...with_ }));
    const shown = await look(first, { step: 'preview' });
    expect(shown.status, stage).to.equal(200);
    expect(plain(shown.text), stage).to.contain(told).and.contain('原文').and.contain('脱敏后');
    expect(shown.text, stage).to.contain('mark-masked').and.not.contain('name="step" value="preview"');
    expect(plain(shown.text).includes(masked) || shown.text.includes('138****5678'), stage).to.equal(true);
    const name = 'finding' in fields ? 'finding' : 'reason';
    const changed = await look(shown.text, { [name]: `${String(fields[name])}另，李四在场。` });
    expect(changed.status, `${stage}: it was changed since it was looked at`).to.equal(200);
    expect(plain(changed.text), stage).to.contain('李四在场');
    expect(await open(), stage).to.equal(true);
    const sent = await look(shown.text, {});
    expect(sent.status, `${stage}: ${plain(sent.text).slice(0, 400)}`).to.equal(303);
  }

  it('of an objection that is upheld: the finding by which a record is removed, and the second person sees it too', async () => {
    const { caseNo, record } = await objected();
    await bureau.complete('xyb.handler', caseNo, 'screen', { outcome: 'own', reason: '' });
    await looksThenSends('xyb.handler', caseNo, 'verify', { outcome: 'upheldRemove', finding: telling }, '公众将看到的文字');
    const decide = await (await bureau.clerk('xyb.leader')).page(`/tasks/${await bureau.task(caseNo, 'decide')}`);
    expect(plain(decide)).to.contain('公众将看到的文字').and.contain('138****5678');
    await bureau.complete('xyb.leader', caseNo, 'decide', { outcome: 'agreed', reason: '' });
    const page = await eventually('it is removed', async () => {
      const answer = await bureau.agent().get(`/public/records/${record.id}`);
      return answer.status === 410 || answer.text.includes('笔录有误') ? answer : null;
    });
    expect(plain(page.text)).to.contain(masked).and.not.contain('孙小海');
  });

  it('of one that is rejected, or not looked into: it is told to whoever objected', async () => {
    const { caseNo } = await objected();
    await bureau.complete('xyb.handler', caseNo, 'screen', { outcome: 'own', reason: '' });
    await looksThenSends('xyb.handler', caseNo, 'verify', { outcome: 'rejected', finding: telling }, '发给当事人的文字');
    const other = await objected();
    await looksThenSends('xyb.handler', other.caseNo, 'screen', { outcome: 'refused', ground: 'notThisRecord', reason: telling }, '发给当事人的文字');
    expect(plain(await (await bureau.clerk('xyb.leader')).page(`/tasks/${await bureau.task(other.caseNo, 'screen-decide')}`))).to.contain('发给当事人的文字').and.contain('138****5678');
  });

  it('of one that goes on: nothing leaves the house, and the form says so', async () => {
    const { caseNo } = await objected();
    const clerk = await bureau.clerk('xyb.handler');
    const task = `/tasks/${await bureau.task(caseNo, 'screen')}`;
    const shown = await clerk.post(`${task}/complete`, { ...(await clerk.form(task, `${task}/complete`)), outcome: 'own', reason: '内部说明', step: 'preview' });
    expect(shown.status).to.equal(200);
    expect(plain(shown.text)).to.contain('没有对外公开或者发给当事人的文字').and.contain('内部说明');
    const missing = await clerk.post(`${task}/complete`, { ...(await clerk.form(task, `${task}/complete`)), outcome: 'refused', reason: '', step: 'preview' });
    expect(missing.status, 'what is missing is said before anything is shown').to.equal(422);
  });

  it('of a correction: what was corrected and why, both of which two persons may put right afterwards', async () => {
    const { caseNo, record } = await objected();
    await bureau.complete('xyb.handler', caseNo, 'screen', { outcome: 'forwarded', reason: '' });
    await bureau.complete('scjg.handler', caseNo, 'verify', { outcome: 'upheldCorrect', finding: '金额有误。' });
    await bureau.complete('scjg.leader', caseNo, 'decide', { outcome: 'agreed', reason: '' });
    await bureau.task(caseNo, 'correct');
    await register.change(record.id, { type: 'record.corrected', facts: { ...record.facts, act: '销售不合格产品一批。' }, publicity: record.publicity, reason: '金额有误' }, day(0));
    await looksThenSends('scjg.handler', caseNo, 'correct', { done: '金额由二万元更正为一万元。', reason: telling }, '公众将看到的文字');
    const shown = async (): Promise<string> => plain((await bureau.agent().get(`/public/records/${record.id}`).expect(200)).text);
    await eventually('it is told of', async () => ((await shown()).includes('更正为一万元') ? true : null));
    expect(await shown()).to.contain(masked).and.not.contain('孙小海');

    const market = await bureau.clerk('scjg.handler');
    const path = `/records/${record.id}`;
    const html = await market.page(path);
    expect(plain(html)).to.contain('金额由二万元更正为一万元。');
    const target = /value="([0-9a-f-]{36}:\d+:text)"/.exec(html)![1]!;
    const proposed = await market.post(`${path}/mendReason`, { ...formOf(html, `${path}/mendReason`), target, reason: '罚款金额更正为一万元。', do: 'send' });
    expect(proposed.status).to.equal(303);
    const head = await bureau.clerk('scjg.leader');
    const decided = await head.post(`${path}/decide`, { ...(await head.form(path, `${path}/decide`)), verdict: 'granted' });
    expect(decided.status).to.equal(303);
    expect(await shown()).to.contain('罚款金额更正为一万元。').and.contain(masked).and.not.contain('由二万元更正');
    // The notice for the channel in which it was published says what the pages say.
    const office = await bureau.clerk('xyb.handler');
    expect(plain(await office.page(`/objections/${caseNo}/documents/correction`))).to.contain('罚款金额更正为一万元。').and.not.contain('由二万元更正');
  });
});
