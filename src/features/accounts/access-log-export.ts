import type { Request, Response } from 'express';
import type { Knex } from 'knex';
import { contentDisposition } from '../../platform/files.ts';
import { csvLine } from '../../platform/sheets/cells.ts';
import { drained } from '../../platform/sheets/drained.ts';
import { readLog, type LogFilter, type LogRow } from './access-log-queries.ts';

const batch = 1000;

/** Figures as a person writes them, in the city's own time. */
const time = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short', timeStyle: 'medium' });

const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short' });

const columns = ['at', 'kindLabel', 'person', 'username', 'subject', 'about', 'method', 'path', 'address', 'requestId', 'detail'] as const;

const cellsOf = (req: Request, { at, kind, name, username, subject, about, method, path, address, request_id: requestId, detail }: LogRow): string[] => [
  time.format(at), req.t(`accounts:log.kind.${kind}`), name ?? '', username ?? '', subject ?? '', about ?? '', method ?? '', path ?? '', address ?? '', requestId ?? '',
  Object.keys(detail).length === 0 ? '' : JSON.stringify(detail),
];

/** Sends all lines of a filter as they are read, newest first. */
export async function sendLog(req: Request, res: Response, knex: Knex, filter: LogFilter, now: Date): Promise<void> {
  res.set({
    'Content-Type': 'text/csv; charset=utf-8',
    'Content-Disposition': contentDisposition('attachment', `${req.t('accounts:log.fileName', { date: day.format(now) })}.csv`),
    'Cache-Control': 'no-store',
  });
  // With its mark, or Excel reads it as GBK.
  res.write(`\uFEFF${csvLine(columns.map((column) => req.t(`accounts:log.${column}`)))}`);
  for (let before: number | undefined; ;) {
    const rows = await readLog(knex, filter, before, batch);
    for (const row of rows) res.write(csvLine(cellsOf(req, row)));
    before = rows.at(-1)?.id;
    if (rows.length < batch || res.destroyed) break;
    await drained(res);
  }
  res.end();
}
