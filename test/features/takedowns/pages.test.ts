import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { goodCode, openBureau, plain, type Bureau, type Fields } from '../incidents/bureau.ts';
import { Register } from '../public-records/records.ts';
import type { RecordState } from '../../../src/rules/records/file.ts';

describe('a published text that is taken off at once', () => {
  let bureau: Bureau;
  let record: RecordState;
  before(async function () {
    this.timeout(60_000);
    bureau = await openBureau({ workers: true });
    const register = new Register(bureau.knex, bureau.seal);
    record = await register.store({ kind: 'organisation', uscc: goodCode, name: '宿迁恒泽食品有限公司' }, { decidedOn: '2026-06-01' });
  });
  after(() => bureau.close());

  const address = (): string => `/public/records/${record.id}`;
  const takeOff = async (who: string, fields: Fields) => {
    const clerk = await bureau.clerk(who);
    const form = await clerk.form(`/takedowns/new?text=record:${record.id}`, '/takedowns/new');
    return clerk.post('/takedowns/new', { ...form, ...fields });
  };

  it('is for people of the credit office alone, and needs a reason', async () => {
    const other = await bureau.clerk('scjg.handler');
    await other.get(`/takedowns/new?text=record:${record.id}`).expect(403);
    const answer = await takeOff('xyb.handler', { reason: '' });
    expect(answer.status).to.equal(422);
    await bureau.agent().get(address()).expect(200);
    const clerk = await bureau.clerk('xyb.handler');
    const blank = await clerk.form('/takedowns/new', '/takedowns/new');
    const wrong = await clerk.post('/takedowns/new', { ...blank, text: 'https://example.cn/', reason: '泄露住址' });
    expect(wrong.status).to.equal(422);
    expect(plain(wrong.text)).to.include('没有找到这一公开内容').and.include('泄露住址');
  });

  it('is gone in that moment, by one person; he cannot decide on it, another puts it back', async function () {
    this.timeout(60_000);
    expect((await takeOff('xyb.handler', { reason: '正文泄露了住址。' })).status).to.equal(303);
    const page = plain((await bureau.agent().get(address()).expect(410)).text);
    expect(page).to.include('暂不公开').and.not.include('恒泽').and.not.include('住址');
    expect((await bureau.agent().get(`/public/records?q=${encodeURIComponent('恒泽')}`)).text).to.not.include(record.id);
    await takeOff('xyb.supervisor', { reason: '再一次' });
    expect(await bureau.knex('taken_off').where({ ref: record.id }), 'off once').to.have.length(1);

    await bureau.openDue();
    const caseNo = await caseOf();
    expect(plain(await (await bureau.clerk('xyb.handler')).page(`/records/${record.id}`))).to.include('已紧急下架').and.not.include('公示中');
    expect(plain(await (await bureau.clerk('xyb.supervisor')).page(`/takedowns/${caseNo}`))).to.include('正文泄露了住址');
    // Who took it off has become the head meanwhile.
    const { id: person }: { id: string } = await bureau.knex('person').where({ username: 'xyb.handler' }).first('id');
    const asHead = { person_id: person, unit_id: 'xyb', role: 'creditOfficeHead' };
    await bureau.knex('person_role').insert(asHead);
    const clerk = await bureau.clerk('xyb.handler');
    const task = `/tasks/${await bureau.task(caseNo, 'decide')}`;
    const own = await clerk.page(task);
    expect(plain(own)).to.include('不能再由您决定是否恢复');
    expect(own).to.not.include(`action="${task}/complete"`);
    const csrf = /name="_csrf" value="([^"]+)"/.exec(own)![1]!;
    const refused = await clerk.post(`${task}/complete`, { _csrf: csrf, commandId: randomUUID(), outcome: 'putBack', note: '可以公开。' });
    expect(refused.status).to.not.equal(303);
    await bureau.knex('person_role').where(asHead).delete();
    await bureau.agent().get(address()).expect(410);

    await bureau.complete('xyb.leader', caseNo, 'decide', { outcome: 'putBack', note: '住址已经遮蔽，可以公开。' });
    await bureau.agent().get(address()).expect(200);
    const changes: string[] = await bureau.knex('record_change').where({ record_id: record.id }).orderBy('id').pluck('what');
    expect(changes.slice(-2)).to.deep.equal(['takenOff', 'putBack']);
  });

  async function caseOf(): Promise<string> {
    for (;;) {
      const row: { case_no: string } | undefined = await bureau.knex('takedown').where({ ref: record.id }).first('case_no');
      if (row) return row.case_no;
      await new Promise((resolve) => { setTimeout(resolve, 100); });
    }
  }

  it('a withdrawal is previewed, due within three working days, decided by another, and its reason put right by two', async function () {
    this.timeout(60_000);
    const path = `/records/${record.id}`;
    const clerk = await bureau.clerk('scjg.handler');
    const form = await clerk.form(path, `${path}/withdraw`);
    const preview = await clerk.post(`${path}/withdraw`, { ...form, reason: '处罚决定被撤销，当事人张三（手机13812345678）。', knownOn: '2026-06-05' });
    expect(preview.status).to.equal(200);
    expect(plain(preview.text)).to.include('138****5678').and.include('原网址显示');
    expect(await bureau.knex('record_proposal').where({ record_id: record.id })).to.have.length(0);
    const again = /<form[^>]*action="[^"]*\/withdraw"[\s\S]*?<\/form>/.exec(preview.text)![0];
    const fields = Object.fromEntries([...again.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [name!, value!]));
    await clerk.post(`${path}/withdraw`, { ...fields, do: 'send' }).expect(303);
    const waiting: { due_at: Date; known_on: string } = await bureau.knex('record_proposal').where({ record_id: record.id }).first('due_at', 'known_on');
    // Friday 5 June; three working days end on Wednesday the 10th.
    expect([waiting.known_on, waiting.due_at.toISOString()]).to.deep.equal(['2026-06-05', '2026-06-10T09:30:00.000Z']);
    expect(plain(await (await bureau.clerk('xyb.supervisor')).page('/supervision'))).to.include('待确认的撤下');

    const leader = await bureau.clerk('scjg.leader');
    expect(plain(await leader.page(path))).to.include('公众将看到的理由').and.include('138****5678');
    await leader.post(`${path}/decide`, { ...(await leader.form(path, `${path}/decide`)), verdict: 'granted', note: '' }).expect(303);
    const shown = plain((await bureau.agent().get(address()).expect(410)).text);
    expect(shown).to.include('处罚决定被撤销').and.include('138****5678').and.not.include('13812345678');

    await clerk.post(`${path}/mendReason`, { ...(await clerk.form(path, `${path}/mendReason`)), target: 'withdrawal', reason: '处罚决定经复议被撤销。', do: 'send' }).expect(303);
    expect(plain((await bureau.agent().get(address()).expect(410)).text), 'nothing changes before a second person agrees').to.include('138****5678');
    await leader.post(`${path}/decide`, { ...(await leader.form(path, `${path}/decide`)), verdict: 'granted', note: '' }).expect(303);
    expect(plain((await bureau.agent().get(address()).expect(410)).text)).to.include('经复议被撤销').and.not.include('138****5678');
    expect(plain(await clerk.page(path)), 'the old one stays in the file').to.include('138');
  });
});
