import { expect } from 'chai';
import { createWaitingProposals } from '../../../src/features/records/index.ts';
import { createReadLaw } from '../../../src/platform/law.ts';
import { endPublicity } from '../../../src/platform/records/ends.ts';
import { testConfig } from '../../support/stack.ts';
import { errorsIn, plain, type Fields } from '../incidents/bureau.ts';
import { RecordsDesk } from './records-desk.ts';

describe('a record is withdrawn, marked, stayed and shielded, each by two persons', () => {
  let desk: RecordsDesk;
  before(async () => { desk = await RecordsDesk.open(); });
  after(() => desk?.close());
  beforeEach(() => desk.clear());
  const plan: Fields = { reason: '裁定批准重整计划。', documentNo: '（2026）苏13破2号', documentOn: '2026-06-01' };
  const lifting: Fields = { documentNo: '（2026）苏13破2号之二', documentOn: '2026-06-01' };

  it('a withdrawal needs a second person, is final, and its reason stands there', async () => {
    const id = await desk.enter();
    expect(plain(await desk.handler.page(`/records/${id}`))).to.match(/最早可申请修复/);
    await desk.act(desk.handler, id, 'withdraw', { reason: '复议决定撤销原处罚。', knownOn: '2026-06-01', do: 'send' });
    await desk.act(desk.office, id, 'decide', { verdict: 'granted' });
    expect(await desk.standing(id)).to.equal('withdrawn');
    await desk.other.get(`/records/${id}`).expect(404);
    expect(plain(await desk.handler.page(`/records/${id}`))).to.include('复议决定撤销原处罚。').and.not.match(/最早可申请修复|还有 \d+ 天/);
    await desk.handler.get(`/records/${id}`).expect((answer) => expect(answer.text).to.not.include(`/records/${id}/withdraw`));
  });

  it('situation 17: a lawsuit is marked and stays public; a stay hides it until it is lifted, each by two persons', async () => {
    const id = await desk.enter();
    expect((await desk.act(desk.handler, id, 'dispute', { mark: 'lawsuit', reason: '' })).status).to.equal(422);
    await desk.act(desk.handler, id, 'dispute', { mark: 'lawsuit', reason: '（2026）苏13行初15号，2026年6月1日受理。' });
    expect(await desk.standing(id)).to.equal('marked');
    expect(plain(await desk.other.page(`/records/${id}`))).to.include('行政诉讼期间，公示时带有标注');
    expect((await desk.act(desk.handler, id, 'stay', { reason: '裁定停止执行。' })).status, 'without its document').to.equal(422);
    await desk.act(desk.handler, id, 'stay', { reason: '裁定停止执行。', documentNo: '（2026）苏13行初15号之一', documentOn: '2026-06-01' });
    expect(await desk.standing(id), 'proposed only').to.equal('marked');
    expect((await desk.handler.page(`/records/${id}`))).to.not.include(`/records/${id}/decide"`);
    await desk.act(desk.head, id, 'decide', { verdict: 'granted' });
    expect(await desk.standing(id)).to.equal('suspended');
    await desk.other.get(`/records/${id}`).expect(404);
    await desk.act(desk.handler, id, 'liftStay', { ...lifting, target: await desk.targetOn(id, 'liftStay'), reason: '裁定已撤销。' });
    await desk.act(desk.office, id, 'decide', { verdict: 'granted' });
    expect(await desk.standing(id)).to.equal('marked');
    await desk.act(desk.handler, id, 'settle', { mark: await desk.targetOn(id, 'settle', 'mark'), reason: '判决驳回诉讼请求。' });
    expect(await desk.standing(id)).to.equal('published');
    expect(plain(await desk.handler.page(`/records/${id}`))).to.include('判决驳回诉讼请求。').and.include('裁定停止执行');
  });

  it('situation 16: a court approves the reorganisation, the record is shielded and no repair of it; the plan fails, it is shown again', async () => {
    const id = await desk.enter();
    await desk.act(desk.handler, id, 'shield', plan);
    await desk.act(desk.office, id, 'decide', { verdict: 'granted' });
    expect(await desk.standing(id)).to.equal('shielded');
    await desk.other.get(`/records/${id}`).expect(404);
    const again = await desk.handler.form(`/records/${id}`, `/records/${id}/shield`).catch(() => null);
    expect(again, 'shielded once').to.equal(null);
    const target = await desk.targetOn(id, 'liftShield');
    await desk.act(desk.handler, id, 'liftShield', { ...lifting, target, reason: '裁定终止重整计划的执行。' });
    await desk.act(desk.head, id, 'decide', { verdict: 'refused', note: '未附裁定书。' });
    expect(await desk.standing(id)).to.equal('shielded');
    await desk.act(desk.handler, id, 'liftShield', { ...lifting, target, reason: '裁定终止重整计划的执行，附裁定书。' });
    await desk.act(desk.head, id, 'decide', { verdict: 'granted' });
    expect(await desk.standing(id)).to.equal('published');
  });

  it('situation 16: the plan is executed: two persons make the shield final, with the court\'s document, and there is no way back', async () => {
    const id = await desk.enter();
    await desk.act(desk.handler, id, 'shield', plan);
    await desk.act(desk.office, id, 'decide', { verdict: 'granted' });
    const target = await desk.targetOn(id, 'finalise');
    const made = { target, documentNo: '（2026）苏13破2号之五', documentOn: '2026-06-01', reason: '重整计划执行完毕。' };
    expect((await desk.act(desk.handler, id, 'finalise', { ...made, target: 'shield.0000000000000000' })).status, 'of another plan').to.equal(422);
    expect((await desk.act(desk.handler, id, 'finalise', { ...made, documentOn: '2026-06-02' })).status, 'a document of tomorrow').to.equal(422);
    await desk.act(desk.handler, id, 'finalise', made);
    await desk.act(desk.head, id, 'decide', { verdict: 'granted' });
    expect(await desk.standing(id)).to.equal('finalised');
    const html = await desk.handler.page(`/records/${id}`);
    expect(plain(html)).to.include('重整计划执行完毕，终止公示').and.include('（2026）苏13破2号之五（2026-06-01）');
    for (const gone of ['liftShield', 'finalise', 'shield', 'stay', 'dispute', 'publish']) expect(html, gone).to.not.include(`/records/${id}/${gone}"`);
  });

  it('two courts stay it: each stay is lifted by its own name, and the page says which is which', async () => {
    const id = await desk.enter();
    for (const no of ['（2026）苏13行初15号', '（2026）苏02行初7号']) {
      await desk.act(desk.handler, id, 'stay', { reason: '裁定停止执行。', documentNo: no, documentOn: '2026-06-01' });
      await desk.act(desk.head, id, 'decide', { verdict: 'granted' });
    }
    const html = await desk.handler.page(`/records/${id}`);
    expect(plain(html)).to.include('（2026）苏13行初15号（2026-06-01）').and.include('（2026）苏02行初7号（2026-06-01）');
    await desk.act(desk.handler, id, 'liftStay', { ...lifting, target: await desk.targetOn(id, 'liftStay'), reason: '裁定撤销。' });
    await desk.act(desk.head, id, 'decide', { verdict: 'granted' });
    expect(await desk.standing(id), 'the desk.other stands').to.equal('suspended');
    await desk.act(desk.handler, id, 'liftStay', { ...lifting, target: await desk.targetOn(id, 'liftStay'), reason: '裁定撤销。' });
    await desk.act(desk.head, id, 'decide', { verdict: 'granted' });
    expect(await desk.standing(id)).to.equal('published');
  });

  it('a proposal that the end of the term overtook is not done, and both are told so', async () => {
    const id = await desk.enter();
    await desk.act(desk.handler, id, 'shield', plan);
    const { hash, secrets } = testConfig();
    await endPublicity({ knex: desk.bureau.knex, chain: { hash, key: secrets.chain }, readLaw: createReadLaw(desk.bureau.knex), now: () => new Date('2027-06-02T02:00:00Z') });
    const answer = await desk.act(desk.office, id, 'decide', { verdict: 'granted' });
    expect(plain(await desk.office.page(answer.headers['location']!))).to.include('这项提议不再适用');
    expect(await desk.standing(id)).to.equal('ended');
    expect(await desk.bureau.knex('record_proposal').where({ record_id: id }).first('granted')).to.deep.equal({ granted: false });
  });

  it('two lawsuits are two marks; the same one is marked once', async () => {
    const id = await desk.enter();
    const suit = { mark: 'lawsuit', reason: '（2026）苏13行初15号' };
    await desk.act(desk.handler, id, 'dispute', suit);
    expect(errorsIn((await desk.act(desk.handler, id, 'dispute', suit)).text).join()).to.include('同样的标注已经存在');
    await desk.act(desk.handler, id, 'dispute', { ...suit, reason: '（2026）苏13行初16号' });
    await desk.act(desk.handler, id, 'settle', { mark: await desk.targetOn(id, 'settle', 'mark'), reason: '撤诉。' });
    expect(await desk.standing(id)).to.equal('marked');
  });

  it('a proposal is mailed to the head who decides and stands in his work; what he decided is mailed to the proposer', async () => {
    const id = await desk.enter();
    await desk.act(desk.handler, id, 'withdraw', { reason: '复议决定撤销原处罚。', knownOn: '2026-06-01', do: 'send' });
    const mails = (): Promise<{ template: string; person_id: string; subject: string }[]> => desk.bureau.knex('mail').orderBy('queued_at').select('template', 'person_id', 'subject');
    const [asked, ...others] = (await mails()).filter(({ template }) => template === 'recordProposed');
    expect(others).to.deep.equal([]);
    expect(asked?.subject).to.include('请确认撤下').and.include('宿市监处罚〔2026〕12号');
    const waiting = createWaitingProposals(desk.bureau.knex);
    const leader = { id: asked!.person_id, roles: [{ unit: 'scjg', role: 'head' as const }] };
    const sight = { person: leader.id, all: false, units: ['scjg'] };
    expect(await waiting(leader, sight)).to.have.length(1);
    expect(await waiting({ ...leader, roles: [{ unit: 'hbj', role: 'head' }] }, sight), "another unit's head").to.deep.equal([]);
    await desk.act(desk.head, id, 'decide', { verdict: 'refused', note: '未附复议决定书。' });
    expect(await waiting(leader, sight)).to.deep.equal([]);
    expect((await mails()).at(-1)).to.include({ template: 'recordDecided' });
  });

  it('what a unit does because of it is not registered while it is held back', async () => {
    const id = await desk.enter();
    await desk.act(desk.other, id, 'use', { unit: 'rsj', measure: '限制参加评优', legalBasis: '《条例》第三十条' });
    await desk.act(desk.handler, id, 'shield', plan);
    await desk.act(desk.office, id, 'decide', { verdict: 'granted' });
    const html = await desk.other.page(`/records/${id}`);
    expect(html).to.not.include(`/records/${id}/use"`);
    expect(plain(await desk.office.page(`/records/${id}`))).to.include('解除通知和反馈').and.include('通知即将发出');
  });
});
