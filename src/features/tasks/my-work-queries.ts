import type { Knex } from 'knex';
import { z } from 'zod';
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

export function groupOf({ deadlineAt: at }: Pick<WorkTask, 'deadlineAt'>, { now, today, week }: Bounds): DueGroup {
  if (at === null) return 'later';
  if (at < now) return 'late';
  if (at < today) return 'today';
  return at < week ? 'week' : 'later';
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

function within(group: DueGroup | null, { now, today, week }: Bounds): Condition {
  switch (group) {
    case null:
      return { sql: 'true', bindings: [] };
    case 'late':
      return { sql: 't.deadline_at < ?', bindings: [now] };
    case 'today':
      return { sql: 't.deadline_at >= ? and t.deadline_at < ?', bindings: [now, today] };
    case 'week':
      return { sql: 't.deadline_at >= ? and t.deadline_at < ?', bindings: [today, week] };
    case 'later':
      return { sql: '(t.deadline_at >= ? or t.deadline_at is null)', bindings: [week] };
  }
}

/**
 * Rows after a position of a list that is sorted by deadline, those without one last. Each condition is one range of
 * an index that ends in the deadline, which the two joined by "or" would not be.
 */
function after(from: Position | null): readonly Condition[] {
  if (from === null) return [{ sql: 'true', bindings: [] }];
  if (from.at === null) return [{ sql: '(t.deadline_at is null and t.slug > ?)', bindings: [from.slug] }];
  return [{ sql: '(t.deadline_at, t.slug) > (?::timestamptz, ?)', bindings: [from.at, from.slug] }, { sql: 't.deadline_at is null', bindings: [] }];
}

/** The first rows of a list that is sorted by deadline and slug; `where` is what its tasks have in common. */
function byDeadline(where: Condition, from: Position | null, limit: number): Condition {
  const ranges = after(from).map((range): Condition => ({
    sql: `(select ${columns} from case_task t where ${where.sql} and ${range.sql} order by t.deadline_at, t.slug limit ?)`,
    bindings: [...where.bindings, ...range.bindings, limit],
  }));
  return { sql: ranges.map(({ sql }) => sql).join(' union all '), bindings: ranges.flatMap(({ bindings }) => bindings) };
}

/** A person's own open tasks, the earliest deadline first. */
export async function readOwn(knex: Knex, sight: Sight, of: { group: DueGroup | null; bounds: Bounds; from: Position | null; limit: number }): Promise<Slice> {
  const visible = visibleCases(sight, 't.case_id');
  const group = within(of.group, of.bounds);
  const where: Condition = {
    sql: `t.assignee = ? and t.status = 'open' and ${group.sql} and ${visible.sql}`,
    bindings: [sight.person, ...group.bindings, ...visible.bindings],
  };
  const list = byDeadline(where, of.from, of.limit + 1);
  const { rows }: { rows: Row[] } = await knex.raw(`select t.* from (${list.sql}) t order by t.deadline_at, t.slug limit ?`, [...list.bindings, of.limit + 1]);
  return sliced(rows, of.limit, 'deadline_at');
}

/**
 * Open tasks that nobody has claimed, for the person's roles; none from which he is excluded. Each role is read from
 * its index in order of deadline, so the number of open tasks does not matter.
 */
export async function readClaimable(knex: Knex, sight: Sight, audiences: readonly Audience[], of: { from: Position | null; limit: number }): Promise<Slice> {
  if (audiences.length === 0) return { rows: [], next: null };
  const visible = visibleCases(sight, 't.case_id');
  const where: Condition = {
    sql: `t.unit = mine.unit and t.role = mine.role and t.status = 'open' and t.assignee is null and not (?::uuid = any(t.excluded)) and ${visible.sql}`,
    bindings: [sight.person, ...visible.bindings],
  };
  const list = byDeadline(where, of.from, of.limit + 1);
  const { rows }: { rows: Row[] } = await knex.raw(
    `select t.* from unnest(?::text[], ?::text[]) as mine (unit, role) cross join lateral (${list.sql}) t
     order by t.deadline_at, t.slug limit ?`,
    [audiences.map(({ unit }) => unit), audiences.map(({ role }) => role), ...list.bindings, of.limit + 1],
  );
  return sliced(rows, of.limit, 'deadline_at');
}

/** What the person finished since an instant, the newest first. */
export async function readDone(knex: Knex, sight: Sight, of: { since: Date; from: Position | null; limit: number }): Promise<Slice> {
  const visible = visibleCases(sight, 't.case_id');
  const place: Condition = of.from === null ? { sql: 'true', bindings: [] } : { sql: '(t.done_at, t.slug) < (?::timestamptz, ?)', bindings: [of.from.at, of.from.slug] };
  const { rows }: { rows: Row[] } = await knex.raw(
    `select ${columns} from case_task t
     where t.done_by = ? and t.status = 'done' and t.done_at >= ? and ${place.sql} and ${visible.sql}
     order by t.done_at desc, t.slug desc limit ?`,
    [sight.person, of.since, ...place.bindings, ...visible.bindings, of.limit + 1],
  );
  return sliced(rows, of.limit, 'done_at');
}
