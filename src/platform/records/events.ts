import type { Knex } from 'knex';
import type { Instant } from '../../rules/casefile/types.ts';
import type { Actor } from '../../rules/casefile/types.ts';
import type { RecordEvent, RecordHappening } from '../../rules/records/file.ts';

/** A row of `record_event` as it is read. */
export interface RecordEventRow {
  record_id: string;
  seq: number;
  key: string;
  at: Date;
  recorded_at: Date;
  actor: Actor | null;
  request_id: string | null;
  what: RecordHappening;
  previous_hash: Buffer;
  hash: Buffer;
}

/** An event with what its chain covers beside it. */
export interface ChainedRecordEvent extends RecordEvent {
  readonly key: string;
  readonly recordedAt: Instant;
  readonly requestId: string | null;
}

/** The event in a row, with what the chain covers. */
export function recordEventOf(row: RecordEventRow): ChainedRecordEvent {
  return {
    seq: row.seq,
    key: row.key,
    at: row.at.toISOString(),
    recordedAt: row.recorded_at.toISOString(),
    actor: row.actor,
    requestId: row.request_id,
    what: row.what,
  };
}

/** The events of a record from the first to the last. */
export async function readRecordEvents(knex: Knex, recordId: string): Promise<ChainedRecordEvent[]> {
  const rows = await knex<RecordEventRow>('record_event').where({ record_id: recordId }).orderBy('seq');
  return rows.map(recordEventOf);
}
