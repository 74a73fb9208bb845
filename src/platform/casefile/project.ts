import type { Knex } from 'knex';
import {
  caseFileRow,
  correctionRows,
  disclosureRow,
  joinerRows,
  partyRows,
  recusalRows,
  taskRow,
  type Row,
} from '../../rules/casefile/rows.ts';
import type { CaseState } from '../../rules/casefile/types.ts';
import { processes } from '../../rules/processes.ts';
import type { Bound } from '../prepared.ts';
import { deleteRows, insertRows, updateRow, upsertRows } from './statements.ts';

/** A projection of a case: its table, what identifies a row in it, and the rows as the fold gives them. */
export interface Projection {
  table: string;
  keys: readonly string[];
  rows: Row[];
}

const taskKeys = ['case_id', 'task_id'] as const;

/** Every row that a case has in every table but `case_file`. What `verify` rebuilds and compares. */
export function projectionsOf(state: CaseState): Projection[] {
  const process = processes[state.kind];
  const listed = process.listRow(state);
  return [
    { table: process.listTable, keys: ['case_id'], rows: [listed] },
    { table: 'case_task', keys: taskKeys, rows: Object.values(state.tasks).map((task) => taskRow(state, task)) },
    { table: 'case_party', keys: ['unit', 'case_id'], rows: partyRows(state, listed) },
    { table: 'case_recusal', keys: ['person', 'case_id'], rows: recusalRows(state) },
    { table: 'case_subject', keys: ['case_id', 'number'], rows: process.subjectRows(state) },
    { table: 'case_link', keys: ['case_id', 'other', 'relation'], rows: process.linkRows(state) },
    { table: 'case_joiner', keys: ['case_id', 'number'], rows: joinerRows(state) },
    { table: 'correction', keys: ['case_id', 'number'], rows: correctionRows(state) },
    { table: 'disclosure', keys: ['case_id', 'disclosure_id'], rows: state.disclosures.map((d) => disclosureRow(state, d)) },
  ];
}

/** A row as Knex writes it: index terms become a `tsvector`. */
export function written(knex: Knex, row: Row): Record<string, Knex.Value | Knex.Raw> {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      column,
      column === 'search' ? knex.raw('array_to_tsvector(?::text[])', [value as string[]]) : value,
    ]),
  );
}

/**
 * Writes what lies between two states of a case: rows that are new or other, and those that are gone. The rows of the
 * state before are in the tables, so what stayed the same is not written again. The caller holds the lock on the
 * case's row, and `case_file` is written first.
 */
export function changes(before: readonly Projection[], after: readonly Projection[]): Bound[] {
  const had = new Map(before.map((projection) => [projection.table, projection]));
  return after.flatMap(({ table, keys, rows }) => {
    const keyOf = (row: Row): string => JSON.stringify(keys.map((key) => row[key]));
    const old = new Map(had.get(table)?.rows.map((row) => [keyOf(row), row]));
    const other = rows.filter((row) => {
      const key = keyOf(row);
      const known = old.get(key);
      old.delete(key);
      return !known || JSON.stringify(known) !== JSON.stringify(row);
    });
    return [...deleteRows(table, keys, [...old.values()]), ...upsertRows(table, keys, other)];
  });
}

/** Writes the case's own row with its head. */
export function writeCaseFile(state: CaseState, headHash: Buffer, isNew: boolean): Bound[] {
  const row = { ...caseFileRow(state), head_seq: state.seq, head_hash: headHash };
  return isNew ? insertRows('case_file', [row]) : [updateRow('case_file', state.id, row)];
}
