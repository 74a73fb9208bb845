import type { Knex } from 'knex';
import { caseList, caseOrder, dueOf, type CaseList } from '../../../platform/case-lists.ts';
import { readKeptCases, scopeOf } from '../../../platform/counts.ts';
import { groupedBy } from '../../../platform/grouped.ts';
import { countEach, readPage, type Count, type PageOf, type PageRequest } from '../../../platform/paging.ts';
import { ask } from '../../../platform/prepared.ts';
import type { Sight } from '../../../platform/visibility.ts';
import type { Area, Level } from '../../../rules/incident/facts.ts';
import { openTasksOf, searchCondition, type OpenTask } from '../../cases/index.ts';
import { addressOf, listPath, readFilter, type IncidentFilter } from './filter.ts';

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
  return found(knex, sight, filter, now).query;
}

function found(knex: Knex, sight: Sight, filter: IncidentFilter, now: Date): CaseList {
  const list = caseList(knex, sight, 'incident');
  const { query, by } = list;
  const { q, step, area, level, unit, late, from, to, person } = filter;
  if (q !== '') {
    const search = searchCondition(q);
    void (search ? query.whereRaw(search.sql, search.bindings) : query.whereRaw('false'));
  }
  if (step === 'closed') void query.where(`${by}.status`, 'closed');
  else if (step !== null || late) void query.where(`${by}.status`, 'open');
  if (step !== null && step !== 'open' && step !== 'closed') void query.where(`${by}.step`, step);
  if (area !== null) void query.where('i.area', area);
  if (level !== null) void query.where('i.level', level);
  if (unit !== null) void query.where('i.accountable_unit', unit);
  if (late) void query.whereRaw(`${dueOf(by)} < ?`, [now]);
  if (from !== null) void query.where(`${by}.opened_at`, '>=', beginOf(from));
  if (to !== null) void query.where(`${by}.opened_at`, '<', new Date(beginOf(to).getTime() + DAY_MS));
  if (person !== null) void query.whereExists(knex('case_subject as s').select(knex.raw('1')).whereRaw('s.case_id = i.case_id').where('s.sealed', person));
  return list;
}

/** One page of the list. */
export async function listIncidents(
  knex: Knex,
  { sight, filter, now, ...request }: { sight: Sight; filter: IncidentFilter; now: Date } & Omit<PageRequest, 'columns' | 'order' | 'planned'>,
): Promise<PageOf<ListedIncident>> {
  const { query, by } = found(knex, sight, filter, now);
  const page = await readPage<Row>(knex, query, { columns, order: caseOrder(by, filter.sort), planned: isPlain(filter) ? 'once' : 'each time', ...request });
  return { ...page, rows: page.rows.map(listed) };
}

/** Numbers of the list: those for its head, and how many rows a filter has; undefined where that is not kept. */
export interface Standing {
  readonly open: Count;
  readonly late: Count;
  totalOf(filter: IncidentFilter): Count | undefined;
}

/** Narrowed by nothing but the step, or to what is late. */
function isPlain({ step, late, ...others }: IncidentFilter): boolean {
  const narrowed = addressOf({ ...others, step: null, late: false, sort: 'opened' }) !== listPath;
  return !narrowed && (!late || step === null || step === 'open');
}

export async function countStanding(knex: Knex, sight: Sight, now: Date): Promise<Standing> {
  const scope = scopeOf(sight);
  if (scope === null) {
    const open: IncidentFilter = { ...readFilter({}), step: 'open' };
    const counted = await countEach(knex, { open: filtered(knex, sight, open, now), late: filtered(knex, sight, { ...open, late: true }, now) });
    return { ...counted, totalOf: () => undefined };
  }
  const { all, open, closed, steps, before: [late = 0] } = await readKeptCases(knex, sight, scope, 'incident', [now]);
  return {
    open,
    late,
    totalOf(filter) {
      if (!isPlain(filter)) return undefined;
      const { step } = filter;
      if (filter.late) return late;
      return step === null ? all : step === 'closed' ? closed : step === 'open' ? open : (steps[step] ?? 0);
    },
  };
}

/** What a list shows of an incident beside its row. */
export interface Companion {
  readonly subjects: { name: string; uscc: string | null }[];
  readonly tasks: readonly OpenTask[];
}

/** Subjects and open tasks of the incidents of one page, in two statements. */
export async function companionsOf(knex: Knex, caseIds: readonly string[]): Promise<ReadonlyMap<string, Companion>> {
  if (caseIds.length === 0) return new Map();
  const [subjects, tasks] = await Promise.all([
    ask<{ case_id: string; name: string; uscc: string | null }>(knex, knex('case_subject').whereRaw('case_id = any(?::uuid[])', [[...caseIds]]).orderBy(['case_id', 'number']).select('case_id', 'name', 'uscc')),
    openTasksOf(knex, caseIds),
  ]);
  const byCase = groupedBy(subjects, ({ case_id: id }) => id);
  return new Map(caseIds.map((id): [string, Companion] => [id, {
    subjects: (byCase.get(id) ?? []).map(({ name, uscc }) => ({ name, uscc })),
    tasks: tasks.get(id) ?? [],
  }]));
}
