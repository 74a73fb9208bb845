import type { Knex } from 'knex';
import { z } from 'zod';
import { visibleCases, type Sight } from '../../../platform/visibility.ts';
import type { Area, Level } from '../../../rules/incident/facts.ts';
import type { IncidentFilter, Sort } from './filter.ts';
import { searchCondition } from '../../cases/index.ts';

export interface ListedIncident {
  readonly caseId: string;
  readonly caseNo: string;
  readonly title: string;
  readonly status: 'open' | 'closed';
  readonly step: string | null;
  readonly level: Level | null;
  readonly field: string;
  readonly area: Area;
  readonly region: string;
  readonly accountableUnit: string | null;
  readonly occurredOn: string;
  readonly dueAt: Date | null;
  readonly outcome: string | null;
  readonly openedAt: Date;
  readonly closedAt: Date | null;
}

/** Where a page begins: beside the row with these sort values, on that side of it; `n` rows stand before it. */
export const position = z.object({ at: z.iso.datetime(), id: z.uuid(), before: z.boolean(), n: z.int().nonnegative() });
export type Position = z.infer<typeof position>;

export interface IncidentPage {
  readonly rows: ListedIncident[];
  readonly previous: Position | null;
  readonly next: Position | null;
  /** How many rows stand before the first of this page. */
  readonly offset: number;
  /** Rows of the whole list, counted up to `countedTo`; null for more, or when they were not counted. */
  readonly total: number | null;
}

export const pageSize = 50;
/** Beyond this a total is said as "more than": counting every row would cost more than the page. */
export const countedTo = 1000;

interface Row {
  case_id: string;
  case_no: string;
  title: string;
  status: 'open' | 'closed';
  step: string | null;
  level: Level | null;
  field: string;
  area: Area;
  region: string;
  accountable_unit: string | null;
  occurred_on: string;
  due_at: Date | null;
  outcome: string | null;
  opened_at: Date;
  closed_at: Date | null;
}

const columns = [
  'case_id', 'case_no', 'title', 'status', 'step', 'level', 'field', 'area', 'region', 'accountable_unit', 'occurred_on', 'due_at', 'outcome', 'opened_at', 'closed_at',
].map((column) => `i.${column}`);

const listed = (row: Row): ListedIncident => ({
  caseId: row.case_id,
  caseNo: row.case_no,
  title: row.title,
  status: row.status,
  step: row.step,
  level: row.level,
  field: row.field,
  area: row.area,
  region: row.region,
  accountableUnit: row.accountable_unit,
  occurredOn: row.occurred_on,
  dueAt: row.due_at,
  outcome: row.outcome,
  openedAt: row.opened_at,
  closedAt: row.closed_at,
});

const DAY_MS = 86_400_000;
const beginOf = (date: string): Date => new Date(`${date}T00:00:00+08:00`);

/** The rows of a filter, as far as the person may see them, in no order. */
export function filtered(knex: Knex, sight: Sight, filter: IncidentFilter, now: Date): Knex.QueryBuilder {
  const visible = visibleCases(sight, 'i.case_id');
  const query = knex('incident as i').whereRaw(visible.sql, visible.bindings);
  const { q, step, area, level, unit, late, from, to, person, sort } = filter;
  if (q !== '') {
    const search = searchCondition(q);
    void (search ? query.whereRaw(search.sql, search.bindings) : query.whereRaw('false'));
  }
  if (step === 'closed') void query.where('i.status', 'closed');
  else if (step !== null || late || sort === 'due') void query.where('i.status', 'open');
  if (step !== null && step !== 'open' && step !== 'closed') void query.where('i.step', step);
  if (area !== null) void query.where('i.area', area);
  if (level !== null) void query.where('i.level', level);
  if (unit !== null) void query.where('i.accountable_unit', unit);
  if (late) void query.where('i.due_at', '<', now);
  else if (sort === 'due') void query.whereNotNull('i.due_at');
  if (from !== null) void query.where('i.opened_at', '>=', beginOf(from));
  if (to !== null) void query.where('i.opened_at', '<', new Date(beginOf(to).getTime() + DAY_MS));
  if (person !== null) void query.whereExists(knex('case_subject as s').select(knex.raw('1')).whereRaw('s.case_id = i.case_id').where('s.sealed', person));
  return query;
}

/** `opened_at desc, case_id` is the index; each sort has its direction of both, so that it is read in either way. */
const orders: Record<Sort, { column: 'opened_at' | 'due_at'; first: 'asc' | 'desc'; then: 'asc' | 'desc' }> = {
  opened: { column: 'opened_at', first: 'desc', then: 'asc' },
  oldest: { column: 'opened_at', first: 'asc', then: 'desc' },
  due: { column: 'due_at', first: 'asc', then: 'asc' },
};

const other = (direction: 'asc' | 'desc'): 'asc' | 'desc' => (direction === 'asc' ? 'desc' : 'asc');
const sign = (direction: 'asc' | 'desc'): '>' | '<' => (direction === 'asc' ? '>' : '<');

/** Narrows to what lies beyond a position and sorts, away from it. */
export function beyond(query: Knex.QueryBuilder, sort: Sort, from: Pick<Position, 'at' | 'id' | 'before'> | null): Knex.QueryBuilder {
  const { column, first, then } = orders[sort];
  const [a, b] = from?.before ? [other(first), other(then)] : [first, then];
  if (from) {
    // The first half lets the index begin at the place; the second tells rows of the same instant apart.
    void query.whereRaw(`i.${column} ${sign(a)}= ?::timestamptz and (i.${column} <> ?::timestamptz or i.case_id ${sign(b)} ?::uuid)`, [from.at, from.at, from.id]);
  }
  return query.orderBy([{ column: `i.${column}`, order: a }, { column: 'i.case_id', order: b }]);
}

const sortValue = (row: ListedIncident, sort: Sort): Date => (sort === 'due' ? (row.dueAt ?? row.openedAt) : row.openedAt);

async function count(knex: Knex, found: Knex.QueryBuilder): Promise<number | null> {
  const counted = await knex.count<{ total: number }[]>('* as total').from(found.select('i.case_id').limit(countedTo + 1).as('counted')).first();
  const total = Number(counted?.total ?? 0);
  return total > countedTo ? null : total;
}

/** One page of the list. */
export async function listIncidents(
  knex: Knex,
  { sight, filter, from, now, size = pageSize, counted = true }:
  { sight: Sight; filter: IncidentFilter; from: Position | null; now: Date; size?: number; counted?: boolean },
): Promise<IncidentPage> {
  const { sort } = filter;
  const found = filtered(knex, sight, filter, now);
  const read = (await beyond(found.clone().select(columns).limit(size + 1), sort, from)) as Row[];
  const more = read.length > size;
  const rows = read.slice(0, size).map(listed);
  if (from?.before) rows.reverse();
  const offset = from === null ? 0 : from.before ? Math.max(0, from.n - rows.length) : from.n;
  const edge = (row: ListedIncident | undefined, before: boolean, n: number): Position | null =>
    row ? { at: sortValue(row, sort).toISOString(), id: row.caseId, before, n } : null;
  return {
    rows,
    previous: from && (!from.before || more) ? edge(rows[0], true, offset) : null,
    next: from?.before || more ? edge(rows.at(-1), false, offset + rows.length) : null,
    offset,
    total: from === null && !more ? rows.length : counted ? await count(knex, found.clone()) : null,
  };
}

/** Numbers for the head of the list, each counted up to `countedTo`; null for more. */
export async function countStanding(knex: Knex, sight: Sight, now: Date): Promise<{ open: number | null; late: number | null }> {
  const none: IncidentFilter = { q: '', step: 'open', area: null, level: null, unit: null, late: false, from: null, to: null, person: null, sort: 'opened' };
  const [open, late] = await Promise.all([count(knex, filtered(knex, sight, none, now)), count(knex, filtered(knex, sight, { ...none, late: true }, now))]);
  return { open, late };
}

/** What a list shows of an incident beside its row. */
export interface Companion {
  readonly subjects: { name: string; uscc: string | null }[];
  /** Open tasks of the process itself, the one with the earliest deadline first. */
  readonly tasks: { stage: string; unit: string; assigneeName: string | null; deadlineAt: Date | null; provisional: boolean }[];
}

/** Subjects and open tasks of the incidents of one page, in two statements. */
export async function companionsOf(knex: Knex, caseIds: readonly string[]): Promise<ReadonlyMap<string, Companion>> {
  if (caseIds.length === 0) return new Map();
  const [subjects, tasks]: [
    { case_id: string; name: string; uscc: string | null }[],
    { case_id: string; stage: string; unit: string; assignee_name: string | null; deadline_at: Date | null; provisional: boolean }[],
  ] = await Promise.all([
    knex('case_subject').whereIn('case_id', [...caseIds]).orderBy(['case_id', 'number']).select('case_id', 'name', 'uscc'),
    knex('case_task').whereIn('case_id', [...caseIds]).where({ status: 'open', side: false }).orderByRaw('deadline_at nulls last')
      .select('case_id', 'stage', 'unit', 'assignee_name', 'deadline_at', 'provisional'),
  ]);
  return new Map(caseIds.map((id): [string, Companion] => [id, {
    subjects: subjects.filter((row) => row.case_id === id).map(({ name, uscc }) => ({ name, uscc })),
    tasks: tasks.filter((row) => row.case_id === id).map((row) => ({
      stage: row.stage, unit: row.unit, assigneeName: row.assignee_name, deadlineAt: row.deadline_at, provisional: row.provisional,
    })),
  }]));
}
