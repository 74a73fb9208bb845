import { expect } from 'chai';
import type { Response } from 'supertest';
import { createCodeWord } from '../../../src/platform/code-word.ts';
import type { RecordState } from '../../../src/rules/records/file.ts';
import { testConfig } from '../../support/stack.ts';
import { errorsIn, goodCode, openBureau, plain, type Bureau, type Clerk, type Fields } from '../incidents/bureau.ts';
import { Applicant } from '../portal/visitor.ts';
import { Register } from '../public-records/records.ts';

const foods = { kind: 'organisation', uscc: goodCode, name: '宿迁恒泽食品有限公司' } as const;
const day = (offset: number): string => new Date(Date.now() + 8 * 3_600_000 + offset * 86_400_000).toISOString().slice(0, 10);

describe('an objection at the counter', function () {
  this.timeout(120_000);
  let bureau: Bureau;
  let register: Register;
  let office: Clerk;
  before(async () => {
    bureau = await openBureau({ workers: true });
    register = new Register(bureau.knex, bureau.seal);
    office = await bureau.clerk('xyb.handler');
  });
  after(() => bureau.close());

  async function atCounter(record: RecordState, fields: Fields, papers: readonly string[] = []): Promise<Response> {
    const path = `/objections/new/${record.id}`;
    let sending = office.browser.agent.post(path);
    const typed = { name: foods.name, mail: 'firm@objector.example', ground: 'content', statement: '金额有误。', ...fields };
    for (const [name, value] of Object.entries({ ...(await office.form(path, path)), ...typed })) sending = sending.field(name, value);
    for (const kind of papers) sending = sending.attach(kind, Buffer.from(`%PDF-1.4\n${kind}\n%%EOF\n`), `${kind}.pdf`);
    return sending;
  }
  const caseOf = (answer: Response): string => /YY-\d{4}-\d{6}$/u.exec(String(answer.headers['location']))?.[0] ?? '';
  const seen = { proof: 'representativeId', shown: 'seen', lastFour: '002x' };

  it('is not taken without proof of who asks: the kind, and a copy of it or that it was seen with its last four characters', async () => {
    const record = await register.store(foods, { decidedOn: day(-100) });
    const none = await atCounter(record, {});
    expect(none.status).to.equal(422);
    expect(none.text).to.contain('id="proof-error"').and.to.contain('id="shown-error"').and.to.contain('金额有误。');
    expect(plain(none.text)).to.contain('法定代表人（负责人）身份证').and.to.not.contain('本人身份证');
    const noFour = await atCounter(record, { proof: 'representativeId', shown: 'seen' });
    expect(errorsIn(noFour.text).join()).to.contain('请填写证件号码后四位');
    expect(errorsIn((await atCounter(record, { ...seen, lastFour: '12' })).text).join()).to.contain('“12”不是证件号码的后四位');
    expect(errorsIn((await atCounter(record, { proof: 'representativeId', shown: 'file' })).text).join()).to.contain('请上传身份证复印件');
    expect(errorsIn((await atCounter(record, { proof: 'ownId', shown: 'seen', lastFour: '1234' })).text).join(), 'a firm has no card of its own').to.not.equal('');
    expect(errorsIn((await atCounter(record, { ...seen, proof: 'authorisedAgent' })).text).join()).to.contain('授权委托书');

    const taken = caseOf(await atCounter(record, seen));
    await bureau.task(taken, 'screen');
    expect((await bureau.state(taken)).opening['applicant']).to.deep.include({ agent: false, identity: { proof: 'representativeId', seen: '002X' } });
    expect(plain(await office.page(`/objections/${taken}`))).to.contain('身份证明').and.to.contain('法定代表人（负责人）身份证，现场核验，尾号 002X');

    const other = await register.store(foods, { decidedOn: day(-103) });
    const copied = caseOf(await atCounter(other, { proof: 'authorisedAgent', shown: 'file', name: '王小明' }, ['identity', 'authorisation']));
    await bureau.task(copied, 'screen');
    const { opening, files } = await bureau.state(copied);
    expect(opening['applicant']).to.deep.include({ agent: true, identity: { proof: 'authorisedAgent', seen: null } });
    expect(files.map(({ name }) => name)).to.have.members(['identity.pdf', 'authorisation.pdf']);
  });

  it('triage proposes not to look into it, with a ground of the rules; the head decides, and may send it back', async () => {
    const record = await register.store(foods, { decidedOn: day(-101) });
    const caseNo = caseOf(await atCounter(record, seen));
    const path = `/tasks/${await bureau.task(caseNo, 'screen')}`;
    const send = async (fields: Fields): Promise<Response> => office.post(`${path}/complete`, { ...(await office.form(path, `${path}/complete`)), outcome: 'refused', ...fields });
    const page = plain(await office.page(path));
    expect(page).to.contain('异议与本条信息无关').and.to.not.contain('同一事实已经处理');
    const empty = await send({});
    expect(empty.status).to.equal(422);
    expect(empty.text).to.contain('id="ground-error"').and.to.contain('id="reason-error"');
    expect((await send({ ground: 'decidedBefore', reason: '已处理。' })).status, 'nothing was decided before').to.equal(422);
    expect((await send({ ground: 'notThisRecord', reason: '所说的文书是另一份。' })).status).to.equal(303);

    const decide = `/tasks/${await bureau.task(caseNo, 'screen-decide')}`;
    await office.post(`${decide}/complete`, { outcome: 'refused' });
    expect((await bureau.state(caseNo)).tasks['screen-decide#1']!.status, 'not by who proposed it').to.equal('open');
    const head = await bureau.clerk('xyb.leader');
    expect(plain(await head.page(decide))).to.contain('所说的文书是另一份。').and.to.contain('异议与本条信息无关').and.to.not.match(/选填）\s*退回的请写明理由/u);
    await bureau.complete('xyb.leader', caseNo, 'screen-decide', { outcome: 'sentBack', reason: '请写明是哪一份。' });
    expect(plain(await office.page(`/tasks/${await bureau.task(caseNo, 'screen')}`))).to.contain('请写明是哪一份。');
    await bureau.complete('xyb.handler', caseNo, 'screen', { outcome: 'refused', ground: 'notThisRecord', reason: '所说的是另一份决定书。' });
    await bureau.complete('xyb.leader', caseNo, 'screen-decide', { outcome: 'refused', reason: '' });

    let closed = await bureau.state(caseNo);
    for (const end = Date.now() + 8000; closed.closings.length === 0 && Date.now() < end; closed = await bureau.state(caseNo));
    expect(closed.closings[0]).to.deep.include({ outcome: 'notAccepted' });
    const marks: { state: RecordState } = await bureau.knex('record').where({ id: record.id }).first('state');
    expect(marks.state.marks).to.deep.equal({});

    const letter: { text: string } = await bureau.knex('mail').where({ case_no: caseNo, template: 'objectionRefused' }).first('text');
    expect(letter.text).to.contain('不予受理您的异议').and.to.contain('就所涉的那一条信息提出').and.to.contain('行政复议').and.to.contain('所说的是另一份决定书。');
    const received: { text: string } = await bureau.knex('mail').where({ case_no: caseNo, template: 'applicationReceived' }).first('text');
    const word = createCodeWord({ key: testConfig().secrets.seal, hash: testConfig().hash })(closed.id);
    expect(received.text, 'who has no account is told the word').to.contain(word);
    for (const [lang, said] of [['zh-CN', '不予受理：异议与该条信息无关'], ['en', 'did not accept it: not about this record']] as const) {
      const stranger = new Applicant(bureau);
      await stranger.agent.get(`/public?lang=${lang}`);
      expect(plain((await stranger.send('/public/progress', '/public/progress', { caseNo, word })).text)).to.contain(said).and.to.not.contain('另一份决定书');
    }
    expect(plain(await office.page(`/objections/${caseNo}`))).to.contain('不予受理').and.to.contain('异议不予受理告知书');
    expect(plain(await office.page(`/objections/${caseNo}/documents/refusal`))).to.contain('异议与本条信息无关').and.to.contain('行政复议');
  });

  it('what was decided before on the same facts is named by the objection in which it was', async () => {
    const record = await register.store(foods, { decidedOn: day(-102) });
    const first = caseOf(await atCounter(record, seen));
    await bureau.complete('xyb.handler', first, 'screen', { outcome: 'own', reason: '' });
    await bureau.complete('xyb.handler', first, 'verify', { outcome: 'rejected', finding: '金额无误。' });
    await bureau.complete('xyb.leader', first, 'decide', { outcome: 'agreed', reason: '' });
    for (const end = Date.now() + 8000; (await bureau.state(first)).closings.length === 0 && Date.now() < end;);
    const again = caseOf(await atCounter(record, { ...seen, fresh: 'yes' }, ['proof']));
    expect(again).to.not.equal(first);
    const path = `/tasks/${await bureau.task(again, 'screen')}`;
    const without = await office.post(`${path}/complete`, { ...(await office.form(path, `${path}/complete`)), outcome: 'refused', ground: 'decidedBefore', reason: '无新证据。' });
    expect(without.status).to.equal(422);
    expect(errorsIn(without.text).join()).to.contain('请选择就同一事实处理过的异议');
    await bureau.complete('xyb.handler', again, 'screen', { outcome: 'refused', ground: 'decidedBefore', reason: '无新证据。', earlier: first });
    expect(plain(await (await bureau.clerk('xyb.leader')).page(`/tasks/${await bureau.task(again, 'screen-decide')}`))).to.contain(first).and.to.contain('同一事实已经处理');
  });
});
