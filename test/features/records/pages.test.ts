import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { createWaitingProposals } from '../../../src/features/records/index.ts';
import { createReadLaw } from '../../../src/platform/law.ts';
import { endPublicity } from '../../../src/platform/records/ends.ts';
import { behindTheTriggers, testConfig } from '../../support/stack.ts';
import { seedRecordRules } from '../../support/record-law.ts';
import { errorsIn, formOf, goodCode, goodId, noticesIn, openBureau, plain, wrongCode, type Bureau, type Clerk, type Fields } from '../incidents/bureau.ts';

const entered: Fields = {
  subjectKind: 'organisation', subjectName: '宿迁某食品有限公司', subjectCode: goodCode, kind: 'penalty', documentNo: '宿市监处罚〔2026〕12号', decidedOn: '2026-05-31',
  domain: 'food', legalBasis: '《中华人民共和国食品安全法》第一百二十四条', act: '使用过期原料生产糕点。联系人张三，手机13812345678。', decision: '罚款20000元。', penaltyKinds: ['fine'], fine: '20000',
};
const warning: Fields = { ...entered, documentNo: '宿市监当罚〔2026〕3号', penaltyKinds: ['warning'], fine: '', summaryProcedure: '1', decision: '警告。' };

/** A page without the marks of what is masked. */
const unmarked = (html: string): string => html.replaceAll(/<span class="visually-hidden">[^<]*<\/span>|<\/?mark[^>]*>/gu, '');

describe('the pages of records', () => {
  let bureau: Bureau;
  let handler: Clerk;
  let head: Clerk;
  let office: Clerk;
  let other: Clerk;
  let now = new Date('2026-06-01T02:00:00Z');

  before(async () => {
    bureau = await openBureau({ clock: () => now });
    await seedRecordRules(bureau.knex);
    [handler, head, office, other] = await Promise.all(['scjg.handler', 'scjg.leader', 'xyb.handler', 'rsj.handler'].map((name) => bureau.clerk(name))) as [Clerk, Clerk, Clerk, Clerk];
  });
  after(() => bureau.close());
  beforeEach(async () => {
    now = new Date('2026-06-01T02:00:00Z');
    await behindTheTriggers(bureau.knex, ['record_event'], (owner) => owner.raw('truncate mail, record_event, record_use, record_proposal, case_due, release, record, subject_relation, subject_change, subject_query, subject_report, subject cascade'));
  });

  const blank = (by: Clerk): Promise<Fields> => by.form('/records/new', '/records');
  const preview = async (fields: Fields, by = handler): Promise<string> => (await by.post('/records', { ...(await blank(by)), ...fields, do: 'preview' })).text;
  const confirm = async (html: string, fields: Fields = {}, by = handler): Promise<string> => {
    const answer = await by.post('/records', { ...formOf(html, '/records'), ...fields, do: 'send' });
    const id = /^\/records\/([0-9a-f-]{36})$/.exec(String(answer.headers['location']))?.[1];
    return id ?? expect.fail(`answered ${answer.status}: ${errorsIn(answer.text).join(' ')}`);
  };
  const enter = async (fields: Fields = entered, by = handler): Promise<string> => {
    const html = await preview(fields, by);
    expect(errorsIn(html)).to.deep.equal([]);
    return confirm(html, {}, by);
  };
  const plan: Fields = { reason: '裁定批准重整计划。', documentNo: '（2026）苏13破2号', documentOn: '2026-06-01' };
  const lifting: Fields = { documentNo: '（2026）苏13破2号之二', documentOn: '2026-06-01' };
  /** The first mark or hold that the form of an act offers. */
  const targetOn = async (id: string, name: string, field = 'target'): Promise<string> => {
    const form = (await handler.page(`/records/${id}`)).split(`action="/records/${id}/${name}"`)[1] ?? expect.fail(`no ${name}`);
    return new RegExp(`name="${field}" value="([^"]+)"`).exec(form)?.[1] ?? expect.fail(`nothing to ${name}`);
  };
  const standing = async (id: string): Promise<string> => (await bureau.knex('record').where({ id }).first<{ standing: string }>('standing'))!.standing;
  const act = async (by: Clerk, id: string, name: string, fields: Fields) => by.post(`/records/${id}/${name}`, { ...(await by.form(`/records/${id}`, `/records/${id}/${name}`)), ...fields });

  describe('entering', () => {
    it('shows class, reason, dates and the masked text before anything is stored', async () => {
      const html = plain(await preview(entered));
      for (const words of ['尚未入库', '一般', '不属于轻微或严重情形', '2026年9月1日', '2027', '138****5678', '已脱敏']) expect(html).to.include(words);
      for (const table of ['record', 'subject', 'sealed_identity']) expect(await bureau.knex(table)).to.deep.equal([]);
    });

    it('shows exactly what the public will read: the name of a person it is about is masked wherever it stands', async () => {
      const person: Fields = { ...entered, subjectKind: 'person', subjectName: '张三丰', subjectCode: goodId, act: '查获张三丰加工点内过期原料 20 公斤。', legalBasis: '《食品安全法》（经办人张三丰）' };
      const html = await preview(person);
      const masked = unmarked(html).split('aria-label="脱敏后"')[1]!.split('</section>')[0]!;
      expect(masked).to.include('查获张**加工点内过期原料').and.include('《食品安全法》（经办人张**）').and.not.include('张三丰');
      const shown = plain((await bureau.agent().get(`/public/records/${await confirm(html)}`).expect(200)).text);
      expect(shown).to.include('查获张**加工点内过期原料').and.include('《食品安全法》（经办人张**）').and.not.include('张三丰');
    });

    it('what the rule publishes is public with the sending; the same form sent again is the same record', async () => {
      const html = await preview(entered);
      const id = await confirm(html);
      expect(await confirm(html)).to.equal(id);
      expect(await standing(id)).to.equal('published');
      expect(await bureau.knex('record_event').where({ record_id: id })).to.have.length(2);
      expect(plain(await handler.page(`/records/${id}`))).to.include('公示中').and.include('录入入库').and.include('按规则公示');
    });

    it('says beside the field what is wrong, and keeps what was typed', async () => {
      const answer = await handler.post('/records', {
        ...(await blank(handler)), ...entered, subjectCode: wrongCode, decidedOn: '2026-06-02', publishedOn: '2026-05-01', fine: '', domain: 'moon', legalBasis: '', do: 'preview',
      });
      expect(answer.status).to.equal(422);
      const errors = errorsIn(answer.text).join('\n');
      for (const words of ['第 18 位', '不晚于 2026-06-01', '不在可选范围', '请填写此项']) expect(errors).to.include(words);
      expect(answer.text).to.include(wrongCode).and.include('使用过期原料生产糕点');
      const amounts = await handler.post('/records', { ...(await blank(handler)), ...entered, penaltyKinds: ['warning'], fine: '2.555', do: 'preview' });
      expect(amounts.status).to.equal(422);
      const missing = await handler.post('/records', { ...(await blank(handler)), ...entered, fine: '', confiscated: '300', publishedOn: '2026-05-01', do: 'preview' });
      expect(errorsIn(missing.text).join()).to.include('请填写金额').and.include('请勾选“没收违法所得”').and.include('不早于 2026-05-31');
    });

    it('a person is sealed and shown masked; one who was a minor is refused', async () => {
      const id = await enter({ ...entered, subjectKind: 'person', subjectName: '张三', subjectCode: goodId });
      const html = await handler.page(`/records/${id}`);
      expect(html).to.include('1101**********2X').and.not.include(goodId);
      const answer = await handler.post('/records', { ...(await blank(handler)), ...entered, subjectKind: 'person', subjectName: '李四', subjectCode: '110105201212310023', do: 'preview' });
      expect(errorsIn(answer.text).join()).to.match(/未满 18 周岁|校验码|第 18 位/);
    });

    it('is for handlers and heads of a unit; an administrator and a reviewer of law are sent away', async () => {
      for (const [name, status] of [['audit', 403], ['fz.reviewer', 403]] as const) await (await bureau.clerk(name)).get('/records/new').expect(status);
      await bureau.agent().get('/records').expect(303);
    });
  });

  describe('an entry of a court', () => {
    const listed: Fields = { ...entered, kind: 'judgmentDefaulter', documentNo: '宿中院失执〔2026〕7号', penaltyKinds: [], fine: '', domain: 'otherDomain', decision: '纳入失信被执行人名单。' };

    it('is made by the court alone, is read-only for everybody else, and goes when the court deletes it', async () => {
      const [court, judge] = await Promise.all([bureau.clerk('zy.handler'), bureau.clerk('zy.leader')]);
      expect(errorsIn(await preview(listed)).join()).to.include('由执行法院录入');
      const id = await enter(listed, court);
      expect(await standing(id)).to.equal('published');
      await act(court, id, 'withdraw', { reason: '已履行完毕，法院删除。', knownOn: '2026-06-01', do: 'send' });
      const decision = `action="/records/${id}/decide"`;
      expect(await (await bureau.clerk('xyb.leader')).page(`/records/${id}`)).to.not.include(decision);
      expect(await judge.page(`/records/${id}`)).to.include(decision);
      await act(judge, id, 'decide', { verdict: 'granted' });
      expect(await standing(id)).to.equal('withdrawn');
    });
  });

  describe('situation 11: a warning by summary procedure', () => {
    let id: string;
    beforeEach(async () => {
      const html = await preview(warning);
      expect(plain(html)).to.include('按规则只入库，不公示');
      id = await confirm(html);
    });

    it('is stored and not public, and other units do not see it', async () => {
      expect(await standing(id)).to.equal('stored');
      await other.get(`/records/${id}`).expect(404);
      await office.get(`/records/${id}`).expect(200);
      expect(await other.page('/records?q=' + encodeURIComponent('当罚'))).to.not.include(id);
    });

    it('is published for three months when a second person confirms the reason, and by nobody else', async () => {
      expect((await act(handler, id, 'publish', { reason: '' })).status).to.equal(422);
      await act(handler, id, 'publish', { reason: '多次被投诉，需提示消费者。' });
      expect(await standing(id)).to.equal('stored');
      const own = await handler.page(`/records/${id}`);
      expect(own).to.not.include(`/records/${id}/decide"`);
      expect(plain(own)).to.include('由本单位负责人或信用办确认');
      await head.get('/records?proposed=1').expect(200).expect((answer) => expect(answer.text).to.include(id));
      expect((await act(head, id, 'decide', { verdict: 'refused', note: '' })).status).to.equal(422);
      await act(head, id, 'decide', { verdict: 'granted' });
      expect(await bureau.knex('record').where({ id }).first('standing', 'public_until')).to.deep.equal({ standing: 'published', public_until: '2026-08-31' });
      expect(plain(await other.page(`/records/${id}`))).to.include('经确认公示');
    });

    it('who proposed it does not confirm it, though he is the head', async () => {
      await act(head, id, 'publish', { reason: '多次被投诉。' });
      expect(plain(await head.page(`/records/${id}`))).to.include('您提出了这项提议，不能再由您确认');
      const [{ id: proposal }] = await bureau.knex('record_proposal').select('id') as [{ id: string }];
      const form = await head.form(`/records/${id}`, `/records/${id}/withdraw`).catch(() => blank(head));
      const answer = await head.post(`/records/${id}/decide`, { ...form, commandId: randomUUID(), proposal, verdict: 'granted' });
      expect(answer.status).to.equal(403);
      expect(await standing(id)).to.equal('stored');
      await act(office, id, 'decide', { verdict: 'granted' });
      expect(await standing(id)).to.equal('published');
    });

    it('two who confirm at once confirm it once', async () => {
      await act(handler, id, 'publish', { reason: '多次被投诉。' });
      const forms = await Promise.all([head, office].map((by) => by.form(`/records/${id}`, `/records/${id}/decide`)));
      await Promise.all([head.post(`/records/${id}/decide`, { ...forms[0]!, verdict: 'granted' }), office.post(`/records/${id}/decide`, { ...forms[1]!, verdict: 'granted' })]);
      expect(await bureau.knex('record_event').where({ record_id: id, type: 'record.published' })).to.have.length(1);
    });
  });

  describe('correcting', () => {
    it('the same document again asks for a reason, shows before and after, and keeps both', async () => {
      const id = await enter();
      const html = await preview({ ...entered, fine: '30000', decision: '罚款30000元。' });
      expect(plain(html)).to.include('核对更正内容').and.include('20,000 元').and.include('30,000 元');
      const refused = await handler.post('/records', { ...formOf(html, '/records'), reason: '', do: 'send' });
      expect(refused.status).to.equal(422);
      expect(await confirm(html, { reason: '金额录入有误。' })).to.equal(id);
      expect(await bureau.knex('record').where({ id }).first('version')).to.deep.equal({ version: 2 });
      expect(plain(await handler.page(`/records/${id}`))).to.include('金额录入有误。').and.include('第 2 版');
    });

    it('by the record\'s own page a wrong number is mended, unless it is another\'s', async () => {
      const id = await enter();
      await enter({ ...entered, documentNo: '宿市监处罚〔2026〕13号' });
      const form = await handler.form(`/records/${id}/correct`, '/records');
      const taken = await handler.post('/records', { ...form, ...entered, documentNo: '宿市监处罚〔2026〕13号', reason: '文号有误。', do: 'send' });
      expect(errorsIn(taken.text).join()).to.include('另一条失信信息已使用此文号');
      const answer = await handler.post('/records', { ...form, ...entered, documentNo: '宿市监处罚〔2026〕14号', reason: '文号有误。', do: 'send' });
      expect(answer.headers['location']).to.equal(`/records/${id}`);
      expect(await bureau.knex('record').where({ id }).first('document_no')).to.deep.equal({ document_no: '宿市监处罚〔2026〕14号' });
    });

    it('a fine that was a warning is public no more', async () => {
      const id = await enter();
      const html = await preview({ ...warning, documentNo: entered['documentNo']! });
      expect(plain(html)).to.include('规则不再公示该信息');
      await confirm(html, { reason: '处罚种类录入有误。' });
      expect(await standing(id), 'kept back, as if it had been stored so').to.equal('stored');
      expect(plain(await handler.page(`/records/${id}`))).to.include('更正后停止公示').and.include('处罚种类录入有误。');
    });

    it('what went on meanwhile is said, and what was typed stays', async () => {
      const id = await enter();
      const form = await handler.form(`/records/${id}/correct`, '/records');
      await confirm(await preview({ ...entered, fine: '30000' }), { reason: '金额有误。' });
      const answer = await handler.post('/records', { ...form, ...entered, fine: '40000', reason: '金额有误。', do: 'send' });
      expect(answer.status).to.equal(409);
      expect(answer.text).to.include('已有变化').and.include('value="40000"');
    });

    it('is the unit\'s own: another unit and the credit office are sent away', async () => {
      const id = await enter();
      await other.get(`/records/${id}/correct`).expect(403);
      await office.get(`/records/${id}/correct`).expect(403);
    });
  });

  describe('subjects that differ', () => {
    it('situation 23: a renamed firm keeps its code; the reason is asked for', async () => {
      await enter();
      const html = await preview({ ...entered, subjectName: '宿迁新名食品有限公司', documentNo: '宿市监处罚〔2026〕20号' });
      expect(plain(html)).to.include('此统一代码已登记为“宿迁某食品有限公司”');
      const unanswered = await handler.post('/records', { ...formOf(html, '/records'), difference: 'renamed', reason: '', do: 'preview' });
      expect(unanswered.status).to.equal(422);
      const next = await handler.post('/records', { ...formOf(html, '/records'), difference: 'renamed', reason: '2026-05-20 变更登记。', do: 'preview' });
      await confirm(next.text);
      expect(await bureau.knex('subject').select('name')).to.deep.equal([{ name: '宿迁新名食品有限公司' }]);
      expect((await handler.page(`/records?q=${encodeURIComponent('某食品有限')}`)).match(/〔2026〕(12|20)号<\/a>/g)).to.have.length(2);
    });

    it('situation 24: another firm with the same code freezes both', async () => {
      const first = await enter();
      const html = await preview({ ...entered, subjectName: '宿迁别家商贸有限公司', documentNo: '宿市监处罚〔2026〕21号' });
      const next = await handler.post('/records', { ...formOf(html, '/records'), difference: 'another', reason: '登记机关确认两家存续。', do: 'preview' });
      expect(plain(next.text)).to.include('两者的信息均不公示');
      const second = await confirm(next.text);
      for (const id of [first, second]) {
        expect(plain(await handler.page(`/records/${id}`))).to.include('重码冻结');
        await other.get(`/records/${id}`).expect(404);
      }
    });
  });

  describe('the record\'s page', () => {
    it('a unit registers its measure with its basis, and sees the record from then on', async () => {
      const id = await enter();
      expect((await act(other, id, 'use', { unit: 'rsj', measure: '限制参加评优', legalBasis: '' })).status).to.equal(422);
      await act(other, id, 'use', { unit: 'rsj', measure: '限制参加评优', legalBasis: '《条例》第三十条' });
      expect(await bureau.knex('record_use').select('unit', 'measure')).to.deep.equal([{ unit: 'rsj', measure: '限制参加评优' }]);
      now = new Date('2027-06-02T02:00:00Z');
      await other.get(`/records/${id}`).expect(200);
      await (await bureau.clerk('hbj.handler')).get(`/records/${id}`).expect(404);
    });

    it('other units read what the public reads, and the time of it', async () => {
      const id = await enter();
      const html = await other.page(`/records/${id}`);
      expect(html).to.include('138****5678').and.not.include('13812345678');
      expect(plain(html)).to.include('最早可申请修复 2026年9月1日');
    });

    it('nor do they read the name of the person it is about, where the words beside it do not give it away', async () => {
      const id = await enter({ ...entered, subjectKind: 'person', subjectName: '张三丰', subjectCode: goodId, act: '查获张三丰加工点内过期原料 20 公斤。' });
      expect(unmarked(await handler.page(`/records/${id}`))).to.include('张三丰加工点');
      expect(await other.page(`/records/${id}`)).to.include('加工点内过期原料').and.not.include('张三丰');
    });

    it('nor do they read what others wrote by hand as it was written, but their own', async () => {
      const told = (n: number): string => `张三丰，手机1381234560${n}`;
      const id = await enter({ ...entered, subjectKind: 'person', subjectName: '张三丰', subjectCode: goodId });
      const third = await bureau.clerk('hbj.handler');
      await act(other, id, 'use', { unit: 'rsj', measure: `限制参加评优，联系人${told(1)}`, legalBasis: `《条例》第三十条（${told(2)}）` });
      await act(handler, id, 'dispute', { mark: 'lawsuit', reason: told(3) });
      await act(handler, id, 'performed', { reason: told(4) });
      await act(handler, id, 'stay', { reason: told(5), documentNo: '（2026）苏13行初15号之一', documentOn: '2026-06-01' });
      await act(head, id, 'decide', { verdict: 'refused', note: told(6) });
      await act(handler, id, 'settle', { mark: await targetOn(id, 'settle', 'mark'), reason: told(7) });
      const html = await preview({ ...entered, subjectKind: 'person', subjectName: '张三丰', subjectCode: goodId, fine: '30000' });
      await confirm(html, { reason: told(8) });
      const [own, whole, their, foreign] = await Promise.all([handler, office, other, third].map((by) => by.page(`/records/${id}`))) as [string, string, string, string];
      for (let n = 1; n <= 8; n += 1) {
        for (const page of [own, whole]) expect(page, String(n)).to.include(`1381234560${n}`);
        expect(foreign, String(n)).to.include(`138****560${n}`).and.not.include(`1381234560${n}`);
        expect(their.includes(`1381234560${n}`), String(n)).to.equal(n <= 2);
      }
      expect(foreign).to.not.include('张三丰');
    });

    it('a withdrawal needs a second person, is final, and its reason stands there', async () => {
      const id = await enter();
      expect(plain(await handler.page(`/records/${id}`))).to.match(/最早可申请修复/);
      await act(handler, id, 'withdraw', { reason: '复议决定撤销原处罚。', knownOn: '2026-06-01', do: 'send' });
      await act(office, id, 'decide', { verdict: 'granted' });
      expect(await standing(id)).to.equal('withdrawn');
      await other.get(`/records/${id}`).expect(404);
      expect(plain(await handler.page(`/records/${id}`))).to.include('复议决定撤销原处罚。').and.not.match(/最早可申请修复|还有 \d+ 天/);
      await handler.get(`/records/${id}`).expect((answer) => expect(answer.text).to.not.include(`/records/${id}/withdraw`));
    });

    it('situation 17: a lawsuit is marked and stays public; a stay hides it until it is lifted, each by two persons', async () => {
      const id = await enter();
      expect((await act(handler, id, 'dispute', { mark: 'lawsuit', reason: '' })).status).to.equal(422);
      await act(handler, id, 'dispute', { mark: 'lawsuit', reason: '（2026）苏13行初15号，2026年6月1日受理。' });
      expect(await standing(id)).to.equal('marked');
      expect(plain(await other.page(`/records/${id}`))).to.include('行政诉讼期间，公示时带有标注');
      expect((await act(handler, id, 'stay', { reason: '裁定停止执行。' })).status, 'without its document').to.equal(422);
      await act(handler, id, 'stay', { reason: '裁定停止执行。', documentNo: '（2026）苏13行初15号之一', documentOn: '2026-06-01' });
      expect(await standing(id), 'proposed only').to.equal('marked');
      expect((await handler.page(`/records/${id}`))).to.not.include(`/records/${id}/decide"`);
      await act(head, id, 'decide', { verdict: 'granted' });
      expect(await standing(id)).to.equal('suspended');
      await other.get(`/records/${id}`).expect(404);
      await act(handler, id, 'liftStay', { ...lifting, target: await targetOn(id, 'liftStay'), reason: '裁定已撤销。' });
      await act(office, id, 'decide', { verdict: 'granted' });
      expect(await standing(id)).to.equal('marked');
      await act(handler, id, 'settle', { mark: await targetOn(id, 'settle', 'mark'), reason: '判决驳回诉讼请求。' });
      expect(await standing(id)).to.equal('published');
      expect(plain(await handler.page(`/records/${id}`))).to.include('判决驳回诉讼请求。').and.include('裁定停止执行');
    });

    it('situation 16: a court approves the reorganisation, the record is shielded and no repair of it; the plan fails, it is shown again', async () => {
      const id = await enter();
      await act(handler, id, 'shield', plan);
      await act(office, id, 'decide', { verdict: 'granted' });
      expect(await standing(id)).to.equal('shielded');
      await other.get(`/records/${id}`).expect(404);
      const again = await handler.form(`/records/${id}`, `/records/${id}/shield`).catch(() => null);
      expect(again, 'shielded once').to.equal(null);
      const target = await targetOn(id, 'liftShield');
      await act(handler, id, 'liftShield', { ...lifting, target, reason: '裁定终止重整计划的执行。' });
      await act(head, id, 'decide', { verdict: 'refused', note: '未附裁定书。' });
      expect(await standing(id)).to.equal('shielded');
      await act(handler, id, 'liftShield', { ...lifting, target, reason: '裁定终止重整计划的执行，附裁定书。' });
      await act(head, id, 'decide', { verdict: 'granted' });
      expect(await standing(id)).to.equal('published');
    });

    it('situation 16: the plan is executed: two persons make the shield final, with the court\'s document, and there is no way back', async () => {
      const id = await enter();
      await act(handler, id, 'shield', plan);
      await act(office, id, 'decide', { verdict: 'granted' });
      const target = await targetOn(id, 'finalise');
      const made = { target, documentNo: '（2026）苏13破2号之五', documentOn: '2026-06-01', reason: '重整计划执行完毕。' };
      expect((await act(handler, id, 'finalise', { ...made, target: 'shield.0000000000000000' })).status, 'of another plan').to.equal(422);
      expect((await act(handler, id, 'finalise', { ...made, documentOn: '2026-06-02' })).status, 'a document of tomorrow').to.equal(422);
      await act(handler, id, 'finalise', made);
      await act(head, id, 'decide', { verdict: 'granted' });
      expect(await standing(id)).to.equal('finalised');
      const html = await handler.page(`/records/${id}`);
      expect(plain(html)).to.include('重整计划执行完毕，终止公示').and.include('（2026）苏13破2号之五（2026-06-01）');
      for (const gone of ['liftShield', 'finalise', 'shield', 'stay', 'dispute', 'publish']) expect(html, gone).to.not.include(`/records/${id}/${gone}"`);
    });

    it('two courts stay it: each stay is lifted by its own name, and the page says which is which', async () => {
      const id = await enter();
      for (const no of ['（2026）苏13行初15号', '（2026）苏02行初7号']) {
        await act(handler, id, 'stay', { reason: '裁定停止执行。', documentNo: no, documentOn: '2026-06-01' });
        await act(head, id, 'decide', { verdict: 'granted' });
      }
      const html = await handler.page(`/records/${id}`);
      expect(plain(html)).to.include('（2026）苏13行初15号（2026-06-01）').and.include('（2026）苏02行初7号（2026-06-01）');
      await act(handler, id, 'liftStay', { ...lifting, target: await targetOn(id, 'liftStay'), reason: '裁定撤销。' });
      await act(head, id, 'decide', { verdict: 'granted' });
      expect(await standing(id), 'the other stands').to.equal('suspended');
      await act(handler, id, 'liftStay', { ...lifting, target: await targetOn(id, 'liftStay'), reason: '裁定撤销。' });
      await act(head, id, 'decide', { verdict: 'granted' });
      expect(await standing(id)).to.equal('published');
    });

    it('a proposal that the end of the term overtook is not done, and both are told so', async () => {
      const id = await enter();
      await act(handler, id, 'shield', plan);
      const { hash, secrets } = testConfig();
      await endPublicity({ knex: bureau.knex, chain: { hash, key: secrets.chain }, readLaw: createReadLaw(bureau.knex), now: () => new Date('2027-06-02T02:00:00Z') });
      const answer = await act(office, id, 'decide', { verdict: 'granted' });
      expect(plain(await office.page(answer.headers['location']!))).to.include('这项提议不再适用');
      expect(await standing(id)).to.equal('ended');
      expect(await bureau.knex('record_proposal').where({ record_id: id }).first('granted')).to.deep.equal({ granted: false });
    });

    it('two lawsuits are two marks; the same one is marked once', async () => {
      const id = await enter();
      const suit = { mark: 'lawsuit', reason: '（2026）苏13行初15号' };
      await act(handler, id, 'dispute', suit);
      expect(errorsIn((await act(handler, id, 'dispute', suit)).text).join()).to.include('同样的标注已经存在');
      await act(handler, id, 'dispute', { ...suit, reason: '（2026）苏13行初16号' });
      await act(handler, id, 'settle', { mark: await targetOn(id, 'settle', 'mark'), reason: '撤诉。' });
      expect(await standing(id)).to.equal('marked');
    });

    it('a proposal is mailed to the head who decides and stands in his work; what he decided is mailed to the proposer', async () => {
      const id = await enter();
      await act(handler, id, 'withdraw', { reason: '复议决定撤销原处罚。', knownOn: '2026-06-01', do: 'send' });
      const mails = (): Promise<{ template: string; person_id: string; subject: string }[]> => bureau.knex('mail').orderBy('queued_at').select('template', 'person_id', 'subject');
      const [asked, ...others] = (await mails()).filter(({ template }) => template === 'recordProposed');
      expect(others).to.deep.equal([]);
      expect(asked?.subject).to.include('请确认撤下').and.include('宿市监处罚〔2026〕12号');
      const waiting = createWaitingProposals(bureau.knex);
      const leader = { id: asked!.person_id, roles: [{ unit: 'scjg', role: 'head' as const }] };
      const sight = { person: leader.id, all: false, units: ['scjg'] };
      expect(await waiting(leader, sight)).to.have.length(1);
      expect(await waiting({ ...leader, roles: [{ unit: 'hbj', role: 'head' }] }, sight), "another unit's head").to.deep.equal([]);
      await act(head, id, 'decide', { verdict: 'refused', note: '未附复议决定书。' });
      expect(await waiting(leader, sight)).to.deep.equal([]);
      expect((await mails()).at(-1)).to.include({ template: 'recordDecided' });
    });

    it('what a unit does because of it is not registered while it is held back', async () => {
      const id = await enter();
      await act(other, id, 'use', { unit: 'rsj', measure: '限制参加评优', legalBasis: '《条例》第三十条' });
      await act(handler, id, 'shield', plan);
      await act(office, id, 'decide', { verdict: 'granted' });
      const html = await other.page(`/records/${id}`);
      expect(html).to.not.include(`/records/${id}/use"`);
      expect(plain(await office.page(`/records/${id}`))).to.include('解除通知和反馈').and.include('通知即将发出');
    });

    it('names the cases about it to those who have a part in them, with the way there', async () => {
      const { knex } = bureau;
      const id = await enter();
      const caseId = randomUUID();
      const { subject_id: subject }: { subject_id: string } = (await knex('record').where({ id }).first('subject_id'))!;
      const common = { case_no: 'XF-2026-000001', title: '宿迁某食品有限公司申请信用修复', status: 'open', opened_at: now };
      await knex('case_file').insert({ ...common, id: caseId, kind: 'repair', definition: 1, live: true, head_seq: 1, head_hash: Buffer.alloc(32), state: '{}' });
      await knex('repair').insert({ ...common, case_id: caseId, record_id: id, subject_id: subject, unit: 'scjg', channel: 'window', search: knex.raw(`''::tsvector`) });
      await knex('case_party').insert({ unit: 'scjg', case_id: caseId, opened_at: now });
      expect(await handler.page(`/records/${id}`)).to.include('href="/repairs/XF-2026-000001"');
      expect(await other.page(`/records/${id}`)).to.not.include('XF-2026-000001');
    });

    it('no other address leads anywhere', async () => {
      for (const path of ['/records/nothing', `/records/${randomUUID()}`, `/records/${randomUUID()}/correct`]) await handler.get(path).expect(404);
    });
  });

  describe('the list', () => {
    it('finds by name of one, two and more characters, code, document number and its filters; says what comes next', async () => {
      const id = await enter();
      await enter({ ...entered, subjectName: '江苏伟业置业有限公司', subjectCode: '91320100134775688Y', documentNo: '苏建罚〔2026〕7号', domain: 'construction', penaltyKinds: ['fine', 'suspendPermit'] });
      const found = async (query: string): Promise<boolean> => (await handler.page(`/records?${query}`)).includes(id);
      for (const q of ['食', '食品', '某食品', goodCode, goodCode.slice(0, 9).toLowerCase(), '宿市监处罚〔2026〕12号']) expect(await found(`q=${encodeURIComponent(q)}`), q).to.equal(true);
      for (const query of ['class=GENERAL', 'domain=food', 'kind=penalty&standing=published', 'unit=scjg', 'from=2026-05-31&to=2026-05-31', 'class=nonsense']) expect(await found(query), query).to.equal(true);
      for (const query of ['q=%E5%93%81%E9%A3%9F', 'class=SERIOUS', 'domain=tax', 'standing=ended', 'to=2026-05-30', 'q=%EF%BC%81']) expect(await found(query), query).to.equal(false);
      expect(plain(await handler.page('/records'))).to.include('2026-09-01 起可申请修复');
    });

    it('counts each standing by just the rows it leads to, and leads to what ends soon', async () => {
      const [shown] = [await enter(), await confirm(await preview(warning))];
      const rows = async (by: Clerk, query = ''): Promise<number> => ((await by.page(`/records${query}`)).match(/<tr role="row" id="/gu) ?? []).length;
      const counted = async (by: Clerk, name: string): Promise<number> => Number(new RegExp(`>${name}<span class="tab-count">(\\d+)`, 'u').exec(await by.page('/records'))![1]);
      for (const [by, stored] of [[handler, 1], [office, 1], [other, 0]] as const) {
        expect(await counted(by, '已入库，未公示')).to.equal(stored);
        expect(await rows(by, '?standing=stored')).to.equal(stored);
        expect(await counted(by, '全部')).to.equal(1 + stored);
      }
      expect(plain(await handler.page('/records?standing=stored'))).to.include('按规则不公示');
      expect(await rows(handler, '?ends=soon&sort=ends')).to.equal(0);
      now = new Date('2027-05-10T02:00:00Z');
      const soon = await handler.page('/records?ends=soon&sort=ends');
      expect(soon).to.include(shown);
      expect(plain(soon)).to.include('30 日内公示到期').and.include('只列出公示中且有到期日的信息');
    });

    it('who types the number of a person is first asked why, and the number does not stay in the address', async () => {
      const id = await enter({ ...entered, subjectKind: 'person', subjectName: '张三', subjectCode: goodId });
      // What is said after the entry names the record.
      await handler.page(`/records/${id}`);
      const answer = await handler.get(`/records?q=${goodId}`).expect(303);
      expect(answer.headers['location']).to.match(/^\/subjects\/person\?of=[\w-]+$/).and.not.include(goodId);
      expect(await handler.page(`/records?q=${encodeURIComponent('张')}`)).to.not.include(id);
    });

    it('fifty a page, to and fro, the latest decision first', async () => {
      for (let n = 0; n < 3; n += 1) await enter({ ...entered, documentNo: `宿市监处罚〔2026〕${n}号` });
      const { knex } = bureau;
      await knex.raw(`insert into record (id, subject_id, kind, unit, document_no, decided_on, class, domain, standing, public, public_until, repairable_from, performed, frozen, version, stored_at,
        published_at, changed_at, head_seq, head_hash, state, search) select gen_random_uuid(), subject_id, kind, unit, 'x' || n, date '2026-01-01' + n, class, domain, standing, public, public_until, repairable_from, performed, frozen, version, stored_at,
        published_at, changed_at, head_seq, head_hash, json_build_object('facts', (state->'facts')::jsonb || jsonb_build_object('documentNo', 'x' || n, 'decidedOn', (date '2026-01-01' + n)::text), 'publicity', state->'publicity', 'status', state->'status', 'holds', state->'holds', 'marks', state->'marks', 'until', state->'until', 'keptBy', null), search
        from (select * from record limit 1) one, generate_series(1, 60) n`);
      const numbers = (html: string): string[] => [...html.matchAll(/>(x\d+|宿市监处罚[^<]+)<\/a>/g)].map(([, number]) => number!);
      const first = await handler.page('/records');
      expect(numbers(first)).to.have.length(50);
      expect(numbers(first)[3]).to.equal('x60');
      const next = /href="(\/records\?page=[^"]+)"/.exec(first)![1]!.replaceAll('&amp;', '&');
      const second = await handler.page(next);
      expect(numbers(second)).to.have.length(13);
      const back = /href="(\/records\?page=[^"]+)"/.exec(second)![1]!.replaceAll('&amp;', '&');
      expect(numbers(await handler.page(back))).to.deep.equal(numbers(first));
      await handler.get('/records?page=made-up').expect(400);
    });
  });

  it('says nothing in the language that was not asked for', async () => {
    const id = await enter();
    const browser = await bureau.clerk('hbj.leader');
    await browser.get('/language?to=en&back=/records');
    for (const path of ['/records', `/records/${id}`, '/records/new']) {
      const text = plain((await browser.get(path).expect(200)).text);
      expect(text).to.match(/Record/);
    }
    expect(noticesIn(await browser.page(`/records/${id}`))).to.deep.equal([]);
  });
});
