import { expect } from 'chai';
import type { RecordState } from '../../../src/rules/records/file.ts';
import { tidyWeb } from '../../../src/platform/http/tidy.ts';
import { errorsIn, goodId, openBureau, plain, type Bureau, type Clerk } from '../incidents/bureau.ts';
import { Register } from '../public-records/records.ts';
import { Applicant, home, pdf } from './visitor.ts';

const foods = { kind: 'organisation', uscc: '91321300MA1TE8T08T', name: '宿迁恒泽食品有限公司' } as const;
const steel = { kind: 'organisation', uscc: '91110000600037341L', name: '京华钢铁有限公司' } as const;
const proof = [{ field: 'proof', name: '证件.pdf', content: pdf }];
const papers = [{ field: 'proof', name: '缴款凭证.pdf', content: pdf }, { field: 'commitment', name: '承诺书.pdf', content: Buffer.concat([pdf, Buffer.from('%2')]) }];
const day = (offset: number): string => new Date(Date.now() + 8 * 3_600_000 + offset * 86_400_000).toISOString().slice(0, 10);

describe('who speaks for whom on the portal', function suite() {
  this.timeout(60_000);
  let bureau: Bureau;
  let register: Register;
  let office: Clerk;
  /** Milliseconds by which the house's clock is ahead. */
  let ahead = 0;

  before(async () => {
    bureau = await openBureau({ workers: true, clock: () => new Date(Date.now() + ahead) });
    register = new Register(bureau.knex, bureau.seal);
    office = await bureau.clerk('xyb.handler');
  });
  after(() => bureau.close());
  beforeEach(async () => {
    ahead = 0;
    await bureau.knex('rate_limit').delete();
  });

  async function visitor(mail: string): Promise<Applicant> {
    const one = new Applicant(bureau);
    await one.signIn(mail);
    return one;
  }
  const ask = (by: Applicant, kind: 'firms' | 'self', fields: Record<string, string>) => by.send(`${home}/${kind}/new`, `${home}/${kind}/new`, fields, proof);
  const lastAsked = async (): Promise<string> => ((await bureau.knex('portal_binding').orderBy('asked_at', 'desc').first('id')) as { id: string }).id;
  async function decide(id: string, fields: Record<string, string>, by = office): Promise<number> {
    const page = `/portal-bindings/${id}`;
    return (await by.post(page, { ...(await by.form(page, page)), ...fields })).status;
  }
  const letters = async (template: string): Promise<{ text: string; recipient: string }[]> => bureau.knex('mail').where({ template }).orderBy('queued_at').select('text', 'recipient');

  it('a person proves with his ID card who he is; the number is sealed, seen by the officer while he checks, and by nobody after', async () => {
    const record = await register.store({ kind: 'person', name: '张三', idNumber: goodId }, { decidedOn: day(-120) });
    const zhang = await visitor('zhang@home.example');
    expect(plain(await zhang.page(`${home}/records/${record.id}/objection`))).to.include('请先绑定本人');
    const wrong = await ask(zhang, 'self', { name: '张三', idNumber: `${goodId.slice(0, 17)}1`, consent: 'yes' });
    expect([wrong.status, errorsIn(wrong.text).join().includes('公民身份号码')]).to.deep.equal([422, true]);
    expect((await ask(zhang, 'self', { name: '张三', idNumber: goodId, consent: 'yes' })).status).to.equal(303);
    const id = await lastAsked();
    const stored = async (): Promise<string> => JSON.stringify(await Promise.all(['portal_binding', 'portal_account', 'sealed_identity', 'mail'].map((table) => bureau.knex(table))));
    expect(await stored()).to.not.include(goodId).and.not.include('张三');
    const checked = plain(await office.page(`/portal-bindings/${id}`));
    expect(checked).to.include(goodId).and.match(/申请人填写的名称 张三 档案中的名称 张三 对照 一致/u);
    expect(await bureau.knex('access_log').where({ kind: 'claimantViewed' })).to.have.length(1);
    expect(plain(await office.page('/portal-bindings'))).to.include('张*').and.not.include('张三').and.not.include(goodId);
    expect(await decide(id, { outcome: 'confirmed' })).to.equal(303);
    expect(plain(await office.page(`/portal-bindings/${id}`))).to.not.include(goodId).and.not.include('张三');
    expect(await bureau.knex('sealed_identity').where({ purpose: 'claimant' })).to.deep.equal([]);

    const own = plain(await zhang.page(`${home}/self`));
    expect(own).to.include(record.facts.documentNo).and.include('关于您本人的全部失信信息').and.not.include(goodId);
    const path = `${home}/records/${record.id}/objection`;
    const sent = await zhang.send(path, path, { ground: 'content', statement: '金额有误。' });
    expect(sent.status, errorsIn(sent.text).join()).to.equal(303);
    const twin = await visitor('twin@home.example');
    await ask(twin, 'self', { name: '张三', idNumber: goodId, consent: 'yes' });
    expect(plain(await office.page(`/portal-bindings/${await lastAsked()}`))).to.include('另有 1 个账户已绑定此人');
    expect(plain(await (await visitor('another@home.example')).agent.get(`${home}/self`).then(({ text }) => text))).to.include('还没有绑定本人');
  });

  it('the claimed name stands beside the one on file: a former one, none, or under a number another', async () => {
    const firm = { kind: 'organisation', uscc: '91321300MA1TE8T24G', name: '宿迁新名商贸有限公司' } as const;
    const { facts } = await register.store(firm, { decidedOn: day(-120) });
    const shown = async (by: string, kind: 'firms' | 'self', fields: Record<string, string>): Promise<string> => {
      await ask(await visitor(by), kind, fields);
      return plain(await office.page(`/portal-bindings/${await lastAsked()}`));
    };
    await bureau.knex('subject_change').insert({ subject_id: facts.subject.id, before: JSON.stringify({ name: '宿迁旧名商贸有限公司' }), after: JSON.stringify({ name: firm.name }), reason: '更名' });
    expect(await shown('renamed@firm.example', 'firms', { uscc: firm.uscc, name: '宿迁旧名商贸有限公司' })).to.match(/填写的名称 宿迁旧名商贸有限公司 档案中的名称 宿迁新名商贸有限公司（曾用名：宿迁旧名商贸有限公司） 对照 与曾用名一致/u);
    expect(await shown('unknown@firm.example', 'firms', { uscc: '91321300MA1TE8T16M', name: '宿迁无名有限公司' })).to.match(/档案中的名称 \S* ?对照 档案中没有，请对照证照/u);
    await register.store({ kind: 'person', name: '张三', idNumber: goodId }, { decidedOn: day(-120) });
    const liar = await shown('liar@home.example', 'self', { name: '李四', idNumber: goodId, consent: 'yes' });
    expect(liar).to.match(/填写的名称 李四 档案中的名称 张三 对照 不一致/u);
  });

  it('no list finds a person by his name', async () => {
    for (const q of ['张三', '张', goodId]) expect(plain(await office.page(`/portal-bindings?state=confirmed&q=${encodeURIComponent(q)}`)), q).to.include('没有找到').and.not.include('张*');
  });

  it('those who check it hear of it by mail and find it in their work until it is decided, and nobody else does', async () => {
    const boss = await visitor('heard@firm.example');
    await ask(boss, 'firms', { uscc: foods.uscc, name: foods.name });
    const id = await lastAsked();
    const told = await bureau.knex('mail').where('business_key', 'like', `binding:${id}:%`).select('template', 'unit_id', 'text');
    expect(told.map(({ template, unit_id: unit }: { template: string; unit_id: string }) => [template, unit])).to.deep.equal([['bindingAsked', 'xyb']]);
    expect(told[0]).to.have.property('text').that.includes(`/portal-bindings/${id}`).and.includes(foods.name);
    const link = `href="/portal-bindings/${id}"`;
    expect(await office.page('/')).to.include(link).and.include('h***@firm.example');
    expect(await (await bureau.clerk('scjg.leader')).page('/')).to.not.include(link);
    expect(await decide(id, { outcome: 'refused', reason: '执照已过期。' })).to.equal(303);
    expect(await office.page('/')).to.not.include(link);
  });

  it('a refusal goes to the applicant’s mailbox with its reason, and he may ask again', async () => {
    const boss = await visitor('refused@firm.example');
    await ask(boss, 'firms', { uscc: steel.uscc, name: steel.name });
    expect(await decide(await lastAsked(), { outcome: 'refused' }), 'without a reason').to.equal(422);
    expect(await decide(await lastAsked(), { outcome: 'refused', reason: '执照照片看不清，请联系 13812345678。' })).to.equal(303);
    const letter = (await letters('bindingRefused')).at(-1);
    expect(letter?.recipient).to.equal('r***@firm.example');
    expect(letter?.text).to.include(steel.name).and.include('执照照片看不清').and.not.include('13812345678');
    const page = await boss.page(home);
    expect(plain(page)).to.include('未通过').and.include('执照照片看不清').and.include('重新申请');
    expect((await ask(boss, 'firms', { uscc: steel.uscc, name: steel.name })).status).to.equal(303);
    expect(await decide(await lastAsked(), { outcome: 'confirmed' })).to.equal(303);
    expect((await letters('bindingConfirmed')).at(-1)?.text).to.include(steel.name);
    await ask(boss, 'firms', { uscc: steel.uscc, name: steel.name });
    expect(plain(await boss.page(home))).to.include('没有重复提交');
  });

  it('who asked takes it back while it waits, and ends it when it stands', async () => {
    const boss = await visitor('changes@firm.example');
    await ask(boss, 'firms', { uscc: foods.uscc, name: foods.name });
    const waiting = `${home}/bindings/${await lastAsked()}/end`;
    await boss.send(waiting, waiting, {});
    expect(plain(await boss.page(home))).to.include('还没有绑定');
    await boss.bind(foods.uscc, foods.name);
    const standing = `${home}/bindings/${await lastAsked()}/end`;
    await (await visitor('stranger@firm.example')).agent.get(standing).expect(404);
    await boss.send(standing, standing, {});
    expect(plain(await boss.page(home))).to.include('由您解除').and.include('重新申请');
    expect((await letters('bindingEnded')).at(-1)?.text).to.include('本人解除');
  });

  it('an officer who is the applicant, or has a relation to him, neither sees nor decides it; another does', async () => {
    const { mail }: { mail: string } = await bureau.knex('person').where({ username: 'xyb.handler' }).first('mail');
    const officer = await visitor(mail);
    await ask(officer, 'firms', { uscc: foods.uscc, name: foods.name });
    const own = await lastAsked();
    await office.get(`/portal-bindings/${own}`).expect(404);
    expect(await office.page('/portal-bindings')).to.not.include(own);
    const leader = await bureau.clerk('xyb.leader');
    const recusal = `/portal-bindings/${own}/recusal`;
    expect((await leader.post(recusal, await leader.form(recusal, recusal))).status, 'a reason is needed').to.equal(422);
    expect((await leader.post(recusal, { ...(await leader.form(recusal, recusal)), reason: '近亲属在该单位任职。' })).status).to.equal(303);
    await leader.get(`/portal-bindings/${own}`).expect(404);
    const third = await bureau.clerk('xyb.supervisor');
    expect(await decide(own, { outcome: 'refused', reason: '由窗口办理。' }, third)).to.equal(303);
    for (const username of ['scjg.handler', 'scjg.leader']) await (await bureau.clerk(username)).get('/portal-bindings').expect(404);
  });

  it('one who recused himself from a case about the firm has nothing to do with its bindings', async () => {
    const boss = await visitor('case@firm.example');
    await ask(boss, 'firms', { uscc: steel.uscc, name: steel.name });
    const id = await lastAsked();
    const caseNo = await bureau.file({ opening: { subjects: [{ kind: 'organisation', name: steel.name, uscc: steel.uscc }] } as never });
    const { id: caseId }: { id: string } = await bureau.knex('case_file').where({ case_no: caseNo }).first('id');
    const { id: person }: { id: string } = await bureau.knex('person').where({ username: 'xyb.handler' }).first('id');
    await bureau.knex('case_recusal').insert({ case_id: caseId, person });
    await office.get(`/portal-bindings/${id}`).expect(404);
    await bureau.knex('case_recusal').delete();
    await office.get(`/portal-bindings/${id}`).expect(200);
  });

  describe('a firm changes its handler', () => {
    let record: RecordState;
    let former: Applicant;
    let next: Applicant;
    let caseNo: string;

    before(async () => {
      await bureau.knex('rate_limit').delete();
      record = await register.store(foods, { decidedOn: day(-120) });
      former = await visitor('old.handler@firm.example');
      await former.bind(foods.uscc, foods.name);
      const path = `${home}/records/${record.id}/repair`;
      const sent = await former.send(path, path, { statement: '罚款已缴清。', truthful: 'yes' }, papers);
      caseNo = String(sent.headers['location']).split('/').at(-1)!;
      next = await visitor('new.handler@firm.example');
      await next.bind(foods.uscc, foods.name);
    });

    const formers = async (): Promise<string> =>
      ((await bureau.knex('portal_binding as b').join('portal_account as a', 'a.id', 'b.account_id').where({ masked: 'o***@firm.example' }).first('b.id')) as { id: string }).id;

    it('both speak for it meanwhile, and each sees what he sent himself', async () => {
      await former.agent.get(`${home}/cases/${caseNo}`).expect(200);
      await next.agent.get(`${home}/cases/${caseNo}`).expect(404);
      expect(plain(await office.page(`/portal-bindings/${await formers()}`))).to.match(/另有 \d 个账户代表该单位/u);
    });

    it('the office ends the binding of the one before with a reason, who is told and sees nothing any more', async () => {
      const end = `/portal-bindings/${await formers()}/end`;
      expect((await office.post(end, await office.form(end, end))).status).to.equal(422);
      expect((await office.post(end, { ...(await office.form(end, end)), reason: '单位更换经办人。' })).status).to.equal(303);
      expect((await office.post(end, { ...(await office.form('/settings', '/logout')), reason: '再次' })).status, 'ended by two').to.equal(409);
      expect(plain(await former.page(home))).to.include('单位更换经办人').and.not.include(caseNo);
      await former.agent.get(`${home}/cases/${caseNo}`).expect(404);
      await former.agent.get(`${home}/firms/${record.facts.subject.id}`).expect(404);
      expect((await letters('bindingEnded')).at(-1)).to.deep.include({ recipient: 'o***@firm.example' });
    });

    it('the next one finds the open case, gets its letters, and acts in it', async () => {
      expect(plain(await next.page(home))).to.include(caseNo);
      const { id }: { id: string } = await bureau.knex('case_file').where({ case_no: caseNo }).first('id');
      expect((await bureau.seal.unsealReporters(bureau.knex, [id])).get(id)).to.equal('new.handler@firm.example');
      expect(plain(await next.page(`${home}/records/${record.id}/repair`))).to.include('您的申请正在办理').and.include(caseNo);
      const path = `${home}/cases/${caseNo}/withdraw`;
      expect((await next.send(path, path, { reason: '另行准备材料。' })).status).to.equal(303);
      const state = await bureau.state(caseNo);
      expect(state.withdrawn).to.not.equal(undefined);
    });
  });

  it('one account speaks for several firms', async () => {
    const agent = await visitor('agency@law.example');
    await agent.bind(foods.uscc, foods.name);
    await agent.bind(steel.uscc, steel.name);
    const text = plain(await agent.page(home));
    expect(text).to.include(foods.name).and.include(steel.name);
  });

  it('the office finds them by state, name and code, page by page', async () => {
    const account = await bureau.knex('portal_account').first('id') as { id: string };
    const { id: subject }: { id: string } = await bureau.knex('subject').where({ uscc: steel.uscc }).first('id');
    await bureau.knex.raw(
      `insert into portal_binding (id, account_id, uscc, name, agent, proof, state, subject_id, asked_at, decided_at, ended_at, ended_how, search)
       select gen_random_uuid(), ?, 'X' || n, '众多公司' || n, false, '[]', 'ended', ?, now() - n * interval '1 minute', now(), now(), 'office', array_to_tsvector(array['众多', '众', '多'])
       from generate_series(1, 120) n`, [account.id, subject]);
    const first = await office.page('/portal-bindings?state=ended&q=众多');
    const next = /href="([^"]*from=[^"]*)"/.exec(first)![1]!.replaceAll('&amp;', '&').replaceAll('&#38;', '&');
    expect(first.match(/众多公司\d+</g)).to.have.length(50);
    const second = await office.page(next);
    expect(second).to.include('众多公司51<').and.not.include('众多公司50<');
    expect(plain(await office.page(`/portal-bindings?state=confirmed&q=${steel.uscc}`))).to.include(steel.name);
    expect(plain(await office.page('/portal-bindings?state=confirmed&q=没有这家'))).to.include('没有找到').and.include('显示全部');
  });

  it('a half-filled form survives signing out, with its papers, and its author finds it on his page', async () => {
    const agent = await visitor('agency@law.example');
    const record = await register.store(foods, { decidedOn: day(-121) });
    const path = `${home}/records/${record.id}/repair`;
    await agent.send(path, path, { statement: '罚款已缴清，设备正在更换', do: 'save' }, [papers[0]!]);
    await agent.send(home, `${home}/sign-out`, {});
    const again = await visitor('agency@law.example');
    expect(plain(await again.page(home))).to.include('没有提交的草稿').and.include(record.facts.documentNo);
    expect(await again.page(path)).to.include('设备正在更换').and.include('缴款凭证.pdf');
    await again.send(home, `${path}/drop`, {});
    expect(plain(await again.page(home))).to.include('草稿已删除').and.not.include('没有提交的草稿');
    expect(await (await visitor('old.handler@firm.example')).agent.get(path).then(({ text }) => text)).to.not.include('设备正在更换');
  });

  it('a form that is sent after its hour is over becomes a draft of its author, and of nobody else', async () => {
    const agent = await visitor('agency@law.example');
    const record = await register.store(foods, { decidedOn: day(-122) });
    const path = `${home}/records/${record.id}/repair`;
    const page = await agent.page(path);
    const token = /name="_csrf" value="([^"]*)"/.exec(page)![1]!;
    ahead = 61 * 60_000;
    await tidyWeb(bureau.knex);
    const late = await agent.agent.post(path).field('_csrf', token).field('statement', '写到一半去找凭证了').attach('proof', pdf, '凭证.pdf');
    expect([late.status, String(late.headers['location'])]).to.deep.equal([303, `${home}/sign-in?next=${encodeURIComponent(path)}`]);
    expect(plain(await agent.page(`${home}/sign-in`))).to.include('已存为草稿');
    await agent.signIn('agency@law.example', path);
    expect(await agent.page(path)).to.include('写到一半去找凭证了').and.include('凭证.pdf');
    expect(await bureau.knex('repair').where({ record_id: record.id })).to.deep.equal([]);
  });

  it('is asked before numbers of other people are sent, and sends them when they are needed', async () => {
    const agent = await visitor('agency@law.example');
    const record = await register.store(foods, { decidedOn: day(-123) });
    const path = `${home}/records/${record.id}/repair`;
    const told = { statement: `已赔付消费者李某（${goodId}）。`, truthful: 'yes' };
    const answer = await agent.send(path, path, told, [{ ...papers[0]!, name: '收条13812345678.pdf' }, papers[1]!]);
    expect(answer.status).to.equal(422);
    expect(errorsIn(answer.text).join()).to.include('文中有公民身份号码').and.include('收条13812345678.pdf').and.include('手机号码').and.not.include(goodId);
    expect(answer.text).to.include(told.statement);
    const sent = await agent.send(path, path, { ...told, personal: 'yes' }, papers);
    expect(sent.status, errorsIn(sent.text).join()).to.equal(303);
  });

  it('prints its own report, with a number that anybody can check and who asked about it', async () => {
    const agent = await visitor('agency@law.example');
    const { id: subject }: { id: string } = await bureau.knex('subject').where({ uscc: foods.uscc }).first('id');
    await bureau.knex('subject_query').insert({ subject_id: subject, unit: 'scjg', reason: '招标资格核查' });
    const own = `${home}/firms/${subject}`;
    const report = plain((await agent.send(own, `${own}/reports`, {})).text);
    const number = /BG-\d{4}-\d{6}-[A-Z0-9]{4}/.exec(report)![0];
    expect(report).to.include(foods.name).and.include('招标资格核查').and.include('公示中');
    expect(plain((await bureau.agent().get(`/public/reports/${number}`).expect(200)).text)).to.include(number).and.not.include(foods.name);
    const stranger = await visitor('stranger@firm.example');
    await stranger.agent.get(own).expect(404);
  });

  it('twenty links asked for in an hour: five go to the address, in whatever case it is written', async () => {
    const statuses: number[] = [];
    const before = Number(((await bureau.knex('mail').where({ template: 'signInLink' }).count('* as count')) as [{ count: number }])[0].count);
    for (let n = 0; n < 20; n += 1) statuses.push((await new Applicant(bureau).ask(n % 2 === 0 ? 'Many@firm.example' : 'many@FIRM.example')).status);
    expect(statuses.filter((status) => status === 303)).to.have.length(5);
    expect(new Set(statuses.slice(5))).to.deep.equal(new Set([429]));
    const after = Number(((await bureau.knex('mail').where({ template: 'signInLink' }).count('* as count')) as [{ count: number }])[0].count);
    expect(after - before).to.equal(5);
  });
});
