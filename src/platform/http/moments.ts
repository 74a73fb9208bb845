import type { Translate } from '../i18n.ts';
import type { When } from './view-models.ts';

const OFFSET_MS = 8 * 3_600_000;
const TWO = (n: number): string => String(n).padStart(2, '0');

/** Dates and times as `When`, in the reader's language and always in Asia/Shanghai (+08:00, no summer time). */
export interface Moments {
  /** 2026年9月24日（周四）. Takes an instant or YYYY-MM-DD. */
  day(at: Date | string): When;
  /** 2026年9月24日, as documents write it. */
  date(at: Date | string): When;
  /** 2026年9月24日（周四）17:30. */
  dayTime(at: Date): When;
  /** 9月24日（周四）; with the year when it is not `now`'s. */
  short(at: Date | string, now: Date): When;
  /** 9月24日（周四）17:30; with the year when it is not `now`'s. */
  shortTime(at: Date, now: Date): When;
  /** 2026-09-24, for tables. */
  table(at: Date | string): When;
  /** 2026-09-24 17:30, for tables. */
  tableTime(at: Date): When;
  /** The table form, shown as time passed ("3 小时前") where the client script runs. */
  ago(at: Date): When;
  /** 9月21日（周一）—9月24日（周四). */
  span(from: Date | string, to: Date | string, now: Date): string;
}

interface Parts {
  iso: string;
  date: string;
  time: string;
  values: Record<string, unknown>;
  year: number;
}

/** The fields of an instant on the wall clock of Asia/Shanghai; of a plain date, that date. */
function parts(t: Translate, at: Date | string): Parts {
  const shifted = typeof at === 'string' ? new Date(`${at}T00:00:00Z`) : new Date(at.getTime() + OFFSET_MS);
  if (Number.isNaN(shifted.getTime())) throw new RangeError(`not a date: ${String(at)}`);
  const year = shifted.getUTCFullYear();
  const month = shifted.getUTCMonth() + 1;
  const day = shifted.getUTCDate();
  const date = `${year}-${TWO(month)}-${TWO(day)}`;
  const time = `${TWO(shifted.getUTCHours())}:${TWO(shifted.getUTCMinutes())}`;
  return {
    iso: typeof at === 'string' ? date : `${date}T${time}:${TWO(shifted.getUTCSeconds())}+08:00`,
    date,
    time,
    year,
    values: {
      year, month, day, time,
      monthName: t(`ui:moment.month.${month}`),
      weekday: t(`ui:moment.weekday.${shifted.getUTCDay() || 7}`),
    },
  };
}

export function createMoments(t: Translate): Moments {
  const yearOf = (now: Date): number => new Date(now.getTime() + OFFSET_MS).getUTCFullYear();
  const say = (at: Date | string, pattern: string): When => {
    const p = parts(t, at);
    return { iso: p.iso, text: t(`ui:moment.${pattern}`, p.values) };
  };
  const sayNear = (at: Date | string, now: Date, near: string, far: string): When =>
    say(at, parts(t, at).year === yearOf(now) ? near : far);
  const short = (at: Date | string, now: Date): When => sayNear(at, now, 'short', 'long');
  const tableTime = (at: Date): When => {
    const p = parts(t, at);
    return { iso: p.iso, text: `${p.date} ${p.time}` };
  };

  return {
    day: (at) => say(at, 'long'),
    date: (at) => say(at, 'date'),
    dayTime: (at) => say(at, 'longTime'),
    short,
    shortTime: (at, now) => sayNear(at, now, 'shortTime', 'longTime'),
    table: (at) => {
      const p = parts(t, at);
      return { iso: p.iso, text: p.date };
    },
    tableTime,
    ago: (at) => ({ ...tableTime(at), relative: true }),
    span: (from, to, now) => t('ui:moment.span', { from: short(from, now).text, to: short(to, now).text }),
  };
}
