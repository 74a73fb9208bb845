import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import ExcelJS from 'exceljs';
import fc from 'fast-check';
import { encodingOf } from '../../../src/platform/sheets/encoding.ts';
import { SheetFault, type SheetRow } from '../../../src/platform/sheets/fault.ts';
import { withSheet } from '../../../src/platform/sheets/read.ts';
import { failure } from '../../support/failure.ts';
import { toGb18030 } from '../../support/gb18030.ts';

const chinese = fc.string({ unit: fc.constantFrom(...'宿迁市某食品有限公司使用过期原料生产糕点罚款元整一二三四五六七八九'), minLength: 4, maxLength: 40 });
const lines = fc.array(chinese, { minLength: 1, maxLength: 40 });

describe('a table in a file', () => {
  let folder: string;
  before(() => { folder = mkdtempSync(join(tmpdir(), 'xinzhi-sheets-')); });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const written = (content: Buffer, name = 'table.csv'): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const rowsOf = async (path: string, rows = 10_000): Promise<SheetRow[]> => {
    const found: SheetRow[] = [];
    await withSheet(path, { rows, unpackedBytes: 50 * 1024 ** 2 }, async (sheet) => {
      for await (const row of sheet.rows(sheet.tabs[0]!)) found.push(row);
    });
    return found;
  };
  const faultOf = async (work: Promise<unknown>): Promise<{ key: string; line: unknown }> => {
    const error = await failure(work);
    if (!(error instanceof SheetFault)) throw error;
    return { key: error.key, line: error.params['line'] };
  };

  it('is read alike in UTF-8, with and without its mark, in GB 18030, and across the pieces in which it is read', () =>
    fc.assert(fc.asyncProperty(lines, fc.constantFrom(1, 400), async (some, times) => {
      const all = Array.from({ length: times }, () => some).flat();
      const text = all.map((line, n) => `${n},${line}`).join('\r\n');
      const utf8 = Buffer.from(text);
      for (const content of [utf8, Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), utf8]), toGb18030(text)]) {
        const rows = await rowsOf(written(content), 20_000);
        expect(rows.map(({ cells }) => cells[1])).to.deep.equal(all);
        expect(rows.at(-1)!.number).to.equal(all.length);
      }
    }), { numRuns: 15 }));

  it('in two encodings breaks at the line where they meet, whichever comes first', () =>
    fc.assert(fc.asyncProperty(lines, lines, fc.boolean(), async (first, second, utf8First) => {
      const encode = [(text: string): Buffer => Buffer.from(text), toGb18030];
      const [one, other] = utf8First ? [encode[0]!, encode[1]!] : [encode[1]!, encode[0]!];
      const path = written(Buffer.concat([one(`${first.join('\n')}\n`), other(second.join('\n'))]));
      expect(await faultOf(encodingOf(path))).to.deep.equal({ key: 'mixed', line: first.length + 1 });
    }), { numRuns: 40 }));

  it('of plain ASCII is UTF-8; a line in no encoding is named', async () => {
    expect(await encodingOf(written(Buffer.from('a,b\n1,2\n')))).to.equal('utf-8');
    expect(await encodingOf(written(Buffer.alloc(0)))).to.equal('utf-8');
    expect(await faultOf(encodingOf(written(Buffer.concat([Buffer.from('a\nb\n'), Buffer.of(0xff, 0xff)]))))).to.deep.equal({ key: 'encoding', line: 3 });
  });

  it('longer than what is taken is given up at once, and a reader may stop when he likes', async () => {
    const path = written(Buffer.from('1,2\n'.repeat(200_000)));
    expect(await faultOf(rowsOf(path, 10))).to.include({ key: 'tooManyRows' });
    await withSheet(path, { rows: 200_000, unpackedBytes: 1 }, async (sheet) => {
      for await (const { number } of sheet.rows(sheet.tabs[0]!)) if (number === 3) break;
    });
  });

  it('of .xlsx gives days as days and numbers without the dust of fractions', async () => {
    const workbook = new ExcelJS.Workbook();
    workbook.addWorksheet('x').addRow(['甲', 0.1 + 0.2, new Date('2026-09-24T00:00:00Z'), 0.000001, 913_213_000_000_000_000]);
    const [row] = await rowsOf(written(Buffer.from(await workbook.xlsx.writeBuffer()), 'table.xlsx'));
    expect(row!.cells.slice(0, 4)).to.deep.equal(['甲', '0.3', '2026-09-24', '0.000001']);
    expect(row!.faults).to.deep.equal([{ column: 4, kind: 'cut', text: '913213000000000000' }]);
  });
});
