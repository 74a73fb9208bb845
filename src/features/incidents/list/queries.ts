import type { Knex } from 'knex';
import { countEach, readPage, type Count, type Order, type PageOf, type PageRequest } from '../../../platform/paging.ts';
import { visibleCases, type Sight } from '../../../platform/visibility.ts';
import type { Area, Level } from '../../../rules/incident/facts.ts';
import { openTasksOf, searchCondition, type OpenTask } from '../../cases/index.ts';
import { readFilter, type IncidentFilter, type Sort } from './filter.ts';

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
const orderBy = (by: 'i.opened_at' | 'i.due_at', first: Order['first'], then: Order['then']): Order => ({ by, type: 'timestamptz', first, id: 'i.case_id', then });
const orders: Readonly<Record<Sort, Order>> = {
  opened: orderBy('i.opened_at', 'desc', 'asc'),
  oldest: orderBy('i.opened_at', 'asc', 'desc'),
  due: orderBy('i.due_at', 'asc', 'asc'),
};

/** One page of the list. */
export async function listIncidents(
  knex: Knex,
  { sight, filter, now, ...request }: { sight: Sight; filter: IncidentFilter; now: Date } & Omit<PageRequest, 'columns' | 'order'>,
): Promise<PageOf<ListedIncident>> {
  const page = await readPage<Row>(knex, filtered(knex, sight, filter, now), { columns, order: orders[filter.sort], ...request });
  return { ...page, rows: page.rows.map(listed) };
}

/** Numbers for the head of the list. */
export function countStanding(knex: Knex, sight: Sight, now: Date): Promise<Readonly<Record<'open' | 'late', Count>>> {
  const open: IncidentFilter = { ...readFilter({}), step: 'open' };
  return countEach(knex, { open: filtered(knex, sight, open, now), late: filtered(knex, sight, { ...open, late: true }, now) });
}

/** What a list shows of an incident beside its row. */
export interface Companion {
  readonly subjects: { name: string; uscc: string | null }[];
  readonly tasks: readonly OpenTask[];
}

/** Subjects and open tasks of the incidents of one page, in two statements. */
export async function companionsOf(knex: Knex, caseIds: readonly string[]): Promise<ReadonlyMap<string, Companion>> {
  if (caseIds.length === 0) return new Map();
  const [subjects, tasks]: [{ case_id: string; name: string; uscc: string | null }[], ReadonlyMap<string, readonly OpenTask[]>] = await Promise.all([
    knex('case_subject').whereIn('case_id', [...caseIds]).orderBy(['case_id', 'number']).select('case_id', 'name', 'uscc'),
    openTasksOf(knex, caseIds),
  ]);
  return new Map(caseIds.map((id): [string, Companion] => [id, {
    subjects: subjects.filter((row) => row.case_id === id).map(({ name, uscc }) => ({ name, uscc })),
    tasks: tasks.get(id) ?? [],
  }]));
}
