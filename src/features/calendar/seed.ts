import type { Knex } from 'knex';
import source from 'chinese-days/dist/chinese-days.json' with { type: 'json' };
import { dateOf, dayNumber, isPublishedYear, type NoticeDay } from '../../rules/calendar/index.ts';
import delivered from './delivered.json' with { type: 'json' };
import { writeCalendar, type CalendarDayRow, type CalendarYearRow } from './write.ts';

/** From here on the package was compared day by day with an independent collection of the notices; no day differed. */
const FIRST_YEAR = 2007;

/** Short names of the package, and what the notices call the day. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['清明', '清明节'],
  ['端午', '端午节'],
  ['中秋', '中秋节'],
]);

function days(entries: Readonly<Record<string, string>>, isOffDay: boolean): NoticeDay[] {
  return Object.entries(entries).map(([date, words]) => {
    const name = words.split(',')[1] ?? words;
    return { date, isOffDay, name: NAMES.get(name) ?? name };
  });
}

/** Days off and make-up days of every notice in the package, by date. */
export function deliveredDays(): NoticeDay[] {
  const all = [...days(source.holidays, true), ...days(source.workdays, false)];
  return all.filter(({ date }) => date >= `${FIRST_YEAR}-01-01`).toSorted((a, b) => a.date.localeCompare(b.date));
}

/**
 * The years the package really has a notice of, read from its data. Asked for any other year its functions answer
 * with plain weekdays and say nothing, so they are not asked.
 */
export function deliveredYears(): number[] {
  const all = deliveredDays();
  const years = [...new Set(all.map(({ date }) => Number(date.slice(0, 4))))];
  return years.filter((year) => isPublishedYear(all, year));
}

/** The notice a day comes from: New Year's Day is arranged, with the December before it, by that of the new year. */
function yearOfNotice({ date, name }: NoticeDay): number {
  const year = Number(date.slice(0, 4));
  return name === '元旦' && date.slice(5, 7) === '12' ? year + 1 : year;
}

const noticeOf = (year: number): string => delivered.notice.replace('{{year}}', String(year));

/**
 * Holidays of the law that follow the moon and the sun, for years without a notice; those with a fixed date the
 * calendar knows itself. The dates were computed once: the functions that give them depend on the host's time zone.
 */
function expectedDays(after: number): CalendarDayRow[] {
  const rows = new Map<string, CalendarDayRow>();
  for (const year of delivered.lunarHolidays) {
    if (year.year <= after) continue;
    const spring = dayNumber(year.springFestival);
    const named: [string, string][] = [
      // The eve and the first three days.
      ...[-1, 0, 1, 2].map((offset): [string, string] => [dateOf(spring + offset), '春节']),
      [year.tombSweeping, '清明节'],
      [year.dragonBoat, '端午节'],
      [year.midAutumn, '中秋节'],
    ];
    for (const [date, name] of named) {
      const both = ['10-01', '10-02', '10-03'].includes(date.slice(5)) ? `国庆节、${name}` : name;
      rows.set(date, { date, is_workday: false, name: both, source_notice: delivered.law });
    }
  }
  return [...rows.values()];
}

/** The delivered calendar as rows: every published notice, and the holidays of the law in the years after. */
export function deliveredCalendar(): { years: CalendarYearRow[]; days: CalendarDayRow[] } {
  const years = deliveredYears();
  const last = years.at(-1) ?? FIRST_YEAR;
  const published = deliveredDays().map((day) => ({
    date: day.date,
    is_workday: !day.isOffDay,
    name: day.name,
    source_notice: noticeOf(yearOfNotice(day)),
  }));
  return {
    years: years.map((year) => ({ year, source_notice: noticeOf(year) })),
    days: [...published, ...expectedDays(last)],
  };
}

/** Writes and activates the delivered calendar when there is no calendar at all; returns whether it did. */
export async function seedCalendar(db: Knex): Promise<boolean> {
  return db.transaction(async (trx) => {
    await trx.raw('lock table calendar in share row exclusive mode');
    if (await trx('calendar').first('version')) return false;
    const { years, days: rows } = deliveredCalendar();
    await writeCalendar(trx, {
      calendar: {
        version: 1,
        name: delivered.name,
        source: delivered.source
          .replace('{{first}}', String(years[0]?.year))
          .replace('{{last}}', String(years.at(-1)?.year)),
        note: delivered.note,
        active: true,
        activated_at: trx.fn.now(),
        activation_reason: delivered.note,
      },
      years,
      days: rows,
    });
    return true;
  });
}
