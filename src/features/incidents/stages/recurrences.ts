import { visibleCases } from '../../../platform/visibility.ts';
import { addMonths, dateOf, dayNumber } from '../../../rules/calendar/index.ts';
import { termOf } from '../../../rules/limits/index.ts';
import type { CaseState } from '../../../rules/casefile/types.ts';
import { lastOf, openingOf, type Level, type Similar } from '../../../rules/incident/facts.ts';
import type { StageContext } from '../../tasks/index.ts';

/** At most so many earlier incidents are looked at; the same subject's come first. */
const mostShown = 10;

/** An earlier incident of the same kind, and what was done then. */
export interface Recurrence extends Similar {
  /** Same subject, or same area in the same region or with the same accountable unit. */
  sameSubject: boolean;
  openedAt: Date;
  level: Level;
  /** What was promised or ordered then; null when it did not get that far. */
  measures: string | null;
}

export interface Recurrences {
  found: Recurrence[];
  months: number;
}

interface Row {
  case_id: string;
  case_no: string;
  title: string;
  level: Level;
  opened_at: Date;
  same_subject: boolean;
  state: CaseState;
}

/** Months before the opening of a case that count, by the rule of that day; days of a rule in days become months upwards. */
function windowOf({ law, state, words }: StageContext): { months: number; from: Date } {
  const { calendar } = words;
  const day = calendar.dayAt(Date.parse(state.openedAt));
  const term = termOf(law.rules.on('incident.recurrence-window', dateOf(day)));
  const months = term === null ? 12 : term.unit === 'month' ? term.n : Math.ceil(term.n / 30);
  return { months, from: new Date(calendar.beginOf(addMonths(dayNumber(dateOf(day)), -months).day)) };
}

/**
 * Earlier incidents that were found true, of the same subject, or of the same area in the same region or with the same
 * accountable unit. Each branch runs on an index from the newest back, so their number does not slow it down.
 */
export async function findRecurrences(context: StageContext): Promise<Recurrences> {
  const { knex, sight, state } = context;
  const opening = openingOf(state);
  const { months, from } = windowOf(context);
  const codes = opening.subjects.flatMap((s) => (s.kind === 'organisation' ? [s.uscc] : []));
  const sealed = opening.subjects.flatMap((s) => (s.kind === 'person' ? [s.sealed] : []));
  const accountable = lastOf(state, 'assign')?.form.accountable ?? null;
  const visible = visibleCases(sight, 'i.case_id');
  // Graded means verified and found true; a case that turned out to be a duplicate or unfounded does not count.
  const counts = `i.level is not null and i.case_id <> ? and i.opened_at >= ? and i.opened_at <= ?
    and (i.outcome is null or i.outcome = 'handled') and ${visible.sql}`;
  const bindings = [state.id, from, new Date(state.openedAt), ...visible.bindings];
  const { rows }: { rows: Row[] } = await knex.raw(
    `select found.*, f.state
     from (
       select distinct on (case_id) case_id, case_no, title, level, opened_at, same_subject
       from (
         (select i.case_id, i.case_no, i.title, i.level, i.opened_at, true as same_subject
          from case_subject s join incident i on i.case_id = s.case_id
          where (s.uscc = any(?::text[]) or s.sealed = any(?::uuid[])) and ${counts}
          order by s.opened_at desc limit ?)
         union all
         (select i.case_id, i.case_no, i.title, i.level, i.opened_at, false
          from incident i
          where i.area = ? and i.area <> 'other' and i.region = ? and ${counts}
          order by i.opened_at desc limit ?)
         union all
         (select i.case_id, i.case_no, i.title, i.level, i.opened_at, false
          from incident i
          where i.area = ? and i.area <> 'other' and i.accountable_unit = ? and ${counts}
          order by i.opened_at desc limit ?)
       ) each_way
       order by case_id, same_subject desc
     ) found
     join case_file f on f.id = found.case_id
     order by found.same_subject desc, found.opened_at desc
     limit ?`,
    [
      codes, sealed, ...bindings, mostShown,
      opening.area, opening.region, ...bindings, mostShown,
      opening.area, accountable, ...bindings, mostShown,
      mostShown,
    ],
  );
  return {
    months,
    found: rows.map((row) => ({
      caseId: row.case_id,
      caseNo: row.case_no,
      title: row.title,
      level: row.level,
      openedAt: row.opened_at,
      sameSubject: row.same_subject,
      measures: lastOf(row.state, 'prevention')?.form.measures ?? lastOf(row.state, 'opinion')?.form.measures ?? null,
    })),
  };
}
