import type { Knex } from 'knex';
import type { CaseEvent, Happening } from '../../rules/casefile/events.ts';
import type { Actor } from '../../rules/casefile/types.ts';
import type { ChainedEvent } from '../chain.ts';
import { mended } from '../mended.ts';
import { ask, type Bound } from '../prepared.ts';
import { insertRows } from './statements.ts';

/** A row of `case_event` as it is read. */
export interface EventRow {
  case_id: string;
  seq: number;
  key: string;
  command: boolean;
  at: Date;
  recorded_at: Date;
  actor: Actor | null;
  request_id: string | null;
  what: Happening;
  previous_hash: Buffer;
  hash: Buffer;
}

const columns = ['case_id', 'seq', 'key', 'command', 'at', 'recorded_at', 'actor', 'request_id', 'what', 'previous_hash', 'hash'] satisfies (keyof EventRow)[];

/** The event in a row, with what the chain covers. */
export function eventOf(row: EventRow): ChainedEvent {
  return {
    seq: row.seq,
    at: row.at.toISOString(),
    recordedAt: row.recorded_at.toISOString(),
    actor: row.actor,
    command: row.command ? row.key : null,
    what: row.what,
    key: row.key,
    requestId: row.request_id,
  };
}

/** The event as files are folded from it. */
export function plainEvent({ seq, at, recordedAt, actor, command, what }: ChainedEvent): CaseEvent {
  return { seq, at, recordedAt, actor: mended(actor), command, what: mended(what) };
}

/** Appends events whose hashes are computed; the caller holds the lock on the case's row. */
export function insertEvents(caseId: string, chained: readonly { event: ChainedEvent; previous: Buffer; hash: Buffer }[]): Bound[] {
  return insertRows(
    'case_event',
    chained.map(({ event, previous, hash }) => ({
      case_id: caseId,
      seq: event.seq,
      key: event.key,
      command: event.command !== null,
      at: event.at,
      recorded_at: event.recordedAt,
      actor: event.actor ? JSON.stringify(event.actor) : null,
      request_id: event.requestId,
      type: event.what.type,
      what: JSON.stringify(event.what),
      previous_hash: previous,
      hash,
    })),
  );
}

/** The events of a case from the first to the last, or those after a sequence number. */
export async function readEvents(knex: Knex, caseId: string, after = 0): Promise<ChainedEvent[]> {
  const rows = await ask<EventRow>(knex, knex('case_event').where({ case_id: caseId }).andWhere('seq', '>', after).orderBy('seq').select(columns));
  return rows.map(eventOf);
}
