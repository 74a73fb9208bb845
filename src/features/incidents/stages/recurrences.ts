import { visibleCases } from '../../../platform/visibility.ts';
import { dateAt } from '../../../rules/calendar/index.ts';
import type { CaseState } from '../../../rules/casefile/types.ts';
import { lastOf, openingOf, type Area, type Level, type Similar } from '../../../rules/incident/facts.ts';
import { kinshipOf, type Kinship } from '../../../rules/incident/recurrence.ts';
import { termOf } from '../../../rules/limits/index.ts';
import type { StageContext } from '../../tasks/index.ts';

/** At most so many earlier incidents are looked at; the same subject's come first. */
const mostShown = 10;

/** An earlier incident, how it is kin to this one, and what was done then. */
export interface Recurrence extends Similar {
  readonly kinship: Kinship;
  /** Same subject, or else same type in the same region. */
  readonly sameSubject: boolean;
  readonly occurredOn: string;
  readonly level: Level;
  /** The unit that answers or answered for it; null before it is assigned. */
  readonly unit: string | null;
  /** What was promised or ordered then; null when it did not get that far. */
  readonly measures: string | null;
}

export interface Recurrences {
  /** Those that count as a recurrence where the person says so, and those that may be linked and raise nothing. */
  readonly found: readonly Recurrence[];
  readonly related: readonly Recurrence[];
  /** The window of the rule, as it is said. */
  readonly window: { readonly n: number; readonly unit: string };
}

interface Row {
  case_id: string;
  case_no: string;
  title: string;
  level: Level;
  area: Area;
  region: string;
  occurred_on: string;
  accountable_unit: string | null;
  same_subject: boolean;
  state: CaseState;
}

/**
 * Earlier incidents that were found true, of the same subject, or of the same type in the same region. Each branch runs on
 * an index from the newest back, so their number does not slow it down.
 */
async function earlierOnes({ knex, sight, state }: StageContext): Promise<Row[]> {
  const { subjects, area, region } = openingOf(state);
  const codes = subjects.flatMap((s) => (s.kind === 'organisation' ? [s.uscc] : []));
  const sealed = subjects.flatMap((s) => (s.kind === 'person' ? [s.sealed] : []));
  const visible = visibleCases(sight, 'i.case_id');
  const columns = 'i.case_id, i.case_no, i.title, i.level, i.area, i.region, i.occurred_on::text, i.accountable_unit, i.opened_at';
  // Graded means verified and found true; a case that turned out to be a duplicate or unfounded does not count.
  const counts = `i.level is not null and i.case_id <> ? and i.opened_at <= ? and (i.outcome is null or i.outcome = 'handled') and ${visible.sql}`;
  const bindings = [state.id, new Date(state.openedAt), ...visible.bindings];
  const { rows }: { rows: Row[] } = await knex.raw(
    `select found.*, f.state
     from (
       select distinct on (case_id) *
       from (
         (select ${columns}, true as same_subject
          from case_subject s join incident i on i.case_id = s.case_id
          where (s.uscc = any(?::text[]) or s.sealed = any(?::uuid[])) and ${counts}
          order by s.opened_at desc limit ?)
         union all
         (select ${columns}, false
          from incident i
          where i.area = ? and i.area <> 'other' and i.region = ? and ${counts}
          order by i.opened_at desc limit ?)
       ) each_way
       order by case_id, same_subject desc
     ) found
     join case_file f on f.id = found.case_id
     order by found.same_subject desc, found.opened_at desc
     limit ?`,
    [codes, sealed, ...bindings, mostShown, area, region, ...bindings, mostShown, 2 * mostShown],
  );
  return rows;
}

/** Earlier incidents, by whether they may count as a recurrence under the rule of the day on which this one was reported. */
export async function findRecurrences(context: StageContext): Promise<Recurrences> {
  const { law, state, words: { calendar } } = context;
  const now = openingOf(state);
  const window = law.rules.on('incident.recurrence-window', dateAt(calendar, Date.parse(state.openedAt)));
  const all = (await earlierOnes(context)).map((row): Recurrence => ({
    caseId: row.case_id,
    caseNo: row.case_no,
    title: row.title,
    level: row.level,
    occurredOn: row.occurred_on,
    sameSubject: row.same_subject,
    unit: row.accountable_unit,
    kinship: kinshipOf(now, { area: row.area, region: row.region, occurredOn: row.occurred_on, sameSubject: row.same_subject }, window, calendar),
    measures: lastOf(row.state, 'prevention')?.form.measures ?? lastOf(row.state, 'opinion')?.form.measures ?? null,
  }));
  const term = termOf(window);
  return {
    found: all.filter(({ kinship }) => kinship !== 'related').slice(0, mostShown),
    related: all.filter(({ kinship }) => kinship === 'related').slice(0, mostShown),
    window: term ?? { n: 0, unit: 'unlimited' },
  };
}
