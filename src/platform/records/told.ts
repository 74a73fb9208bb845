import type { Knex } from 'knex';
import { z } from 'zod';
import type { RecordHappening } from '../../rules/records/file.ts';

/** Where a reader of the changes stands: after this row, of the order that `record_change` has. */
export const place = z.object({ from: z.int(), era: z.int(), xact: z.int(), id: z.int() });
export type Place = z.infer<typeof place>;

/** What the public does not see of a record; migration 0012 leaves the same out. */
type Silent = 'record.stored' | 'record.performed' | 'record.used' | 'record.released' | 'record.served';
type Happening<T> = T extends `record.${infer Name}` ? Name : never;
type ToldWhat = Happening<Exclude<RecordHappening['type'], Silent>> | 'subject' | 'takenOff' | 'putBack';

/** Everything that can be told; a happening that is added to the files of records is missing here until it is named. */
const named: Readonly<Record<ToldWhat, true>> = {
  published: true, corrected: true, marked: true, unmarked: true, held: true, unheld: true, ended: true, kept: true, repaired: true, restored: true, withdrawn: true,
  unpublished: true, finalised: true, looked: true, withheld: true, reasonMended: true, subject: true, takenOff: true, putBack: true,
};
export const toldWhats = Object.keys(named) as ToldWhat[];

/** Something that happened to what the public sees of a record. */
export interface ToldChange {
  readonly record: string;
  /**
   * A happening of its file without the `record.` before it; `subject`: its subject has another name or code, or was frozen or
   * freed; `takenOff`, `putBack`: in an emergency, and after it.
   */
  readonly what: ToldWhat;
  /** When it happened: of an end of publicity the midnight, however much later it was written. */
  readonly at: Date;
}

export interface Told {
  readonly changes: readonly ToldChange[];
  readonly next: Place;
  readonly more: boolean;
}

interface Row {
  era: number;
  xact: number;
  id: number;
  record_id: string;
  what: ToldWhat;
  at: Date;
}

interface Horizon {
  era: number;
  xmin: number;
}

/** Up to where nothing can be added any more: below the oldest transaction that still writes anywhere on the server. */
const HORIZON = 'select record_era_now() as era, pg_snapshot_xmin(pg_current_snapshot())::text::bigint as xmin';

async function horizonOf(knex: Knex): Promise<Horizon> {
  const { rows: [horizon] }: { rows: Horizon[] } = await knex.raw(HORIZON);
  return horizon!;
}

/** The place at which what is told from now on begins. */
export async function latestPlace(knex: Knex): Promise<Place> {
  const { era, xmin } = await horizonOf(knex);
  return { from: era, era, xact: xmin - 1, id: Number.MAX_SAFE_INTEGER };
}

/**
 * What was told after a place, or from the beginning, oldest first; nothing is told twice or left out, whichever
 * transactions were under way (see migration 0012). The horizon is read first: what ends after it waits for the next call.
 * @returns null when the place belongs to a history that the server no longer has, so that what came after it may be missing.
 */
export async function readTold(knex: Knex, after: Place | null, limit: number): Promise<Told | null> {
  const { era, xmin } = await horizonOf(knex);
  const start = after ?? { from: era, era: 0, xact: 0, id: 0 };
  // Nobody was ever told what lies beyond the horizon: then the server was set back by a copy of its files.
  if (start.from !== era || (start.era === era && start.xact >= xmin)) return null;
  const { rows }: { rows: Row[] } = await knex.raw(
    `select c.era, c.xact, c.id, c.record_id, c.what, c.at
     from record_change c join record r on r.id = c.record_id
     where (c.era, c.xact, c.id) > (?::integer, ?::bigint, ?::bigint) and (c.era < ?::integer or c.era = ?::integer and c.xact < ?::bigint)
       and r.published_at is not null
     order by c.era, c.xact, c.id limit ?::integer`,
    [start.era, start.xact, start.id, era, era, xmin, limit + 1],
  );
  const told = rows.slice(0, limit);
  const last = told.at(-1);
  return {
    changes: told.map(({ record_id: record, what, at }) => ({ record, what, at })),
    next: last ? { from: era, era: last.era, xact: last.xact, id: last.id } : start,
    more: rows.length > limit,
  };
}
