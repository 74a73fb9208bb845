import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { errorsIn, goodId, plain, wrongCode, type Fields } from '../incidents/bureau.ts';
import { RecordsDesk, entered, warning } from './records-desk.ts';

/** A page without the marks of what is masked. */
const unmarked = (html: string): string => html.replaceAll(/<span class="visually-hidden">[^<]*<\/span>|<\/?mark[^>]*>/gu, '');

describe('a record is entered', () => {
  let desk: RecordsDesk;
  before(async () => { desk = await RecordsDesk.open(); });
  after(() => desk?.close());
  beforeEach(() => desk.clear());

  describe('entering', () => {
    it('shows class, reason, dates and the masked text before anything is stored', async () => {
      const html = plain(await desk.preview(entered));
      for (const words of ['尚未入库', '一般', '不属于轻微或严重情形', '2026年9月1日', '2027', '138****5678', '已脱敏']) expect(html).to.include(words);
      for (const table of ['record', 'subject', 'sealed_identity']) expect(await desk.bureau.knex(table)).to.deep.equal([]);
    });

    it('shows exactly what the public will read: the name of a person it is about is masked wherever it stands', async () => {
      const person: Fields = { ...entered, subjectKind: 'person', subjectName: '张三丰', subjectCode: goodId, act: '查获张三丰加工点内过期原料 20 公斤。', legalBasis: '《食品安全法》（经办人张三丰）' };
      const html = await desk.preview(person);
      const masked = unmarked(html).split('aria-label="脱敏后"')[1]!.split('</section>')[0]!;
      expect(masked).to.include('查获张**加工点内过期原料').and.include('《食品安全法》（经办人张**）').and.not.include('张三丰');
      const shown = plain((await desk.bureau.agent().get(`/public/records/${await desk.confirm(html)}`).expect(200)).text);
      expect(shown).to.include('查获张**加工点内过期原料').and.include('《食品安全法》（经办人张**）').and.not.include('张三丰');
    });

    it('what the rule publishes is public with the sending; the same form sent again is the same record', async () => {
      const html = await desk.preview(entered);
      const id = await desk.confirm(html);
      expect(await desk.confirm(html)).to.equal(id);
      expect(await desk.standing(id)).to.equal('published');
      expect(await desk.bureau.knex('record_event').where({ record_id: id })).to.have.length(2);
      expect(plain(await desk.handler.page(`/records/${id}`))).to.include('公示中').and.include('录入入库').and.include('按规则公示');
    });

    it('says beside the field what is wrong, and keeps what was typed', async () => {
      const answer = await desk.handler.post('/records', {
        ...(await desk.blank(desk.handler)), ...entered, subjectCode: wrongCode, decidedOn: '2026-06-02', publishedOn: '2026-05-01', fine: '', domain: 'moon', legalBasis: '', do: 'preview',
      });
      expect(answer.status).to.equal(422);
      const errors = errorsIn(answer.text).join('\n');
      for (const words of ['第 18 位', '不晚于 2026-06-01', '不在可选范围', '请填写此项']) expect(errors).to.include(words);
      expect(answer.text).to.include(wrongCode).and.include('使用过期原料生产糕点');
      const amounts = await desk.handler.post('/records', { ...(await desk.blank(desk.handler)), ...entered, penaltyKinds: ['warning'], fine: '2.555', do: 'preview' });
      expect(amounts.status).to.equal(422);
      const missing = await desk.handler.post('/records', { ...(await desk.blank(desk.handler)), ...entered, fine: '', confiscated: '300', publishedOn: '2026-05-01', do: 'preview' });
      expect(errorsIn(missing.text).join()).to.include('请填写金额').and.include('请勾选“没收违法所得”').and.include('不早于 2026-05-31');
    });

    it('a person is sealed and shown masked; one who was a minor is refused', async () => {
      const id = await desk.enter({ ...entered, subjectKind: 'person', subjectName: '张三', subjectCode: goodId });
      const html = await desk.handler.page(`/records/${id}`);
      expect(html).to.include('1101**********2X').and.not.include(goodId);
      const answer = await desk.handler.post('/records', { ...(await desk.blank(desk.handler)), ...entered, subjectKind: 'person', subjectName: '李四', subjectCode: '110105201212310023', do: 'preview' });
      expect(errorsIn(answer.text).join()).to.match(/未满 18 周岁|校验码|第 18 位/);
    });

    it('is for handlers and heads of a unit; an administrator and a reviewer of law are sent away', async () => {
      for (const [name, status] of [['audit', 403], ['fz.reviewer', 403]] as const) await (await desk.bureau.clerk(name)).get('/records/new').expect(status);
      await desk.bureau.agent().get('/records').expect(303);
    });
  });

  describe('an entry of a court', () => {
    const listed: Fields = { ...entered, kind: 'judgmentDefaulter', documentNo: '宿中院失执〔2026〕7号', penaltyKinds: [], fine: '', domain: 'otherDomain', decision: '纳入失信被执行人名单。' };

    it('is made by the court alone, is read-only for everybody else, and goes when the court deletes it', async () => {
      const [court, judge] = await Promise.all([desk.bureau.clerk('zy.handler'), desk.bureau.clerk('zy.leader')]);
      expect(errorsIn(await desk.preview(listed)).join()).to.include('由执行法院录入');
      const id = await desk.enter(listed, court);
      expect(await desk.standing(id)).to.equal('published');
      await desk.act(court, id, 'withdraw', { reason: '已履行完毕，法院删除。', knownOn: '2026-06-01', do: 'send' });
      const decision = `action="/records/${id}/decide"`;
      expect(await (await desk.bureau.clerk('xyb.leader')).page(`/records/${id}`)).to.not.include(decision);
      expect(await judge.page(`/records/${id}`)).to.include(decision);
      await desk.act(judge, id, 'decide', { verdict: 'granted' });
      expect(await desk.standing(id)).to.equal('withdrawn');
    });
  });

  describe('situation 11: a warning by summary procedure', () => {
    let id: string;
    beforeEach(async () => {
      const html = await desk.preview(warning);
      expect(plain(html)).to.include('按规则只入库，不公示');
      id = await desk.confirm(html);
    });

    it('is stored and not public, and other units do not see it', async () => {
      expect(await desk.standing(id)).to.equal('stored');
      await desk.other.get(`/records/${id}`).expect(404);
      await desk.office.get(`/records/${id}`).expect(200);
      expect(await desk.other.page('/records?q=' + encodeURIComponent('当罚'))).to.not.include(id);
    });

    it('is published for three months when a second person confirms the reason, and by nobody else', async () => {
      expect((await desk.act(desk.handler, id, 'publish', { reason: '' })).status).to.equal(422);
      await desk.act(desk.handler, id, 'publish', { reason: '多次被投诉，需提示消费者。' });
      expect(await desk.standing(id)).to.equal('stored');
      const own = await desk.handler.page(`/records/${id}`);
      expect(own).to.not.include(`/records/${id}/decide"`);
      expect(plain(own)).to.include('由本单位负责人或信用办确认');
      await desk.head.get('/records?proposed=1').expect(200).expect((answer) => expect(answer.text).to.include(id));
      expect((await desk.act(desk.head, id, 'decide', { verdict: 'refused', note: '' })).status).to.equal(422);
      await desk.act(desk.head, id, 'decide', { verdict: 'granted' });
      expect(await desk.bureau.knex('record').where({ id }).first('standing', 'public_until')).to.deep.equal({ standing: 'published', public_until: '2026-08-31' });
      expect(plain(await desk.other.page(`/records/${id}`))).to.include('经确认公示');
    });

    it('who proposed it does not confirm it, though he is the head', async () => {
      await desk.act(desk.head, id, 'publish', { reason: '多次被投诉。' });
      expect(plain(await desk.head.page(`/records/${id}`))).to.include('您提出了这项提议，不能再由您确认');
      const [{ id: proposal }] = await desk.bureau.knex('record_proposal').select('id') as [{ id: string }];
      const form = await desk.head.form(`/records/${id}`, `/records/${id}/withdraw`).catch(() => desk.blank(desk.head));
      const answer = await desk.head.post(`/records/${id}/decide`, { ...form, commandId: randomUUID(), proposal, verdict: 'granted' });
      expect(answer.status).to.equal(403);
      expect(await desk.standing(id)).to.equal('stored');
      await desk.act(desk.office, id, 'decide', { verdict: 'granted' });
      expect(await desk.standing(id)).to.equal('published');
    });

    it('two who confirm at once confirm it once', async () => {
      await desk.act(desk.handler, id, 'publish', { reason: '多次被投诉。' });
      const forms = await Promise.all([desk.head, desk.office].map((by) => by.form(`/records/${id}`, `/records/${id}/decide`)));
      await Promise.all([desk.head.post(`/records/${id}/decide`, { ...forms[0]!, verdict: 'granted' }), desk.office.post(`/records/${id}/decide`, { ...forms[1]!, verdict: 'granted' })]);
      expect(await desk.bureau.knex('record_event').where({ record_id: id, type: 'record.published' })).to.have.length(1);
    });
  });
});
