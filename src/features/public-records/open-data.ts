import { once } from 'node:events';
import type { Request, Response } from 'express';
import { contentDisposition } from '../../platform/files.ts';
import { maskRecords, type MaskedTexts } from '../../platform/records/masking.ts';
import { cellText } from '../../platform/sheets/cells.ts';
import { paths, type PublicPages } from './parts.ts';
import { allRecords, findRecords, type WholeRecord } from './queries.ts';
import { todayOf, unitOf, whatOf } from './words.ts';

export const columns = [
  'subject', 'code', 'subjectKind', 'what', 'documentNo', 'unit', 'decidedOn', 'class', 'act', 'decision', 'legalBasis', 'publishedOn', 'until', 'repairableFrom', 'disputed', 'address',
] as const;

/** A record as everybody may have it, in the reader's language; the members are the columns of the file. */
export type PublicForm = Record<(typeof columns)[number], string>;

function rowOf(req: Request, publicUrl: string, record: WholeRecord, texts: MaskedTexts): PublicForm {
  const { t } = req;
  return {
    subject: record.subject.name,
    code: record.subject.uscc ?? '',
    subjectKind: t(`public:subjectKind.${record.subject.kind}`),
    what: whatOf(record.state.facts, t),
    documentNo: texts.documentNo,
    unit: unitOf(record, req.locale),
    decidedOn: record.decidedOn,
    class: t(`public:className.${record.class}`),
    act: texts.act,
    decision: texts.decision,
    legalBasis: texts.legalBasis,
    publishedOn: todayOf(record.publishedAt),
    until: record.until ?? '',
    repairableFrom: record.repairableFrom ?? '',
    disputed: t(record.disputed ? 'public:openData.yes' : 'public:openData.no'),
    address: `${publicUrl}${paths.records}/${record.id}`,
  };
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const csvLine = (texts: readonly string[]): string => `${texts.map((text) => quoted(cellText(text))).join(',')}\r\n`;

async function write(res: Response, text: string): Promise<void> {
  if (!res.write(text)) await Promise.race([once(res, 'drain'), once(res, 'close')]);
}

/** These records as the file has them, by their ids; one that nobody may see now is missing. */
export async function publicForms(req: Request, { ground: { knex, config, clock }, seal }: PublicPages, ids: readonly string[]): Promise<ReadonlyMap<string, PublicForm>> {
  const publicUrl = config.publicUrl.replace(/\/+$/, '');
  const records = await findRecords(knex, ids, todayOf(clock()));
  const texts = await maskRecords(knex, seal, records);
  return new Map(records.map((record, n) => [record.id, rowOf(req, publicUrl, record, texts[n]!)]));
}

/** The rows of every batch, masked; ends early when the reader has gone. */
async function* rowsOf(req: Request, res: Response, { ground: { knex, config, clock }, seal }: PublicPages): AsyncGenerator<PublicForm[]> {
  const publicUrl = config.publicUrl.replace(/\/+$/, '');
  for await (const records of allRecords(knex, todayOf(clock()))) {
    if (res.destroyed) return;
    const texts = await maskRecords(knex, seal, records);
    yield records.map((record, n) => rowOf(req, publicUrl, record, texts[n]!));
  }
}

/**
 * What is public now, as a file. It is made anew for each reader and no cache may hold it: what was taken back since is
 * not in it, and who keeps a copy is told when it was made.
 */
export async function sendCsv(req: Request, res: Response, pages: PublicPages): Promise<void> {
  const today = todayOf(pages.ground.clock());
  res.set({ 'Content-Type': 'text/csv; charset=utf-8', 'Content-Disposition': contentDisposition('attachment', `${req.t('public:openData.name', { date: today })}.csv`), 'Cache-Control': 'no-store' });
  // The mark at the beginning tells spreadsheets that it is UTF-8.
  await write(res, `\uFEFF${csvLine(columns.map((column) => req.t(`public:openData.column.${column}`)))}`);
  for await (const rows of rowsOf(req, res, pages)) await write(res, rows.map((row) => csvLine(columns.map((column) => row[column]))).join(''));
  res.end();
}

export async function sendJson(req: Request, res: Response, pages: PublicPages): Promise<void> {
  res.set({ 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' });
  await write(res, `{"madeAt":${JSON.stringify(pages.ground.clock().toISOString())},"note":${JSON.stringify(req.t('public:openData.note'))},"records":[`);
  let first = true;
  for await (const rows of rowsOf(req, res, pages)) {
    await write(res, rows.map((row, n) => `${first && n === 0 ? '' : ','}\n${JSON.stringify(row)}`).join(''));
    first = false;
  }
  res.end(']}\n');
}
