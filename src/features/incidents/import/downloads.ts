import type { Request, Response } from 'express';
import { contentDisposition } from '../../../platform/files.ts';
import { asWritten, cellText, spreadsheetType } from '../../../platform/sheets/cells.ts';
import { unitName, type Unit } from '../../../platform/units.ts';
import { areas, fields } from '../../../rules/incident/facts.ts';
import { regionsOf } from '../parts.ts';
import { columns, requiredColumns, type Column, type Sheet } from './columns.ts';
import type { PlannedRow } from './plan.ts';

const widths: Partial<Record<Column, number>> = { title: 36, what: 60, subjectName: 30, subjectCode: 24, sourceUrl: 30, place: 24, reporterMail: 24 };
/** Rows of the template whose cells offer the values that are known. */
const offeredRows = 500;

function head(req: Request, res: Response, name: string): void {
  res.set({
    'Content-Type': spreadsheetType,
    'Content-Disposition': contentDisposition('attachment', `${name}.xlsx`),
    'Cache-Control': 'no-store',
  });
}

/** An empty table with the right columns, and a second sheet that explains them. */
export async function sendTemplate(req: Request, res: Response, units: readonly Unit[]): Promise<void> {
  const { t, locale } = req;
  const { default: ExcelJS } = await import('exceljs');
  const workbook = new ExcelJS.Workbook();
  const sheet = workbook.addWorksheet(t('incidents:import.template.sheet'), { views: [{ state: 'frozen', ySplit: 1 }] });
  sheet.columns = columns.map((column) => ({
    key: column,
    header: t(requiredColumns.includes(column) ? 'incidents:import.template.required' : 'incidents:import.template.optional', { name: t(`incidents:import.column.${column}`) }),
    width: widths[column] ?? 16,
    // Codes and days stay as they are typed.
    style: { numFmt: '@' },
  }));
  sheet.getRow(1).font = { bold: true };

  const offered: Partial<Record<Column, string[]>> = {
    field: fields.map((value) => t(`stages:field.${value}`)),
    area: areas.map((value) => t(`stages:area.${value}`)),
    region: regionsOf(units).filter(({ active }) => active).map((unit) => unitName(unit, locale, 'short')),
  };
  const notes = workbook.addWorksheet(t('incidents:import.template.notes'));
  notes.columns = [{ width: 20 }, { width: 12 }, { width: 90 }];
  notes.addRow([t('incidents:import.template.column'), t('incidents:import.template.need'), t('incidents:import.template.how')]).font = { bold: true };
  for (const column of columns) {
    const values = offered[column];
    notes.addRow([
      t(`incidents:import.column.${column}`),
      t(requiredColumns.includes(column) ? 'incidents:import.template.needed' : 'incidents:import.template.notNeeded'),
      t(`incidents:import.hint.${column}`, { values: values?.join(t('common:list')) ?? '' }),
    ]);
  }
  const lists = workbook.addWorksheet('lists', { state: 'veryHidden' });
  Object.entries(offered).forEach(([column, values], n) => {
    lists.getColumn(n + 1).values = values;
    const letter = lists.getColumn(n + 1).letter;
    const place = columns.indexOf(column as Column) + 1;
    for (let row = 2; row <= offeredRows; row += 1) {
      sheet.getCell(row, place).dataValidation = { type: 'list', allowBlank: true, formulae: [`lists!$${letter}$1:$${letter}$${values.length}`] };
    }
  });
  head(req, res, t('incidents:import.template.name'));
  await workbook.xlsx.write(res);
}

/** The rows that can't be registered, as they were, with the reasons beside each, to be mended and uploaded again. */
export async function sendFaults(req: Request, res: Response, sheet: Sheet, rows: readonly PlannedRow[], name: string): Promise<void> {
  const { t } = req;
  const { default: ExcelJS } = await import('exceljs');
  head(req, res, t('incidents:import.faultsName', { name: name.replace(/\.[^.]+$/, '') }));
  const workbook = new ExcelJS.stream.xlsx.WorkbookWriter({ stream: res, useStyles: true, useSharedStrings: false });
  const out = workbook.addWorksheet(t('incidents:import.template.sheet'), { views: [{ state: 'frozen', ySplit: 1 }] });
  out.columns = [
    ...sheet.header.map((header) => ({ header: cellText(header), width: 22, style: { numFmt: '@', alignment: { vertical: 'top' as const, wrapText: true } } })),
    { header: t('incidents:import.rowColumn'), width: 8 },
    { header: t('incidents:import.reason'), width: 60, style: { alignment: { vertical: 'top' as const, wrapText: true } } },
  ];
  out.getRow(1).font = { bold: true };
  for (const { row, faults } of rows) {
    if (faults) out.addRow([...sheet.header.map((_, n) => cellText(asWritten(row, n))), row.number, cellText(faults.join('\n'))]).commit();
  }
  out.commit();
  await workbook.commit();
}
