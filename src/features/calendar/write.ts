import type { Knex } from 'knex';

export interface CalendarRow {
  version: number;
  name: string;
  source: string;
  day_ms?: number;
  anchor_ms?: number;
  opens_minute?: number;
  closes_minute?: number;
  note?: string | null;
  digest?: string;
  based_on?: number | null;
  created_by?: string | null;
  active?: boolean;
  activated_at?: Date | Knex.Raw | null;
  activated_by?: string | null;
  activation_reason?: string | null;
}

export interface CalendarYearRow {
  year: number;
  source_notice: string;
}

export interface CalendarDayRow {
  /** `YYYY-MM-DD` */
  date: string;
  is_workday: boolean;
  name: string;
  source_notice: string;
}

/** Rows in one statement; PostgreSQL takes 65,535 values in one. */
const ROWS_A_STATEMENT = 2000;

/** Writes a whole calendar, inside the caller's transaction. A version is written once and not changed after. */
export async function writeCalendar(
  trx: Knex.Transaction,
  { calendar, years, days }: { calendar: CalendarRow; years: readonly CalendarYearRow[]; days: readonly CalendarDayRow[] },
): Promise<void> {
  const of = { calendar_version: calendar.version };
  await trx('calendar').insert(calendar);
  await trx.batchInsert('calendar_year', years.map((row) => ({ ...of, ...row })), ROWS_A_STATEMENT);
  await trx.batchInsert('calendar_day', days.map((row) => ({ ...of, ...row })), ROWS_A_STATEMENT);
}
