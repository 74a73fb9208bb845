import { isDeepStrictEqual } from 'node:util';
import type { Knex } from 'knex';
import { fold } from '../../rules/casefile/fold.ts';
import { caseFileRow, type Row } from '../../rules/casefile/rows.ts';
import type { CaseState, Said } from '../../rules/casefile/types.ts';
import { canonicalJson } from '../canonical.ts';
import { chainRoot, link, type ChainSettings } from '../chain.ts';
import { eventOf, plainEvent, type EventRow } from './events.ts';
import { projectionsOf, written } from './project.ts';

/**
 * What is wrong with a case file.
 * `chain`: an event's hash does not follow from the one before; `gap`: a number is missing; `head`: the file ends before
 * or after what its row says; `fold`: the events make no sense together; `state`, `row`: a projection differs from what
 * the events give; `noFile`: events without a row of their own.
 */
export interface Finding {
  caseId: string;
  caseNo: string;
  kind: 'chain' | 'gap' | 'head' | 'fold' | 'state' | 'row' | 'noFile';
  /** Sequence of the first event concerned. */
  seq: number | null;
  /** For the operator, in English. */
  detail: string;
  /** The same for a page: a key of `chain:found` and what stands in it. */
  said: Said;
}

interface FileRow {
  id: string;
  case_no: string;
  head_seq: number;
  head_hash: Buffer;
  state: CaseState;
  [column: string]: unknown;
}

/** A value of a row in one form, whether it was read or is to be written. */
function plain(column: string, value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(String).toSorted();
  if (typeof value === 'string' && (column.endsWith('_at') || column === 'until')) return new Date(value).toISOString();
  return value;
}

const keyOf = (row: Record<string, unknown>, keys: readonly string[]): string => keys.map((key) => String(row[key])).join(' ');

type Difference = Pick<Finding, 'detail' | 'said'>;

function differences(table: string, keys: readonly string[], expected: readonly Row[], found: readonly Record<string, unknown>[]): Difference[] {
  const there = new Map(found.map((row) => [keyOf(row, keys), row]));
  const wrong = expected.flatMap((row) => {
    const key = keyOf(row, keys);
    const own = there.get(key);
    there.delete(key);
    if (!own) return [{ detail: `${table}: row ${key} is missing`, said: { key: 'rowMissing', params: { table, row: key } } }];
    return Object.keys(row)
      .filter((column) => !isDeepStrictEqual(plain(column, row[column]), plain(column, own[column])))
      .map((column): Difference => ({ detail: `${table}: row ${key}, column ${column}`, said: { key: 'rowDiffers', params: { table, row: key, column } } }));
  });
  return [...wrong, ...[...there.keys()].map((key) => ({ detail: `${table}: row ${key} follows from no event`, said: { key: 'rowSurplus', params: { table, row: key } } }))];
}

/** The chain of one case; null when it proves itself up to its head. */
function chainFault(settings: ChainSettings, file: FileRow, events: readonly EventRow[]): Omit<Finding, 'caseId' | 'caseNo'> | null {
  let previous: Buffer = chainRoot;
  for (const [n, row] of events.entries()) {
    if (row.seq !== n + 1) return { kind: 'gap', seq: n + 1, detail: `event ${n + 1} is missing`, said: { key: 'gap' } };
    const hash = link(settings, file.id, eventOf(row), previous);
    if (!row.previous_hash.equals(previous) || !row.hash.equals(hash)) {
      return { kind: 'chain', seq: row.seq, detail: `event ${row.seq} (${row.what.type}) is not what was recorded`, said: { key: 'chain', params: { type: row.what.type } } };
    }
    previous = row.hash;
  }
  if (file.head_seq !== events.length || !file.head_hash.equals(previous)) {
    return {
      kind: 'head',
      seq: Math.min(file.head_seq, events.length) + 1,
      detail: `the file should end at event ${file.head_seq} and has ${events.length}`,
      said: { key: 'head', params: { expected: file.head_seq, found: events.length } },
    };
  }
  return null;
}

/** Everything that is wrong with one case. */
async function verifyFile(knex: Knex, settings: ChainSettings, file: FileRow, events: readonly EventRow[]): Promise<Finding[]> {
  const about = { caseId: file.id, caseNo: file.case_no };
  const broken = chainFault(settings, file, events);
  const findings: Finding[] = broken ? [{ ...about, ...broken }] : [];
  let state: CaseState;
  try {
    state = fold(file.id, events.map((row) => plainEvent(eventOf(row))));
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return [...findings, { ...about, kind: 'fold', seq: null, detail, said: { key: 'fold', params: { detail } } }];
  }
  if (canonicalJson(state) !== canonicalJson(file.state)) findings.push({ ...about, kind: 'state', seq: null, detail: 'case_file: column state', said: { key: 'state' } });
  const { state: _state, ...own } = caseFileRow(state);
  findings.push(...differences('case_file', ['id'], [own], [file]).map((difference): Finding => ({ ...about, kind: 'row', seq: null, ...difference })));
  for (const { table, keys, rows } of projectionsOf(state)) {
    const search = rows.some((row) => 'search' in row) ? [knex.raw('tsvector_to_array(search) as search')] : [];
    const found: Record<string, unknown>[] = await knex(table).where({ case_id: file.id }).select('*', ...search);
    findings.push(...differences(table, keys, rows, found).map((difference): Finding => ({ ...about, kind: 'row', seq: null, ...difference })));
  }
  return findings;
}

/** One case by its number; undefined when there is none. */
export async function verifyCase(knex: Knex, settings: ChainSettings, caseNo: string): Promise<Finding[] | undefined> {
  const file: FileRow | undefined = await knex<FileRow>('case_file').where({ case_no: caseNo }).first();
  if (!file) return undefined;
  const events = await knex<EventRow>('case_event').where({ case_id: file.id }).orderBy('seq');
  return verifyFile(knex, settings, file, events);
}

const chunk = 50;

export interface Verified {
  /** Cases looked at so far. */
  cases: number;
  events: number;
  /** What was found wrong in the last ones. */
  findings: Finding[];
}

/** All cases, some at a time, so that memory stays the same however many there are. */
export async function* verifyAll(knex: Knex, settings: ChainSettings): AsyncGenerator<Verified> {
  let after: string | null = null;
  let cases = 0;
  let count = 0;
  for (;;) {
    const query = knex<FileRow>('case_file').orderBy('id').limit(chunk);
    const files: FileRow[] = await (after === null ? query : query.where('id', '>', after));
    if (files.length === 0) break;
    const events: EventRow[] = await knex<EventRow>('case_event').whereIn('case_id', files.map((file) => file.id)).orderBy(['case_id', 'seq']);
    const findings: Finding[] = [];
    for (const file of files) findings.push(...(await verifyFile(knex, settings, file, events.filter((event) => event.case_id === file.id))));
    cases += files.length;
    count += events.length;
    after = files.at(-1)!.id;
    yield { cases, events: count, findings };
  }
  const orphans: { case_id: string }[] = await knex('case_event as e')
    .whereNotExists(knex('case_file as f').whereRaw('f.id = e.case_id'))
    .distinct('e.case_id');
  yield {
    cases,
    events: count,
    findings: orphans.map(({ case_id: caseId }) => ({ caseId, caseNo: '', kind: 'noFile', seq: null, detail: `events of ${caseId} have no row in case_file`, said: { key: 'noFile' } })),
  };
}

/** Writes the projections of a case anew from its events; what they were is gone. The events are not touched. */
export async function rebuildCase(knex: Knex, caseId: string): Promise<void> {
  await knex.transaction(async (trx) => {
    await trx('case_file').where({ id: caseId }).forUpdate().first('id');
    const events = await trx<EventRow>('case_event').where({ case_id: caseId }).orderBy('seq');
    const state = fold(caseId, events.map((row) => plainEvent(eventOf(row))));
    const row = { ...caseFileRow(state), head_seq: state.seq, head_hash: events.at(-1)!.hash };
    await trx('case_file').insert(row).onConflict('id').merge();
    for (const { table, rows } of projectionsOf(state)) {
      await trx(table).where({ case_id: caseId }).delete();
      if (rows.length > 0) await trx(table).insert(rows.map((one) => written(trx, one)));
    }
  });
}
