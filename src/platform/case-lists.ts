import type { Knex } from 'knex';
import type { CaseKind } from '../rules/casefile/types.ts';
import { processes } from '../rules/processes.ts';
import type { Order } from './paging.ts';
import { visibleCases, type Sight } from './visibility.ts';

/**
 * The cases of a kind that a person may see, as a query of the list `i`. `by` is the alias whose `status`, `step`,
 * `opened_at` and `due_at` are to be asked, as they stand in the index of that list: the city's, or a unit's.
 */
export interface CaseList {
  readonly query: Knex.QueryBuilder;
  readonly by: 'i' | 'p';
}

export function caseList(knex: Knex, sight: Sight, kind: CaseKind): CaseList {
  const query = knex(`${processes[kind].listTable} as i`);
  const [unit] = sight.units;
  // Of several units a case may stand in the lists of two: those go through the city's.
  if (sight.all || unit === undefined || sight.units.length > 1) {
    const visible = visibleCases(sight, 'i.case_id');
    return { query: query.whereRaw(visible.sql, visible.bindings), by: 'i' };
  }
  const recused = visibleCases({ ...sight, all: true }, 'i.case_id');
  return { query: query.join('case_party as p', 'p.case_id', 'i.case_id').where({ 'p.unit': unit, 'p.kind': kind }).whereRaw(recused.sql, recused.bindings), by: 'p' };
}

/** What waits for nobody's deadline comes last. */
export const dueOf = (by: CaseList['by']): string => `coalesce(${by}.due_at, 'infinity'::timestamptz)`;

/** `opened_at desc, case_id` and `due, case_id` are the indexes; each is read in either way. */
const orders = {
  opened: ['opened', 'desc', 'asc'],
  oldest: ['opened', 'asc', 'desc'],
  due: ['due', 'asc', 'asc'],
} as const;

export function caseOrder(by: CaseList['by'], sort: keyof typeof orders): Order {
  const [of, first, then] = orders[sort];
  return { by: of === 'due' ? dueOf(by) : `${by}.opened_at`, type: 'timestamptz', first, id: `${by}.case_id`, then };
}
