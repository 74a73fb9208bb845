import type { Knex } from 'knex';
import type { Row } from '../../rules/casefile/rows.ts';
import type { RecordState } from '../../rules/records/file.ts';
import { recordRow, useRows } from '../../rules/records/rows.ts';
import type { ChainedRecordEvent } from './events.ts';

/** A record with events that its row and its file do not hold yet. */
export interface Grown {
  readonly state: RecordState;
  readonly headHash: Buffer;
  readonly events: readonly { readonly event: ChainedRecordEvent; readonly previous: Buffer; readonly hash: Buffer }[];
}

/**
 * Rows go to the server as one JSON text a table, so that some hundreds of them are one statement of one plan. `json`
 * hands `what` and `state` on as they are written, with their keys in order; `jsonb` would not.
 */
const eventColumns = 'record_id uuid, seq integer, key text, at timestamptz, recorded_at timestamptz, actor json, request_id text, type text, what json, previous_hash text, hash text';
const recordColumns = `id uuid, subject_id uuid, kind text, unit text, document_no text, decided_on date, class text, domain text, standing text,
  public boolean, public_until date, repairable_from date, performed boolean, awaits_notice boolean, version integer, stored_at timestamptz, published_at timestamptz,
  changed_at timestamptz, state json, search text[], head_seq integer, head_hash text`;

const plainColumns = [
  'subject_id', 'kind', 'unit', 'document_no', 'decided_on', 'class', 'domain', 'standing', 'public', 'public_until', 'repairable_from', 'performed', 'awaits_notice', 'version',
  'stored_at', 'published_at', 'changed_at', 'state', 'head_seq',
] as const;

const rowOf = ({ state, headHash }: Grown): Record<string, unknown> => {
  const { state: _text, ...row } = recordRow(state);
  return { ...row, state, head_seq: state.seq, head_hash: headHash.toString('hex') };
};

/** Appends the events of records that are locked, or were inserted in this transaction. */
export async function insertRecordEvents(trx: Knex.Transaction, grown: readonly Grown[]): Promise<void> {
  const rows = grown.flatMap(({ state, events }) => events.map(({ event, previous, hash }) => ({
    record_id: state.id,
    seq: event.seq,
    key: event.key,
    at: event.at,
    recorded_at: event.recordedAt,
    actor: event.actor,
    request_id: event.requestId,
    type: event.what.type,
    what: event.what,
    previous_hash: previous.toString('hex'),
    hash: hash.toString('hex'),
  })));
  await trx.raw(
    `insert into record_event (record_id, seq, key, at, recorded_at, actor, request_id, type, what, previous_hash, hash)
     select record_id, seq, key, at, recorded_at, actor, request_id, type, what, decode(previous_hash, 'hex'), decode(hash, 'hex')
     from json_to_recordset(?::json) as t(${eventColumns})`,
    [JSON.stringify(rows)],
  );
}

/**
 * Inserts the rows of new records; gives the ids of those that were, as a document about a subject is recorded once. A
 * record of a frozen subject is frozen from the beginning.
 */
export async function insertRecordRows(trx: Knex.Transaction, grown: readonly Grown[]): Promise<ReadonlySet<string>> {
  const { rows }: { rows: { id: string }[] } = await trx.raw(
    `insert into record (id, ${plainColumns.join(', ')}, search, head_hash, frozen)
     select t.id, ${plainColumns.map((column) => `t.${column}`).join(', ')}, array_to_tsvector(t.search), decode(t.head_hash, 'hex'), s.frozen
     from json_to_recordset(?::json) as t(${recordColumns}) join subject s on s.id = t.subject_id
     on conflict do nothing returning id`,
    [JSON.stringify(grown.map(rowOf))],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Overwrites the rows of records that are locked. */
export async function updateRecordRows(trx: Knex.Transaction, grown: readonly Grown[]): Promise<void> {
  await trx.raw(
    `update record r set ${plainColumns.map((column) => `${column} = t.${column}`).join(', ')},
       search = array_to_tsvector(t.search), head_hash = decode(t.head_hash, 'hex'), frozen = s.frozen
     from json_to_recordset(?::json) as t(${recordColumns}) join subject s on s.id = t.subject_id
     where r.id = t.id`,
    [JSON.stringify(grown.map(rowOf))],
  );
}

/** Brings `record_use` to what these records say. */
export async function replaceUseRows(trx: Knex.Transaction, states: readonly RecordState[]): Promise<void> {
  await trx('record_use').whereIn('record_id', states.map(({ id }) => id)).delete();
  const rows: Row[] = states.flatMap(useRows);
  if (rows.length > 0) await trx('record_use').insert(rows);
}
