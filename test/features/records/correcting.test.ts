import { expect } from 'chai';
import { errorsIn, formOf, plain } from '../incidents/bureau.ts';
import { RecordsDesk, entered, warning } from './records-desk.ts';

describe('a record is corrected', () => {
  let desk: RecordsDesk;
  before(async () => { desk = await RecordsDesk.open(); });
  after(() => desk?.close());
  beforeEach(() => desk.clear());

  it('the same document again asks for a reason, shows before and after, and keeps both', async () => {
    const id = await desk.enter();
    const html = await desk.preview({ ...entered, fine: '30000', decision: '罚款30000元。' });
    expect(plain(html)).to.include('核对更正内容').and.include('20,000 元').and.include('30,000 元');
    const refused = await desk.handler.post('/records', { ...formOf(html, '/records'), reason: '', do: 'send' });
    expect(refused.status).to.equal(422);
    expect(await desk.confirm(html, { reason: '金额录入有误。' })).to.equal(id);
    expect(await desk.bureau.knex('record').where({ id }).first('version')).to.deep.equal({ version: 2 });
    expect(plain(await desk.handler.page(`/records/${id}`))).to.include('金额录入有误。').and.include('第 2 版');
  });

  it('by the record\'s own page a wrong number is mended, unless it is another\'s', async () => {
    const id = await desk.enter();
    await desk.enter({ ...entered, documentNo: '宿市监处罚〔2026〕13号' });
    const form = await desk.handler.form(`/records/${id}/correct`, '/records');
    const taken = await desk.handler.post('/records', { ...form, ...entered, documentNo: '宿市监处罚〔2026〕13号', reason: '文号有误。', do: 'send' });
    expect(errorsIn(taken.text).join()).to.include('另一条失信信息已使用此文号');
    const answer = await desk.handler.post('/records', { ...form, ...entered, documentNo: '宿市监处罚〔2026〕14号', reason: '文号有误。', do: 'send' });
    expect(answer.headers['location']).to.equal(`/records/${id}`);
    expect(await desk.bureau.knex('record').where({ id }).first('document_no')).to.deep.equal({ document_no: '宿市监处罚〔2026〕14号' });
  });

  it('a fine that was a warning is public no more', async () => {
    const id = await desk.enter();
    const html = await desk.preview({ ...warning, documentNo: entered['documentNo']! });
    expect(plain(html)).to.include('规则不再公示该信息');
    await desk.confirm(html, { reason: '处罚种类录入有误。' });
    expect(await desk.standing(id), 'kept back, as if it had been stored so').to.equal('stored');
    expect(plain(await desk.handler.page(`/records/${id}`))).to.include('更正后停止公示').and.include('处罚种类录入有误。');
  });

  it('what went on meanwhile is said, and what was typed stays', async () => {
    const id = await desk.enter();
    const form = await desk.handler.form(`/records/${id}/correct`, '/records');
    await desk.confirm(await desk.preview({ ...entered, fine: '30000' }), { reason: '金额有误。' });
    const answer = await desk.handler.post('/records', { ...form, ...entered, fine: '40000', reason: '金额有误。', do: 'send' });
    expect(answer.status).to.equal(409);
    expect(answer.text).to.include('已有变化').and.include('value="40000"');
  });

  it('is the unit\'s own: another unit and the credit office are sent away', async () => {
    const id = await desk.enter();
    await desk.other.get(`/records/${id}/correct`).expect(403);
    await desk.office.get(`/records/${id}/correct`).expect(403);
  });

  describe('subjects that differ', () => {
    it('situation 23: a renamed firm keeps its code; the reason is asked for', async () => {
      await desk.enter();
      const html = await desk.preview({ ...entered, subjectName: '宿迁新名食品有限公司', documentNo: '宿市监处罚〔2026〕20号' });
      expect(plain(html)).to.include('此统一代码已登记为“宿迁某食品有限公司”');
      const unanswered = await desk.handler.post('/records', { ...formOf(html, '/records'), difference: 'renamed', reason: '', do: 'preview' });
      expect(unanswered.status).to.equal(422);
      const next = await desk.handler.post('/records', { ...formOf(html, '/records'), difference: 'renamed', reason: '2026-05-20 变更登记。', do: 'preview' });
      await desk.confirm(next.text);
      expect(await desk.bureau.knex('subject').select('name')).to.deep.equal([{ name: '宿迁新名食品有限公司' }]);
      expect((await desk.handler.page(`/records?q=${encodeURIComponent('某食品有限')}`)).match(/〔2026〕(12|20)号<\/a>/g)).to.have.length(2);
    });

    it('situation 24: another firm with the same code freezes both', async () => {
      const first = await desk.enter();
      const html = await desk.preview({ ...entered, subjectName: '宿迁别家商贸有限公司', documentNo: '宿市监处罚〔2026〕21号' });
      const next = await desk.handler.post('/records', { ...formOf(html, '/records'), difference: 'another', reason: '登记机关确认两家存续。', do: 'preview' });
      expect(plain(next.text)).to.include('两者的信息均不公示');
      const second = await desk.confirm(next.text);
      for (const id of [first, second]) {
        expect(plain(await desk.handler.page(`/records/${id}`))).to.include('重码冻结');
        await desk.other.get(`/records/${id}`).expect(404);
      }
    });
  });
});
