import { dateOf, dayNumber, isWeekend, partsOf } from './days.ts';

/** One row of the table: a day that is named, or that is not what its weekday says. */
export interface CalendarDay {
  /** `YYYY-MM-DD` */
  readonly date: string;
  readonly isWorkday: boolean;
  readonly name: string;
}

/** A calendar as it stands in the tables. */
export interface CalendarTable {
  readonly version: number;
  readonly name: string;
  readonly source: string;
  /** How long a day lasts, in milliseconds: 86,400,000; seconds in a demonstration. */
  readonly dayMs: number;
  /** The instant at which 1970-01-01 began, in Unix milliseconds: −28,800,000 for Asia/Shanghai. */
  readonly anchorMs: number;
  /** Office hours, as minutes of a day of 1,440 minutes. */
  readonly opensMinute: number;
  readonly closesMinute: number;
  /** Years whose notice on days off (放假安排) is loaded. */
  readonly publishedYears: readonly number[];
  readonly days: readonly CalendarDay[];
}

/** Working days and instants. Immutable; a change of the table is a new version. */
export interface Calendar extends Omit<CalendarTable, 'days'> {
  isWorkday(date: string): boolean;
  /** What the day is called in the notice or the law: 国庆节. Null for a day without a name. */
  nameOf(date: string): string | null;

  /** The same by day number, for counting. */
  works(day: number): boolean;
  named(day: number): string | null;
  /** Working days from the calendar's own origin up to and including the day; differences of two are counts. */
  workdaysUpTo(day: number): number;
  /**
   * The year whose notice could still change this day, or null when it is settled. A notice also
   * rearranges the last days of December before it (2018-12-29 was made a working day by the one for 2019).
   */
  awaits(day: number): number | null;

  /** Day number of the day in which the instant lies. */
  dayAt(instant: number): number;
  /** The instant at which the day begins; the end of a day is the begin of the next. */
  beginOf(day: number): number;
  opensOn(day: number): number;
  closesOn(day: number): number;
}

const MINUTES = 1440;

/** Days of December that the next year's notice has been seen to rearrange: 2007, 2011, 2018, 2022. */
const FIRST_UNCERTAIN_DAY_OF_DECEMBER = 29;

/**
 * Holidays of the law with a fixed date in the solar calendar, `MM-DD`.
 * Source: 全国年节及纪念日放假办法 as amended by State Council Order 795, in force since 2025-01-01.
 * Those of the lunar calendar come as rows of the table.
 */
const SOLAR_HOLIDAYS: ReadonlyMap<string, string> = new Map([
  ['01-01', '元旦'],
  ['05-01', '劳动节'],
  ['05-02', '劳动节'],
  ['10-01', '国庆节'],
  ['10-02', '国庆节'],
  ['10-03', '国庆节'],
]);

/** Years after the last row for which working days are counted ahead, so that a span of years costs no walk. */
const YEARS_AHEAD = 6;

/**
 * A calendar out of its rows. A day without a row is a working day from Monday to Friday; in a year
 * without a published notice the fixed holidays of the law are days off as well.
 * Throws a RangeError when the table makes no sense (a day without length, closing before opening).
 */
export function buildCalendar(table: CalendarTable): Calendar {
  const { days, publishedYears, dayMs, anchorMs, opensMinute, closesMinute } = table;
  if (!(dayMs >= 1000)) throw new RangeError('a day lasts at least one second');
  if (!(opensMinute >= 0 && opensMinute < closesMinute && closesMinute <= MINUTES)) {
    throw new RangeError('an office opens before it closes, on the same day');
  }
  const published = new Set(publishedYears);
  const rows = new Map(days.map((row) => [dayNumber(row.date), row]));

  const solarHoliday = (day: number): string | null => {
    const date = dateOf(day);
    return published.has(Number(date.slice(0, 4))) ? null : (SOLAR_HOLIDAYS.get(date.slice(5)) ?? null);
  };
  const worksByRule = (day: number): boolean => {
    const row = rows.get(day);
    return row ? row.isWorkday : !isWeekend(day) && solarHoliday(day) === null;
  };

  const years = [...publishedYears, ...days.map((row) => Number(row.date.slice(0, 4)))];
  const firstYear = years.length > 0 ? years.reduce((a, b) => Math.min(a, b)) : 2020;
  const lastYear = years.length > 0 ? years.reduce((a, b) => Math.max(a, b)) : 2020;
  const first = dayNumber(`${firstYear}-01-01`);
  const last = dayNumber(`${lastYear + YEARS_AHEAD}-12-31`);
  const upTo = new Int32Array(last - first + 1);
  for (let day = first, count = 0; day <= last; day += 1) {
    if (worksByRule(day)) count += 1;
    upTo[day - first] = count;
  }

  const counted = (day: number): number => upTo[day - first] ?? 0;
  const workdaysUpTo = (day: number): number => {
    if (day < first) {
      let count = 0;
      for (let other = first - 1; other > day; other -= 1) if (worksByRule(other)) count -= 1;
      return count;
    }
    let count = counted(Math.min(day, last));
    for (let other = last + 1; other <= day; other += 1) if (worksByRule(other)) count += 1;
    return count;
  };
  const works = (day: number): boolean =>
    day > first && day <= last ? counted(day) > counted(day - 1) : worksByRule(day);
  const named = (day: number): string | null => rows.get(day)?.name ?? solarHoliday(day);
  const at = (day: number, minute: number): number => anchorMs + day * dayMs + Math.round((minute * dayMs) / MINUTES);

  return {
    version: table.version,
    name: table.name,
    source: table.source,
    dayMs,
    anchorMs,
    opensMinute,
    closesMinute,
    publishedYears: [...published].toSorted((a, b) => a - b),
    isWorkday: (date) => works(dayNumber(date)),
    nameOf: (date) => named(dayNumber(date)),
    works,
    named,
    workdaysUpTo,
    awaits(day) {
      const { year, month, day: ofMonth } = partsOf(day);
      if (!published.has(year)) return year;
      const uncertain = month === 12 && ofMonth >= FIRST_UNCERTAIN_DAY_OF_DECEMBER;
      return uncertain && !published.has(year + 1) ? year + 1 : null;
    },
    dayAt: (instant) => Math.floor((instant - anchorMs) / dayMs),
    beginOf: (day) => at(day, 0),
    opensOn: (day) => at(day, opensMinute),
    closesOn: (day) => at(day, closesMinute),
  };
}

/** The date in which an instant lies. */
export function dateAt(calendar: Calendar, instant: number): string {
  return dateOf(calendar.dayAt(instant));
}

/** Clock time of an instant, `HH:MM`, in the calendar's own day of 24 hours. */
export function timeAt(calendar: Calendar, instant: number): string {
  const into = instant - calendar.beginOf(calendar.dayAt(instant));
  const minute = Math.floor((into * MINUTES) / calendar.dayMs);
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}
