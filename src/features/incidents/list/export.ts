import type { Request, Response } from 'express';
import type { Knex } from 'knex';
import { contentDisposition } from '../../../platform/files.ts';
import { createMoments } from '../../../platform/http/moments.ts';
import { countUpTo, type PageOf, type Position } from '../../../platform/paging.ts';
import { cellText, spreadsheetType } from '../../../platform/sheets/cells.ts';
import { drained } from '../../../platform/sheets/drained.ts';
import type { Unit } from '../../../platform/units.ts';
import type { Sight } from '../../../platform/visibility.ts';
import { todayOf, unitNames } from '../parts.ts';
import type { IncidentFilter } from './filter.ts';
import { describe } from './presenter.ts';
import { companionsOf, filtered, listIncidents, type Companion, type ListedIncident } from './queries.ts';

/** More rows would keep the process from its other readers for too long; a narrower filter gives them in parts. */
export const exportLimit = 20_000;
const batch = 500;

/** How many rows the list has; of more than are exported at once, one more than these. */
export const countRows = (knex: Knex, sight: Sight, filter: IncidentFilter, now: Date): Promise<number> =>
  countUpTo(knex, filtered(knex, sight, filter, now).select('i.case_id'), exportLimit + 1);

const columns = [
  ['caseNo', 18], ['title', 48], ['subjects', 36], ['codes', 24], ['field', 12], ['area', 12], ['level', 10], ['step', 18], ['accountable', 20], ['turn', 24],
  ['region', 14], ['occurredOn', 12], ['deadline', 18], ['late', 8], ['openedAt', 18], ['closedAt', 18],
] as const;
type Key = (typeof columns)[number][0];

function rowOf(req: Request, incident: ListedIncident, companion: Companion | undefined, units: readonly Unit[], now: Date): Record<Key, string> {
  const moments = createMoments(req.t);
  const said = describe(req, incident, companion, units);
  const time = (at: Date | null): string => (at === null ? '' : moments.tableTime(at).text);
  const lines = (texts: readonly string[]): string => texts.join('\n');
  return {
    caseNo: incident.caseNo,
    title: incident.title,
    subjects: lines(said.subjects),
    codes: lines((companion?.subjects ?? []).map(({ uscc }) => uscc ?? '')),
    field: req.t(`stages:field.${incident.field}`),
    area: said.area,
    level: said.level ?? '',
    step: said.standing,
    accountable: said.accountable ?? '',
    turn: said.turn ?? '',
    region: unitNames(units, req.locale, 'short')(incident.region),
    occurredOn: incident.occurredOn,
    deadline: time(incident.dueAt),
    late: incident.dueAt !== null && incident.dueAt < now ? req.t('common:late') : '',
    openedAt: time(incident.openedAt),
    closedAt: time(incident.closedAt),
  };
}

/** Sends all rows of a filter as a spreadsheet, in the order of the list, as they are read: memory stays small. */
export async function sendExport(
  req: Request,
  res: Response,
  { knex, sight, filter, units, now }: { knex: Knex; sight: Sight; filter: IncidentFilter; units: readonly Unit[]; now: Date },
): Promise<void> {
  // Loaded when it is first needed: it is large.
  const { default: ExcelJS } = await import('exceljs');
  res.set({
    'Content-Type': spreadsheetType,
    'Content-Disposition': contentDisposition('attachment', `${req.t('incidents:export.name', { date: todayOf(now) })}.xlsx`),
    'Cache-Control': 'no-store',
  });
  const workbook = new ExcelJS.stream.xlsx.WorkbookWriter({ stream: res, useStyles: true, useSharedStrings: false });
  const sheet = workbook.addWorksheet(req.t('incidents:title'), { views: [{ state: 'frozen', ySplit: 1 }] });
  sheet.columns = columns.map(([key, width]) => ({ key, width, header: req.t(`incidents:export.column.${key}`), style: { alignment: { vertical: 'top', wrapText: true } } }));
  sheet.getRow(1).font = { bold: true };

  let from: Position | null = null;
  let left = exportLimit;
  do {
    const page: PageOf<ListedIncident> = await listIncidents(knex, { sight, filter, from, now, size: batch, counted: false });
    const companions = await companionsOf(knex, page.rows.map(({ caseId }) => caseId));
    for (const incident of page.rows.slice(0, left)) {
      const row = rowOf(req, incident, companions.get(incident.caseId), units, now);
      sheet.addRow(Object.fromEntries(Object.entries(row).map(([key, text]) => [key, cellText(text)]))).commit();
    }
    left -= page.rows.length;
    from = page.next;
    if (res.destroyed) return;
    await drained(res);
  } while (from !== null && left > 0);
  sheet.commit();
  await workbook.commit();
}
