import { timeAt, type Calendar } from './calendar.ts';
import { addMonths, dateOf, dayNumber, isWeekend } from './days.ts';

export type TermUnit = 'workday' | 'day' | 'month' | 'hour';

/** Days of rest that follow each other under one name; `name` null for an ordinary weekend. Both ends included. */
export interface RestDays {
  readonly from: string;
  readonly to: string;
  readonly name: string | null;
}

/**
 * Why a deadline is that day: everything that was counted, as data that can be kept with the case
 * and said in any language (`explain`). Dates are `YYYY-MM-DD`, times `HH:MM`.
 */
export interface Reason {
  /** The day the count starts from; not counted itself. */
  readonly start: string;
  readonly startTime: string;
  readonly n: number;
  /** `date`: a person fixed the day, nothing was counted. */
  readonly unit: TermUnit | 'date';
  readonly end: string;
  readonly endTime: string;
  /** `closing`: when the office closes; `midnight`: at the end of the day; `clock`: to the minute. */
  readonly ends: 'closing' | 'midnight' | 'clock';
  /** Days of rest that were not counted. */
  readonly rest: readonly RestDays[];
  /** Weekend days that were counted, as a notice makes them working days (调休). */
  readonly madeUp: readonly { readonly date: string; readonly name: string | null }[];
  /** The term ended on a day of rest and was moved to the next working day. */
  readonly shift: { readonly from: string; readonly rest: readonly RestDays[] } | null;
  /** The month has no such day; its last one was taken. */
  readonly clipped: boolean;
  readonly calendar: { readonly version: number; readonly source: string };
  /** Years whose notice is not loaded and can still move this date. */
  readonly awaits: readonly number[];
  /** Nothing was counted, as no whole day was left when the clock stood still: it ends with that day, or was over by `late` days. */
  readonly kept?: { readonly late: number | null };
}

/** A deadline: the instant, and how it was found. */
export interface Due {
  /** Unix milliseconds. */
  readonly at: number;
  /** The last day of the term. */
  readonly date: string;
  readonly calendarVersion: number;
  /** A year that was counted in has no published calendar; to be computed again when it has. */
  readonly provisional: boolean;
  readonly why: Reason;
}

export interface TermOptions {
  /**
   * Whether a term of days or months that ends on a day of rest moves to the next working day (default), and
   * then ends when the office closes. Terms of publicity don't: they end with their last day, at 24:00.
   */
  readonly shift?: boolean;
}

/** Longest term of each unit: a hundred years, and for working days what one walk may cost. */
const LONGEST: Readonly<Record<TermUnit, number>> = { workday: 10_000, day: 36_525, month: 1_200, hour: 876_600 };

/**
 * When a term ends that starts at the instant `start`.
 *
 * - `workday`: the start day is not counted; ends when the office closes on the n-th working day
 *   (行政处罚法 article 85, 行政许可法 article 82).
 * - `day`, `month`: the start day is not counted; a term that ends on a day of rest ends on the first
 *   working day after it (民事诉讼法 article 85), unless `shift` is false. A month ends on the same day
 *   number, or on the last of the month.
 * - `hour`: clock hours, days of rest included.
 *
 * Throws a RangeError unless `n` is a whole number from 1 to the longest term of the unit.
 */
export function dueAfter(
  calendar: Calendar,
  start: number,
  n: number,
  unit: TermUnit,
  { shift = true }: TermOptions = {},
): Due {
  if (!Number.isInteger(n) || n < 1 || n > LONGEST[unit]) {
    throw new RangeError(`a term of ${n} ${unit} is not from 1 to ${LONGEST[unit]}`);
  }
  if (!Number.isFinite(start)) throw new RangeError('the start is no instant');
  const from = calendar.dayAt(start);
  switch (unit) {
    case 'workday':
      return afterWorkdays(calendar, start, from, n);
    case 'day':
      return onDay(calendar, start, { n, unit, shift, day: from + n, clipped: false });
    case 'month':
      return onDay(calendar, start, { n, unit, shift, ...addMonths(from, n) });
    case 'hour': {
      const at = start + Math.round((n * calendar.dayMs) / 24);
      return due(calendar, start, { n, unit, day: calendar.dayAt(at), at, ends: 'clock' });
    }
  }
}

/** The deadline on a date that a person fixed: when the office closes on that day. Throws a RangeError for no date. */
export function dueOn(calendar: Calendar, start: number, date: string): Due {
  const day = dayNumber(date);
  return due(calendar, start, { n: 0, unit: 'date', day, at: calendar.closesOn(day), ends: 'closing' });
}

function afterWorkdays(calendar: Calendar, start: number, from: number, n: number): Due {
  const rest = collector(calendar);
  const madeUp: { date: string; name: string | null }[] = [];
  const awaits = new Set<number>();
  let day = from;
  for (let left = n; left > 0; ) {
    day += 1;
    wait(calendar, day, awaits);
    if (!calendar.works(day)) rest.add(day);
    else {
      left -= 1;
      if (isWeekend(day)) madeUp.push({ date: dateOf(day), name: calendar.named(day) });
    }
  }
  const at = calendar.closesOn(day);
  return due(calendar, start, { n, unit: 'workday', day, at, ends: 'closing', rest: rest.ranges(), madeUp, awaits });
}

function onDay(
  calendar: Calendar,
  start: number,
  term: { n: number; unit: 'day' | 'month'; day: number; clipped: boolean; shift: boolean },
): Due {
  const { n, unit, clipped } = term;
  if (!term.shift) {
    return due(calendar, start, { n, unit, clipped, day: term.day, at: calendar.beginOf(term.day + 1), ends: 'midnight' });
  }
  const awaits = new Set<number>();
  const rest = collector(calendar);
  let day = term.day;
  wait(calendar, day, awaits);
  while (!calendar.works(day)) {
    rest.add(day);
    day += 1;
    wait(calendar, day, awaits);
  }
  const shift = day === term.day ? null : { from: dateOf(term.day), rest: rest.ranges() };
  return due(calendar, start, { n, unit, clipped, day, at: calendar.closesOn(day), ends: 'closing', shift, awaits });
}

function wait(calendar: Calendar, day: number, awaits: Set<number>): void {
  const year = calendar.awaits(day);
  if (year !== null) awaits.add(year);
}

function due(
  calendar: Calendar,
  start: number,
  found: { day: number; at: number; awaits?: ReadonlySet<number> } & Pick<Reason, 'n' | 'unit' | 'ends'> &
    Partial<Pick<Reason, 'rest' | 'madeUp' | 'shift' | 'clipped'>>,
): Due {
  const { day, at, ends, awaits = new Set() } = found;
  const date = dateOf(day);
  return {
    at,
    date,
    calendarVersion: calendar.version,
    provisional: awaits.size > 0,
    why: {
      start: dateOf(calendar.dayAt(start)),
      startTime: timeAt(calendar, start),
      n: found.n,
      unit: found.unit,
      end: date,
      endTime: ends === 'midnight' ? '24:00' : timeAt(calendar, at),
      ends,
      rest: found.rest ?? [],
      madeUp: found.madeUp ?? [],
      shift: found.shift ?? null,
      clipped: found.clipped ?? false,
      calendar: { version: calendar.version, source: calendar.source },
      awaits: [...awaits].toSorted((a, b) => a - b),
    },
  };
}

/** Gathers days of rest, given in order, into runs of one name. */
function collector(calendar: Calendar): { add(day: number): void; ranges(): RestDays[] } {
  const runs: { from: number; to: number; name: string | null }[] = [];
  return {
    add(day) {
      const name = calendar.named(day);
      const last = runs.at(-1);
      if (last && last.to === day - 1 && last.name === name) last.to = day;
      else runs.push({ from: day, to: day, name });
    },
    ranges: () => runs.map(({ from, to, name }) => ({ from: dateOf(from), to: dateOf(to), name })),
  };
}
