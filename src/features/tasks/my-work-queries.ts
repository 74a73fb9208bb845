import type { Knex } from 'knex';
import { z } from 'zod';
import { ask } from '../../platform/prepared.ts';
import { visibleCases, type Sight } from '../../platform/visibility.ts';
import { weekdayOf, type Calendar } from '../../rules/calendar/index.ts';
import type { Audience, CaseKind } from '../../rules/casefile/types.ts';
import type { Person, Role } from '../../rules/people.ts';

/** Groups of one's own open tasks, by when they are due. */
export const dueGroups = ['late', 'today', 'week', 'later'] as const;
export type DueGroup = (typeof dueGroups)[number];

export interface WorkTask {
  slug: string;
  caseNo: string;
  title: string;
  kind: CaseKind;
  stage: string;
  unit: string;
  role: Role;
  assigneeName: string | null;
  deadlineAt: Date | null;
  provisional: boolean;
  doneAt: Date | null;
  outcome: string | null;
  urged: number;
}

/** Place in a list sorted by time and slug; `at` null among tasks without a deadline. */
export const position = z.object({ at: z.iso.datetime().nullable(), slug: z.string() });
export type Position = z.infer<typeof position>;

export interface Slice {
  rows: WorkTask[];
  /** Where the next page begins; null on the last one. */
  next: Position | null;
}

interface Row {
  slug: string;
  case_no: string;
  title: string;
  kind: CaseKind;
  stage: string;
  unit: string;
  role: Role;
  assignee_name: string | null;
  deadline_at: Date | null;
  provisional: boolean;
  done_at: Date | null;
  outcome: string | null;
  urged: number;
}

const columns = 't.slug, t.case_no, t.title, t.kind, t.stage, t.unit, t.role, t.assignee_name, t.deadline_at, t.provisional, t.done_at, t.outcome, t.urged';

const taskOf = (row: Row): WorkTask => ({
  slug: row.slug,
  caseNo: row.case_no,
  title: row.title,
  kind: row.kind,
  stage: row.stage,
  unit: row.unit,
  role: row.role,
  assigneeName: row.assignee_name,
  deadlineAt: row.deadline_at,
  provisional: row.provisional,
  doneAt: row.done_at,
  outcome: row.outcome,
  urged: row.urged,
});

/** Where today and this week end: weeks end on Sunday. */
export interface Bounds {
  now: Date;
  today: Date;
  week: Date;
}

export function boundsOf(calendar: Calendar, now: Date): Bounds {
  const day = calendar.dayAt(now.getTime());
  const daysLeft = (7 - weekdayOf(day)) % 7;
  return { now, today: new Date(calendar.beginOf(day + 1)), week: new Date(calendar.beginOf(day + daysLeft + 1)) };
}

/** What the claimable tasks of a person must be for; the head of the credit office is also head of that unit. */
export function audiencesOf(person: Pick<Person, 'roles'>): Audience[] {
  return person.roles.flatMap(({ unit, role }): Audience[] => (role === 'creditOfficeHead' ? [{ unit, role }, { unit, role: 'head' }] : [{ unit, role }]));
}

function sliced(found: Row[], limit: number, at: 'deadline_at' | 'done_at'): Slice {
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  return { rows: rows.map(taskOf), next: found.length > limit && last ? { at: last[at]?.toISOString() ?? null, slug: last.slug } : null };
}

interface Condition {
  sql: string;
  bindings: Knex.RawBinding[];
}

/** What lies in a group, by ranges of an index that ends in the deadline: one joined by "or" would be none. */
function within(group: DueGroup | null, { now, today, week }: Bounds): readonly Condition[] {
  switch (group) {
    case null:
      return [{ sql: 'true', bindings: [] }];
    case 'late':
      return [{ sql: 't.deadline_at < ?', bindings: [now] }];
    case 'today':
      return [{ sql: 't.deadline_at >= ? and t.deadline_at < ?', bindings: [now, today] }];
    case 'week':
      return [{ sql: 't.deadline_at >= ? and t.deadline_at < ?', bindings: [today, week] }];
    case 'later':
      return [{ sql: 't.deadline_at >= ?', bindings: [week] }, { sql: 't.deadline_at is null', bindings: [] }];
  }
}

/** Rows after a position of a list that is sorted by deadline, those without one last; by ranges too. */
function after(from: Position | null): readonly Condition[] {
  if (from === null) return [{ sql: 'true', bindings: [] }];
  if (from.at === null) return [{ sql: '(t.deadline_at is null and t.slug > ?)', bindings: [from.slug] }];
  return [{ sql: '(t.deadline_at, t.slug) > (?::timestamptz, ?)', bindings: [from.at, from.slug] }, { sql: 't.deadline_at is null', bindings: [] }];
}

const both = (a: Condition, b: Condition): Condition => ({ sql: `${a.sql} and ${b.sql}`, bindings: [...a.bindings, ...b.bindings] });

/** The first rows of a list that is sorted by deadline and slug; `where` is what its tasks have in common. */
function byDeadline(where: Condition, groups: readonly Condition[], from: Position | null, limit: number): Condition {
  const ranges = groups.flatMap((group) => after(from).map((range): Condition => {
    const { sql, bindings } = both(where, both(group, range));
    return { sql: `(select ${columns} from case_task t where ${sql} order by t.deadline_at, t.slug limit ?)`, bindings: [...bindings, limit] };
  }));
  return {
    sql: `(select t.* from (${ranges.map(({ sql }) => sql).join(' union all ')}) t order by t.deadline_at, t.slug limit ?)`,
    bindings: [...ranges.flatMap(({ bindings }) => bindings), limit],
  };
}

const ownOf = (sight: Sight): Condition =>
  both({ sql: `t.assignee = ? and t.status = 'open'`, bindings: [sight.person] }, visibleCases(sight, 't.case_id'));

/** A group of a person's own open tasks, the earliest deadline first. */
export async function readOwn(knex: Knex, sight: Sight, of: { group: DueGroup; bounds: Bounds; from: Position | null; limit: number }): Promise<Slice> {
  const list = byDeadline(ownOf(sight), within(of.group, of.bounds), of.from, of.limit + 1);
  const rows = await ask<Row>(knex, knex.raw(list.sql, list.bindings));
  return sliced(rows, of.limit, 'deadline_at');
}

/** The first rows of each group of a person's own open tasks, in one statement. */
export async function readOwnGroups(
  knex: Knex, sight: Sight, bounds: Bounds, limits: Readonly<Record<DueGroup, number>>,
): Promise<Readonly<Record<DueGroup, WorkTask[]>>> {
  const lists = dueGroups.map((group) => {
    const list = byDeadline(ownOf(sight), within(group, bounds), null, limits[group]);
    return { sql: `select '${group}' as due_group, t.* from ${list.sql} t`, bindings: list.bindings };
  });
  const rows = await ask<Row & { due_group: DueGroup }>(knex, knex.raw(lists.map(({ sql }) => sql).join(' union all '), lists.flatMap(({ bindings }) => bindings)));
  const of = (group: DueGroup): WorkTask[] => rows.filter((row) => row.due_group === group).map(taskOf);
  return { late: of('late'), today: of('today'), week: of('week'), later: of('later') };
}

const claimableBy = ({ person }: Sight): Condition => ({
  sql: `t.unit = mine.unit and t.role = mine.role and t.status = 'open' and t.assignee is null and not (?::uuid = any(t.excluded))`,
  bindings: [person],
});
const audienceBindings = (audiences: readonly Audience[]): Knex.RawBinding[] => [audiences.map(({ unit }) => unit), audiences.map(({ role }) => role)];

/**
 * Open tasks that nobody has claimed, for the person's roles; none from which he is excluded. Each role is read from
 * its index in order of deadline, so the number of open tasks does not matter.
 */
export async function readClaimable(knex: Knex, sight: Sight, audiences: readonly Audience[], of: { from: Position | null; limit: number }): Promise<Slice> {
  if (audiences.length === 0) return { rows: [], next: null };
  const list = byDeadline(both(claimableBy(sight), visibleCases(sight, 't.case_id')), [{ sql: 'true', bindings: [] }], of.from, of.limit + 1);
  const rows = await ask<Row>(knex, knex.raw(
    `select t.* from unnest(?::text[], ?::text[]) as mine (unit, role) cross join lateral ${list.sql} t
     order by t.deadline_at, t.slug limit ?`,
    [...audienceBindings(audiences), ...list.bindings, of.limit + 1],
  ));
  return sliced(rows, of.limit, 'deadline_at');
}

/** What the person finished since an instant, the newest first. */
export async function readDone(knex: Knex, sight: Sight, of: { since: Date; from: Position | null; limit: number }): Promise<Slice> {
  const visible = visibleCases(sight, 't.case_id');
  const place: Condition = of.from === null ? { sql: 'true', bindings: [] } : { sql: '(t.done_at, t.slug) < (?::timestamptz, ?)', bindings: [of.from.at, of.from.slug] };
  const rows = await ask<Row>(knex, knex.raw(
    `select ${columns} from case_task t
     where t.done_by = ? and t.status = 'done' and t.done_at >= ? and ${place.sql} and ${visible.sql}
     order by t.done_at desc, t.slug desc limit ?`,
    [sight.person, of.since, ...place.bindings, ...visible.bindings, of.limit + 1],
  ));
  return sliced(rows, of.limit, 'done_at');
}

/** What was done is counted to here: more in the days that count as lately is "more than". */
export const doneCountedTo = 100;

/** @returns null for more than are counted. */
export async function countDone(knex: Knex, sight: Sight, since: Date): Promise<number | null> {
  const visible = visibleCases(sight, 't.case_id');
  const [counted] = await ask<{ n: number }>(knex, knex.raw(
    `select count(*) as n from (select 1 from case_task t where t.done_by = ? and t.status = 'done' and t.done_at >= ? and ${visible.sql} limit ?) c`,
    [sight.person, since, ...visible.bindings, doneCountedTo + 1],
  ));
  return counted === undefined || counted.n > doneCountedTo ? null : counted.n;
}
