import type { Knex } from 'knex';
import type { Row } from '../../rules/casefile/rows.ts';
import type { RecordState } from '../../rules/records/file.ts';
import { recordRow, useRows } from '../../rules/records/rows.ts';
import { documentKey } from '../../rules/text/alike.ts';
import { hexOf, rowsAs, type Column } from '../arrays.ts';
import { vectorOf } from '../search.ts';
import type { ChainedRecordEvent } from './events.ts';

/** A record with events that its row and its file do not hold yet. */
export interface Grown {
  readonly state: RecordState;
  readonly headHash: Buffer;
  readonly events: readonly { readonly event: ChainedRecordEvent; readonly previous: Buffer; readonly hash: Buffer }[];
}

type EventRow = Grown['events'][number] & { readonly record: string };

const eventColumns: readonly Column<EventRow>[] = [
  { name: 'record_id', type: 'uuid', text: ({ record }) => record },
  { name: 'seq', type: 'integer', text: ({ event }) => String(event.seq) },
  { name: 'key', type: 'text', text: ({ event }) => event.key },
  { name: 'at', type: 'timestamptz', text: ({ event }) => event.at },
  { name: 'recorded_at', type: 'timestamptz', text: ({ event }) => event.recordedAt },
  { name: 'actor', type: 'json', text: ({ event }) => event.actor && JSON.stringify(event.actor) },
  { name: 'request_id', type: 'text', text: ({ event }) => event.requestId },
  { name: 'type', type: 'text', text: ({ event }) => event.what.type },
  { name: 'what', type: 'json', text: ({ event }) => JSON.stringify(event.what) },
  { name: 'previous_hash', type: 'bytea', text: ({ previous }) => hexOf(previous) },
  { name: 'hash', type: 'bytea', text: ({ hash }) => hexOf(hash) },
];

interface RecordRow {
  readonly grown: Grown;
  readonly row: Row;
}

const own = (name: string, type = 'text'): Column<RecordRow> => ({
  name, type,
  text: ({ row }) => {
    const value = row[name];
    return value === null ? null : String(value);
  },
});

const recordColumns: readonly Column<RecordRow>[] = [
  own('id', 'uuid'), own('subject_id', 'uuid'), own('kind'), own('unit'), own('document_no'), { name: 'document_key', type: 'text', text: ({ grown }) => documentKey(grown.state.facts.documentNo) }, own('decided_on', 'date'), own('class'), own('domain'),
  own('standing'), own('public', 'boolean'), own('public_until', 'date'), own('repairable_from', 'date'), own('performed', 'boolean'), own('withheld', 'boolean'), own('awaits_notice', 'boolean'),
  own('version', 'integer'),
  own('stored_at', 'timestamptz'), own('published_at', 'timestamptz'), own('changed_at', 'timestamptz'),
  { name: 'search', type: 'tsvector', text: ({ row }) => vectorOf(row['search'] as string[]) },
  { name: 'state', type: 'json', text: ({ grown }) => JSON.stringify(grown.state) },
  { name: 'head_seq', type: 'integer', text: ({ grown }) => String(grown.state.seq) },
  { name: 'head_hash', type: 'bytea', text: ({ grown }) => hexOf(grown.headHash) },
];

const rowsOf = (grown: readonly Grown[]) => rowsAs(recordColumns, grown.map((one) => ({ grown: one, row: recordRow(one.state) })));

const names = (columns: readonly { readonly name: string }[]): string[] => columns.map(({ name }) => name);

/** Appends the events of records that are locked, or were inserted in this transaction. */
export async function insertRecordEvents(trx: Knex.Transaction, grown: readonly Grown[]): Promise<void> {
  const { sql, bindings } = rowsAs(eventColumns, grown.flatMap(({ state, events }) => events.map((one) => ({ ...one, record: state.id }))));
  await trx.raw(`insert into record_event (${names(eventColumns).join(', ')}) select * from ${sql}`, bindings);
}

/**
 * Inserts the rows of new records; gives the ids of those that were, as a document about a subject is recorded once. A
 * record of a frozen subject is frozen from the beginning.
 */
export async function insertRecordRows(trx: Knex.Transaction, grown: readonly Grown[]): Promise<ReadonlySet<string>> {
  const { sql, bindings } = rowsOf(grown);
  const { rows }: { rows: { id: string }[] } = await trx.raw(
    `insert into record (${names(recordColumns).join(', ')}, frozen)
     select t.*, s.frozen from ${sql} join subject s on s.id = t.subject_id
     on conflict do nothing returning id`,
    bindings,
  );
  return new Set(rows.map(({ id }) => id));
}

/** Overwrites the rows of records that are locked. */
export async function updateRecordRows(trx: Knex.Transaction, grown: readonly Grown[]): Promise<void> {
  const { sql, bindings } = rowsOf(grown);
  const changing = names(recordColumns).filter((name) => name !== 'id' && name !== 'document_key');
  await trx.raw(
    `update record r set ${changing.map((name) => `${name} = t.${name}`).join(', ')}, frozen = s.frozen,
       -- One that was stored twice in two ways of writing, before both were known for one, has no key.
       document_key = case when r.document_no = t.document_no then r.document_key else t.document_key end
     from ${sql} join subject s on s.id = t.subject_id
     where r.id = t.id`,
    bindings,
  );
}

/** Brings `record_use` to what these records say. */
export async function replaceUseRows(trx: Knex.Transaction, states: readonly RecordState[]): Promise<void> {
  await trx('record_use').whereIn('record_id', states.map(({ id }) => id)).delete();
  const rows: Row[] = states.flatMap(useRows);
  if (rows.length > 0) await trx('record_use').insert(rows);
}
