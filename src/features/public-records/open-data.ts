import { once } from 'node:events';
import type { Request, Response } from 'express';
import { contentDisposition } from '../../platform/files.ts';
import { maskingOf, maskRecords, knownNames, type MaskedTexts } from '../../platform/records/masking.ts';
import { cellText } from '../../platform/sheets/cells.ts';
import { allCorrections, correctionViews, type CorrectionView, type Masks } from './corrections.ts';
import { paths, type PublicPages } from './parts.ts';
import { allRecords, findRecords, type WholeRecord } from './queries.ts';
import { allWithdrawals, toldSince, withdrawalsOf, type Withdrawal } from './withdrawals.ts';
import { todayOf, unitOf, whatOf } from './words.ts';

type Row = Readonly<Record<string, string>>;

export const publicColumns = [
  'subject', 'code', 'subjectKind', 'what', 'documentNo', 'unit', 'decidedOn', 'class', 'act', 'decision', 'legalBasis', 'publishedOn', 'until', 'repairableFrom', 'disputed', 'address',
] as const;

/** A record as everybody may have it, in the reader's language; the members are the columns of the file. */
export type PublicForm = Record<(typeof publicColumns)[number], string>;

/** A file of open data: its name in the address, its columns (words `public:openData.column.*`), and its rows, masked. */
export interface OpenFile {
  readonly name: 'records' | 'corrections' | 'withdrawals';
  readonly columns: readonly string[];
  rows(req: Request, pages: PublicPages): AsyncGenerator<Row[]>;
}

const baseOf = ({ ground: { config } }: PublicPages): string => config.publicUrl.replace(/\/+$/, '');

function recordRow(req: Request, publicUrl: string, record: WholeRecord, texts: MaskedTexts): PublicForm {
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

const correctionRow = (publicUrl: string, { subject, documentNo, unit, done, why, on, record }: CorrectionView): Row =>
  ({ subject: subject.name, code: subject.uscc ?? '', documentNo, unit, done, why, correctedOn: on, address: `${publicUrl}${paths.records}/${record}` });

/** What is public now. */
export const recordFile: OpenFile = {
  name: 'records',
  columns: publicColumns,
  async *rows(req, pages) {
    const { ground: { knex, clock }, seal } = pages;
    for await (const records of allRecords(knex, todayOf(clock()))) {
      const texts = await maskRecords(knex, seal, records);
      yield records.map((record, n) => recordRow(req, baseOf(pages), record, texts[n]!));
    }
  },
};

/** What was corrected or removed, for whoever took it over before. */
export const correctionFile: OpenFile = {
  name: 'corrections',
  columns: ['subject', 'code', 'documentNo', 'unit', 'done', 'why', 'correctedOn', 'address'],
  async *rows(req, pages) {
    const { ground: { knex, clock }, seal } = pages;
    for await (const found of allCorrections(knex, todayOf(clock()))) {
      yield (await correctionViews(req, knex, seal, found)).map((one) => correctionRow(baseOf(pages), one));
    }
  },
};

/** What was withdrawn, by whom, when and why, for whoever took it over before. */
export const withdrawalFile: OpenFile = {
  name: 'withdrawals',
  columns: ['subject', 'code', 'documentNo', 'unit', 'withdrawnOn', 'why', 'address'],
  async *rows(req, pages) {
    const { ground: { knex, clock }, seal, readLaw } = pages;
    for await (const found of allWithdrawals(knex, toldSince(await readLaw(), todayOf(clock())))) {
      const names = await knownNames(knex, seal, found);
      yield found.map((one, n) => ({
        subject: one.subject.name, code: one.subject.uscc ?? '', address: `${baseOf(pages)}${paths.records}/${one.record}`, ...withdrawalNotice(req, one, maskingOf(names[n]!, one.passages)),
      }));
    }
  },
};

/** Who withdrew a record, when and why, as everybody may have it. */
export interface WithdrawalNotice extends Row {
  documentNo: string;
  unit: string;
  withdrawnOn: string;
  why: string;
}

const withdrawalNotice = (req: Request, one: Withdrawal, mask: Masks): WithdrawalNotice =>
  ({ documentNo: mask(one.documentNo), unit: unitOf(one, req.locale), withdrawnOn: todayOf(one.at), why: mask(one.reason) });

/** The notices of those of these records that were withdrawn. */
export async function withdrawalNotices(req: Request, { ground: { knex, clock }, seal, readLaw }: PublicPages, ids: readonly string[]): Promise<ReadonlyMap<string, WithdrawalNotice>> {
  const found = await withdrawalsOf(knex, ids, toldSince(await readLaw(), todayOf(clock())));
  const names = await knownNames(knex, seal, found);
  return new Map(found.map((one, n) => [one.record, withdrawalNotice(req, one, maskingOf(names[n]!, one.passages))]));
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const csvLine = (texts: readonly string[]): string => `${texts.map((text) => quoted(cellText(text))).join(',')}\r\n`;

async function write(res: Response, text: string): Promise<void> {
  if (!res.write(text)) await Promise.race([once(res, 'drain'), once(res, 'close')]);
}

/** These records as the file has them, by their ids; one that nobody may see now is missing. */
export async function publicForms(req: Request, pages: PublicPages, ids: readonly string[]): Promise<ReadonlyMap<string, PublicForm>> {
  const { ground: { knex, clock }, seal } = pages;
  const records = await findRecords(knex, ids, todayOf(clock()));
  const texts = await maskRecords(knex, seal, records);
  return new Map(records.map((record, n) => [record.id, recordRow(req, baseOf(pages), record, texts[n]!)]));
}

/**
 * The file as a table. It is made anew for each reader and no cache may hold it: what was taken back since is not in it,
 * and who keeps a copy is told when it was made. Ends early when the reader has gone.
 */
export async function sendCsv(req: Request, res: Response, pages: PublicPages, { name, columns, rows }: OpenFile): Promise<void> {
  const date = todayOf(pages.ground.clock());
  res.set({ 'Content-Type': 'text/csv; charset=utf-8', 'Content-Disposition': contentDisposition('attachment', `${req.t(`public:openData.name.${name}`, { date })}.csv`), 'Cache-Control': 'no-store' });
  // The mark at the beginning tells spreadsheets that it is UTF-8.
  await write(res, `\uFEFF${csvLine(columns.map((column) => req.t(`public:openData.column.${column}`)))}`);
  for await (const some of rows(req, pages)) {
    if (res.destroyed) return;
    await write(res, some.map((row) => csvLine(columns.map((column) => row[column] ?? ''))).join(''));
  }
  res.end();
}

export async function sendJson(req: Request, res: Response, pages: PublicPages, { name, rows }: OpenFile): Promise<void> {
  res.set({ 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' });
  await write(res, `{"madeAt":${JSON.stringify(pages.ground.clock().toISOString())},"note":${JSON.stringify(req.t(`public:openData.note.${name}`))},"${name}":[`);
  let first = true;
  for await (const some of rows(req, pages)) {
    if (res.destroyed) return;
    await write(res, some.map((row, n) => `${first && n === 0 ? '' : ','}\n${JSON.stringify(row)}`).join(''));
    first = false;
  }
  res.end(']}\n');
}
