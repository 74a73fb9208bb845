import type { Calendar } from '../rules/calendar/index.ts';

/**
 * An instant so many working days before now, in the first hours of the office; `spread` keeps what begins on one day
 * a quarter of an hour apart.
 */
export function workdaysAgo(calendar: Calendar, now: number, days: number, spread: number): number {
  let day = calendar.dayAt(now);
  for (let left = days; left > 0; ) {
    day -= 1;
    if (calendar.works(day)) left -= 1;
  }
  while (!calendar.works(day)) day -= 1;
  return Math.min(calendar.opensOn(day) + (spread % 12) * 900_000, now - 600_000);
}
