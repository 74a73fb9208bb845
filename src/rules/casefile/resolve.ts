import { dateAt, dateOf, dayNumber, dueAfter, type Calendar } from '../calendar/index.ts';
import { termOf } from '../limits/index.ts';
import { carriedOver, deadlineFor, extended, recomputed, resumed, shared, standingOf, type RuleBook } from './deadline.ts';
import type { Draft, Happening } from './events.ts';
import { taskOf } from './fold.ts';
import type { CaseState, CivilDate, Deadline, DeadlineRequest, Instant, IssuedPaper } from './types.ts';

/** What a draft is completed from: the law in force, and the case's number once one is given. */
export interface Resolution {
  rules: RuleBook;
  calendar: Calendar;
  /** Of a new case; not asked for otherwise. */
  caseNo: string;
  /** Units that used one of the records that are changed, at the moment of the change. */
  units?: readonly string[];
  /** Records that were made with the change. */
  stored?: readonly string[];
  /** Documents that the step issues, numbered. */
  papers?: readonly IssuedPaper[];
  /** False: the record that a correction is about is not public, and nobody is told of it. */
  shown?: boolean;
}

/** The deadline of a task that opens now, with what it takes over from another. */
function opensWith(limit: DeadlineRequest, state: CaseState, at: Instant, { rules, calendar }: Resolution): Deadline | null {
  const other = limit.sameAs ?? limit.leftOf;
  if (other === undefined) return deadlineFor(limit, at, rules, calendar);
  const { deadline, doneAt } = taskOf(state, other);
  if (deadline === null) return null;
  return limit.sameAs === undefined ? carriedOver(deadline, doneAt ?? at, at, rules, calendar) : shared(deadline, at);
}

/** The day in which an instant lies, in the calendar's own count of days. */
export const dayOf = (calendar: Calendar, at: Instant): CivilDate => dateAt(calendar, Date.parse(at));

/** Nothing where nothing is issued, so that the events of most steps are as they ever were. */
const issued = ({ papers = [] }: Resolution): { papers?: IssuedPaper[] } => (papers.length === 0 ? {} : { papers: [...papers] });

/** The last day of a term that begins now and does not shift to a working day; null where the rule sets none. */
function lastDayOf(rule: string, at: Instant, { rules, calendar }: Resolution): CivilDate | null {
  const term = termOf(rules.on(rule, dayOf(calendar, at)));
  return term && dueAfter(calendar, Date.parse(at), term.n, term.unit, { shift: false }).date;
}

/**
 * Fills in what a draft leaves open: deadlines, terms and the number; null when there is nothing to record after all.
 * @throws NoRuleValid when a limit has no row that day.
 */
export function resolved(draft: Draft, state: CaseState, at: Instant, resolution: Resolution): Happening | null {
  const { rules, calendar, caseNo } = resolution;
  switch (draft.type) {
    case 'case.opened':
      return { ...draft, caseNo };
    case 'task.opened': {
      const { limit, ...rest } = draft;
      return { ...rest, deadline: limit && opensWith(limit, state, at, resolution), ...issued(resolution) };
    }
    case 'extension.decided': {
      const { days, ...rest } = draft;
      const old = taskOf(state, draft.task).deadline;
      return { ...rest, deadline: draft.granted && old ? extended(old, days, at, rules, calendar) : null, ...issued(resolution) };
    }
    case 'task.completed':
      return { ...draft, ...issued(resolution) };
    case 'deadline.recomputed': {
      const { deadline, extension, suspended } = taskOf(state, draft.task);
      // A clock that stands still has no end to be moved; where it ends is found when it is resumed.
      const changed = deadline && !suspended && recomputed({ deadline, extension }, at, rules, calendar);
      return changed ? { ...draft, deadline: changed } : null;
    }
    case 'task.suspended': {
      const { deadline } = taskOf(state, draft.task);
      return deadline && { ...draft, ...standingOf(deadline, at, calendar) };
    }
    case 'task.resumed': {
      const { deadline, suspended } = taskOf(state, draft.task);
      return deadline && suspended ? { ...draft, deadline: resumed(deadline, suspended, at, rules, calendar) } : null;
    }
    case 'records.changed': {
      const { store, ...rest } = draft;
      return { ...rest, units: [...(resolution.units ?? [])], ...(store === undefined ? {} : { stored: [...(resolution.stored ?? [])] }) };
    }
    case 'subject.banned': {
      const { rule, ...rest } = draft;
      const last = lastDayOf(rule, at, resolution);
      return last === null ? null : { ...rest, until: dateOf(dayNumber(last) + 1) };
    }
    case 'correction.published': {
      const { rule, ...rest } = draft;
      const last = resolution.shown === false ? null : lastDayOf(rule, at, resolution);
      return last === null ? null : { ...rest, until: last };
    }
    case 'disclosure.published': {
      const { months, ...rest } = draft;
      // A term of publicity is counted in calendar months and does not shift to a working day.
      const until = dueAfter(calendar, Date.parse(at), months, 'month', { shift: false });
      return { ...rest, until: new Date(until.at).toISOString() };
    }
    case 'case.closed': {
      const { reopenRule, banRule, ...rest } = draft;
      const term = (rule: string) => termOf(rules.on(rule, dayOf(calendar, at)));
      const window = reopenRule === null ? null : term(reopenRule);
      const until = window ? dueAfter(calendar, Date.parse(at), window.n, window.unit).at : Date.parse(at);
      const banned = banRule === undefined ? null : lastDayOf(banRule, at, resolution);
      return { ...rest, reopenUntil: new Date(until).toISOString(), ...(banned ? { bannedUntil: dateOf(dayNumber(banned) + 1) } : {}) };
    }
    default:
      return draft;
  }
}
