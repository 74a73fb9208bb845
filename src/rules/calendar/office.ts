import type { Calendar } from './calendar.ts';
import type { TermUnit } from './due.ts';

/**
 * The instant itself when the office is open then, otherwise the next opening.
 * Reminders go out at such instants.
 */
export function shiftIntoOfficeHours(calendar: Calendar, instant: number): number {
  let day = calendar.dayAt(instant);
  if (calendar.works(day) && instant < calendar.closesOn(day)) return Math.max(instant, calendar.opensOn(day));
  do day += 1;
  while (!calendar.works(day));
  return calendar.opensOn(day);
}

/**
 * Working days after the day of `a` up to and including the day of `b`; negative when `b` lies on an earlier day.
 * From now to a deadline it is "n left" (0: today), from a deadline to now "late by n".
 */
export function workdaysBetween(calendar: Calendar, a: number, b: number): number {
  return calendar.workdaysUpTo(calendar.dayAt(b)) - calendar.workdaysUpTo(calendar.dayAt(a));
}

/** Open time of the office from `a` to `b`, in milliseconds; 0 when `b` is not after `a`. */
export function officeMsBetween(calendar: Calendar, a: number, b: number): number {
  if (b <= a) return 0;
  const dayA = calendar.dayAt(a);
  const dayB = calendar.dayAt(b);
  const whole = calendar.workdaysUpTo(dayB - 1) - calendar.workdaysUpTo(dayA);
  const openPart = (day: number, from: number, to: number): number =>
    calendar.works(day) ? Math.max(0, Math.min(to, calendar.closesOn(day)) - Math.max(from, calendar.opensOn(day))) : 0;
  if (dayA === dayB) return openPart(dayA, a, b);
  const fullDay = calendar.closesOn(0) - calendar.opensOn(0);
  return openPart(dayA, a, Infinity) + whole * fullDay + openPart(dayB, -Infinity, b);
}

/**
 * The instant at which the fraction of a term has passed, for a reminder "at 80 % of the span".
 *
 * Working days, days and months are measured in office hours, so the instant always lies in them. Clock hours run
 * through nights and weekends, and so does their reminder; so does that of a term without one open minute.
 * Throws a RangeError unless 0 < fraction < 1. An end that is not after the start gives the end.
 */
export function spanFraction(calendar: Calendar, start: number, end: number, fraction: number, unit: TermUnit | 'date'): number {
  if (!(fraction > 0 && fraction < 1)) throw new RangeError('a fraction of a span lies between 0 and 1');
  if (end <= start) return end;
  const open = unit === 'hour' ? 0 : officeMsBetween(calendar, start, end);
  if (open === 0) return Math.round(start + (end - start) * fraction);
  let left = Math.round(open * fraction);
  let at = shiftIntoOfficeHours(calendar, start);
  for (;;) {
    const today = calendar.closesOn(calendar.dayAt(at)) - at;
    if (left < today) return at + left;
    left -= today;
    at = shiftIntoOfficeHours(calendar, at + today);
    if (left === 0) return Math.min(at, end);
  }
}
