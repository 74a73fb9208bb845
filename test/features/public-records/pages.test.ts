import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import { publicBasis } from '../../../src/rules/limits/index.ts';
import type { RecordState } from '../../../src/rules/records/file.ts';
import { asBytes } from '../../support/downloads.ts';
import { goodCode, goodId, openBureau, plain, type Bureau } from '../incidents/bureau.ts';
import { Register } from './records.ts';

const listPath = '/public/records';
const foods = { kind: 'organisation', uscc: goodCode, name: '宿迁恒泽食品有限公司' } as const;
const steel = { kind: 'organisation', uscc: '91110000600037341L', name: '京华钢铁有限公司' } as const;
const person = { kind: 'person', name: '李建国', idNumber: goodId } as const;

/** The records in a list, in its order. */
const idsIn = (html: string): string[] => [...html.matchAll(/href="\/public\/records\/([0-9a-f-]{36})"/g)].map(([, id]) => id!);
const link = (html: string, rel: string): string | undefined => new RegExp(`rel="${rel}" href="([^"]+)"`).exec(html)?.[1]?.replaceAll('&amp;', '&');

describe('records on the public pages', () => {
  let bureau: Bureau;
  let register: Register;
  let now = new Date('2026-08-20T02:00:00Z');
  let general: RecordState;
  let warned: RecordState;
  let ofPerson: RecordState;
  let over: RecordState;

  before(async () => {
    bureau = await openBureau({ clock: () => now });
    register = new Register(bureau.knex, bureau.seal);
    general = await register.store(foods, { act: '采购员张某（身份证号11010519491231002X，手机13812345678）采购过期原料。' });
    warned = await register.store(foods, { penaltyKinds: ['warning'], fine: 0, summaryProcedure: true, decidedOn: '2026-06-01' });
    ofPerson = await register.store(person, { decidedOn: '2026-06-02', act: '李建国无证经营。' });
    over = await register.store(steel, { decidedOn: '2023-06-01' }, '2023-06-01');
  });
  after(() => bureau.close());

  const page = async (path: string): Promise<string> => (await bureau.agent().get(path).expect(200)).text;
  const found = async (typed: string): Promise<string[]> => idsIn(await page(`${listPath}?q=${encodeURIComponent(typed)}`));
  const at = async (day: string, check: () => Promise<unknown>): Promise<void> => {
    const before = now;
    now = new Date(day);
    await check().finally(() => {
      now = before;
    });
  };
  const openData = async () => {
    const csv = (await asBytes(bureau.agent().get('/public/open-data/records.csv')).expect(200)).body as Buffer;
    const json = (await bureau.agent().get('/public/open-data/records.json').expect(200)).body as { records: Record<string, string>[] };
    const [head, ...rows] = parse(csv, { bom: true }) as string[][];
    return { csv, head: head!, rows, json };
  };

  it('are found by one, two and more characters of an organisation’s name, and by its code', async () => {
    for (const typed of ['恒', '恒泽', '恒泽食品', '宿迁恒泽食品有限公司', goodCode, goodCode.toLowerCase()]) expect(await found(typed), typed).to.deep.equal([general.id]);
    expect(await found('不存在')).to.deep.equal([]);
  });

  it('of a person are not found by his name or number, which the answer does not repeat', async () => {
    expect(await found('李建国')).to.deep.equal([]);
    expect(await found('李')).to.deep.equal([]);
    const { headers } = await bureau.agent().get(`${listPath}?q=${goodId}`).expect(303);
    const html = await page(String(headers['location']));
    expect(html).to.not.include(goodId);
    expect(plain(html)).to.include('不提供按证件号码查询自然人');
  });

  it('say what was searched where nothing is, and what is wrong with a code', async () => {
    expect(plain(await page(`${listPath}?q=${encodeURIComponent('<b>某公司')}`))).to.include('没有查到公示中的失信信息').and.include('<b>某公司');
    expect(plain(await page(`${listPath}?q=91321300MA1TE8T08U`))).to.include('第 18 位应为 T，现为 U');
    expect(plain(await page(`${listPath}?q=${encodeURIComponent('！？')}`))).to.include('请输入名称中的文字');
  });

  it('show term and first day of repair; a warning by summary procedure is not there (situation 11)', async () => {
    const html = await page(listPath);
    expect(idsIn(html)).to.deep.equal([ofPerson.id, general.id]);
    expect(plain(html)).to.include('2027-05-31').and.include('2026-09-01');
    await bureau.agent().get(`${listPath}/${warned.id}`).expect(404);
  });

  it('each tell fact, basis, term, way out and remedy, in this order, and how to ask for repair from which day (situation 8)', async () => {
    const text = plain(await page(`${listPath}/${general.id}`));
    const places = ['事实和依据', '宿迁市市场监督管理局', '产品质量法', '公示期限', '2027年5月31日', '如何处理', '自2026年9月1日（周二）起可以申请信用修复', '提出异议', '救济和投诉', '行政复议'].map((words) => text.indexOf(words));
    expect(places).to.not.include(-1);
    expect(places).to.deep.equal(places.toSorted((a, b) => a - b));
    await at('2026-09-01T02:00:00Z', async () => expect(plain(await page(`${listPath}/${general.id}`))).to.include('现在可以申请（自2026年9月1日（周二）起）'));
  });

  it('are masked on the server, the person’s own name too', async () => {
    const html = await page(`${listPath}/${general.id}`);
    expect(html).to.not.include(goodId).and.not.include('13812345678');
    expect(plain(html)).to.include('1101**********2X').and.include('138****5678');
    const his = await page(`${listPath}/${ofPerson.id}`);
    expect(his).to.not.include('李建国');
    expect(plain(his)).to.include('李**无证经营');
    expect(his, 'a person has no page of all his records').to.not.include('/public/subjects/');
  });

  it('that are not public any more answer with a page that says nothing of them, kept by no cache', async () => {
    for (const id of [over.id, warned.id, randomUUID(), 'nothing', "'--"]) {
      const { text, headers } = await bureau.agent().get(`${listPath}/${encodeURIComponent(id)}`).expect(404);
      expect(plain(text)).to.include('这个地址没有公示中的信息');
      expect(text).to.not.include('京华').and.not.include('恒泽').and.not.include('警告');
      expect(headers['cache-control']).to.equal('no-store');
    }
    await bureau.agent().get(`${listPath}/${general.id}`).expect('cache-control', 'no-store');
  });

  it('are gone at the midnight of the last day, whoever sleeps (situation 13)', async () => {
    await at('2027-05-31T15:59:59Z', async () => expect(await found('恒泽')).to.deep.equal([general.id]));
    await at('2027-05-31T16:00:00Z', async () => {
      expect(await found('恒泽')).to.deep.equal([]);
      await bureau.agent().get(`${listPath}/${general.id}`).expect(404);
      expect((await openData()).json.records.map(({ code }) => code)).to.not.include(goodCode);
    });
  });

  it('of one organisation stand on a page of their own, also when there are none', async () => {
    const html = await page(`/public/subjects/${general.facts.subject.id}`);
    expect(idsIn(html)).to.deep.equal([general.id]);
    expect(plain(await page(`/public/subjects/${over.facts.subject.id}`))).to.include('没有公示中的失信信息');
    await bureau.agent().get(`/public/subjects/${ofPerson.facts.subject.id}`).expect(404);
    await bureau.agent().get(`/public/subjects/${randomUUID()}`).expect(404);
  });

  it('carry a mark while they are disputed, and stay public (situations 17, 19, 20)', async () => {
    await register.change(general.id, { type: 'record.marked', mark: 'lawsuit', because: randomUUID() }, '2026-08-01');
    expect(plain(await page(`${listPath}?q=${encodeURIComponent('恒泽')}`))).to.include('有争议');
    expect(plain(await page(`${listPath}/${general.id}`))).to.include('行政诉讼中');
    expect((await openData()).json.records.find(({ code }) => code === goodCode)?.['disputed']).to.equal('是');
  });

  it('are hidden by a stay, and back when it is lifted (situation 17)', async () => {
    const stay = { hold: 'stay', because: randomUUID(), reason: '法院裁定停止执行' } as const;
    await register.change(general.id, { type: 'record.held', ...stay }, '2026-08-02');
    await bureau.agent().get(`${listPath}/${general.id}`).expect(404);
    await register.change(general.id, { type: 'record.unheld', ...stay }, '2026-08-03');
    await page(`${listPath}/${general.id}`);
  });

  it('that a court made lead to the court, and offer no repair and no objection here', async () => {
    const entry = await register.store(steel, { kind: 'judgmentDefaulter', unit: 'zy', penaltyKinds: [], fine: 0, decidedOn: '2026-06-03' });
    const html = await page(`${listPath}/${entry.id}`);
    expect(plain(html)).to.include('请向江苏省宿迁市中级人民法院申请').and.include('上一级人民法院').and.include('不适用提前停止公示');
    for (const kind of ['repair', 'objection']) expect(html).to.not.include(`/records/${entry.id}/${kind}`);
    await register.change(entry.id, { type: 'record.withdrawn', because: null, reason: '法院已删除' }, '2026-08-01');
  });

  it('are not shown of two living firms with one code (situation 24)', async () => {
    const twin = await register.store({ kind: 'organisation', uscc: goodCode, name: '宿迁同码商贸有限公司', difference: 'another' }, { decidedOn: '2026-06-10' });
    expect(await found('恒泽')).to.deep.equal([]);
    await bureau.agent().get(`${listPath}/${twin.id}`).expect(404);
    expect((await openData()).json.records.map(({ code }) => code)).to.not.include(goodCode);
    await bureau.knex('subject').where({ id: twin.facts.subject.id }).update({ frozen: false, standing: 'deregistered' });
    await bureau.knex('subject').where({ id: general.facts.subject.id }).update({ frozen: false });
    await bureau.knex('record').where({ frozen: true }).update({ frozen: false });
  });

  it('are in the open data as they are on the pages, as UTF-8 with its mark, and run as no formula', async () => {
    await register.store(steel, { decidedOn: '2026-07-01', act: '=HYPERLINK("http://x.example","点此")', decision: '罚款，\n"没收"' });
    const { csv, head, rows, json } = await openData();
    expect([...csv.subarray(0, 3)]).to.deep.equal([0xef, 0xbb, 0xbf]);
    expect(head).to.include('名称').and.include('决定书文号');
    const row = rows.find((cells) => cells.includes(steel.uscc))!;
    expect(row).to.include(`'=HYPERLINK("http://x.example","点此")`).and.include('罚款，\n"没收"');
    expect(rows).to.have.length(json.records.length);
    expect(csv.toString('utf8')).to.not.include(goodId).and.not.include('李建国').and.not.include('警告');
    await bureau.agent().get('/public/open-data/records.csv').expect('cache-control', 'no-store');
  });

  it('that are repaired are gone from page, list, search and open data at once (situation 14)', async () => {
    await register.change(general.id, { type: 'record.repaired', because: randomUUID() }, '2026-08-20');
    await bureau.agent().get(`${listPath}/${general.id}`).expect(404);
    expect(await found('恒泽食品')).to.deep.equal([]);
    expect((await openData()).csv.toString('utf8')).to.not.include('恒泽食品');
  });

  it('are read through by cursor and back, each row once', async () => {
    for (let n = 0; n < 55; n += 1) await register.store(steel, { decidedOn: '2026-07-02' });
    const first = await page(`${listPath}?q=${encodeURIComponent('钢铁')}`);
    const second = await page(link(first, 'next')!);
    expect([idsIn(first).length, idsIn(second).length]).to.deep.equal([50, 6]);
    expect(new Set([...idsIn(first), ...idsIn(second)]).size).to.equal(56);
    expect(idsIn(await page(link(second, 'prev')!))).to.deep.equal(idsIn(first));
    await bureau.agent().get(`${listPath}?from=abc`).expect(400);
  });

  it('say of a printed report whether it is genuine, and nothing else', async () => {
    await bureau.knex('subject_report').insert({ number: 'XYBG-2026-000001', subject_id: general.facts.subject.id, made_at: '2026-08-01T02:00:00Z', digest: Buffer.alloc(32) });
    const yes = plain(await page('/public/reports/xybg-2026-000001'));
    expect(yes).to.include('是本平台出具的报告').and.include('2026年8月1日').and.not.include('恒泽');
    expect(plain(await page('/public/reports/XYBG-2026-000002'))).to.include('不是本平台出具的报告');
    await bureau.agent().get('/public/reports?number=XYBG-2026-000001').expect(303).expect('location', '/public/reports/XYBG-2026-000001');
  });

  it('are explained in a guide whose days are those of the rules, with their basis', async () => {
    const row: { value: string; legal_basis: string } = await bureau.knex('rule_version').where({ code: 'repair.accept', status: 'confirmed', effective_to: null }).first('value', 'legal_basis');
    const html = await page('/public/guide');
    const text = plain(html);
    // What one does comes before what the rules say, and each step leads to where it is taken.
    for (const part of ['repair', 'objection']) {
      const [, section] = new RegExp(`<section class="block" id="${part}"([\\s\\S]*?)</section>`, 'u').exec(html)!;
      expect(section!.match(/<ol class="guide-steps">[\s\S]*?<\/ol>/u)![0].match(/<li>/gu)).to.have.length(3);
      expect(section!.indexOf('guide-steps')).to.be.below(section!.indexOf('guide-lines'));
    }
    for (const href of ['/public/records', '/public/guide/commitment-letter', '/public/portal']) expect(html).to.match(new RegExp(`</span> <a href="${href}">`, 'u'));
    expect(text).to.include(`${row.value} 个工作日`).and.include(publicBasis(row.legal_basis)).and.include('宿迁市').and.include('投诉').and.include('（邮箱 xyb@suqian.example）');
    expect(plain(await page('/public/guide?lang=en'))).to.include('Power of attorney'.toLowerCase());
  });

  it('have a commitment letter to print, filled in for a record or a firm, blank for anything else', async () => {
    const ofRecord = idsIn(await page(`${listPath}?q=${encodeURIComponent('钢铁')}`))[0]!;
    expect(plain(await page(`/public/guide/commitment-letter?record=${ofRecord}`))).to.include(steel.name).and.include(steel.uscc).and.include('宿市监罚〔2026〕');
    expect(plain(await page(`/public/guide/commitment-letter?subject=${general.facts.subject.id}`))).to.include('宿迁恒泽食品有限公司').and.include('＿＿');
    expect(await page(`/public/guide/commitment-letter?record=${ofRecord}`)).to.include(`/public/guide/commitment-letter.docx?record=${ofRecord}`);
    for (const blank of ['', `?record=${general.id}`, `?record=${ofPerson.id}`, '?subject=x']) expect(plain(await page(`/public/guide/commitment-letter${blank}`)), blank).to.not.include('恒泽').and.not.include('李');
  });

  it('begin at a home page with what one comes for, and leave nothing in the browser', async () => {
    const { text, headers } = await bureau.agent().get('/public').expect(200);
    expect(plain(text)).to.include('申请信用修复').and.include('提出异议').and.include('统一社会信用代码');
    expect(headers).to.not.have.property('set-cookie');
  });

  it('offer no repair where it cannot be asked for before publicity ends', async () => {
    const { id } = await register.store(steel, { decidedOn: '2026-08-01' });
    expect(await page(`${listPath}/${id}`)).to.include(`/records/${id}/repair`);
    await bureau.knex('record').where({ id }).update({ repairable_from: '2030-01-01' });
    const html = await page(`${listPath}/${id}`);
    expect(plain(html)).to.include('公示期满前不能申请信用修复');
    expect(html).to.include(`/records/${id}/objection`).and.not.include(`/records/${id}/repair`);
  });

  it('asked for too often are put off', async () => {
    await bureau.knex('rate_limit').where('key', 'like', 'public-records:%').update({ hits: 60, reset_at: new Date(Date.now() + 60_000) });
    await bureau.agent().get(listPath).expect(429);
  });
});
