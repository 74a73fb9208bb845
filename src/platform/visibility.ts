import type { Knex } from 'knex';
import type { CivilDate } from '../rules/casefile/types.ts';
import { seesAll, unitsOf, type Person, type UnitNode } from '../rules/people.ts';
import { notTakenOff } from './takedowns.ts';

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

/**
 * Records that everybody sees on `today`: shown, not taken off, of a subject that is not frozen, and the last day not over.
 * The day is asked here, so that nothing is shown after its midnight though no job has run. The one predicate of every
 * page, file and interface; `toldIn` says the same of a state.
 * @param record the alias of `record`; never text from outside.
 */
export function publicRecords(record: string, today: CivilDate): { sql: string; bindings: Knex.RawBinding[] } {
  return {
    sql: `(${record}.public and not ${record}.frozen and (${record}.public_until is null or ${record}.public_until >= ?::date) and ${notTakenOff('record', `${record}.id::text`)})`,
    bindings: [today],
  };
}

/**
 * Records that a person sees though they are not public: those that his units made or applied a measure because of.
 * Written so that the indexes of both are read.
 */
function ownRecords({ units }: Sight, record: string): { sql: string; bindings: Knex.RawBinding[] } {
  return {
    sql: `(${record}.unit = any(?::text[]) or ${record}.id = any(array(select used.record_id from record_use used where used.unit = any(?::text[]))))`,
    bindings: [units, units],
  };
}

/** `visibleRecords` of a standing in which nothing is public. */
export function visibleHiddenRecords(sight: Sight, record: string): { sql: string; bindings: Knex.RawBinding[] } {
  return sight.all ? { sql: 'true', bindings: [] } : ownRecords(sight, record);
}

/**
 * The same for records as `visibleCases` is for cases: the credit office sees all; others those that their units made
 * or applied a measure because of, and what is public.
 */
export function visibleRecords(sight: Sight, record: string, today: CivilDate): { sql: string; bindings: Knex.RawBinding[] } {
  if (sight.all) return { sql: 'true', bindings: [] };
  const [own, shown] = [ownRecords(sight, record), publicRecords(record, today)];
  return { sql: `(${own.sql} or ${shown.sql})`, bindings: [...own.bindings, ...shown.bindings] };
}
