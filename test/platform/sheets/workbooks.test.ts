import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { SheetFault, type SheetRow } from '../../../src/platform/sheets/fault.ts';
import { withSheet } from '../../../src/platform/sheets/read.ts';
import { openWorkbook } from '../../../src/platform/sheets/reader/open.ts';
import { momentText, shownBy } from '../../../src/platform/sheets/reader/serial.ts';
import { failure } from '../../support/failure.ts';
import { openDocument, partsOf, workbook, zip, type Parts, type WorkbookOf } from '../../support/workbook.ts';

const limits = { rows: 10_000, unpackedBytes: 50 * 1024 ** 2 };
const cell = (value: string, type = '', style = 0): string => `<c${type === '' ? '' : ` t="${type}"`} s="${style}"><v>${value}</v></c>`;
const inline = (text: string): string => `<c t="inlineStr"><is><t>${text}</t></is></c>`;
const ods = (content: string): Buffer => zip({ mimetype: 'application/vnd.oasis.opendocument.spreadsheet', 'META-INF/manifest.xml': '<manifest/>', 'styles.xml': openDocument(''), 'content.xml': content });
const oneRow = (...cells: string[]): string => `<row>${cells.join('')}</row>`;

describe('a workbook', () => {
  let folder: string;
  before(() => { folder = mkdtempSync(join(tmpdir(), 'xinzhi-workbooks-')); });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const written = (content: Buffer): string => {
    const path = join(folder, 'table.xlsx');
    writeFileSync(path, content);
    return path;
  };
  async function rowsOf(content: Buffer, tab = 0): Promise<SheetRow[]> {
    const book = await openWorkbook(written(content), limits);
    try {
      const rows: SheetRow[] = [];
      for await (const row of book.rows(tab)) rows.push(row);
      return rows;
    } finally {
      book.close();
    }
  }
  const cellsOf = async (of: WorkbookOf): Promise<readonly string[]> => (await rowsOf(workbook(of)))[0]?.cells ?? [];
  const faultOf = async (work: Promise<unknown>): Promise<string> => {
    const error = await failure(work);
    if (!(error instanceof SheetFault)) throw error;
    return error.key;
  };

  describe('with days in it', () => {
    it('gives every day from 1900-03-01 to 2100 in both counts', () => {
      const first = Date.UTC(1900, 2, 1);
      for (let n = 0; first + n * 86_400_000 <= Date.UTC(2100, 11, 31); n += 1) {
        const day = new Date(first + n * 86_400_000).toISOString().slice(0, 10);
        if (momentText(61 + n, 'day', false) !== day) expect(momentText(61 + n, 'day', false)).to.equal(day);
        if (n >= 1401 && momentText(61 + n - 1462, 'day', true) !== day) expect(momentText(61 + n - 1462, 'day', true)).to.equal(day);
      }
      expect([momentText(1, 'day', false), momentText(59, 'day', false), momentText(60, 'day', false)]).to.deep.equal(['1900-01-01', '1900-02-28', '1900-02-29']);
    });

    it('knows the built-in formats of every program, the Chinese ones too, and those in words', async () => {
      const builtIn = [14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 50, 51, 52, 53, 54, 55, 56, 57, 58];
      const words = [
        'yyyy-mm-dd', 'yyyy/m/d;@', 'yyyy"年"m"月"d"日"', 'yyyy"年"m"月"d"日";@', '[$-804]yyyy/m/d', '[DBNum1][$-804]yyyy"年"m"月"d"日";@', 'yyyy\\-mm\\-dd', 'm/d/yy h:mm', 'e"年"m"月"d"日"',
        '[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy', 'd-mmm-yy', 'yyyy年mm月dd日', '[Red]yyyy/m/d', 'aaaa',
      ];
      const formats = [...builtIn, ...words];
      const cells = await cellsOf({ rows: oneRow(...formats.map((_, n) => cell('46269', '', n + 1))), formats });
      formats.forEach((format, n) => expect(cells[n], String(format)).to.equal('2026-09-04'));
      const numbers = ['General', '0.00', '#,##0.00"元"', '0.00E+00', '@', '[Red]0', '"d"0', 'G/通用格式', '0%', '_-¥* #,##0.00_-', '\\d0', '[$¥-804]#,##0', '##0.0E+0', '[>99]0;0'];
      for (const format of numbers) expect(shownBy(164, format), format).to.deep.equal({ as: 'number' });
    });

    it('counts from 1904 where the file says so, has times of day, and days as texts of the standard', async () => {
      const rows = oneRow(cell('44807', '', 1), cell('44807.4375', '', 1), cell('0.4375', '', 2), cell('2026-09-04T00:00:00Z', 'd'), cell('2026-09-04T08:30:00', 'd'));
      expect(await cellsOf({ rows, formats: ['yyyy-mm-dd', 'h:mm'], from1904: true })).to.deep.equal(['2026-09-04', '2026-09-04 10:30', '10:30', '2026-09-04', '2026-09-04 08:30:00']);
      expect(await cellsOf({ rows: oneRow(cell('46269.999999', '', 1), cell('12', '', 2), cell('-1', '', 1)), formats: ['yyyy-mm-dd', '0000'] })).to.deep.equal(['2026-09-05', '0012', '-1']);
    });
  });

  describe('with texts in it', () => {
    const strings = '<si><r><rPr><b/></rPr><t>宿迁</t></r><r><t xml:space="preserve">某公司 </t></r><rPh sb="0" eb="1"><t>スーチエン</t></rPh><phoneticPr/></si><si><t>一_x000D_&#10;二_x005F_x</t></si>';

    it('joins the runs of rich text, leaves out guides to pronunciation, and reads escaped signs', async () => {
      expect(await cellsOf({ rows: oneRow(cell('0', 's'), cell('1', 's'), '<c t="inlineStr"><is><r><t>甲</t></r><r><t>乙</t></r><rPh><t>jia</t></rPh></is></c>'), strings })).to.deep.equal(['宿迁某公司', '一\n二_x', '甲乙']);
    });

    it('is the same in any order of its parts, with any prefix, in the strict form, in UTF-16, and by cells without names', () =>
      fc.assert(fc.asyncProperty(fc.constantFrom('', 'x', 'ns0'), fc.constantFrom('usual' as const, 'strict' as const), fc.infiniteStream(fc.nat()), fc.boolean(), async (prefix, form, order, wide) => {
        const parts = Object.entries(partsOf({ rows: oneRow(cell('0', 's'), inline('甲'), cell('1', 'b'), cell('乙', 'str')), strings, prefix, form }));
        const encoded = parts.map(([name, text]): [string, Buffer] => [name, wide ? Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from(text.replace('encoding="UTF-8"', 'encoding="UTF-16"'), 'utf16le')]) : Buffer.from(text)]);
        const shuffled: Parts = Object.fromEntries(encoded.map((part) => [order.next().value as number, part] as const).toSorted(([a], [b]) => a - b).map(([, part]) => part));
        expect((await rowsOf(zip(shuffled)))[0]!.cells).to.deep.equal(['宿迁某公司', '甲', 'TRUE', '乙']);
      }), { numRuns: 25 }));

    it('has them without a table of shared texts; one that points to none is no empty cell', async () => {
      expect(await cellsOf({ rows: oneRow(inline('甲'), cell('1')) })).to.deep.equal(['甲', '1']);
      expect(await faultOf(cellsOf({ rows: oneRow(cell('7', 's')), strings }))).to.equal('broken');
      expect(await faultOf(cellsOf({ rows: oneRow(cell('0', 's')) }))).to.equal('broken');
    });
  });

  it('never takes an error, a formula without result, a cut number or a part of a merged cell for a value', async () => {
    const rows = `<row r="1">${cell('#N/A', 'e')}${cell('#REF!', 'str')}<c><f>A1</f></c><c><f>1+1</f><v>2</v></c>${cell('913213000000000000')}${inline('3.21E+17')}${inline('########')}</row><row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c></row>`;
    const [first, second] = await rowsOf(workbook({ rows, after: '<mergeCells count="1"><mergeCell ref="B1:B2"/></mergeCells>' }));
    expect(first!.cells).to.deep.equal(['', '', '', '2', '', '', '']);
    expect(first!.faults.map(({ column, kind }) => [column, kind])).to.deep.equal([[0, 'error'], [1, 'error'], [2, 'uncomputed'], [4, 'cut'], [5, 'cut'], [6, 'error']]);
    expect(second).to.deep.include({ cells: ['1', ''], faults: [{ column: 1, kind: 'merged', text: '2' }] });
  });

  it('tells hidden rows and tabs, keeps the order of the tabs, and refuses rows out of order', async () => {
    const sheets = [{ name: '隐', state: 'veryHidden', rows: oneRow(inline('隐')) }, { name: '表', rows: `<row hidden="1">${inline('a')}</row><row r="5" hidden="true">${inline('b')}</row><row>${inline('c')}</row>` }];
    const path = written(workbook({ rows: '', sheets }));
    const { tabs, rows } = await withSheet(path, limits, async (sheet) => {
      const all: SheetRow[] = [];
      for await (const row of sheet.rows(sheet.tabs[1]!)) all.push(row);
      return { tabs: sheet.tabs, rows: all };
    }, { counting: true });
    expect(tabs.map(({ name, visible, rows: count, head }) => [name, visible, count, head.length])).to.deep.equal([['隐', false, 1, 0], ['表', true, 3, 3]]);
    expect(rows.map(({ number, hidden = false }) => [number, hidden])).to.deep.equal([[1, true], [5, true], [6, false]]);
    expect(await faultOf(rowsOf(workbook({ rows: `<row r="5">${inline('a')}</row><row r="3">${inline('b')}</row>` })))).to.equal('broken');
  });

  it('of OpenDocument says which rows and tabs are hidden, by a filter, by hand, in a folded group or many at once', async () => {
    const row = (text: string, about = ''): string => `<table:table-row${about}><table:table-cell office:value-type="string"><text:p>${text}</text:p></table:table-cell></table:table-row>`;
    const group = (display: boolean, inside: string): string => `<table:table-row-group${display ? '' : ' table:display="false"'}>${inside}</table:table-row-group>`;
    const empty = '<table:table-row table:number-rows-repeated="20" table:visibility="filter"><table:table-cell/></table:table-row>';
    const rows = `<table:table-header-rows>${row('名称')}</table:table-header-rows>${row('a', ' table:visibility="filter"')}${row('b')}${row('c', ' table:visibility="collapse" table:number-rows-repeated="2"')}${empty}${group(true, row('d') + group(false, row('e') + group(true, row('f'))) + row('g'))}${row('h', ' table:visibility="visible"')}`;
    const content = openDocument(rows, '<style:style style:name="off" style:family="table"><style:table-properties table:display="false"/></style:style><style:style style:name="on" style:family="table"><style:table-properties table:display="true"/></style:style>', `<table:table table:name="隐" table:style-name="off">${row('x')}</table:table>`);
    // The attribute that hides a row stands across the pieces in which the part is unpacked.
    const pieces = Array.from({ length: 40 }, (_, n) => openDocument(row('名称') + ' '.repeat(16_350 + n) + row('a', ' table:visibility="filter"')));
    for (const piece of pieces) expect((await rowsOf(ods(piece)))[1]!.hidden).to.equal(true);
    const path = written(ods(content));
    await withSheet(path, limits, async (sheet) => {
      expect(sheet.tabs.map(({ name, visible, head }) => [name, visible, head.length > 0])).to.deep.equal([['表', true, true], ['隐', false, false]]);
      const found: SheetRow[] = [];
      for await (const one of sheet.rows(sheet.tabs[0]!)) found.push(one);
      expect(found.map(({ number, cells, hidden = false }) => [number, cells[0], hidden])).to.deep.equal([
        [1, '名称', false], [2, 'a', true], [3, 'b', false], [4, 'c', true], [5, 'c', true], [26, 'd', false], [27, 'e', true], [28, 'f', true], [29, 'g', false], [30, 'h', false],
      ]);
    });
  });

  describe('that would take memory or time from others', function () {
    this.timeout(300_000);
    const spaces = (megabytes: number): Buffer => Buffer.alloc(megabytes * 1024 ** 2, ' ');
    const bomb = (inside: Buffer): Parts => ({ ...partsOf({ rows: oneRow(inline('甲')), strings: '' }), 'xl/sharedStrings.xml': inside });
    const open = (content: Buffer, heapMegabytes = 512, patienceMs = 60_000, unpackedBytes = limits.unpackedBytes): Promise<string> =>
      faultOf(withSheet(written(content), { ...limits, unpackedBytes }, () => Promise.resolve(), { reader: { heapMegabytes, patienceMs } }));

    it('is refused by what comes out of it, whatever it says of itself', async () => {
      const content = Buffer.concat([Buffer.from('<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'), spaces(200)]);
      const packed = zip(bomb(content));
      expect(await open(packed)).to.equal('tooLarge');
      expect(await open(zip(bomb(content), { said: { 'xl/sharedStrings.xml': 1000 } }))).to.be.oneOf(['tooLarge', 'broken']);
    });

    it('ends with its own process when it fills the heap, or takes too long', async () => {
      const text = Buffer.concat([Buffer.from('<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'), Buffer.from('<si><t>严重</t></si>'.repeat(2_000_000))]);
      const long = Buffer.concat([Buffer.from('<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'), Buffer.alloc(200 * 1024 ** 2, 'a')]);
      expect(await open(zip(bomb(long)), 64, 60_000, 500 * 1024 ** 2)).to.equal('tooLarge');
      expect(await open(zip(bomb(text)), 512, 300, 500 * 1024 ** 2)).to.equal('tooSlow');
    });

    it('is refused whole, by the name of the part, when the bytes of any part are not those that were packed', async () => {
      const parts = partsOf({ rows: oneRow(cell('0', 's'), inline('甲')), strings: '<si><t>宿迁</t></si>', after: '<mergeCells count="1"><mergeCell ref="D1:D2"/></mergeCells>', formats: [14] });
      for (const name of Object.keys(parts).filter((one) => one !== '[Content_Types].xml')) {
        const taken: SheetRow[] = [];
        const fault = await failure((async () => {
          const book = await openWorkbook(written(zip(parts, { damaged: [name] })), limits);
          for await (const row of book.rows(0)) taken.push(row);
        })());
        expect(fault, name).to.be.instanceOf(SheetFault).with.deep.include({ key: 'damaged', params: { part: name } });
        expect(taken, name).to.deep.equal([]);
      }
      const parted = { mimetype: 'application/vnd.oasis.opendocument.spreadsheet', 'content.xml': openDocument('<table:table-row><table:table-cell office:value-type="string"><text:p>甲</text:p></table:table-cell></table:table-row>'), 'styles.xml': openDocument('') };
      for (const name of ['content.xml', 'styles.xml']) expect(await faultOf(rowsOf(zip(parted, { damaged: [name] }))), name).to.equal('damaged');
    });

    it('or is damaged, locked or cut off is said to be so', async () => {
      const good = workbook({ rows: oneRow(inline('甲')) });
      expect(await faultOf(rowsOf(good.subarray(0, good.length - 30)))).to.equal('broken');
      expect(await faultOf(rowsOf(workbook({ rows: '<row><c></row>' })))).to.equal('broken');
      expect(await faultOf(rowsOf(zip({ 'word/document.xml': '<a/>' })))).to.equal('broken');
      expect(await faultOf(rowsOf(Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(2000)])))).to.be.oneOf(['broken', 'protected']);
    });
  });
});
