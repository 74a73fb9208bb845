import type { Response } from 'express';
import { contentDisposition } from '../../../platform/files.ts';
import { cellText, csvLine, spreadsheetType } from '../../../platform/sheets/cells.ts';
import { drained } from '../../../platform/sheets/drained.ts';
import type { ExportColumns } from './columns.ts';

export const formats = ['xlsx', 'csv'] as const;
export type ExportFormat = (typeof formats)[number];

export interface Sending {
  readonly name: string;
  /** Of the sheet. */
  readonly title: string;
  readonly columns: ExportColumns;
  readonly rows: AsyncIterable<readonly string[]>;
}

function head(res: Response, type: string, name: string): void {
  res.set({ 'Content-Type': type, 'Content-Disposition': contentDisposition('attachment', name), 'Cache-Control': 'no-store' });
}

async function sendCsv(res: Response, { name, columns, rows }: Sending): Promise<void> {
  head(res, 'text/csv; charset=utf-8', `${name}.csv`);
  // With its mark, or Excel reads it as GBK.
  res.write(`\uFEFF${columns.header.map(csvLine).join('')}`);
  for await (const cells of rows) {
    res.write(csvLine(cells));
    await drained(res);
    if (res.destroyed) return;
  }
  res.end();
}

async function sendWorkbook(res: Response, { name, title, columns, rows }: Sending): Promise<void> {
  const { default: ExcelJS } = await import('exceljs');
  head(res, spreadsheetType, `${name}.xlsx`);
  const workbook = new ExcelJS.stream.xlsx.WorkbookWriter({ stream: res, useStyles: true, useSharedStrings: false });
  const sheet = workbook.addWorksheet(title, { views: [{ state: 'frozen', ySplit: columns.header.length }] });
  sheet.columns = columns.widths.map((width) => ({ width, style: { numFmt: '@', alignment: { vertical: 'top', wrapText: true } } }));
  for (const cells of columns.header) {
    const row = sheet.addRow(cells.map(cellText));
    row.font = { bold: true };
    row.commit();
  }
  for await (const cells of rows) {
    sheet.addRow(cells.map(cellText)).commit();
    await drained(res);
    if (res.destroyed) return;
  }
  sheet.commit();
  await workbook.commit();
}

/** Sends rows as a file as they are read. */
export const sendRows = (res: Response, format: ExportFormat, sending: Sending): Promise<void> => (format === 'csv' ? sendCsv(res, sending) : sendWorkbook(res, sending));
