import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import ExcelJS from 'exceljs';
import type { Response } from 'supertest';
import { mostRows } from '../../../src/features/incidents/import/sheets.ts';
import { openingOf } from '../../../src/rules/incident/facts.ts';
import { asBytes, workbookRows } from '../../support/downloads.ts';
import { hidden } from '../../support/web.ts';
import { partsOf, zip } from '../../support/workbook.ts';
import { errorsIn, formOf, goodCode, goodId, noticesIn, openBureau, plain, wrongCode, type Bureau, type Clerk, type Fields } from './bureau.ts';

const header = ['标题', '事件经过', '诚信领域', '事件类别', '发生日期', '地区', '地点', '主体名称', '主体代码', '信息来源', '反映人姓名', '反映人邮箱'];
type Row = (string | number | Date | ExcelJS.CellFormulaValue)[];

/** A row that can be registered; without a subject, and of the area that is like no other, so that no two are alike. */
const row = (title: string, change: Record<number, Row[number]> = {}): Row =>
  Object.assign([title, '群众反映。', '商务诚信', '其他', '2026-01-05', '宿豫区', '江山大道 1 号', '', '', '', '', ''], change);

async function xlsx(rows: readonly Row[], above: readonly Row[] = []): Promise<Buffer> {
  const workbook = new ExcelJS.Workbook();
  const sheet = workbook.addWorksheet('事件');
  for (const one of [...above, header, ...rows]) sheet.addRow(one);
  return Buffer.from(await workbook.xlsx.writeBuffer());
}

const csv = (rows: readonly (readonly unknown[])[], head: readonly string[] = header): Buffer =>
  Buffer.from([head, ...rows].map((cells) => cells.map((cell) => `"${String(cell).replaceAll('"', '""')}"`).join(',')).join('\r\n'));

/** A table in GB 18030 under a title, with marks at its names, a cell of two lines and a character of four bytes. */
const inGb18030 = Buffer.from(
  'yqfQxcrCvP61vMjrse0NCrHqzOIqLMrCvP6+rbn9Kiyzz9DFwezT8iosysK8/sDgsfAqLLeiyfrI1cbaKiy12Mf4Kiy12LXjKizW98zlw/uzxizW98zltPrC6w0Kufqx6rHgwuu1xNK7xvAsIsi61tq3tNOzo6wKtdq2/tDQoaMiLMnMzvGzz9DFLMbky/ssMjAyNi8xLzUsy97Upcf4LL2tyb2087XALJU0sjXP6cqzxrfT0M/euavLviw5MTMyMTMwME1BMVRFOFQwOFQNCg==',
  'base64',
);

async function upload(clerk: Clerk, name: string, content: Buffer): Promise<Response> {
  const token = hidden(await clerk.page('/incidents/import'), '_csrf');
  return clerk.browser.agent.post('/incidents/import').field('_csrf', token).attach('file', content, name);
}

/** Uploads a table that can be read; gives the address of what was found in it. */
async function taken(clerk: Clerk, name: string, content: Buffer): Promise<string> {
  const answer = await upload(clerk, name, content);
  if (answer.status !== 303) throw new Error(`answered ${answer.status}: ${errorsIn(answer.text).join(' ')}`);
  return String(answer.headers['location']);
}

/** The form that registers, on the page of an upload. */
async function registration(clerk: Clerk, address: string): Promise<{ action: string; fields: Fields }> {
  const html = await clerk.page(address);
  const action = /action="(\/incidents\/import\/[^"]+\/register)"/.exec(html)?.[1];
  if (action === undefined) throw new Error(`nothing can be registered: ${noticesIn(html).join()}`);
  return { action, fields: formOf(html, action) };
}

/** The page of an upload once nothing of it is being registered; a busy machine answers before it is done. */
async function settled(clerk: Clerk, address: string): Promise<string> {
  for (;;) {
    const html = await clerk.page(address);
    if (!html.includes('正在登记')) return html;
    await delay(200);
  }
}

/** Registers, and waits until it is done. */
async function register(clerk: Clerk, address: string, more: Fields = {}): Promise<Response> {
  const { action, fields } = await registration(clerk, address);
  const answer = await clerk.post(action, { ...fields, ...more });
  await settled(clerk, address);
  return answer;
}

/** What the page says of each row, by its number: its fate and what stands beside it. */
function fatesIn(html: string): Record<string, string> {
  const rows = [...html.matchAll(/<tr[^>]*id="row-(\d+)"[\s\S]*?<\/tr>/g)];
  return Object.fromEntries(rows.map(([text, number]) => [number!, plain(text)]));
}

async function workbookAt(clerk: Clerk, path: string): Promise<string[][]> {
  const { body } = await asBytes(clerk.get(path)).expect(200).expect('content-disposition', /^attachment; /).expect('cache-control', 'no-store');
  return workbookRows(body);
}

describe('a spreadsheet of many incidents', function () {
  this.timeout(180_000);
  let bureau: Bureau;
  let clerk: Clerk;
  before(async () => {
    // A part that is slow is not away.
    bureau = await openBureau({ workers: true, timeoutMs: 60_000 });
    clerk = await bureau.clerk('xyb.handler');
  });
  after(() => bureau.close());

  const cases = async (): Promise<number> => Number((await bureau.knex('case_file').count<{ n: string }[]>('* as n').first())?.n);
  const titled = async (title: string): Promise<string[]> => (await bureau.knex('incident').where({ title }).select('case_no')).map(({ case_no: caseNo }: { case_no: string }) => caseNo);
  const openingFor = async (title: string) => openingOf(await bureau.state((await titled(title))[0]!));

  describe('is read', () => {
    it('as .xlsx, with titles above, days as days, codes as text, several subjects to a cell', async () => {
      const address = await taken(clerk, '一月.xlsx', await xlsx([
        row('表格的第一起', { 4: new Date('2026-01-05T00:00:00Z'), 7: '宿迁甲公司；张三丰', 8: `${goodCode}；${goodId.toLowerCase()}`, 9: 'https://news.example.cn/1', 10: '赵六', 11: 'zhao@example.cn' }),
        row('表格的第二起', { 2: 'society', 3: '欠薪', 4: '2026年1月6日', 5: '321322' }),
      ], [['2026 年 1 月失信事件'], []]));
      expect((await register(clerk, address)).status).to.equal(303);
      const first = await openingFor('表格的第一起');
      expect(first).to.deep.include({ channel: 'spreadsheet', region: 'suyu', area: 'other', occurredOn: '2026-01-05', sourceUrl: 'https://news.example.cn/1' });
      expect(first.subjects.map((one) => (one.kind === 'person' ? one.masked : one.uscc))).to.deep.equal([goodCode, '张** 1101**********2X']);
      expect(first.reporter?.masked).to.equal('赵* z***@example.cn');
      expect(await openingFor('表格的第二起')).to.deep.include({ field: 'society', area: 'wages', region: 'shuyang', occurredOn: '2026-01-06' });
      const { rows }: { rows: { text: string }[] } = await bureau.knex.raw('select e::text as text from case_event e');
      expect(rows.some(({ text }) => text.includes('张三丰') || text.includes('110105194912310')), 'a person\'s number in the file of a case').to.equal(false);
    });

    it('as CSV in UTF-8, with and without its mark, by comma, semicolon or tab', async () => {
      const plainCsv = csv([row('逗号的一起', { 8: `="${goodCode}"`, 7: '甲' })]);
      const bySign = (sign: string, title: string): Buffer => Buffer.from([header, row(title).map(String)].map((cells) => cells.join(sign)).join('\n'));
      for (const [title, content] of [['逗号的一起', plainCsv], ['有标记的一起', Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), bySign(',', '有标记的一起')])], ['分号的一起', bySign(';', '分号的一起')], ['制表符的一起', bySign('\t', '制表符的一起')]] as const) {
        await register(clerk, await taken(clerk, '表.csv', content));
        expect(await titled(title), title).to.have.length(1);
      }
      expect((await openingFor('逗号的一起')).subjects).to.deep.equal([{ kind: 'organisation', uscc: goodCode, name: '甲' }]);
    });

    it('as CSV in GB 18030, under a title, with rare characters and cells of two lines', async () => {
      await register(clerk, await taken(clerk, '国标.csv', inGb18030));
      expect(await openingFor('国标编码的一起')).to.deep.include({
        what: '群众反映，\n第二行。', occurredOn: '2026-01-05', subjects: [{ kind: 'organisation', uscc: goodCode, name: '𠮷祥食品有限公司' }],
      });
    });

    it('by its own template, which offers the values there are', async () => {
      const [names] = await workbookAt(clerk, '/incidents/import/template.xlsx');
      expect(names).to.deep.equal(header.map((name, n) => (n < 7 ? `${name}*` : name)));
      const address = await taken(clerk, '模板.csv', csv([row('按模板填的一起')], names!));
      await register(clerk, address);
      expect(await titled('按模板填的一起')).to.have.length(1);
    });
  });

  describe('is refused as a whole, with the reason beside the field', () => {
    const refused = async (name: string, content: Buffer, message: string | RegExp): Promise<void> => {
      const before = await cases();
      const answer = await upload(clerk, name, content);
      expect(answer.status, name).to.equal(422);
      expect(errorsIn(answer.text).join(), name).to.match(new RegExp(message));
      expect(answer.text).to.include('id="file-error"');
      expect(await cases()).to.equal(before);
    };

    it('when it has no names of columns, is empty, or is no table', async () => {
      await refused('甲.csv', csv([['a', 'b', 'c']], ['一', '二', '三']), '没有找到列名');
      await refused('空.csv', Buffer.from('\n\n'), '是空的');
      await refused('空.xlsx', await (async () => { const book = new ExcelJS.Workbook(); book.addWorksheet('x'); return Buffer.from(await book.xlsx.writeBuffer()); })(), '是空的');
      await refused('报告.pdf', Buffer.from('%PDF-1.4\n%%EOF'), '不是表格文件');
      await refused('表.xlsx', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200)]), '与扩展名不符');
      await refused('坏.xlsx', (await xlsx([row('x')])).subarray(0, 3000), '无法读取|与扩展名不符');
      await refused('乱.csv', Buffer.from([0x61, 0x2c, 0x81, 0x20, 0xff]), '与扩展名不符|无法识别文件的文字编码|实际');
    });

    it('when it is a table of another kind, which is called by its name, in every file of the records\' import', async () => {
      const folder = fileURLToPath(new URL('../../fixtures/sheets/', import.meta.url));
      for (const name of readdirSync(folder)) await refused(name, readFileSync(join(folder, name)), '是一张行政处罚信息表');
    });

    it('when nothing was chosen', async () => {
      const token = hidden(await clerk.page('/incidents/import'), '_csrf');
      const answer = await clerk.browser.agent.post('/incidents/import').field('_csrf', token).attach('file', Buffer.alloc(0), '');
      expect(answer.status).to.equal(422);
      expect(errorsIn(answer.text)).to.deep.equal(['表格文件：请选择要上传的表格文件。']);
    });

    it('when it has more rows, or unpacks to more, than is read; at once and without eating memory', async () => {
      const long = Buffer.from(`${header.join(',')}\n${'标,事,商务诚信,其他,2026-01-05,宿豫区,地\n'.repeat(200_000)}`);
      // Of the processor's time: others may have the rest of it.
      const begun = process.cpuUsage();
      const before = process.memoryUsage().rss;
      await refused('长.csv', long, '超过 2000 行');
      expect(process.cpuUsage(begun).user / 1000).to.be.lessThan(5000);
      expect(process.memoryUsage().rss - before).to.be.lessThan(300 * 1024 ** 2);
      // What is counted is what comes out, not what the archive says: two hundred million bytes in some two hundred thousand.
      await refused('炸.xlsx', zip({ ...partsOf({ rows: '<row><c t="s"><v>0</v></c></row>', strings: '' }), 'xl/sharedStrings.xml': Buffer.concat([Buffer.from('<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'), Buffer.alloc(200 * 1024 ** 2, ' ')]) }), '展开后过大');
      await refused('大.csv', Buffer.alloc(21 * 1024 ** 2, 'a'), '超过单个文件 20 MB');
    });

    it('when a required column is missing, it names it, and no row can be registered', async () => {
      const html = await clerk.page(await taken(clerk, '缺列.csv', csv([row('缺列').slice(0, 5)], header.slice(0, 5))));
      expect(noticesIn(html).join()).to.include('表格缺少必填的列：地区、地点');
      expect(html).to.not.include('/register"');
    });

    it('when there are names of columns and nothing below them, it says so', async () => {
      const html = await clerk.page(await taken(clerk, '无行.csv', csv([])));
      expect(plain(html)).to.include('列名下面没有内容');
      expect(html).to.not.include('/register"');
    });
  });

  describe('with wrong rows', () => {
    let address: string;
    const wrong: [Record<number, Row[number]>, string][] = [
      [{ 0: '' }, '标题：请填写此项'],
      [{ 0: '长'.repeat(101) }, '标题：不超过 100 字，现为 101 字'],
      [{ 2: '体育' }, '诚信领域：“体育”不在可选范围内'],
      [{ 4: '2026-02-30' }, '发生日期：没有“2026-02-30”这一天'],
      [{ 4: '2999-01-01' }, '发生日期：不晚于'],
      [{ 5: '火星' }, '地区：“火星”不在可选范围内'],
      [{ 7: '某公司', 8: wrongCode }, '主体代码：统一社会信用代码第 18 位应为 T，现为 U'],
      [{ 7: '张三', 8: '110105194912310021' }, '主体代码：公民身份号码第 18 位应为 X，现为 1'],
      [{ 7: '某公司', 8: 913_213_000_000_000_000 }, '末几位已丢失'],
      [{ 9: 'javascript:alert(1)' }, '信息来源：'],
      [{ 10: '赵六', 11: 'zhao' }, '反映人邮箱：'],
    ];

    before(async () => {
      address = await taken(clerk, '有误的.xlsx', await xlsx([row('无误的一起'), ...wrong.map(([change], n) => row(`有误的第${n}起`, change)), row('另一起无误的')]));
    });

    it('has the reason beside each', async () => {
      const html = await clerk.page(address);
      const fates = fatesIn(html);
      wrong.forEach(([, reason], n) => expect(fates[n + 3], reason).to.include('有误').and.include(reason));
      expect(fates['2']).to.include('可以登记');
      expect(plain(html)).to.include('共 13 行').and.include('登记这 2 行').and.include('下载有误的 11 行');
    });

    it('registers the good ones, and offers the others to be mended', async () => {
      await register(clerk, address);
      const html = await clerk.page(address);
      expect(noticesIn(html).join()).to.include('无误的 2 行已全部登记，另有 11 行有误');
      expect(fatesIn(html)['2']).to.match(/已登记 XZ-\d{4}-\d{6}/);
      expect(await titled('无误的一起')).to.have.length(1);
      expect(await bureau.knex('incident').where('title', 'like', '有误的%')).to.have.length(0);

      const [names, ...rows] = await workbookAt(clerk, `${address}/faults.xlsx`);
      expect(names).to.deep.equal([...header, '行号', '原因']);
      expect(rows).to.have.length(11);
      expect(rows[6]).to.include.members(['有误的第6起', wrongCode]);
      expect(rows[6]!.at(-1)).to.include('第 18 位应为 T');
    });

    it('mended in the download and uploaded again, each is registered', async () => {
      const [names, ...rows] = await workbookAt(clerk, `${address}/faults.xlsx`);
      const mended = rows.map((cells, n) => [`改正后的第${n}起`, ...row('').slice(1), ...cells.slice(12)]);
      const again = await taken(clerk, '改正后.csv', csv(mended, names!));
      await register(clerk, again);
      expect(await bureau.knex('incident').where('title', 'like', '改正后的%')).to.have.length(11);
    });
  });

  describe('with formulas and script in its cells', () => {
    const evil = ['=HYPERLINK("http://evil.example","点")', '+cmd|calc', '@SUM(A1)', '-2+3|x', '＝1+1'];
    const script = '<script>alert(1)</script>"><img src=x onerror=alert(1)>';

    it('keeps them as texts, and no file that goes out runs them', async () => {
      const address = await taken(clerk, '公式.csv', csv([...evil.map((text) => row(text, { 3: '其它' })), ...evil.map((text) => row(text, { 6: text, 4: '2026-02-30' }))]));
      const [, ...faulty] = await workbookAt(clerk, `${address}/faults.xlsx`);
      expect(faulty.map(([title]) => title)).to.deep.equal(evil.map((text) => `'${text}`));
      expect(faulty.map((cells) => cells[6])).to.deep.equal(evil.map((text) => `'${text}`));
      await register(clerk, address);
      for (const text of evil) expect(await titled(text), text).to.have.length(1);
      const exported = (await workbookAt(clerk, `/incidents/export.xlsx?q=evil`)).flat().concat((await workbookAt(clerk, '/incidents/export.xlsx')).flat());
      for (const text of evil) expect(exported, text).to.include(`'${text}`).and.not.include(text);
    });

    it('takes a formula of a workbook for what it gave, which stays text', async () => {
      const address = await taken(clerk, '公式.xlsx', await xlsx([row('', { 0: { formula: '"="&"1+1"', result: '=1+1 算出来的' } as ExcelJS.CellFormulaValue })]));
      await register(clerk, address);
      expect(await titled('=1+1 算出来的')).to.have.length(1);
    });

    it('shows HTML as it was written, on the page of the file and of the case', async () => {
      const address = await taken(clerk, `${script}.csv`, csv([row(script, { 1: script, 6: script }), row(script, { 5: script })]));
      const html = await clerk.page(address);
      expect(html).to.not.include('<script>alert').and.not.include('<img src=x');
      expect(fatesIn(html)['3']).to.include('<script>alert(1)</script>');
      await register(clerk, address);
      const [caseNo] = await titled(script);
      expect(await clerk.page(`/incidents/${caseNo}`)).to.not.include('<script>alert').and.not.include('<img src=x');
    });
  });

  describe('sent twice', () => {
    it('is registered once: by two clicks, by two uploads, by a colleague, and in another order of clicks', async () => {
      const file = csv([row('发了两次的一'), row('发了两次的二')]);
      const address = await taken(clerk, '两次.csv', file);
      const { action, fields } = await registration(clerk, address);
      await Promise.all([clerk.post(action, fields), clerk.post(action, fields)]);
      await clerk.post(action, fields);
      await settled(clerk, address);
      const again = await taken(clerk, '改了名字.csv', file);
      expect(fatesIn(await clerk.page(again))['2']).to.match(/已登记 XZ-/);
      expect(await clerk.page(again)).to.not.include('/register"');
      const colleague = await bureau.clerk('xyb.leader');
      await colleague.post(`${await taken(colleague, '同事的.csv', file)}/register`, { ...(await colleague.form('/incidents/import', '/incidents/import')) });
      expect(await titled('发了两次的一')).to.have.length(1);
      expect(await titled('发了两次的二')).to.have.length(1);
    });

    it('a file that was mended and uploaded as a whole adds what was mended alone', async () => {
      for (const region of ['火星', '宿豫区']) await register(clerk, await taken(clerk, '整份.csv', csv([row('整份上传的一'), row('整份上传的二', { 5: region })])));
      expect([(await titled('整份上传的一')).length, (await titled('整份上传的二')).length]).to.deep.equal([1, 1]);
    });

    it('rows about a subject that is in hand already are named, and left out when one says so', async () => {
      const known = await clerk.reportNevertheless({ title: '在办的一起', area: 'ecology', region: 'sihong', 'subjects[0][code]': '91320100134775688Y', 'subjects[0][name]': '某置业' });
      const file = csv([row('同一主体的一行', { 7: '某置业', 8: '91320100134775688Y' }), row('别的主体的一行')]);
      const address = await taken(clerk, '已有.csv', file);
      const html = await clerk.page(address);
      expect(fatesIn(html)['2']).to.include(`同一主体有在办事件 ${known}`);
      expect(plain(html)).to.include('其中 1 行的主体已有在办事件，这次不登记');
      await register(clerk, address, { leaveOut: '1' });
      expect([(await titled('同一主体的一行')).length, (await titled('别的主体的一行')).length]).to.deep.equal([0, 1]);
      expect(noticesIn(await clerk.page(address)).join()).to.include('已登记 1 行，还有 1 行没有登记');
      await register(clerk, address);
      expect((await openingFor('同一主体的一行')).similar.map(({ caseNo }) => caseNo)).to.include(known);
    });
  });

  describe('its address', () => {
    it('opens for who uploaded it alone, and not when it was changed', async () => {
      const address = await taken(clerk, '我的.csv', csv([row('我的一行')]));
      const other = await bureau.clerk('xyb.leader');
      const token = (await other.form('/incidents/import', '/incidents/import'))['_csrf']!;
      for (const path of [address, `${address}/faults.xlsx`]) await other.get(path).expect(404);
      expect((await other.post(`${address}/register`, { _csrf: token })).status).to.equal(404);
      for (const forged of [`${address}x`, '/incidents/import/made-up', address.slice(0, -4)]) await clerk.get(forged).expect(404);
      await bureau.agent().get(address).expect(303);
      expect((await clerk.post(`${address}/register`, { _csrf: 'made-up' })).status).to.equal(403);
      expect(await titled('我的一行')).to.have.length(0);
    });

    it('is over when its day is: the page says so, and that nothing is registered twice', async () => {
      const content = csv([row('过期的一行')]);
      const address = await taken(clerk, '过期.csv', content);
      const hash = createHash('sha256').update(content).digest('hex');
      // What was read lately is still at hand in this process; four others push it out.
      for (let n = 0; n < 5; n += 1) await clerk.page(await taken(clerk, '别的.csv', csv([row(`挤占的第${n}行`)])));
      await clerk.page(address);
      for (let n = 0; n < 5; n += 1) await clerk.page(await taken(clerk, '别的.csv', csv([row(`再挤的第${n}行`)])));
      await rm(`${bureau.dataFolder}/files`, { recursive: true });
      const { text } = await clerk.get(address).expect(404);
      expect(plain(text)).to.include('上传的文件只保留一天').and.not.include(hash);
    });
  });

  it('of as many rows as may be is shown in part, and its faults go out whole, as they are written', async () => {
    const address = await taken(clerk, '很多.csv', csv(Array.from({ length: mostRows }, (_, n) => row(`第${n}行`, { 4: '2026-02-30' }))));
    expect(plain(await clerk.page(address))).to.include('本页列出前 200 行，共 2,000 行');
    const answer = await clerk.get(`${address}/faults.xlsx`).buffer(true).parse((res, done) => {
      const sizes: number[] = [];
      res.on('data', (chunk: Buffer) => sizes.push(chunk.length));
      res.on('end', () => done(null, sizes));
    }).expect(200);
    expect(answer.headers).to.include({ 'transfer-encoding': 'chunked' }).and.not.have.property('content-length');
    expect((answer.body as number[]).length, 'parts that came one after the other').to.be.greaterThan(3);
    expect(await workbookAt(clerk, `${address}/faults.xlsx`)).to.have.length(mostRows + 1);
  });
});

describe('an import that was interrupted', function () {
  this.timeout(240_000);
  let bureau: Bureau;
  before(async () => {
    bureau = await openBureau({ workers: true, timeoutMs: 1500 });
  });
  after(() => bureau.close());

  it('says how far it came, and goes on where it was; each row is one case', async () => {
    const clerk = await bureau.clerk('xyb.handler');
    const rows = 60;
    const address = await taken(clerk, '中断.csv', csv(Array.from({ length: rows }, (_, n) => row(`中断的第${n}行`))));
    const registered = async (): Promise<number> => Number((await bureau.knex('case_file').count<{ n: string }[]>('* as n').first())?.n);

    const { action, fields } = await registration(clerk, address);
    const sent = clerk.post(action, fields).then((answer) => answer.status);
    while ((await registered()) < 5) await delay(5);
    await bureau.stopWorkers();
    expect(await sent).to.equal(303);
    const html = await settled(clerk, address);
    const before = await registered();
    expect(before).to.be.within(5, rows - 1);
    expect(noticesIn(html).join()).to.include(`已登记 ${before} 行，还有 ${rows - before} 行没有登记。`);
    expect(plain(html)).to.include(`继续登记其余 ${rows - before} 行`);

    await bureau.startWorkers();
    // Temporal may offer a case to the worker that is gone for some seconds more.
    for (let tries = 0; tries < 4 && (await registered()) < rows; tries += 1) {
      await register(clerk, address);
    }
    expect(noticesIn(await settled(clerk, address)).join()).to.include(`${rows} 行已全部登记。`);
    const titles = (await bureau.knex('incident').select('title')).map(({ title }: { title: string }) => title);
    expect(titles).to.have.length(rows);
    expect(new Set(titles).size).to.equal(rows);
  });
});
