import type { Knex } from 'knex';
import { buildCalendar, type Calendar } from '../rules/calendar/index.ts';

/** No calendar is active: the installation is not seeded. Nothing with a deadline can be done. */
export class NoActiveCalendar extends Error {
  constructor() {
    super('no calendar is active; run "xinzhi seed" or activate one');
    this.name = 'NoActiveCalendar';
  }
}

/** The calendars of an installation as pure objects. */
export interface Calendars {
  /**
   * The active calendar, at most `maxAgeMs` behind the table (default 1,000). With 0 the table is asked which
   * version is active; the calendar itself is read only when it is a new one. Throws NoActiveCalendar.
   */
  current(maxAgeMs?: number): Promise<Calendar>;
  /** A version, active or not; what a case was decided under. Undefined when there is none. */
  version(version: number): Promise<Calendar | undefined>;
  /** Makes the next `current()` ask the table. */
  forget(): void;
}

const DEFAULT_MAX_AGE_MS = 1000;
/** A version is some hundred kilobytes; more than a few are asked for only when old decisions are explained. */
const KEPT_VERSIONS = 8;

/** Reads calendars out of the tables and keeps the last ones: a version never changes. */
export function createCalendars(db: Knex, monotonicMs: () => number = () => performance.now()): Calendars {
  const built = new Map<number, Promise<Calendar | undefined>>();
  let active: { version: number; at: number } | null = null;

  const version = (wanted: number): Promise<Calendar | undefined> => {
    const known = built.get(wanted);
    if (known) return known;
    const loading = loadCalendar(db, wanted).then((calendar) => {
      if (!calendar) built.delete(wanted);
      return calendar;
    });
    built.set(wanted, loading);
    // A failed read is no calendar: the next one asks again. Whoever awaits `loading` gets the error.
    loading.catch(() => built.delete(wanted));
    for (const oldest of built.keys()) {
      if (built.size <= KEPT_VERSIONS) break;
      if (oldest !== active?.version && oldest !== wanted) built.delete(oldest);
    }
    return loading;
  };

  return {
    version,
    forget() {
      active = null;
    },
    async current(maxAgeMs = DEFAULT_MAX_AGE_MS) {
      const now = monotonicMs();
      if (!active || now - active.at > maxAgeMs || maxAgeMs === 0) {
        const row = await db('calendar').where({ active: true }).first<{ version: number } | undefined>('version');
        if (!row) throw new NoActiveCalendar();
        active = { version: row.version, at: now };
      }
      const calendar = await version(active.version);
      if (!calendar) throw new NoActiveCalendar();
      return calendar;
    },
  };
}

interface CalendarRow {
  version: number;
  name: string;
  source: string;
  day_ms: number;
  anchor_ms: number;
  opens_minute: number;
  closes_minute: number;
}

/** Reads one version with its years and days. */
async function loadCalendar(db: Knex, version: number): Promise<Calendar | undefined> {
  const row = await db('calendar').where({ version }).first<CalendarRow | undefined>();
  if (!row) return undefined;
  const years: { year: number }[] = await db('calendar_year').where({ calendar_version: version }).select('year');
  const days: { date: string; is_workday: boolean; name: string }[] = await db('calendar_day')
    .where({ calendar_version: version })
    .select('date', 'is_workday', 'name')
    .orderBy('date');
  return buildCalendar({
    version: row.version,
    name: row.name,
    source: row.source,
    dayMs: row.day_ms,
    anchorMs: row.anchor_ms,
    opensMinute: row.opens_minute,
    closesMinute: row.closes_minute,
    publishedYears: years.map(({ year }) => year),
    days: days.map(({ date, is_workday, name }) => ({ date, isWorkday: is_workday, name })),
  });
}
