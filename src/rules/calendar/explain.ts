import { dayNumber, partsOf, weekdayOf } from './days.ts';
import type { Reason, RestDays } from './due.ts';

/** Looks up a text in the reader's language: key with namespace, and what stands in it. */
export type Translate = (key: string, params?: Record<string, string | number>) => string;

/** A date as it stands in a sentence: 2026年9月24日（周四）. */
export function dateInWords(date: string, t: Translate): string {
  return t('ui:moment.long', dateParams(date, t));
}

/** A date of a list whose year is plain from the context: 9月24日（周四）. */
export function shortDateInWords(date: string, t: Translate): string {
  return t('ui:moment.short', dateParams(date, t));
}

function dateParams(date: string, t: Translate): Record<string, string | number> {
  const number = dayNumber(date);
  const { year, month, day } = partsOf(number);
  const weekday = t(`ui:moment.weekday.${weekdayOf(number) || 7}`);
  return { year, month, day, monthName: t(`ui:moment.month.${month}`), weekday };
}

/** Holidays that have a name in other languages; notices write some of them with and without 节. */
const HOLIDAYS: ReadonlyMap<string, string> = new Map([
  ['元旦', 'newYear'],
  ['春节', 'springFestival'],
  ['清明', 'tombSweeping'],
  ['清明节', 'tombSweeping'],
  ['劳动节', 'labourDay'],
  ['端午', 'dragonBoat'],
  ['端午节', 'dragonBoat'],
  ['中秋', 'midAutumn'],
  ['中秋节', 'midAutumn'],
  ['国庆', 'nationalDay'],
  ['国庆节', 'nationalDay'],
]);

/** A holiday's name in the reader's language; any other name stays as the notice has it. */
export function holidayName(name: string, t: Translate): string {
  const parts = name.split('、').map((part) => {
    const holiday = HOLIDAYS.get(part);
    return holiday === undefined ? part : t(`calendar:holiday.${holiday}`);
  });
  return parts.join(t('calendar:list'));
}

function restInWords({ from, to, name }: RestDays, t: Translate): string {
  const called = name === null ? t('calendar:why.weekend') : holidayName(name, t);
  return from === to
    ? t('calendar:why.restDay', { date: shortDateInWords(from, t), name: called })
    : t('calendar:why.restDays', { from: shortDateInWords(from, t), to: shortDateInWords(to, t), name: called });
}

/** Why a deadline is that day, sentence by sentence. */
export function explain(reason: Reason, t: Translate): string[] {
  const list = (items: readonly string[]): string => items.join(t('calendar:list'));
  const start = dateInWords(reason.start, t);
  const end = dateInWords(reason.end, t);
  const { n, unit, startTime, endTime: time } = reason;
  const sentences: string[] = [];
  const say = (key: string, params?: Record<string, string | number>): void => {
    sentences.push(t(`calendar:why.${key}`, params));
  };

  if (reason.kept) {
    say(reason.kept.late === null ? 'keptToday' : 'keptLate', { end, time, count: reason.kept.late ?? 0 });
  } else if (unit === 'date') {
    say('fixed', { end, time });
  } else if (unit === 'hour') {
    say('hour', { start, startTime, count: n, end, time });
  } else {
    say(`start.${unit}`, { start, count: n });
    if (reason.rest.length > 0) say('rest', { list: list(reason.rest.map((days) => restInWords(days, t))) });
    if (reason.madeUp.length > 0) say('madeUp', { list: list(reason.madeUp.map(({ date }) => shortDateInWords(date, t))) });
    if (reason.clipped) say('clipped');
    if (reason.shift) {
      const { from, rest } = reason.shift;
      say('shift', { from: dateInWords(from, t), rest: list(rest.map((days) => restInWords(days, t))) });
    }
    say(`end.${reason.ends}`, { end, time });
  }
  if (reason.awaits.length > 0) say('awaits', { years: list(reason.awaits.map(String)) });
  say('calendar', { version: reason.calendar.version, source: reason.calendar.source });
  return sentences;
}
