import type { Knex } from 'knex';
import type { FileReading } from '../../../platform/sheets/reading-notices.ts';
import type { FileRef } from '../../../rules/casefile/types.ts';
import type { RecordClass } from '../../../rules/records/facts.ts';
import type { AmountEvidence } from './amounts.ts';
import type { AmountUnit } from './columns.ts';
import type { RowFault } from './faults.ts';
import type { Answers } from './row.ts';

/**
 * `asking`: the check stands still for an answer. `checked`: the person has to confirm. `stopped`: something failed
 * again and again; it can be gone on with. `refused`: the file can't be read, any more or at all.
 */
export type ImportState = 'checking' | 'asking' | 'checked' | 'importing' | 'done' | 'stopped' | 'refused';

/** Whether the amounts are of 万元 or of yuan, with rows that speak for the one or the other. */
export interface Question {
  readonly upTo: number;
  readonly speaking: number;
  /** The unit that stands in the name of the column, where one does. */
  readonly said?: AmountUnit | null;
  readonly examples: readonly (AmountEvidence & { readonly row: number; readonly decision: string })[];
}

/** Rows with the same fault, the first of them by their numbers. */
export interface FaultGroup extends RowFault {
  readonly count: number;
  readonly rows: readonly number[];
}

/** What the check found. */
export interface Found {
  readonly new: number;
  /** Those that are public with the end of the import. */
  readonly shown: number;
  readonly classes: Readonly<Record<RecordClass, number>>;
  readonly same: number;
  readonly correction: number;
  readonly bad: number;
  /** Rows whose code belongs to a firm of another name. */
  readonly otherName: number;
  readonly faults: readonly FaultGroup[];
  /** What was read, and what was not; absent in imports of before. */
  readonly reading?: FoundReading;
}

export interface FoundReading extends FileReading {
  /** New rows that are for use within the government alone. */
  readonly insideOnly: number;
}

/** Rows by what became of them. */
export interface Result {
  readonly stored: number;
  readonly same: number;
  readonly corrected: number;
  readonly leftOut: number;
  readonly bad: number;
}
export const nothingYet: Result = { stored: 0, same: 0, corrected: 0, leftOut: 0, bad: 0 };

export interface RecordImport {
  readonly id: string;
  readonly person: { readonly id: string; readonly name: string };
  readonly unit: string;
  readonly createdAt: Date;
  readonly file: FileRef;
  readonly state: ImportState;
  readonly answers: Answers;
  readonly question: Question | null;
  readonly found: Found | null;
  readonly fault: { readonly key: string; readonly params: Readonly<Record<string, string | number>>; readonly during: 'checking' | 'importing' } | null;
  /** Rows below the header that hold anything; null until they are counted. */
  readonly rows: number | null;
  readonly atRow: number;
  readonly handled: number;
  readonly result: Result;
  readonly failures: number;
  /** Who answers for what is recorded. */
  readonly confirmedBy: { readonly id: string; readonly name: string } | null;
}

interface Row {
  id: string;
  person_id: string;
  person_name: string;
  unit: string;
  created_at: Date;
  file: FileRef;
  state: ImportState;
  answers: Answers;
  question: Question | null;
  found: Found | null;
  fault: RecordImport['fault'];
  rows: number | null;
  at_row: number;
  handled: number;
  result: Partial<Result>;
  failures: number;
  confirmed_by: string | null;
  confirmer_name: string | null;
}

const importOf = (row: Row): RecordImport => ({
  id: row.id,
  person: { id: row.person_id, name: row.person_name },
  unit: row.unit,
  createdAt: row.created_at,
  file: row.file,
  state: row.state,
  answers: row.answers,
  question: row.question,
  found: row.found,
  fault: row.fault,
  rows: row.rows,
  atRow: row.at_row,
  handled: row.handled,
  result: { ...nothingYet, ...row.result },
  failures: row.failures,
  confirmedBy: row.confirmed_by === null ? null : { id: row.confirmed_by, name: row.confirmer_name ?? '' },
});

const read = (knex: Knex): Knex.QueryBuilder => knex('record_import as i').join('person as p', 'p.id', 'i.person_id').leftJoin('person as c', 'c.id', 'i.confirmed_by').select('i.*', 'p.name as person_name', 'c.name as confirmer_name');

export async function findImport(knex: Knex, id: string): Promise<RecordImport | undefined> {
  const row = (await read(knex).where('i.id', id).first()) as Row | undefined;
  return row && importOf(row);
}

/** The latest imports of these units. */
export async function latestImports(knex: Knex, units: readonly string[], most: number): Promise<RecordImport[]> {
  const rows = (await read(knex).whereIn('i.unit', [...units]).orderBy('i.created_at', 'desc').limit(most)) as Row[];
  return rows.map(importOf);
}

/** The id of the form that uploaded it is the import's, so that the form sent twice is one import. */
export async function addImport(knex: Knex, { id, person, unit, file, answers, at }: { id: string; person: string; unit: string; file: FileRef; answers: Answers; at: Date }): Promise<void> {
  await knex('record_import').insert({ id, person_id: person, unit, created_at: at, file: JSON.stringify(file), state: 'checking', answers: JSON.stringify(answers) })
    .onConflict('id').ignore();
}

/** Goes from one state to another, unless somebody was quicker: then false. A check begins anew; an import goes on where it was. */
export async function moveImport(knex: Knex, id: string, from: ImportState, to: 'checking' | 'importing', change: { answers?: Answers; confirmed?: { by: string; at: Date } } = {}): Promise<boolean> {
  const moved = await knex('record_import').where({ id, state: from }).update({
    state: to,
    fault: null,
    failures: 0,
    ...(to === 'checking' ? { question: null, found: null } : {}),
    ...(change.confirmed ? { at_row: 0, handled: 0, confirmed_by: change.confirmed.by, confirmed_at: change.confirmed.at } : {}),
    ...(change.answers ? { answers: JSON.stringify(change.answers) } : {}),
  });
  return moved === 1;
}

/** A row of the file that is not simply recorded. */
export type NotedRow =
  | { readonly row: number; readonly outcome: 'bad'; readonly record: null; readonly what: readonly RowFault[] }
  | { readonly row: number; readonly outcome: 'correction'; readonly record: string; readonly what: CorrectionNote };

/** What a row corrects; texts are named without their words. */
export interface CorrectionNote {
  readonly documentNo: string;
  readonly changes: readonly { readonly field: string; readonly before?: unknown; readonly after?: unknown }[];
}

export async function noteRows(trx: Knex, importId: string, rows: readonly NotedRow[]): Promise<void> {
  if (rows.length === 0) return;
  await trx.raw(
    `insert into record_import_row (import_id, row, outcome, record_id, what)
     select ?::uuid, row, outcome, record, what from json_to_recordset(?::json) as t(row integer, outcome text, record uuid, what json)
     on conflict (import_id, row) do update set outcome = excluded.outcome, record_id = excluded.record_id, what = excluded.what`,
    [importId, JSON.stringify(rows)],
  );
}

/** What was noted of the rows after `from`, up to `to`, in their order. */
export async function notedRows(knex: Knex, importId: string, { from = 0, to = 2_147_483_647, outcome, most }: { from?: number; to?: number; outcome?: NotedRow['outcome']; most?: number } = {}): Promise<NotedRow[]> {
  const query = knex('record_import_row').where({ import_id: importId, ...(outcome ? { outcome } : {}) }).andWhere('row', '>', from).andWhere('row', '<=', to)
    .orderBy('row').select('row', 'outcome', 'record_id as record', 'what');
  return (await (most === undefined ? query : query.limit(most))) as NotedRow[];
}
