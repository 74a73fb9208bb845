import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { createCodeWord } from '../../../src/platform/code-word.ts';
import { leadingCase, mergedInto } from '../../../src/platform/merged-reports.ts';
import { lastOf } from '../../../src/rules/incident/facts.ts';
import { testConfig } from '../../support/stack.ts';
import { Applicant } from '../portal/visitor.ts';
import { errorsIn, openBureau, plain, type Bureau, type Fields } from './bureau.ts';

const words = createCodeWord({ key: testConfig().secrets.seal, hash: testConfig().hash });
const dayFrom = (days: number): string => new Date(Date.now() + 8 * 3_600_000 + days * 86_400_000).toISOString().slice(0, 10);
const today = dayFrom(0);

describe('whoever reported is told what became of it', function () {
  this.timeout(120_000);
  let bureau: Bureau;
  before(async () => (bureau = await openBureau({ workers: true })));
  after(() => bureau.close());

  let firms = 0;
  const firmCodes = ['91321300MA1TE8T16M', '91321300MA1TE8T24G', '91321300MA1TE8T32B', '91321300MA1TE8T406', '91321300MA1TE8T08T'];
  /** A report of another firm each time, so that no test finds the cases of another. */
  async function reported(by: string, change: Fields, code = firmCodes[firms++]!): Promise<{ caseNo: string; id: string; code: string }> {
    const caseNo = await (await bureau.clerk(by)).reportNevertheless({ 'subjects[0][code]': code, area: 'other', ...change });
    return { caseNo, id: (await bureau.state(caseNo)).id, code };
  }

  async function toFeedback(caseNo: string): Promise<void> {
    await bureau.complete('xyb.handler', caseNo, 'verify', { outcome: 'founded', finding: '属实。', apart: '是另一事件。' });
    await bureau.complete('xyb.handler', caseNo, 'grade', { base: 'general', reason: '影响小。' });
    await bureau.complete('xyb.handler', caseNo, 'assign', { accountable: 'scjg', instruction: '请办理。', 'parts[0][unit]': 'scjg', 'parts[0][measure]': 'penalise', 'parts[0][text]': '处罚' });
    await bureau.complete('scjg.handler', caseNo, 'acknowledge', { outcome: 'acknowledged' });
    await bureau.complete('scjg.handler', caseNo, 'first-report', { report: '已到场。' });
    await bureau.complete('scjg.handler', caseNo, 'handle', { result: '已查明。' });
    await bureau.complete('scjg.handler', caseNo, 'opinion', { facts: '属实。', basis: '某法第一条', decision: '罚款', measures: '整改' });
    await bureau.complete('fz.reviewer', caseNo, 'legal-review', { outcome: 'agreed', comment: '' });
    await bureau.complete('scjg.leader', caseNo, 'approve', { outcome: 'approved', comment: '' });
    await bureau.complete('xyb.handler', caseNo, 'disclose', { outcome: 'withheld', reason: '影响小。' });
    await bureau.complete('xyb.leader', caseNo, 'release', { outcome: 'confirmedWithheld', comment: '' });
    await bureau.task(caseNo, 'feedback');
  }

  const letters = (reporter: string, template: string): Promise<{ case_no: string; text: string; html: string; status: string }[]> =>
    bureau.knex('mail').where({ reporter_id: reporter, template }).select('case_no', 'text', 'html', 'status');
  async function letter(reporter: string, template: string): Promise<{ case_no: string; text: string }> {
    for (const end = Date.now() + 8000; ; await delay(20)) {
      const [found] = await letters(reporter, template);
      if (found) return found;
      if (Date.now() > end) throw new Error(`no letter ${template}`);
    }
  }

  /** The progress page as a stranger opens it who was told number and word. */
  async function progress(caseNo: string, word: string, lang = ''): Promise<{ status: number; text: string }> {
    const stranger = new Applicant(bureau);
    if (lang !== '') await stranger.agent.get(`/public?lang=${lang}`);
    const { status, text } = await stranger.send('/public/progress', '/public/progress', { caseNo, word });
    return { status, text: plain(text) };
  }
  const send = async (caseNo: string, fields: Fields) => {
    const clerk = await bureau.clerk('xyb.handler');
    const path = `/tasks/${await bureau.task(caseNo, 'feedback')}`;
    return clerk.post(`${path}/complete`, { ...(await clerk.form(path, `${path}/complete`)), toSuperior: '已报送。', ...fields });
  };

  it('at once: by mail with the number and a code word, which the window reads on the page of the case too', async () => {
    const { caseNo, id } = await reported('scjg.handler', { 'reporter[name]': '赵六', 'reporter[mail]': 'zhao@example.cn' });
    const word = words(id);
    expect((await letter(id, 'reportReceived')).text).to.contain(caseNo).and.to.contain(word).and.to.contain('/public/progress?caseNo=');
    const page = async (user: string): Promise<string> => plain(await (await bureau.clerk(user)).page(`/incidents/${caseNo}`));
    expect(await page('scjg.handler')).to.contain(`请告知反映人：编号 ${caseNo}，查询码 ${word}`).and.to.contain(`查询码（告知反映人） ${word}`);
    expect(await page('xyb.handler')).to.contain(word);
    expect(await page('xyb.supervisor')).to.not.contain(word);
    expect((await progress(caseNo, word)).text).to.contain('正在核实').and.to.contain('收到您反映的事项').and.to.not.contain('赵');
    expect((await progress(caseNo, 'ABCDEFGH')).status).to.equal(422);
  });

  it('an incident that nobody outside reported opens to no code word', async () => {
    const { caseNo, id } = await reported('xyb.handler', {});
    expect((await progress(caseNo, words(id))).status).to.equal(422);
  });

  it('the reply of the feedback: by mail and on the progress page, with its day and unit and without third persons', async () => {
    const { caseNo, id } = await reported('scjg.handler', { 'reporter[mail]': 'qian@example.cn' });
    await toFeedback(caseNo);
    const page = plain(await (await bureau.clerk('xyb.handler')).page(`/tasks/${await bureau.task(caseNo, 'feedback')}`));
    expect(page).to.contain('答复提交后立即发到反映人邮箱：q***@example.cn').and.to.not.contain('怎样告知');
    expect((await send(caseNo, { toReporter: '已责令该公司停产，驾驶人孙小海（电话 13812345678）已移送。' })).status).to.equal(303);
    const masked = '已责令该公司停产，驾驶人孙**（电话 138****5678）已移送。';
    expect(lastOf(await bureau.state(caseNo), 'feedback')!.form).to.deep.include({ told: masked, otherwise: null });
    const { text } = await letter(id, 'reporterAnswered');
    expect(text).to.contain(masked).and.to.contain('答复单位：宿迁市社会信用体系建设领导小组办公室').and.to.contain('答复日期').and.to.not.contain('孙小海');
    const shown = await progress(caseNo, words(id));
    expect(shown.text).to.contain(masked).and.to.contain('已答复您').and.to.contain('答复单位').and.to.contain('答复日期').and.to.not.contain('孙小海');
    // The department that entered it reads the same in its mailbox only where it had nobody's word but its own.
    expect(await bureau.knex('mail').where({ case_no: caseNo, template: 'reporterAnswered' }).whereNull('reporter_id')).to.have.length(0);
    const timeline = plain(await (await bureau.clerk('xyb.handler')).page(`/incidents/${caseNo}`));
    expect(timeline).to.contain(`反映人收到的内容：${masked}`);
  });

  it('a name that no rule can tell apart is confirmed before the reply goes out', async () => {
    const { caseNo } = await reported('xyb.handler', { 'reporter[mail]': 'sun@example.cn' });
    await toFeedback(caseNo);
    const reply = '经查，欧阳建国向该公司供应原料。';
    const asked = await send(caseNo, { toReporter: reply });
    expect(asked.status).to.equal(422);
    expect(asked.text).to.contain('value="欧阳建国"').and.to.contain('遮蔽前后对照').and.to.contain(reply);
    expect((await send(caseNo, { toReporter: reply, confirmed: '欧阳建国' })).status).to.equal(303);
    expect(lastOf(await bureau.state(caseNo), 'feedback')!.form.told).to.equal(reply);
  });

  it('a reporter without an address: the form says so and asks how he was told; a department that reported gets it in its mailbox', async () => {
    const { caseNo, id } = await reported('scjg.handler', { 'reporter[name]': '李大爷' }, '91321300MA1TE8T593');
    await toFeedback(caseNo);
    const first = await send(caseNo, { toReporter: '已处理。' });
    expect(first.status).to.equal(422);
    expect(plain(first.text)).to.contain('没有邮箱的反映人：李**');
    expect(first.text).to.contain('id="how-error"').and.to.contain('id="on-error"').and.to.contain('已处理。');
    const noNote = await send(caseNo, { toReporter: '已处理。', how: 'notReached', on: today });
    expect(errorsIn(noNote.text).join()).to.contain('联系不上的，请写明');
    expect((await send(caseNo, { toReporter: '已处理。', how: 'phone', on: today, note: '本人接听。' })).status).to.equal(303);
    expect(lastOf(await bureau.state(caseNo), 'feedback')!.form.otherwise).to.deep.equal({ how: 'phone', on: today, note: '本人接听。' });
    expect(plain(await (await bureau.clerk('xyb.handler')).page(`/incidents/${caseNo}`))).to.contain('没有邮箱的反映人怎样告知：电话，').and.to.contain('本人接听。');
    expect(await letters(id, 'reporterAnswered')).to.have.length(0);
    expect((await progress(caseNo, words(id))).text).to.contain('已处理。');
    expect((await progress(caseNo, words(id), 'en')).text).to.contain('Answered by');

    const own = await reported('scjg.handler', {}, '91321300MA1TE8T67X');
    await toFeedback(own.caseNo);
    expect((await send(own.caseNo, { toReporter: '已查处。' })).status).to.equal(303);
    const [told] = await bureau.knex('mail').where({ case_no: own.caseNo, template: 'reporterAnswered' }).select('unit_id', 'text');
    expect(told).to.include({ unit_id: 'scjg' });
    expect(String(told.text)).to.contain('已查处。').and.to.contain(`/incidents/${own.caseNo}`);
  });

  describe('a report that was merged into another one', () => {
    let leading: { caseNo: string; id: string };
    let merged: { caseNo: string; id: string };
    let mergedTwice: { caseNo: string; id: string };
    before(async () => {
      const code = '91321300MA1TE8T75Q';
      leading = await reported('scjg.handler', { 'reporter[mail]': 'first@example.cn', title: '第一份报告' }, code);
      merged = await reported('scjg.handler', { 'reporter[mail]': 'second@example.cn', title: '第二份报告' }, code);
      mergedTwice = await reported('scjg.handler', { 'reporter[name]': '王五', 'reporter[mail]': 'third@example.cn', title: '第三份报告' }, code);
      await bureau.complete('xyb.handler', mergedTwice.caseNo, 'verify', { outcome: 'duplicate', finding: '同一事件。', of: merged.caseNo });
      await bureau.complete('xyb.handler', merged.caseNo, 'verify', { outcome: 'duplicate', finding: '同一事件。', of: leading.caseNo });
    });

    it('its reporter hears that it is handled together, under his own number', async () => {
      for (const { caseNo, id } of [merged, mergedTwice]) {
        const said = await letter(id, 'duplicate');
        expect(said.text).to.contain('一并办理').and.to.contain(words(id)).and.to.contain(caseNo).and.to.not.contain(leading.caseNo);
      }
    });

    it('his number goes on answering with how far the leading case is', async () => {
      const { text } = await progress(mergedTwice.caseNo, words(mergedTwice.id));
      expect(text).to.contain('与此前反映的同一事项一并办理').and.to.contain('正在核实').and.to.not.contain(leading.caseNo).and.to.not.contain('第一份报告');
    });

    it('he gets the same reply and sees it; with no word of the other reporters', async () => {
      await toFeedback(leading.caseNo);
      const page = plain(await (await bureau.clerk('xyb.handler')).page(`/tasks/${await bureau.task(leading.caseNo, 'feedback')}`));
      expect(page).to.contain(`s***@example.cn（并入的 ${merged.caseNo}）`);
      expect((await send(leading.caseNo, { toReporter: '三份反映一并答复：已停产整改。' })).status).to.equal(303);
      for (const { caseNo, id } of [leading, merged, mergedTwice]) {
        const said = await letter(id, 'reporterAnswered');
        expect(said.case_no).to.equal(caseNo);
        expect(said.text).to.contain('三份反映一并答复').and.to.not.match(/first|second|third/u);
        const { text } = await progress(caseNo, words(id));
        expect(text).to.contain('三份反映一并答复：已停产整改。').and.to.not.match(/example\.cn|王五/u);
        if (caseNo !== leading.caseNo) expect(said.text + text).to.not.contain(leading.caseNo);
      }
    });

    it('merged after the reply was given, he gets it with the merge', async () => {
      const late = await reported('scjg.handler', { 'reporter[mail]': 'fourth@example.cn', title: '第四份报告' }, '91321300MA1TE8T75Q');
      await bureau.complete('xyb.handler', late.caseNo, 'verify', { outcome: 'duplicate', finding: '同一事件。', of: leading.caseNo });
      await letter(late.id, 'duplicate');
      expect((await letter(late.id, 'reporterAnswered')).text).to.contain('三份反映一并答复');
      expect((await progress(late.caseNo, words(late.id))).text).to.contain('三份反映一并答复');
      expect((await mergedInto(bureau.knex, leading.id)).map(({ caseNo }) => caseNo)).to.have.members([merged.caseNo, mergedTwice.caseNo, late.caseNo]);
      expect((await leadingCase(bureau.knex, mergedTwice.id))?.caseNo).to.equal(leading.caseNo);
    });

    it('at the end all are told that it is closed, each once', async () => {
      await bureau.complete('scjg.handler', leading.caseNo, 'prevention', { measures: '抽查', unit: 'scjg', date: dayFrom(1) });
      await bureau.complete('xyb.supervisor', leading.caseNo, 'prevention-check', { outcome: 'effective', finding: '有效。' });
      await bureau.complete('xyb.handler', leading.caseNo, 'close', { summary: '办结。' });
      for (const { id } of [leading, merged, mergedTwice]) {
        await letter(id, 'reporterClosed');
        expect(await letters(id, 'reporterAnswered')).to.have.length(1);
      }
    });
  });
});
