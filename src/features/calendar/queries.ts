import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { belongsToNotice, type NoticeDay } from '../../rules/calendar/index.ts';
import { writeCalendar, type CalendarDayRow, type CalendarYearRow } from './write.ts';

export interface PersonName {
  readonly name: string;
  readonly nameEn: string;
}

/** A version as the list shows it. */
export interface CalendarVersion {
  readonly version: number;
  readonly name: string;
  readonly source: string;
  readonly note: string | null;
  readonly active: boolean;
  readonly basedOn: number | null;
  readonly createdAt: Date;
  readonly importedById: string | null;
  /** Null: delivered with the program. */
  readonly importedBy: PersonName | null;
  readonly activatedAt: Date | null;
  readonly activatedBy: PersonName | null;
  readonly activationReason: string | null;
}

interface Row {
  version: number;
  name: string;
  source: string;
  note: string | null;
  active: boolean;
  based_on: number | null;
  created_at: Date;
  created_by: string | null;
  activated_at: Date | null;
  activation_reason: string | null;
  importer_name: string | null;
  importer_name_en: string | null;
  activator_name: string | null;
  activator_name_en: string | null;
}

const named = (name: string | null, nameEn: string | null): PersonName | null =>
  name === null ? null : { name, nameEn: nameEn ?? name };

/** Versions, newest first. One or two are added a year. */
export async function listCalendars(db: Knex): Promise<CalendarVersion[]> {
  const rows: Row[] = await db('calendar as c')
    .leftJoin('person as i', 'i.id', 'c.created_by')
    .leftJoin('person as a', 'a.id', 'c.activated_by')
    .select('c.*', 'i.name as importer_name', 'i.name_en as importer_name_en', 'a.name as activator_name', 'a.name_en as activator_name_en')
    .orderBy('c.version', 'desc');
  return rows.map((row) => ({
    version: row.version,
    name: row.name,
    source: row.source,
    note: row.note,
    active: row.active,
    basedOn: row.based_on,
    createdAt: row.created_at,
    importedById: row.created_by,
    importedBy: named(row.importer_name, row.importer_name_en),
    activatedAt: row.activated_at,
    activatedBy: named(row.activator_name, row.activator_name_en),
    activationReason: row.activation_reason,
  }));
}

/** Years of a version that its base does not have, or has from another notice: what an import brought. */
export async function importedYears(db: Knex, version: number, basedOn: number | null): Promise<number[]> {
  if (basedOn === null) return [];
  const years: { year: number }[] = await db('calendar_year as y')
    .where('y.calendar_version', version)
    .whereNotExists(
      db('calendar_year as b')
        .where('b.calendar_version', basedOn)
        .whereRaw('b.year = y.year and b.source_notice = y.source_notice'),
    )
    .select('y.year')
    .orderBy('y.year');
  return years.map(({ year }) => year);
}

/** Days of one notice within a version. */
export async function noticeDaysOf(db: Knex, version: number, year: number): Promise<NoticeDay[]> {
  const rows: { date: string; is_workday: boolean; name: string }[] = await db('calendar_day as d')
    .join('calendar_year as y', (join) => join.on('y.calendar_version', 'd.calendar_version').andOn('y.source_notice', 'd.source_notice'))
    .where({ 'd.calendar_version': version, 'y.year': year })
    .select('d.date', 'd.is_workday', 'd.name')
    .orderBy('d.date');
  return rows.filter(({ date }) => belongsToNotice(date, year)).map(({ date, is_workday, name }) => ({ date, isOffDay: !is_workday, name }));
}

export interface NoticeImport {
  readonly year: number;
  /** Title and number of the notice. */
  readonly notice: string;
  readonly days: readonly NoticeDay[];
  readonly note: string | null;
  readonly by: string;
}

/**
 * Writes a new version: the calendar in force with the days of this notice in place of what it had for the year.
 * It is not in force before somebody else activates it. The same import sent twice gives the first one's version.
 * Throws when no calendar is in force.
 */
export async function importNotice(db: Knex, { year, notice, days, note, by }: NoticeImport): Promise<number> {
  return db.transaction(async (trx) => {
    await trx.raw('lock table calendar in share row exclusive mode');
    const base = await trx('calendar').where({ active: true }).first<BaseRow | undefined>();
    if (!base) throw new Error('no calendar is active');
    const digest = createHash('sha256').update(JSON.stringify([base.version, year, notice, days])).digest('hex');
    const known = await trx('calendar').where({ digest }).first<{ version: number } | undefined>('version');
    if (known) return known.version;

    const last = await trx('calendar').max<{ max: number }[]>('version as max').first();
    const version = (last?.max ?? 0) + 1;
    const years: CalendarYearRow[] = await trx('calendar_year').where({ calendar_version: base.version }).select('year', 'source_notice');
    const noticeFor = (of: number): string | undefined => years.find((row) => row.year === of)?.source_notice;
    const former = noticeFor(year);
    const following = noticeFor(year + 1);
    const baseDays: CalendarDayRow[] = await trx('calendar_day')
      .where({ calendar_version: base.version })
      .select('date', 'is_workday', 'name', 'source_notice');
    const replaced = ({ date, source_notice }: CalendarDayRow): boolean =>
      // The last days of December may be the following notice's, and then are not this one's to change.
      (date.startsWith(`${year}-`) && source_notice !== following) || (source_notice === former && belongsToNotice(date, year));
    const rows = new Map(baseDays.filter((row) => !replaced(row)).map((row) => [row.date, row]));
    for (const { date, isOffDay, name } of days) {
      rows.set(date, { date, is_workday: !isOffDay, name: name.trim(), source_notice: notice });
    }
    await writeCalendar(trx, {
      calendar: {
        version,
        name: base.name,
        source: base.source.includes(notice) ? base.source : `${base.source}；${notice}`,
        day_ms: base.day_ms,
        anchor_ms: base.anchor_ms,
        opens_minute: base.opens_minute,
        closes_minute: base.closes_minute,
        note,
        digest,
        based_on: base.version,
        created_by: by,
      },
      years: [...years.filter((row) => row.year !== year), { year, source_notice: notice }],
      days: [...rows.values()].toSorted((a, b) => a.date.localeCompare(b.date)),
    });
    return version;
  });
}

interface BaseRow {
  version: number;
  name: string;
  source: string;
  day_ms: number;
  anchor_ms: number;
  opens_minute: number;
  closes_minute: number;
}

/** `active`: it is in force already; `outdated`: another calendar came into force since it was made. */
export type Activated = { readonly ok: true } | { readonly ok: false; readonly because: 'active' | 'outdated' | 'gone' };

/** Puts a version in force. The caller has checked that the person may; the table refuses the importer whoever asks. */
export async function activateCalendar(db: Knex, { version, by, reason }: { version: number; by: string; reason: string }): Promise<Activated> {
  return db.transaction(async (trx): Promise<Activated> => {
    await trx.raw('lock table calendar in share row exclusive mode');
    const row = await trx('calendar').where({ version }).first<{ active: boolean; based_on: number | null } | undefined>('active', 'based_on');
    if (!row) return { ok: false, because: 'gone' };
    if (row.active) return { ok: false, because: 'active' };
    const current = await trx('calendar').where({ active: true }).first<{ version: number } | undefined>('version');
    if (row.based_on !== (current?.version ?? null)) return { ok: false, because: 'outdated' };
    await trx('calendar').where({ active: true }).update({ active: false });
    await trx('calendar').where({ version }).update({ active: true, activated_at: trx.fn.now(), activated_by: by, activation_reason: reason });
    return { ok: true };
  });
}
