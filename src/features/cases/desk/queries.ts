import type { Knex } from 'knex';
import { countEach, readPage, type Count, type Order, type PageOf, type Position } from '../../../platform/paging.ts';
import { visibleCases, type Sight } from '../../../platform/visibility.ts';
import { dueAfter, type Calendar } from '../../../rules/calendar/index.ts';
import { processes } from '../../../rules/processes.ts';
import { searchCondition } from '../search.ts';
import { sortOf, stateOf, statesOf, type DeskFilter, type DeskOf, type DeskSort } from './filter.ts';

export interface ListedCase {
  readonly case_id: string;
  readonly case_no: string;
  readonly title: string;
  readonly status: 'open' | 'closed';
  readonly step: string | null;
  readonly outcome: string | null;
  readonly unit: string;
  readonly due_at: Date | null;
  readonly opened_at: Date;
}

const columns = ['case_id', 'case_no', 'title', 'status', 'step', 'outcome', 'unit', 'due_at', 'opened_at'].map((column) => `i.${column}`);

/** What waits for nobody's deadline comes last. */
const due = `coalesce(i.due_at, 'infinity'::timestamptz)`;
const orders: Readonly<Record<DeskSort, Order>> = {
  due: { by: due, type: 'timestamptz', first: 'asc', id: 'i.case_id', then: 'asc' },
  opened: { by: 'i.opened_at', type: 'timestamptz', first: 'desc', id: 'i.case_id', then: 'asc' },
  oldest: { by: 'i.opened_at', type: 'timestamptz', first: 'asc', id: 'i.case_id', then: 'desc' },
};

/** Due within so many working days is soon. */
export const soonWorkdays = 3;

/** The desk of a person at a moment. */
export interface Looking {
  readonly knex: Knex;
  readonly of: DeskOf;
  readonly sight: Sight;
  readonly calendar: Calendar;
  readonly now: Date;
}

function filtered({ knex, of, sight, calendar, now }: Looking, filter: DeskFilter): Knex.QueryBuilder {
  const visible = visibleCases(sight, 'i.case_id');
  const query = knex(`${processes[of.kind].listTable} as i`).whereRaw(visible.sql, visible.bindings);
  if (filter.q !== '') {
    const search = searchCondition(filter.q);
    void (search ? query.whereRaw(search.sql, search.bindings) : query.whereRaw('false'));
  }
  const state = stateOf(filter);
  if (state !== 'all') void query.where('i.status', state === 'closed' ? 'closed' : 'open');
  if (!['all', 'open', 'closed'].includes(state)) void query.where('i.step', state);
  if (filter.unit !== null) void query.where('i.unit', filter.unit);
  if (filter.due === 'late') void query.whereRaw(`${due} < ?`, [now]);
  if (filter.due === 'soon') void query.whereRaw(`${due} >= ? and ${due} <= ?`, [now, new Date(dueAfter(calendar, now.getTime(), soonWorkdays, 'workday').at)]);
  return query;
}

export const listCases = (looking: Looking, filter: DeskFilter, from: Position | null): Promise<PageOf<ListedCase>> =>
  readPage<ListedCase>(looking.knex, filtered(looking, filter), { columns, order: orders[sortOf(filter)], from });

/** How many there are in each state and by deadline, of what is searched for and of the unit. */
export function countCases(looking: Looking, { q, unit }: DeskFilter): Promise<Readonly<Record<string, Count>>> {
  const list = (of: Partial<DeskFilter>): Knex.QueryBuilder => filtered(looking, { q, unit, state: null, due: null, sort: null, ...of });
  return countEach(looking.knex, {
    ...Object.fromEntries(statesOf(looking.of).map((state) => [state, list({ state })])),
    late: list({ due: 'late' }),
    soon: list({ due: 'soon' }),
  });
}
