import { deliveredCalendar } from '../../src/features/calendar/seed.ts';
import { buildCalendar, type Calendar, type CalendarTable } from '../../src/rules/calendar/index.ts';

/** The table that is delivered: notices from 2007 to 2026, none for 2027. */
export function deliveredTable(change: Partial<CalendarTable> = {}): CalendarTable {
  const { years, days } = deliveredCalendar();
  return {
    version: 1,
    name: '国家法定节假日与调休安排',
    source: '放假安排通知',
    dayMs: 86_400_000,
    anchorMs: -28_800_000,
    opensMinute: 540,
    closesMinute: 1050,
    publishedYears: years.map(({ year }) => year),
    days: days.map(({ date, is_workday, name }) => ({ date, isWorkday: is_workday, name })),
    ...change,
  };
}

export function deliveredCalendarObject(change: Partial<CalendarTable> = {}): Calendar {
  return buildCalendar(deliveredTable(change));
}

/** Unix milliseconds of a wall-clock time in Asia/Shanghai: `'2026-09-24 10:00'`. */
export function shanghai(text: string): number {
  return Date.parse(`${text.replace(' ', 'T')}:00+08:00`);
}
