import type { Request, Response } from 'express';
import type { Knex } from 'knex';
import { contentDisposition } from '../../../platform/files.ts';
import { asWritten, cellText, spreadsheetType } from '../../../platform/sheets/cells.ts';
import { drained } from '../../../platform/sheets/drained.ts';
import type { SheetRow } from '../../../platform/sheets/fault.ts';
import { penaltyKinds, recordDomains, recordKinds } from '../../../rules/records/facts.ts';
import { codeOf, isRequired, needOf, tableColumns, type Column, type Table } from './columns.ts';
import { faultInWords, type RowFault } from './faults.ts';
import { notedRows } from './imports.ts';
import { useScopes } from './words.ts';

const widths: Partial<Record<Column, number>> = { subjectName: 30, uscc: 24, documentNo: 26, act: 48, legalBasis: 36, decision: 36, penaltyKinds: 22, authority: 26 };
/** Rows of the template whose cells offer the values that are known. */
const offeredRows = 500;

function head(res: Response, name: string): void {
  res.set({ 'Content-Type': spreadsheetType, 'Content-Disposition': contentDisposition('attachment', `${name}.xlsx`), 'Cache-Control': 'no-store' });
}

/** An empty table of the standard: field codes, their names, and a second sheet that explains them. */
export async function sendTemplate(req: Request, res: Response): Promise<void> {
  const { t } = req;
  const { default: ExcelJS } = await import('exceljs');
  const workbook = new ExcelJS.Workbook();
  const sheet = workbook.addWorksheet(t('imports:template.sheet'), { views: [{ state: 'frozen', ySplit: 2 }] });
  const nameOf = (column: Column): string => t(isRequired(column) ? 'imports:template.required' : 'imports:template.optional', { name: t(`imports:column.${column}`) });
  // Codes and days stay as they are typed.
  sheet.columns = tableColumns.map((column) => ({ key: column, width: widths[column] ?? 16, style: { numFmt: '@' } }));
  sheet.addRow(tableColumns.map((column) => codeOf(column) ?? t(`imports:column.${column}`))).font = { bold: true };
  sheet.addRow(tableColumns.map(nameOf));

  const offered: Partial<Record<Column, string[]>> = {
    subjectKind: [t('imports:subject.organisation'), t('imports:subject.trader'), t('imports:subject.person')],
    kind: recordKinds.map((value) => t(`records:kind.${value}`)),
    domain: recordDomains.map((value) => t(`records:domain.${value}`)),
    summaryProcedure: [t('records:show.yes'), t('records:show.no')],
    performed: [t('records:show.yes'), t('records:show.no')],
    useScope: useScopes.map((value) => t(`imports:useScope.${value}`)),
  };
  const notes = workbook.addWorksheet(t('imports:template.notes'));
  notes.columns = [{ width: 18 }, { width: 28 }, { width: 12 }, { width: 100 }];
  notes.addRow(['code', 'column', 'need', 'how'].map((key) => t(`imports:template.${key}`))).font = { bold: true };
  for (const column of tableColumns) {
    notes.addRow([codeOf(column) ?? '', t(`imports:column.${column}`), t(`imports:template.${needOf(column)}`), t(`imports:hint.${column}`)]);
  }
  notes.addRow([]);
  notes.addRow(['', t('imports:column.penaltyKinds'), '', penaltyKinds.map((kind) => t(`records:penaltyKind.${kind}`)).join(t('common:list'))]);
  const lists = workbook.addWorksheet('lists', { state: 'veryHidden' });
  Object.entries(offered).forEach(([column, values], n) => {
    lists.getColumn(n + 1).values = values;
    const { letter } = lists.getColumn(n + 1);
    const place = tableColumns.findIndex((one) => one === column) + 1;
    for (let row = 3; row <= offeredRows; row += 1) {
      sheet.getCell(row, place).dataValidation = { type: 'list', allowBlank: true, formulae: [`lists!$${letter}$1:$${letter}$${values.length}`] };
    }
  });
  head(res, t('imports:template.name'));
  await workbook.xlsx.write(res);
}

/** The bad rows of an import in the order of the file, some hundreds at a time. */
async function* badRows(knex: Knex, importId: string): AsyncGenerator<{ row: number; faults: readonly RowFault[] }> {
  for (let from = 0, most = 500, found = most; found === most;) {
    const notes = await notedRows(knex, importId, { from, outcome: 'bad', most });
    for (const note of notes) if (note.outcome === 'bad') yield { row: note.row, faults: note.what };
    found = notes.length;
    from = notes.at(-1)?.row ?? from;
  }
}

export interface FaultyFile {
  readonly knex: Knex;
  readonly importId: string;
  readonly rows: AsyncIterable<SheetRow>;
  readonly table: Table;
  readonly name: string;
}

/** The bad rows as they were, with the reasons beside each, to be mended and uploaded again; sent as they are read. */
export async function sendFaults(req: Request, res: Response, { knex, importId, rows, table, name }: FaultyFile): Promise<void> {
  const { t } = req;
  const { default: ExcelJS } = await import('exceljs');
  head(res, t('imports:faults.fileName', { name: name.replace(/\.[^.]+$/, '') }));
  const workbook = new ExcelJS.stream.xlsx.WorkbookWriter({ stream: res, useStyles: true, useSharedStrings: false });
  const out = workbook.addWorksheet(t('imports:template.sheet'), { views: [{ state: 'frozen', ySplit: 1 }] });
  out.columns = [
    ...table.names.map((header) => ({ header: cellText(header), width: 22, style: { numFmt: '@', alignment: { vertical: 'top' as const, wrapText: true } } })),
    { header: t('imports:row'), width: 8 },
    { header: t('imports:reason'), width: 60, style: { alignment: { vertical: 'top' as const, wrapText: true } } },
  ];
  out.getRow(1).font = { bold: true };
  const bad = badRows(knex, importId);
  let next = await bad.next();
  for await (const row of rows) {
    const { number } = row;
    if (next.done) break;
    if (number !== next.value.row) continue;
    const reasons = next.value.faults.map((fault) => faultInWords(fault, t)).join('\n');
    out.addRow([...table.names.map((_, n) => cellText(asWritten(row, n))), number, cellText(reasons)]).commit();
    if (res.destroyed) return;
    await drained(res);
    next = await bad.next();
  }
  out.commit();
  await workbook.commit();
}
