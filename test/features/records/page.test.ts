import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { goodId, noticesIn, plain } from '../incidents/bureau.ts';
import { RecordsDesk, entered } from './records-desk.ts';

/** A page without the marks of what is masked. */
const unmarked = (html: string): string => html.replaceAll(/<span class="visually-hidden">[^<]*<\/span>|<\/?mark[^>]*>/gu, '');

describe('the page of a record', () => {
  let desk: RecordsDesk;
  before(async () => { desk = await RecordsDesk.open(); });
  after(() => desk?.close());
  beforeEach(() => desk.clear());

  it('a unit registers its measure with its basis, and sees the record from then on', async () => {
    const id = await desk.enter();
    expect((await desk.act(desk.other, id, 'use', { unit: 'rsj', measure: '限制参加评优', legalBasis: '' })).status).to.equal(422);
    await desk.act(desk.other, id, 'use', { unit: 'rsj', measure: '限制参加评优', legalBasis: '《条例》第三十条' });
    expect(await desk.bureau.knex('record_use').select('unit', 'measure')).to.deep.equal([{ unit: 'rsj', measure: '限制参加评优' }]);
    desk.now = new Date('2027-06-02T02:00:00Z');
    await desk.other.get(`/records/${id}`).expect(200);
    await (await desk.bureau.clerk('hbj.handler')).get(`/records/${id}`).expect(404);
  });

  it('other units read what the public reads, and the time of it', async () => {
    const id = await desk.enter();
    const html = await desk.other.page(`/records/${id}`);
    expect(html).to.include('138****5678').and.not.include('13812345678');
    expect(plain(html)).to.include('最早可申请修复 2026年9月1日');
  });

  it('nor do they read the name of the person it is about, where the words beside it do not give it away', async () => {
    const id = await desk.enter({ ...entered, subjectKind: 'person', subjectName: '张三丰', subjectCode: goodId, act: '查获张三丰加工点内过期原料 20 公斤。' });
    expect(unmarked(await desk.handler.page(`/records/${id}`))).to.include('张三丰加工点');
    expect(await desk.other.page(`/records/${id}`)).to.include('加工点内过期原料').and.not.include('张三丰');
  });

  it('nor do they read what others wrote by hand as it was written, but their own', async () => {
    const told = (n: number): string => `张三丰，手机1381234560${n}`;
    const id = await desk.enter({ ...entered, subjectKind: 'person', subjectName: '张三丰', subjectCode: goodId });
    const third = await desk.bureau.clerk('hbj.handler');
    await desk.act(desk.other, id, 'use', { unit: 'rsj', measure: `限制参加评优，联系人${told(1)}`, legalBasis: `《条例》第三十条（${told(2)}）` });
    await desk.act(desk.handler, id, 'dispute', { mark: 'lawsuit', reason: told(3) });
    await desk.act(desk.handler, id, 'performed', { reason: told(4) });
    await desk.act(desk.handler, id, 'stay', { reason: told(5), documentNo: '（2026）苏13行初15号之一', documentOn: '2026-06-01' });
    await desk.act(desk.head, id, 'decide', { verdict: 'refused', note: told(6) });
    await desk.act(desk.handler, id, 'settle', { mark: await desk.targetOn(id, 'settle', 'mark'), reason: told(7) });
    const html = await desk.preview({ ...entered, subjectKind: 'person', subjectName: '张三丰', subjectCode: goodId, fine: '30000' });
    await desk.confirm(html, { reason: told(8) });
    const [own, whole, their, foreign] = await Promise.all([desk.handler, desk.office, desk.other, third].map((by) => by.page(`/records/${id}`))) as [string, string, string, string];
    for (let n = 1; n <= 8; n += 1) {
      for (const page of [own, whole]) expect(page, String(n)).to.include(`1381234560${n}`);
      expect(foreign, String(n)).to.include(`138****560${n}`).and.not.include(`1381234560${n}`);
      expect(their.includes(`1381234560${n}`), String(n)).to.equal(n <= 2);
    }
    expect(foreign).to.not.include('张三丰');
  });

  it('names the cases about it to those who have a part in them, with the way there', async () => {
    const { knex } = desk.bureau;
    const id = await desk.enter();
    const caseId = randomUUID();
    const { subject_id: subject }: { subject_id: string } = (await knex('record').where({ id }).first('subject_id'))!;
    const common = { case_no: 'XF-2026-000001', title: '宿迁某食品有限公司申请信用修复', status: 'open', opened_at: desk.now };
    await knex('case_file').insert({ ...common, id: caseId, kind: 'repair', definition: 1, live: true, head_seq: 1, head_hash: Buffer.alloc(32), state: '{}' });
    await knex('repair').insert({ ...common, case_id: caseId, record_id: id, subject_id: subject, unit: 'scjg', channel: 'window', search: knex.raw(`''::tsvector`) });
    await knex('case_party').insert({ unit: 'scjg', case_id: caseId, opened_at: desk.now });
    expect(await desk.handler.page(`/records/${id}`)).to.include('href="/repairs/XF-2026-000001"');
    expect(await desk.other.page(`/records/${id}`)).to.not.include('XF-2026-000001');
  });

  it('no other address leads anywhere', async () => {
    for (const path of ['/records/nothing', `/records/${randomUUID()}`, `/records/${randomUUID()}/correct`]) await desk.handler.get(path).expect(404);
  });

  it('says nothing in the language that was not asked for', async () => {
    const id = await desk.enter();
    const browser = await desk.bureau.clerk('hbj.leader');
    await browser.get('/language?to=en&back=/records');
    for (const path of ['/records', `/records/${id}`, '/records/new']) {
      const text = plain((await browser.get(path).expect(200)).text);
      expect(text).to.match(/Record/);
    }
    expect(noticesIn(await browser.page(`/records/${id}`))).to.deep.equal([]);
  });
});
