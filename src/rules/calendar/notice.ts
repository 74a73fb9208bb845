import { isWeekend, dateOf, dayNumber, isDate } from './days.ts';

/** One line of a notice on days off (放假安排). */
export interface NoticeDay {
  /** `YYYY-MM-DD` */
  readonly date: string;
  /** False: a weekend day that is made up for (调休上班). */
  readonly isOffDay: boolean;
  readonly name: string;
}

/** What is wrong with a notice, as a key of the `calendar` texts under `notice`; `line` counts days from 1. */
export interface NoticeFault {
  readonly key: 'empty' | 'tooMany' | 'date' | 'twice' | 'otherYear' | 'name' | 'weekdayMadeUp';
  readonly params: Readonly<Record<string, string | number>>;
}

/** What is unusual about a notice: it may be right, but a person should look. */
export interface NoticeDoubt {
  readonly key: 'holidayMissing' | 'fewDaysOff' | 'manyDaysOff';
  readonly params: Readonly<Record<string, string | number>>;
}

/** The seven holidays of the law; each notice arranges them all. */
const statutoryHolidays = ['元旦', '春节', '清明', '劳动', '端午', '中秋', '国庆'] as const;

const MOST_DAYS = 80;
const LONGEST_NAME = 40;
/** Days off that notices since 2008 have named, with a margin. */
const USUAL_DAYS_OFF = { least: 20, most: 40 } as const;

/** Whether the days of a year are those of a published notice: the first and the last holiday of the year are in it. */
export function isPublishedYear(days: readonly NoticeDay[], year: number): boolean {
  const inYear = days.filter(({ date }) => date.startsWith(`${year}-`));
  return ['元旦', '国庆'].every((holiday) => inYear.some(({ name, isOffDay }) => isOffDay && name.includes(holiday)));
}

/** Whether a notice for `year` may speak of the date: its own year, and the last days of December before it. */
export function belongsToNotice(date: string, year: number): boolean {
  return date.startsWith(`${year}-`) || (date.startsWith(`${year - 1}-12-`) && date.slice(8) >= '20');
}

/** Everything that keeps a notice from being loaded. Empty when it can be. */
export function noticeFaults(year: number, days: readonly NoticeDay[]): NoticeFault[] {
  if (days.length === 0) return [{ key: 'empty', params: { year } }];
  if (days.length > MOST_DAYS) return [{ key: 'tooMany', params: { count: days.length, most: MOST_DAYS } }];
  const faults: NoticeFault[] = [];
  const seen = new Set<string>();
  days.forEach(({ date, isOffDay, name }, index) => {
    const line = index + 1;
    const fault = (key: NoticeFault['key']): void => void faults.push({ key, params: { line, date, name, year } });
    if (!isDate(date)) return fault('date');
    if (seen.has(date)) fault('twice');
    seen.add(date);
    if (!belongsToNotice(date, year)) fault('otherYear');
    if (name.trim() === '' || [...name].length > LONGEST_NAME) fault('name');
    if (!isOffDay && !isWeekend(dayNumber(date))) fault('weekdayMadeUp');
  });
  return faults;
}

/** What a person should look at before the notice is activated. */
export function noticeDoubts(days: readonly NoticeDay[]): NoticeDoubt[] {
  const doubts: NoticeDoubt[] = [];
  for (const holiday of statutoryHolidays) {
    if (!days.some(({ name, isOffDay }) => isOffDay && name.includes(holiday))) {
      doubts.push({ key: 'holidayMissing', params: { holiday } });
    }
  }
  const off = days.filter(({ isOffDay }) => isOffDay).length;
  if (off < USUAL_DAYS_OFF.least) doubts.push({ key: 'fewDaysOff', params: { count: off, least: USUAL_DAYS_OFF.least } });
  if (off > USUAL_DAYS_OFF.most) doubts.push({ key: 'manyDaysOff', params: { count: off, most: USUAL_DAYS_OFF.most } });
  return doubts;
}

/** A day that is something else than before. */
export interface ChangedDay {
  readonly date: string;
  readonly wasWorkday: boolean;
  readonly isWorkday: boolean;
  readonly name: string | null;
}

/** Days of a year, and of the December before it, that change between working and resting from one calendar to another. */
export function changedDays(
  year: number,
  before: { works(day: number): boolean },
  after: { works(day: number): boolean; named(day: number): string | null },
): ChangedDay[] {
  const changed: ChangedDay[] = [];
  for (let day = dayNumber(`${year - 1}-12-20`); day <= dayNumber(`${year}-12-31`); day += 1) {
    const wasWorkday = before.works(day);
    const isWorkday = after.works(day);
    if (wasWorkday !== isWorkday) changed.push({ date: dateOf(day), wasWorkday, isWorkday, name: after.named(day) });
  }
  return changed;
}
