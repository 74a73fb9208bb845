import type { Calendar } from './calendar.ts';
import { dateOf, dayNumber, isWeekend } from './days.ts';

/** One holiday as a notice states it: days off in a row, and the weekend days that are worked for it. */
export interface HolidayArrangement {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly days: number;
  readonly madeUp: readonly string[];
}

/** The named days off of a year in order. A run that began in the December before is shown from the year's first day. */
export function arrangementOf(calendar: Calendar, year: number): HolidayArrangement[] {
  const runs: { name: string; from: number; to: number; madeUp: string[] }[] = [];
  const madeUp: { name: string | null; day: number }[] = [];
  for (let day = dayNumber(`${year}-01-01`); day <= dayNumber(`${year}-12-31`); day += 1) {
    const name = calendar.named(day);
    if (calendar.works(day)) {
      if (isWeekend(day)) madeUp.push({ name, day });
    } else if (name !== null) {
      const last = runs.at(-1);
      if (last && last.name === name && last.to === day - 1) last.to = day;
      else runs.push({ name, from: day, to: day, madeUp: [] });
    }
  }
  for (const { name, day } of madeUp) {
    const named = runs.filter((run) => run.name === name);
    const nearest = (named.length > 0 ? named : runs).toSorted((a, b) => Math.abs(a.from - day) - Math.abs(b.from - day))[0];
    nearest?.madeUp.push(dateOf(day));
  }
  return runs.map((run) => ({ name: run.name, from: dateOf(run.from), to: dateOf(run.to), days: run.to - run.from + 1, madeUp: run.madeUp }));
}

/** Working days of a year. */
export function workdaysIn(calendar: Calendar, year: number): number {
  return calendar.workdaysUpTo(dayNumber(`${year}-12-31`)) - calendar.workdaysUpTo(dayNumber(`${year - 1}-12-31`));
}
