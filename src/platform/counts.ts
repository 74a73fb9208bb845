import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { CaseKind } from '../rules/casefile/types.ts';
import { processes } from '../rules/processes.ts';
import { ask } from './prepared.ts';
import { repeat } from './repeat.ts';
import type { Sight } from './visibility.ts';

/** Open work is counted by the quarter of an hour that it is due in. */
const quarterMs = 15 * 60_000;

/**
 * The last end of a quarter that lies before an instant. All that is due up to and with it is in the buckets up to it;
 * what is due after it and before the instant is counted by its rows, which are few.
 */
export const wholeBefore = (at: Date): Date => new Date((Math.ceil(at.getTime() / quarterMs) - 1) * quarterMs);

/** The first instant after one that still counts: deadlines are of milliseconds. */
export const justAfter = (at: Date): Date => new Date(at.getTime() + 1);

/**
 * Whose counts a person reads: those of the city or of his unit. Null for somebody of several units, in whose lists the
 * counts of each would count a case twice in which two have a part.
 */
export const scopeOf = ({ all, units }: Sight): string | null => (all ? '*' : units.length === 1 ? units[0]! : null);

/** Cases of a kind that a person may see. */
export interface KeptCases {
  /** Open and closed. */
  readonly all: number;
  readonly open: number;
  readonly closed: number;
  /** Of those that are open, by their step. */
  readonly steps: Readonly<Record<string, number>>;
  /** Of those that are open, how many are due before each of the instants that were asked about. */
  readonly before: readonly number[];
}

interface Counted {
  list: 'cases' | 'steps' | 'due';
  name: string;
  n: number;
}

/**
 * The counts of a list as they were kept, without cases from which the person is recused, in one statement. Costs the
 * same whatever is open.
 */
export async function readKeptCases(knex: Knex, { person }: Sight, scope: string, kind: CaseKind, instants: readonly Date[]): Promise<KeptCases> {
  const dueAt = (rows: string): string => `coalesce(${rows}.due_at, 'infinity'::timestamptz)`;
  const { listTable } = processes[kind];
  const [rows, bound] = scope === '*' ? [`from ${listTable} i where`, []] : [`from case_party i where i.unit = ? and i.kind = ? and`, [scope, kind]];
  const due = instants.map((at, n) => ({
    sql: `
      select 'due', '${n}', n from kept_count where list = 'due' and key = array[?, ?] and bucket <= ?
      union all select 'due', '${n}', 1 ${rows} i.status = 'open' and ${dueAt('i')} > ? and ${dueAt('i')} < ?
      union all select 'due', '${n}', -1 from recused i where i.status = 'open' and ${dueAt('i')} < ?`,
    bindings: [kind, scope, wholeBefore(at), ...bound, wholeBefore(at), at, at],
  }));
  const counted = await ask<Counted>(knex, knex.raw(
    `with recused as (select i.status, i.step, i.due_at from ${scope === '*' ? listTable : 'case_party'} i join case_recusal r on r.case_id = i.case_id
       where r.person = ?${scope === '*' ? '' : ' and i.unit = ? and i.kind = ?'})
     select list, name, sum(n)::bigint as n from (
       select list, key[3] as name, n from kept_count where list in ('cases', 'steps') and key >= array[?, ?] and key < array[?, ? || '~'] and key[2] = ?
       union all select 'cases', status, -1 from recused
       union all select 'steps', step, -1 from recused where status = 'open' and step is not null
       ${due.map(({ sql }) => `union all ${sql}`).join(' ')}
     ) c group by list, name`,
    [person, ...(scope === '*' ? [] : [scope, kind]), kind, scope, kind, scope, scope, ...due.flatMap(({ bindings }) => bindings)],
  ));
  const of = (list: Counted['list'], name: string): number => counted.find((row) => row.list === list && row.name === name)?.n ?? 0;
  const [open, closed] = [of('cases', 'open'), of('cases', 'closed')];
  return {
    all: open + closed,
    open,
    closed,
    steps: Object.fromEntries(counted.filter(({ list }) => list === 'steps').map(({ name, n }) => [name, n])),
    before: instants.map((_, n) => of('due', String(n))),
  };
}

/** How long after its end a quarter may still be asked about alone: clocks of processes differ. */
const settledAfter = `interval '1 hour'`;
const mostFolded = 20_000;

/**
 * Puts together what connections have counted apart, and all quarters that are over, as nobody asks about one of those
 * alone. Takes no row that a running transaction holds.
 * @returns how many rows went.
 */
export async function foldCounts(knex: Knex): Promise<number> {
  return knex.transaction(async (trx) => {
    // One at a time: folded rows are its own. Another process that folds now does it for both.
    const { rows: [lock] }: { rows: { taken: boolean }[] } = await trx.raw(`select pg_try_advisory_xact_lock(hashtext('kept_count')) as taken`);
    if (!lock?.taken) return 0;
    const folded: { rowCount: number } = await trx.raw(
      `with old as (
         select list, key, bucket, slot from kept_count
         where slot <> 0 or (bucket <= now() - ${settledAfter} and bucket > '-infinity') limit ? for update skip locked
       ), gone as (
         delete from kept_count k using old o
         where (k.list, k.key, k.bucket, k.slot) = (o.list, o.key, o.bucket, o.slot) returning k.*
       )
       insert into kept_count as k (list, key, bucket, slot, n)
       select list, key, case when bucket <= now() - ${settledAfter} then '-infinity' else bucket end as until, 0, sum(n) from gone group by list, key, until
       on conflict (list, key, bucket, slot) do update set n = k.n + excluded.n`,
      [mostFolded],
    );
    if (folded.rowCount > 0) await trx('kept_count').where({ slot: 0, n: 0 }).delete();
    return folded.rowCount;
  });
}

const foldEveryMs = 30_000;

/** Folds now and then, until the returned function is called. Counts are right without it, and read more slowly. */
export function startFoldingCounts(knex: Knex, logger: Logger): () => Promise<void> {
  return repeat(foldEveryMs, async () => void (await foldCounts(knex)), (error) => logger.warn({ err: error }, 'counts were not folded; it is tried again'));
}

/** A count that is not what its rows say. */
export interface CountFault {
  readonly list: string;
  readonly key: readonly string[];
  /** End of the quarter; `-infinity` for all that are over, `infinity` for what has no deadline. */
  readonly bucket: string;
  readonly kept: number;
  readonly counted: number;
}

/** Compares all counts with the rows, counted from scratch as they are at one moment. */
export async function compareCounts(knex: Knex): Promise<CountFault[]> {
  const { rows }: { rows: CountFault[] } = await knex.raw(`
    select list, key, bucket::text, sum(kept)::bigint as kept, sum(counted)::bigint as counted from (
      select list, key, case when bucket <= now() then '-infinity' else bucket end as bucket, n as kept, 0 as counted from kept_count
      union all select list, key, case when bucket <= now() then '-infinity' else bucket end, 0, n from counted_anew
    ) c group by list, key, bucket having sum(kept) <> sum(counted) order by list, key, bucket`);
  return rows;
}

/** Counts everything from scratch. Acts wait for it meanwhile: seconds in a large city. */
export async function recount(knex: Knex): Promise<void> {
  await knex.transaction(async (trx) => {
    // Whoever has written rows and not yet counted them adds to the new counts; whoever has counted them has committed.
    await trx.raw('lock table kept_count in exclusive mode');
    await trx('kept_count').delete();
    await trx.raw('insert into kept_count (list, key, bucket, slot, n) select list, key, bucket, 0, n from counted_anew');
  });
}
