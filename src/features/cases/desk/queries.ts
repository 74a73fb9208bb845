import type { Knex } from 'knex';
import { caseList, caseOrder, dueOf, type CaseList } from '../../../platform/case-lists.ts';
import { justAfter, readKeptCases, scopeOf } from '../../../platform/counts.ts';
import { countEach, readPage, type Count, type PageOf, type Position } from '../../../platform/paging.ts';
import type { Sight } from '../../../platform/visibility.ts';
import { dueAfter, type Calendar } from '../../../rules/calendar/index.ts';
import { searchCondition } from '../search.ts';
import { sortOf, stateOf, statesOf, type DeskFilter, type DeskOf } from './filter.ts';

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

const soonUntil = ({ calendar, now }: Looking): Date => new Date(dueAfter(calendar, now.getTime(), soonWorkdays, 'workday').at);

function filtered(looking: Looking, filter: DeskFilter): CaseList {
  const { knex, of, sight, now } = looking;
  const list = caseList(knex, sight, of.kind);
  const { query, by } = list;
  const due = dueOf(by);
  if (filter.q !== '') {
    const search = searchCondition(filter.q);
    void (search ? query.whereRaw(search.sql, search.bindings) : query.whereRaw('false'));
  }
  const state = stateOf(filter);
  if (state !== 'all') void query.where(`${by}.status`, state === 'closed' ? 'closed' : 'open');
  if (!['all', 'open', 'closed'].includes(state)) void query.where(`${by}.step`, state);
  if (filter.unit !== null) void query.where('i.unit', filter.unit);
  if (filter.due === 'late') void query.whereRaw(`${due} < ?`, [now]);
  if (filter.due === 'soon') void query.whereRaw(`${due} >= ? and ${due} <= ?`, [now, soonUntil(looking)]);
  return list;
}

type Counts = Readonly<Record<string, Count>>;

/** @param counts gives `countCases` of the same filter. */
export function listCases(looking: Looking, filter: DeskFilter, from: Position | null, counts: () => Promise<Counts>): Promise<PageOf<ListedCase>> {
  const { query, by } = filtered(looking, filter);
  const state = stateOf(filter);
  const counted = filter.due !== null && state !== 'open' ? true : async () => (await counts())[filter.due ?? state];
  return readPage<ListedCase>(looking.knex, query, { columns, order: caseOrder(by, sortOf(filter)), from, counted });
}

/** How many there are in each state and by deadline, of what is searched for and of the unit; as was kept, where neither is asked for. */
export async function countCases(looking: Looking, { q, unit }: DeskFilter): Promise<Counts> {
  const { knex, of: { kind }, sight, now } = looking;
  const scope = scopeOf(sight);
  if (q === '' && unit === null && scope !== null) {
    const { steps, before: [late = 0, until = 0], ...states } = await readKeptCases(knex, sight, scope, kind, [now, justAfter(soonUntil(looking))]);
    return { ...Object.fromEntries(statesOf(looking.of).map((state) => [state, steps[state] ?? 0])), ...states, late, soon: until - late };
  }
  const list = (of: Partial<DeskFilter>): Knex.QueryBuilder => filtered(looking, { q, unit, state: null, due: null, sort: null, ...of }).query;
  return countEach(knex, {
    ...Object.fromEntries(statesOf(looking.of).map((state) => [state, list({ state })])),
    late: list({ due: 'late' }),
    soon: list({ due: 'soon' }),
  });
}
