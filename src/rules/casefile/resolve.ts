import { dateAt, dueAfter, type Calendar } from '../calendar/index.ts';
import { termOf } from '../limits/index.ts';
import { deadlineFor, extended, recomputed, type RuleBook } from './deadline.ts';
import type { Draft, Happening } from './events.ts';
import { taskOf } from './fold.ts';
import type { CaseState, CivilDate, Instant } from './types.ts';

/** What a draft is completed from: the law in force, and the case's number once one is given. */
export interface Resolution {
  rules: RuleBook;
  calendar: Calendar;
  /** Of a new case; not asked for otherwise. */
  caseNo: string;
}

/** The day in which an instant lies, in the calendar's own count of days. */
export const dayOf = (calendar: Calendar, at: Instant): CivilDate => dateAt(calendar, Date.parse(at));

/**
 * Fills in what a draft leaves open: deadlines, terms and the number; null when there is nothing to record after all.
 * @throws NoRuleValid when a limit has no row that day.
 */
export function resolved(draft: Draft, state: CaseState, at: Instant, { rules, calendar, caseNo }: Resolution): Happening | null {
  switch (draft.type) {
    case 'case.opened':
      return { ...draft, caseNo };
    case 'task.opened': {
      const { limit, ...rest } = draft;
      return { ...rest, deadline: limit && deadlineFor(limit, at, rules, calendar) };
    }
    case 'extension.decided': {
      const { days, ...rest } = draft;
      const old = taskOf(state, draft.task).deadline;
      return { ...rest, deadline: draft.granted && old ? extended(old, days, at, rules, calendar) : null };
    }
    case 'deadline.recomputed': {
      const { deadline, extension } = taskOf(state, draft.task);
      const changed = deadline && recomputed({ deadline, extension }, at, rules, calendar);
      return changed ? { ...draft, deadline: changed } : null;
    }
    case 'disclosure.published': {
      const { months, ...rest } = draft;
      // A term of publicity is counted in calendar months and does not shift to a working day.
      const until = dueAfter(calendar, Date.parse(at), months, 'month', { shift: false });
      return { ...rest, until: new Date(until.at).toISOString() };
    }
    case 'case.closed': {
      const { reopenRule, ...rest } = draft;
      const term = termOf(rules.on(reopenRule, dayOf(calendar, at)));
      const until = term ? dueAfter(calendar, Date.parse(at), term.n, term.unit).at : Date.parse(at);
      return { ...rest, reopenUntil: new Date(until).toISOString() };
    }
    default:
      return draft;
  }
}
