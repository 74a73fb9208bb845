import type { Knex } from 'knex';
import { wholeBefore } from '../../platform/counts.ts';
import { ask } from '../../platform/prepared.ts';
import { visibleCases, type Sight } from '../../platform/visibility.ts';
import type { Audience } from '../../rules/casefile/types.ts';
import { dueGroups, type Bounds, type DueGroup } from './my-work-queries.ts';

/** How many tasks stand in each group of a person's work. */
export interface WorkCounts extends Readonly<Record<DueGroup, number>> {
  readonly claimable: number;
  /** Of those that may be claimed. */
  readonly lateToClaim: number;
}

interface Sums {
  unit: string;
  late: number;
  today: number;
  week: number;
  total: number;
}

/** The groups by what is due before the ends of each. */
const grouped = (of: Omit<Sums, 'unit'>): Readonly<Record<DueGroup, number>> => ({ late: of.late, today: of.today - of.late, week: of.week - of.today, later: of.total - of.week });

/**
 * A person's own open tasks: the counts that were kept, and the rows of the quarters of an hour in which a group ends. One
 * statement, and another for somebody who still has tasks of a unit to which he no longer belongs: he sees those of
 * cases in which his unit has a part.
 */
export async function countOwn(knex: Knex, sight: Sight, { now, today, week }: Bounds): Promise<Readonly<Record<DueGroup, number>>> {
  const ends = [now, today, week];
  const before = (column: string): string => ends.map((_, n) => `case when ${column} < ? then 1 else 0 end as e${n}`).join(', ');
  const own = `t.assignee = ? and t.status = 'open'`;
  const rows = await ask<Sums>(knex, knex.raw(
    `select unit, sum(e0)::bigint as late, sum(e1)::bigint as today, sum(e2)::bigint as week, sum(n)::bigint as total from (
       select key[2] as unit, ${ends.map((_, n) => `case when bucket <= ? then n else 0 end as e${n}`).join(', ')}, n
       from kept_count where list = 'own' and key >= array[?] and key < array[? || '~']
       ${ends.map((_, n) => `union all select t.unit, ${ends.map((_end, m) => (m === n ? '1' : '0')).join(', ')}, 0 from case_task t where ${own} and t.deadline_at > ? and t.deadline_at < ?`).join(' ')}
       union all select t.unit, -t.e0, -t.e1, -t.e2, -1 from (
         select t.unit, ${before('t.deadline_at')} from case_recusal r join case_task t on t.case_id = r.case_id where r.person = ? and ${own}) t
     ) t group by unit having sum(n) > 0`,
    [...ends.map(wholeBefore), sight.person, sight.person, ...ends.flatMap((end) => [sight.person, wholeBefore(end), end]), ...ends, sight.person, sight.person],
  ));
  const seen = rows.filter(({ unit }) => sight.all || sight.units.includes(unit));
  const others = rows.filter((row) => !seen.includes(row)).map(({ unit }) => unit);
  if (others.length > 0) {
    const visible = visibleCases(sight, 't.case_id');
    const { rows: more }: { rows: Sums[] } = await knex.raw(
      `select '' as unit, coalesce(sum(e0), 0)::bigint as late, coalesce(sum(e1), 0)::bigint as today, coalesce(sum(e2), 0)::bigint as week, count(*) as total from (
         select ${before('t.deadline_at')} from case_task t where ${own} and t.unit = any(?::text[]) and ${visible.sql}) t`,
      [...ends, sight.person, others, ...visible.bindings],
    );
    seen.push(...more);
  }
  const sum = (of: Exclude<keyof Sums, 'unit'>): number => seen.reduce((n, row) => n + row[of], 0);
  return grouped({ late: sum('late'), today: sum('today'), week: sum('week'), total: sum('total') });
}

/** What a person may claim by his roles, without what he is excluded from or recused from; and how much of it is late. */
export async function countClaimable(knex: Knex, { person }: Sight, audiences: readonly Audience[], now: Date): Promise<Pick<WorkCounts, 'claimable' | 'lateToClaim'>> {
  if (audiences.length === 0) return { claimable: 0, lateToClaim: 0 };
  const open = `t.unit = mine.unit and t.role = mine.role and t.status = 'open' and t.assignee is null and not (?::uuid = any(t.excluded))`;
  const [counted] = await ask<{ claimable: number; late: number }>(knex, knex.raw(
    `with mine as (select unit, role from unnest(?::text[], ?::text[]) as mine (unit, role))
     select coalesce(sum(n), 0)::bigint as claimable, coalesce(sum(late), 0)::bigint as late from (
       select k.n, case when k.bucket <= ? then k.n else 0 end as late
       from mine join kept_count k on k.list = 'claimable' and k.key = array[mine.unit, mine.role]
       union all select -k.n, case when k.bucket <= ? then -k.n else 0 end
       from mine join kept_count k on k.list = 'excluded' and k.key = array[?, mine.unit, mine.role]
       union all select 0, 1 from mine join case_task t on ${open} and t.deadline_at > ? and t.deadline_at < ?
       union all select -1, case when t.deadline_at < ? then -1 else 0 end
       from case_recusal r join case_task t on t.case_id = r.case_id join mine on ${open} where r.person = ?
     ) c`,
    [
      audiences.map(({ unit }) => unit), audiences.map(({ role }) => role),
      wholeBefore(now), wholeBefore(now), person, person, wholeBefore(now), now, now, person, person,
    ],
  ));
  return { claimable: counted?.claimable ?? 0, lateToClaim: counted?.late ?? 0 };
}

export async function countWork(knex: Knex, sight: Sight, audiences: readonly Audience[], bounds: Bounds): Promise<WorkCounts> {
  const [own, claimable] = await Promise.all([countOwn(knex, sight, bounds), countClaimable(knex, sight, audiences, bounds.now)]);
  return { ...own, ...claimable };
}

/** How many own tasks there are in all. */
export const ownOf = (counts: Readonly<Record<DueGroup, number>>): number => dueGroups.reduce((n, group) => n + counts[group], 0);
