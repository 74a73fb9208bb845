import { dateAt, dateOf, dayNumber, dueAfter, dueOn, shiftIntoOfficeHours, spanFraction, type Calendar, type Due } from '../calendar/index.ts';
import { numberOf, termOf, type Limit } from '../limits/index.ts';
import type { CivilDate, Deadline, DeadlineRequest, Instant } from './types.ts';

/** The rule rows, asked by code and day. Throws `NoRuleValid` when there is none: nothing runs without a basis. */
export interface RuleBook {
  /** The row valid on a date; the domain's own before the general one. */
  on(code: string, date: CivilDate, domain?: string | null): Limit;
}

const instant = (ms: number): Instant => new Date(ms).toISOString();

/** Rungs after the deadline: to the head of the unit, then to the supervisors; both when the office opens. */
function ladder(rules: RuleBook, calendar: Calendar, start: number, due: Due, on: CivilDate): Deadline['ladder'] {
  const runsThroughNights = due.why.unit === 'hour';
  const soon = spanFraction(calendar, start, due.at, numberOf(rules.on('ladder.remind-at', on)) / 100, due.why.unit);
  const after = (code: string): number => {
    const term = termOf(rules.on(code, on));
    if (runsThroughNights || term === null) return due.at;
    const day = calendar.dayAt(dueAfter(calendar, due.at, term.n, term.unit).at);
    return calendar.opensOn(day);
  };
  return {
    soon: soon > start && soon < due.at ? instant(soon) : null,
    due: instant(due.at),
    head: instant(after('ladder.head-after')),
    supervisor: instant(after('ladder.supervisor-after')),
  };
}

function deadline(rules: RuleBook, calendar: Calendar, of: { rule: string; basis: string; version: number; start: number; due: Due; was?: Deadline['was']; ownDays?: boolean }): Deadline {
  const { due, start, was } = of;
  return {
    rule: of.rule,
    basis: of.basis,
    version: of.version,
    from: instant(start),
    at: instant(due.at),
    date: due.date,
    calendar: due.calendarVersion,
    provisional: due.provisional,
    why: due.why,
    ladder: ladder(rules, calendar, start, due, dateAt(calendar, start)),
    ...(was ? { was } : {}),
    ...(of.ownDays ? { ownDays: true as const } : {}),
  };
}

/**
 * The deadline of a task that opens at `opens`; null where the rule says there is none. The rule is the one valid
 * on the day the count begins. A date fixed by a person goes before the rule's length, and a date in the past
 * means the end of the opening day.
 * @throws when no row of the rule is valid that day.
 */
export function deadlineFor(limit: DeadlineRequest, opens: Instant, rules: RuleBook, calendar: Calendar): Deadline | null {
  const start = Date.parse(limit.from ?? opens);
  const rule = rules.on(limit.rule, dateAt(calendar, start));
  if (limit.date) {
    const today = dateAt(calendar, start);
    const date = limit.date < today ? today : limit.date;
    const due = dueOn(calendar, start, date);
    return deadline(rules, calendar, { rule: limit.rule, basis: rule.legalBasis, version: 1, start, due });
  }
  const term = termOf(rule);
  if (term === null) return null;
  const due = dueAfter(calendar, start, term.n, term.unit);
  return deadline(rules, calendar, { rule: limit.rule, basis: rule.legalBasis, version: 1, start, due });
}

const replaced = (old: Deadline, changedAt: Instant, because: 'extended' | 'recomputed' | 'suspended'): NonNullable<Deadline['was']> => ({
  at: old.at,
  date: old.date,
  changedAt,
  because,
});

/** How a deadline stands: working days that are left, or that it is over. */
export interface Standing {
  left: number;
  /** Absent while it is in time. */
  late?: number;
}

/** Working days from an instant to a deadline; 0 left on its last day, and 0 late in the evening after it. */
export function standingOf(of: Deadline, at: Instant, calendar: Calendar): Standing {
  const days = calendar.workdaysUpTo(dayNumber(of.date)) - calendar.workdaysUpTo(calendar.dayAt(Date.parse(at)));
  return at > of.at ? { left: 0, late: Math.max(0, -days) } : { left: Math.max(0, days) };
}

/** The last close of business before an instant after which `late` working days have begun. */
function overSince(calendar: Calendar, now: number, late: number): number {
  let day = calendar.dayAt(now);
  const reached = calendar.workdaysUpTo(day) - late;
  while (!calendar.works(day) || calendar.workdaysUpTo(day) > reached || calendar.closesOn(day) >= now) day -= 1;
  return day;
}

/** Where a limit ends of which no whole day is left: with the office's day, or where it was over already, so long before. */
function withoutDays(calendar: Calendar, start: number, late: number | undefined): Due {
  const day = late === undefined ? calendar.dayAt(shiftIntoOfficeHours(calendar, start)) : overSince(calendar, start, late);
  const due = dueOn(calendar, start, dateOf(day));
  return { ...due, why: { ...due.why, kept: { late: late ?? null } } };
}

/** A limit of which only some working days are left, counted from `now`; one that was late stays so, by as many days. */
function remaining(old: Deadline, { left, late }: Standing, now: Instant, law: { rules: RuleBook; calendar: Calendar }, as: { version: number; was?: Deadline['was'] }): Deadline {
  const start = Date.parse(now);
  const due = left > 0 ? dueAfter(law.calendar, start, left, 'workday') : withoutDays(law.calendar, start, late);
  return deadline(law.rules, law.calendar, { rule: old.rule, basis: old.basis, start, due, ownDays: true, ...as });
}

/** What a task left of its deadline when it was done, as the deadline of the next round. */
export function carriedOver(old: Deadline, doneAt: Instant, now: Instant, rules: RuleBook, calendar: Calendar): Deadline {
  return remaining(old, standingOf(old, doneAt, calendar), now, { rules, calendar }, { version: 1 });
}

/** The clock goes on after it stood still: the days that were left then, counted from now. */
export function resumed(old: Deadline, kept: Standing, now: Instant, rules: RuleBook, calendar: Calendar): Deadline {
  return remaining(old, kept, now, { rules, calendar }, { version: old.version + 1, was: replaced(old, now, 'suspended') });
}

/** The deadline of another task for the one that shares it; a reminder that is over is not given again. */
export function shared(old: Deadline, now: Instant): Deadline {
  const { was: _was, ...same } = old;
  return { ...same, version: 1, ladder: { ...old.ladder, soon: old.ladder.soon !== null && old.ladder.soon > now ? old.ladder.soon : null } };
}

/** `days` working days more, counted from the old deadline, or from now when that is over. */
export function extended(old: Deadline, days: number, now: Instant, rules: RuleBook, calendar: Calendar): Deadline {
  const start = Math.max(Date.parse(old.at), Date.parse(now));
  const due = dueAfter(calendar, start, days, 'workday');
  return deadline(rules, calendar, { rule: old.rule, basis: old.basis, version: old.version + 1, start, due, was: replaced(old, now, 'extended') });
}

/**
 * The same limit under another calendar or rule row. One that was over stays over: null, as nothing is to change;
 * null too when the new calendar gives the same instant and is as certain of it. A fixed date and the days of an
 * extension stay as a person decided them; only where they end is found anew.
 */
export function recomputed(
  task: { deadline: Deadline; extension?: { granted: boolean | null } | null },
  now: Instant,
  rules: RuleBook,
  calendar: Calendar,
): Deadline | null {
  const old = task.deadline;
  if (old.at < now) return null;
  const start = Date.parse(old.from);
  const rule = rules.on(old.rule, dateAt(calendar, start));
  const term = task.extension?.granted || old.ownDays ? { n: old.why.n, unit: 'workday' as const } : termOf(rule);
  let due: Due;
  if (old.why.unit === 'date') {
    due = dueOn(calendar, start, old.why.end);
    if (old.why.kept) due = { ...due, why: { ...due.why, kept: old.why.kept } };
  }
  else if (term === null) return null;
  else due = dueAfter(calendar, start, term.n, term.unit);
  if (due.at === Date.parse(old.at) && due.provisional === old.provisional) return null;
  return deadline(rules, calendar, { rule: old.rule, basis: rule.legalBasis, version: old.version + 1, start, due, was: replaced(old, now, 'recomputed'), ...(old.ownDays ? { ownDays: true } : {}) });
}
