import type { Knex } from 'knex';
import { z } from 'zod';
import { wholeBefore } from '../../platform/counts.ts';
import { ask } from '../../platform/prepared.ts';
import { visibleCases, type Sight } from '../../platform/visibility.ts';
import { isSideStage } from '../../rules/casefile/acts.ts';
import { applicantAudience, caseKinds, type CaseKind, type Deadline } from '../../rules/casefile/types.ts';
import type { Locale, Role } from '../../rules/people.ts';

/** Which open tasks: over their deadline, or with it ahead within the time that counts as soon. */
export type Lateness = 'late' | 'soon';

export interface BoardFilter {
  lateness: Lateness;
  unit: string | null;
  /** A stage of a kind of case, e.g. `repair.accept`; of an incident, or beside every process, the stage alone. */
  stage: string | null;
}

export interface BoardCell {
  kind: CaseKind;
  unit: string;
  stage: string;
  late: number;
  soon: number;
}

export interface BoardTask {
  slug: string;
  caseId: string;
  taskId: string;
  caseNo: string;
  title: string;
  kind: CaseKind;
  stage: string;
  unit: string;
  role: Role;
  assigneeName: string | null;
  deadlineAt: Date;
  provisional: boolean;
  urged: number;
}

/** How a stage is named in the board's address. */
export const stageName = ({ kind, stage }: { kind: CaseKind; stage: string }): string => (kind === 'incident' || isSideStage(stage) ? stage : `${kind}.${stage}`);

/** The stage of that name; of an unknown kind, a stage that no incident has. */
export function stageNamed(name: string): { kind: CaseKind; stage: string } {
  const kind = caseKinds.find((one) => name.startsWith(`${one}.`));
  return kind ? { kind, stage: name.slice(kind.length + 1) } : { kind: 'incident', stage: name };
}

export const position = z.object({ at: z.iso.datetime(), slug: z.string() });
export type Position = z.infer<typeof position>;

export const pageSize = 50;

/** Whose tasks a person supervises: all, or those of his units. */
function supervised({ all, units }: Sight): { sql: string; bindings: Knex.RawBinding[] } {
  return all ? { sql: 't.unit <> ?', bindings: [applicantAudience.unit] } : { sql: 't.unit = any(?::text[])', bindings: [units] };
}

const notRecused = 'not exists (select 1 from case_recusal r where r.case_id = t.case_id and r.person = ?)';

/**
 * The numbers of the board, by unit and stage: the counts that were kept, the tasks of the two quarters of an hour that are
 * not over, and without the cases from which the person is recused. One statement, however much is open.
 */
export async function readBoard(knex: Knex, sight: Sight, now: Date, soonUntil: Date): Promise<BoardCell[]> {
  const mine = supervised(sight);
  const rows = await ask<{ kind: CaseKind; unit: string; stage: string; late: number; until: number }>(knex, knex.raw(
    `select t.kind, t.unit, t.stage, sum(t.late)::bigint as late, sum(t.until)::bigint as until from (
       select key[1] as kind, key[2] as unit, key[3] as stage, case when bucket <= ? then n else 0 end as late, n as until
       from kept_count where list = 'board' and bucket <= ?
       union all select kind, unit, stage, 1, 0 from case_task where status = 'open' and deadline_at > ? and deadline_at < ?
       union all select kind, unit, stage, 0, 1 from case_task where status = 'open' and deadline_at > ? and deadline_at < ?
       union all select t.kind, t.unit, t.stage, case when t.deadline_at < ? then -1 else 0 end, -1
       from case_recusal r join case_task t on t.case_id = r.case_id where r.person = ? and t.status = 'open' and t.deadline_at < ?
     ) t where ${mine.sql} group by t.kind, t.unit, t.stage having sum(t.until) > 0`,
    [wholeBefore(now), wholeBefore(soonUntil), wholeBefore(now), now, wholeBefore(soonUntil), soonUntil, now, sight.person, soonUntil, ...mine.bindings],
  ));
  return rows.map(({ late, until, ...cell }) => ({ ...cell, late, soon: until - late }));
}

/** Of each unit the deadline that has been over the longest; none where nothing is late. */
export async function readOldest(knex: Knex, sight: Sight, units: readonly string[], now: Date): Promise<ReadonlyMap<string, Date>> {
  const rows = await ask<{ unit: string; at: Date }>(knex, knex.raw(
    `select u.unit, o.deadline_at as at from unnest(?::text[]) u (unit) cross join lateral (
       select t.deadline_at from case_task t where t.unit = u.unit and t.status = 'open' and t.deadline_at < ? and ${notRecused}
       order by t.deadline_at, t.slug limit 1) o`,
    [[...units], now, sight.person],
  ));
  return new Map(rows.map(({ unit, at }) => [unit, at]));
}

interface TaskRow {
  slug: string;
  case_id: string;
  task_id: string;
  case_no: string;
  title: string;
  kind: CaseKind;
  stage: string;
  unit: string;
  role: Role;
  assignee_name: string | null;
  deadline_at: Date;
  provisional: boolean;
  urged: number;
}

const columns = ['slug', 'case_id', 'task_id', 'case_no', 'title', 'kind', 'stage', 'unit', 'role', 'assignee_name', 'deadline_at', 'provisional', 'urged'].map((c) => `t.${c}`);

const taskOf = (row: TaskRow): BoardTask => ({
  slug: row.slug,
  caseId: row.case_id,
  taskId: row.task_id,
  caseNo: row.case_no,
  title: row.title,
  kind: row.kind,
  stage: row.stage,
  unit: row.unit,
  role: row.role,
  assigneeName: row.assignee_name,
  deadlineAt: row.deadline_at,
  provisional: row.provisional,
  urged: row.urged,
});

/** A withdrawal of a record that waits for a second person. */
export interface DueWithdrawal {
  readonly record: string;
  readonly documentNo: string;
  readonly subject: string;
  readonly unit: string;
  readonly by: string;
  readonly dueAt: Date;
}

/** So many are named; the list of records has them all. */
const mostWithdrawals = 50;

/** Withdrawals that nobody decided yet, the one that is due first. */
export async function listWithdrawals(knex: Knex, sight: Sight): Promise<DueWithdrawal[]> {
  const query = knex('record_proposal as p').join('record as r', 'r.id', 'p.record_id').join('subject as s', 's.id', 'r.subject_id').join('person as a', 'a.id', 'p.proposed_by')
    .whereNull('p.decided_at').whereNotNull('p.due_at');
  if (!sight.all) void query.whereIn('r.unit', sight.units);
  return ask(knex, query.orderBy(['p.due_at', 'p.id']).limit(mostWithdrawals)
    .select('p.record_id as record', 'r.document_no as documentNo', 's.name as subject', 'r.unit', 'a.name as by', 'p.due_at as dueAt'));
}

/**
 * A page of the tasks behind the numbers, the one that waits longest first. Each condition is a range of an index that
 * ends in the deadline; of several units each is read apart.
 */
export async function listTasks(
  knex: Knex,
  sight: Sight,
  filter: BoardFilter,
  { now, soonUntil, from }: { now: Date; soonUntil: Date; from: Position | null },
): Promise<{ rows: BoardTask[]; next: Position | null }> {
  const of = (unit: string | null): Knex.QueryBuilder => {
    const query = knex('case_task as t').where('t.status', 'open').whereRaw(notRecused, [sight.person]);
    void query.andWhereNot('t.unit', applicantAudience.unit);
    if (unit !== null) void query.andWhere('t.unit', unit);
    if (filter.lateness === 'late') void query.andWhere('t.deadline_at', '<', now);
    else void query.andWhere('t.deadline_at', '>=', now).andWhere('t.deadline_at', '<', soonUntil);
    if (filter.stage !== null) {
      const { kind, stage } = stageNamed(filter.stage);
      void query.andWhere('t.stage', stage);
      if (!isSideStage(stage)) void query.andWhere('t.kind', kind);
    }
    if (from) void query.whereRaw('(t.deadline_at, t.slug) > (?::timestamptz, ?)', [from.at, from.slug]);
    return query.orderBy(['t.deadline_at', 't.slug']).limit(pageSize + 1).select(columns);
  };
  const mine = filter.unit === null ? sight.units : sight.units.filter((unit) => unit === filter.unit);
  const lists = sight.all ? [of(filter.unit)] : mine.map(of);
  if (lists.length === 0) return { rows: [], next: null };
  const rows = await ask<TaskRow>(knex, knex.from(knex.unionAll(lists, true).as('t')).orderBy(['t.deadline_at', 't.slug']).limit(pageSize + 1).select(columns));
  const shown = rows.slice(0, pageSize).map(taskOf);
  const last = shown.at(-1);
  return { rows: shown, next: rows.length > pageSize && last ? { at: last.deadlineAt.toISOString(), slug: last.slug } : null };
}

/** The open tasks of these addresses that the person may see, in the order of their deadlines. */
export async function findTasks(knex: Knex, sight: Sight, slugs: readonly string[]): Promise<BoardTask[]> {
  const { sql, bindings } = visibleCases(sight, 't.case_id');
  const rows: TaskRow[] = await knex('case_task as t')
    .whereIn('t.slug', [...slugs])
    .andWhere('t.status', 'open')
    .whereRaw(sql, bindings)
    .orderBy(['t.deadline_at', 't.slug'])
    .select(columns);
  return rows.map(taskOf);
}

/** What the letter about a task needs beside the task: its deadline whole, and the person who has it, by his own language. */
export interface LetterFacts {
  deadline: Deadline | null;
  assignee: { name: string; locale: Locale } | null;
}

export async function readLetterFacts(knex: Knex, { caseId, taskId }: BoardTask): Promise<LetterFacts> {
  const row: { deadline: Deadline | null; name: string | null; name_en: string | null; locale: Locale | null } | undefined = await knex('case_task as t')
    .join('case_file as f', 'f.id', 't.case_id')
    .leftJoin('person as p', 'p.id', 't.assignee')
    .where({ 't.case_id': caseId, 't.task_id': taskId })
    .first('p.name', 'p.name_en', 'p.locale', knex.raw(`f.state -> 'tasks' -> t.task_id -> 'deadline' as deadline`));
  const { name, name_en: nameEn, locale } = row ?? {};
  return { deadline: row?.deadline ?? null, assignee: name && locale ? { name: locale === 'en' && nameEn ? nameEn : name, locale } : null };
}
