import type { Knex } from 'knex';
import { seesAll, unitsOf, type Person, type UnitNode } from '../rules/people.ts';

/** What a person may see of the cases: all of them, or those in which his units have a part; never one he is recused from. */
export interface Sight {
  person: string;
  all: boolean;
  units: string[];
}

/** Denied by default: an administrator, or somebody without a unit, sees no case. */
export function sightOf(person: Pick<Person, 'id' | 'roles'>, tree: readonly UnitNode[]): Sight {
  return { person: person.id, all: seesAll(person, tree), units: unitsOf(person, tree) };
}

/**
 * The one predicate that guards page, list, search, export, file and API.
 * @param caseId the column that holds the case's id, e.g. `t.case_id`; never text from outside.
 */
export function visibleCases(sight: Sight, caseId: string): { sql: string; bindings: Knex.RawBinding[] } {
  const notRecused = `not exists (select 1 from case_recusal r where r.case_id = ${caseId} and r.person = ?)`;
  if (sight.all) return { sql: notRecused, bindings: [sight.person] };
  return {
    sql: `exists (select 1 from case_party p where p.case_id = ${caseId} and p.unit = any(?::text[])) and ${notRecused}`,
    bindings: [sight.units, sight.person],
  };
}
