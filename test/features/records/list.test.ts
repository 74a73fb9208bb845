import { expect } from 'chai';
import { goodCode, goodId, plain, type Clerk } from '../incidents/bureau.ts';
import { RecordsDesk, entered, warning } from './records-desk.ts';

describe('the list of records', () => {
  let desk: RecordsDesk;
  before(async () => { desk = await RecordsDesk.open(); });
  after(() => desk?.close());
  beforeEach(() => desk.clear());

  it('finds by name of one, two and more characters, code, document number and its filters; says what comes next', async () => {
    const id = await desk.enter();
    await desk.enter({ ...entered, subjectName: '江苏伟业置业有限公司', subjectCode: '91320100134775688Y', documentNo: '苏建罚〔2026〕7号', domain: 'construction', penaltyKinds: ['fine', 'suspendPermit'] });
    const found = async (query: string): Promise<boolean> => (await desk.handler.page(`/records?${query}`)).includes(id);
    for (const q of ['食', '食品', '某食品', goodCode, goodCode.slice(0, 9).toLowerCase(), '宿市监处罚〔2026〕12号']) expect(await found(`q=${encodeURIComponent(q)}`), q).to.equal(true);
    for (const query of ['class=GENERAL', 'domain=food', 'kind=penalty&standing=published', 'unit=scjg', 'from=2026-05-31&to=2026-05-31', 'class=nonsense']) expect(await found(query), query).to.equal(true);
    for (const query of ['q=%E5%93%81%E9%A3%9F', 'class=SERIOUS', 'domain=tax', 'standing=ended', 'to=2026-05-30', 'q=%EF%BC%81']) expect(await found(query), query).to.equal(false);
    expect(plain(await desk.handler.page('/records'))).to.include('2026-09-01 起可申请修复');
  });

  it('counts each standing by just the rows it leads to, and leads to what ends soon', async () => {
    const [shown] = [await desk.enter(), await desk.confirm(await desk.preview(warning))];
    const rows = async (by: Clerk, query = ''): Promise<number> => ((await by.page(`/records${query}`)).match(/<tr role="row" id="/gu) ?? []).length;
    const counted = async (by: Clerk, name: string): Promise<number> => Number(new RegExp(`>${name}<span class="tab-count">(\\d+)`, 'u').exec(await by.page('/records'))![1]);
    for (const [by, stored] of [[desk.handler, 1], [desk.office, 1], [desk.other, 0]] as const) {
      expect(await counted(by, '已入库，未公示')).to.equal(stored);
      expect(await rows(by, '?standing=stored')).to.equal(stored);
      expect(await counted(by, '全部')).to.equal(1 + stored);
    }
    expect(plain(await desk.handler.page('/records?standing=stored'))).to.include('按规则不公示');
    expect(await rows(desk.handler, '?ends=soon&sort=ends')).to.equal(0);
    desk.now = new Date('2027-05-10T02:00:00Z');
    const soon = await desk.handler.page('/records?ends=soon&sort=ends');
    expect(soon).to.include(shown);
    expect(plain(soon)).to.include('30 日内公示到期').and.include('只列出公示中且有到期日的信息');
  });

  it('who types the number of a person is first asked why, and the number does not stay in the address', async () => {
    const id = await desk.enter({ ...entered, subjectKind: 'person', subjectName: '张三', subjectCode: goodId });
    // What is said after the entry names the record.
    await desk.handler.page(`/records/${id}`);
    const answer = await desk.handler.get(`/records?q=${goodId}`).expect(303);
    expect(answer.headers['location']).to.match(/^\/subjects\/person\?of=[\w-]+$/).and.not.include(goodId);
    expect(await desk.handler.page(`/records?q=${encodeURIComponent('张')}`)).to.not.include(id);
  });

  it('fifty a page, to and fro, the latest decision first', async () => {
    for (let n = 0; n < 3; n += 1) await desk.enter({ ...entered, documentNo: `宿市监处罚〔2026〕${n}号` });
    const { knex } = desk.bureau;
    await knex.raw(`insert into record (id, subject_id, kind, unit, document_no, decided_on, class, domain, standing, public, public_until, repairable_from, performed, frozen, version, stored_at,
      published_at, changed_at, head_seq, head_hash, state, search) select gen_random_uuid(), subject_id, kind, unit, 'x' || n, date '2026-01-01' + n, class, domain, standing, public, public_until, repairable_from, performed, frozen, version, stored_at,
      published_at, changed_at, head_seq, head_hash, json_build_object('facts', (state->'facts')::jsonb || jsonb_build_object('documentNo', 'x' || n, 'decidedOn', (date '2026-01-01' + n)::text), 'publicity', state->'publicity', 'status', state->'status', 'holds', state->'holds', 'marks', state->'marks', 'until', state->'until', 'keptBy', null), search
      from (select * from record limit 1) one, generate_series(1, 60) n`);
    const numbers = (html: string): string[] => [...html.matchAll(/>(x\d+|宿市监处罚[^<]+)<\/a>/g)].map(([, number]) => number!);
    const first = await desk.handler.page('/records');
    expect(numbers(first)).to.have.length(50);
    expect(numbers(first)[3]).to.equal('x60');
    const next = /href="(\/records\?page=[^"]+)"/.exec(first)![1]!.replaceAll('&amp;', '&');
    const second = await desk.handler.page(next);
    expect(numbers(second)).to.have.length(13);
    const back = /href="(\/records\?page=[^"]+)"/.exec(second)![1]!.replaceAll('&amp;', '&');
    expect(numbers(await desk.handler.page(back))).to.deep.equal(numbers(first));
    await desk.handler.get('/records?page=made-up').expect(400);
  });
});
