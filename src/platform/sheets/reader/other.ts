import { readFile } from 'node:fs/promises';
import { mostColumns, SheetFault, type SheetRow } from '../fault.ts';
import { numberValue, RowDraft, textValue, type CellValue } from './cell.ts';
import { amongRows, type HiddenOfTable } from './hidden.ts';
import { Merged } from './merges.ts';
import type { OpenWorkbook } from './open-workbook.ts';
import { shownByCode } from './serial.ts';
import type { CellObject, WorkBook, WorkSheet } from '@e965/xlsx';

function valueOf({ t, v, w, z, f }: CellObject, from1904: boolean): CellValue {
  if (t === 'e') return { fault: 'error', text: w ?? '#N/A' };
  if (t === 'b') return { text: v === true ? 'TRUE' : 'FALSE' };
  if (t === 'n' && typeof v === 'number') return numberValue(v, typeof z === 'string' ? shownByCode(z) : undefined, from1904);
  if (v === undefined || v === null) return f === undefined ? { text: '' } : { fault: 'uncomputed', text: '' };
  return textValue(String(v));
}

function* rowsOf(sheet: WorkSheet, from1904: boolean, hidden: HiddenOfTable | undefined): Generator<SheetRow> {
  const isHidden = amongRows(hidden?.rows ?? []);
  const merged = new Merged((sheet['!merges'] ?? []).map(({ s, e }) => ({ top: s.r + 1, bottom: e.r + 1, left: s.c, right: e.c })));
  for (const [n, cells] of (sheet['!data'] ?? []).entries()) {
    const draft = new RowDraft(n + 1, sheet['!rows']?.[n]?.hidden === true || isHidden(n + 1));
    (cells ?? []).slice(0, mostColumns).forEach((cell: CellObject | undefined, column) => {
      if (cell) draft.put(column, valueOf(cell, from1904));
    });
    merged.mark(draft, n + 1);
    const row = draft.finished();
    if (row) yield row;
  }
}

/**
 * Opens a workbook of Excel 97 to 2003 (.xls, .et) or OpenDocument (.ods). All of it is in memory; an .xls file has no
 * more than 65,536 rows. @param hidden what each table of an OpenDocument file hides, of which its reader says nothing.
 * @throws SheetFault
 */
export async function openOther(path: string, hidden: readonly HiddenOfTable[] = []): Promise<OpenWorkbook> {
  const { default: XLSX } = await import('@e965/xlsx');
  let book: WorkBook;
  try {
    book = XLSX.read(await readFile(path), { dense: true, cellNF: true, cellFormula: true, cellHTML: false, cellDates: false, sheetStubs: false });
  } catch (error) {
    throw new SheetFault(error instanceof Error && /password|encrypt/i.test(error.message) ? 'protected' : 'broken');
  }
  const from1904 = book.Workbook?.WBProps?.date1904 === true;
  return {
    tabs: book.SheetNames.map((name, n) => ({ name, visible: (book.Workbook?.Sheets?.[n]?.Hidden ?? 0) === 0 && hidden[n]?.whole !== true })),
    async *rows(tab) {
      const sheet = book.Sheets[book.SheetNames[tab] ?? ''];
      if (sheet) yield* rowsOf(sheet, from1904, hidden[tab]);
    },
    close: () => undefined,
  };
}
