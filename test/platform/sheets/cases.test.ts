import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { csvRows } from '../../../src/platform/sheets/csv.ts';
import type { SheetRow } from '../../../src/platform/sheets/fault.ts';
import { withSheet } from '../../../src/platform/sheets/read.ts';
import { isWorkbook, openWorkbook } from '../../../src/platform/sheets/reader/open.ts';

const folder = fileURLToPath(new URL('../../fixtures/sheets/', import.meta.url));
const limits = { rows: 10_000, unpackedBytes: 50 * 1024 ** 2 };
/** Readings of each file; XINZHI_READINGS=10000 for a night of them. */
const readings = Number(process.env['XINZHI_READINGS'] ?? 200);

/** Of each file the tabs, the rows of each, and some cell that was once read wrongly. */
const right: Readonly<Record<string, { tabs: string[]; rows: number[]; cells: readonly (readonly [tab: number, row: number, text: string])[] }>> = {
  '00-control.xlsx': { tabs: ['双公示'], rows: [2], cells: [[0, 1, '行政相对人名称']] },
  '01a-order-excel.xlsx': { tabs: ['双公示'], rows: [2], cells: [[0, 2, '销售超过保质期的食品。']] },
  '01b-order-poi-sheet-last.xlsx': { tabs: ['双公示'], rows: [2], cells: [[0, 2, '销售超过保质期的食品。']] },
  '01c-order-shared-strings-last.xlsx': { tabs: ['双公示'], rows: [2], cells: [[0, 2, '销售超过保质期的食品。']] },
  '01f-order-excel-20-rows.xlsx': { tabs: ['双公示'], rows: [21], cells: [[0, 21, '宿迁市试件第20商贸有限公司']] },
  '02-150-rows.xlsx': { tabs: ['双公示'], rows: [151], cells: [[0, 87, '宿迁市试件第86商贸有限公司']] },
  '05-instructions-first.xlsx': { tabs: ['填写说明', '双公示'], rows: [2, 2], cells: [[1, 2, '宿市监处罚〔2026〕说1号']] },
  '05-sheet-moved-to-front.xlsx': { tabs: ['本月', '上月'], rows: [2, 2], cells: [[0, 2, '宿市监处罚〔2026〕新1号']] },
  '06-merged-cells.xlsx': { tabs: ['双公示'], rows: [3], cells: [[0, 2, '宿市监处罚〔2026〕并1号']] },
  '14-document-numbers-1.xlsx': { tabs: ['a'], rows: [2], cells: [] },
  '15-unit-renamed-old-name.xlsx': { tabs: ['a'], rows: [2], cells: [] },
  'libreoffice.xlsx': { tabs: ['填写说明', '处罚', '旧表'], rows: [1, 7, 1], cells: [[1, 4, '2026-09-03']] },
  '12-csv-scientific.csv': { tabs: [''], rows: [6], cells: [[0, 6, '91321302MA903414XB']] },
  'libreoffice.ods': { tabs: ['填写说明', '处罚', '旧表'], rows: [1, 7, 1], cells: [[1, 4, '2026-09-03']] },
  'libreoffice.xls': { tabs: ['填写说明', '处罚', '旧表'], rows: [1, 7, 1], cells: [[1, 4, '2026-09-03']] },
};

async function readingOf(name: string): Promise<{ tabs: string[]; rows: SheetRow[][] }> {
  if (!(await isWorkbook(join(folder, name)))) {
    const rows: SheetRow[] = [];
    for await (const row of csvRows(join(folder, name), limits)) rows.push(row);
    return { tabs: [''], rows: [rows] };
  }
  const book = await openWorkbook(join(folder, name), limits);
  try {
    const rows: SheetRow[][] = [];
    for (const tab of book.tabs.keys()) {
      const own: SheetRow[] = [];
      for await (const row of book.rows(tab)) own.push(row);
      rows.push(own);
    }
    return { tabs: book.tabs.map((tab) => tab.name), rows };
  } finally {
    book.close();
  }
}

describe('a workbook that was read wrongly elsewhere', function () {
  this.timeout(Math.max(60_000, readings * 1000));

  it('is in the list with its right value', () => {
    expect(Object.keys(right)).to.include.members(readdirSync(folder));
  });

  for (const [name, { tabs, rows, cells }] of Object.entries(right)) {
    it(`${name} is read in full, alike in ${readings} readings`, async () => {
      const first = await readingOf(name);
      expect(first.tabs).to.deep.equal(tabs);
      expect(first.rows.map(({ length }) => length)).to.deep.equal(rows);
      for (const [tab, number, text] of cells) expect(first.rows[tab]!.find((row) => row.number === number)?.cells).to.include(text);
      const whole = JSON.stringify(first);
      expect(whole).to.not.include('\u{FFFD}');
      for (let n = 1; n < readings; n += 1) expect(JSON.stringify(await readingOf(name)) === whole, `reading ${n}`).to.equal(true);
    });
  }

  it('is read alike by the process of its own, and what is merged, hidden or an error says so', async () => {
    for (const [name, wanted] of [['02-150-rows.xlsx', 0], ['libreoffice.xls', 1], ['libreoffice.ods', 1]] as const) {
      const rows = await withSheet(join(folder, name), limits, async (sheet) => {
        const all: SheetRow[] = [];
        for await (const row of sheet.rows(sheet.tabs[wanted]!)) all.push(row);
        if (wanted === 1) expect(sheet.tabs.map(({ visible }) => visible), name).to.deep.equal([true, true, false]);
        return all;
      });
      expect(rows).to.deep.equal((await readingOf(name)).rows[wanted]);
    }
    expect((await readingOf('06-merged-cells.xlsx')).rows[0]![2]!.faults.map(({ column, kind }) => [column, kind]).toSorted(([a], [b]) => Number(a) - Number(b))).to.deep.equal([[3, 'merged'], [4, 'merged'], [5, 'merged']]);
    for (const name of ['libreoffice.xlsx', 'libreoffice.xls', 'libreoffice.ods']) {
      const [, table] = (await readingOf(name)).rows;
      expect(table!.filter(({ hidden }) => hidden).map(({ number }) => number), name).to.deep.equal([4]);
      expect(table!.at(-1)!.faults, name).to.deep.equal([{ column: 2, kind: 'error', text: '#N/A' }]);
    }
  });
});
