/**
 * Civil dates as day numbers: 0 is 1970-01-01, one more each day. Proleptic Gregorian, no zone, no clock:
 * a date of this project is always a date in Asia/Shanghai, and which instants it covers is the calendar's business.
 */

const MS_PER_CIVIL_DAY = 86_400_000;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** A civil date taken apart; `month` and `day` from 1. */
interface DateParts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** Day number of a year, month and day. Days beyond the month run on into the next one. */
function dayNumberOf({ year, month, day }: DateParts): number {
  return Date.UTC(year, month - 1, day) / MS_PER_CIVIL_DAY;
}

const monthLengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

/** Whether the text is a date that exists, as `YYYY-MM-DD`. Every look at a rule asks it, so no `Date` is made for it. */
export function isDate(text: string): boolean {
  if (!DATE.test(text)) return false;
  const [year, month, day] = [Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8))];
  return day >= 1 && day <= (monthLengths[month - 1] ?? 0) && (month !== 2 || day < 29 || isLeap(year));
}

/** Day number of a `YYYY-MM-DD`. Throws a RangeError for anything that is no date. */
export function dayNumber(date: string): number {
  if (!isDate(date)) throw new RangeError(`not a date: ${date}`);
  return Date.parse(`${date}T00:00:00Z`) / MS_PER_CIVIL_DAY;
}

/** Year, month and day of a day number. */
export function partsOf(day: number): DateParts {
  const date = new Date(day * MS_PER_CIVIL_DAY);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** `YYYY-MM-DD` of a day number. */
export function dateOf(day: number): string {
  return new Date(day * MS_PER_CIVIL_DAY).toISOString().slice(0, 10);
}

/** 0 for Sunday … 6 for Saturday. */
export function weekdayOf(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

export function isWeekend(day: number): boolean {
  const weekday = weekdayOf(day);
  return weekday === 0 || weekday === 6;
}

function lastDayOfMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/**
 * The day `months` later with the same day number; the last day of the month where that number is missing.
 * `clipped` says that it was.
 */
export function addMonths(day: number, months: number): { day: number; clipped: boolean } {
  const from = partsOf(day);
  const index = from.year * 12 + (from.month - 1) + months;
  const year = Math.floor(index / 12);
  const month = index - year * 12 + 1;
  const last = lastDayOfMonth(year, month);
  return { day: dayNumberOf({ year, month, day: Math.min(from.day, last) }), clipped: from.day > last };
}
