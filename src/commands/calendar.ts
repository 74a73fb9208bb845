import { parseArgs } from 'node:util';
import { createCalendars, NoActiveCalendar } from '../platform/calendar.ts';
import { createDatabase } from '../platform/database.ts';
import { createI18n, isLocale } from '../platform/i18n.ts';
import { createMoments } from '../platform/http/moments.ts';
import { dayNumber, dueAfter, explain, isDate, type Calendar, type Due, type TermUnit } from '../rules/calendar/index.ts';
import { commandConfig } from './context.ts';
import { CommandError } from './running.ts';
import type { Run } from './index.ts';

const USAGE = 'Usage: xinzhi calendar due --from YYYY-MM-DD --days N [--unit workday|day|month|hour] [--locale zh-CN|en]';
const UNITS: readonly TermUnit[] = ['workday', 'day', 'month', 'hour'];
const MOST = 1000;
/** Hour of the start day from which the term is counted; it matters for `--unit hour` alone. */
const STARTS_AT = 10;

function dueOf(calendar: Calendar, from: string, days: string, unit: string): Due {
  if (!isDate(from)) throw new CommandError(`--from must be a date as 2026-09-24; it is ${JSON.stringify(from)}.`);
  const n = /^\d{1,4}$/.test(days) ? Number(days) : 0;
  if (n < 1 || n > MOST) throw new CommandError(`--days must be a whole number from 1 to ${MOST}; it is ${JSON.stringify(days)}.`);
  const known = UNITS.find((one) => one === unit);
  if (known === undefined) throw new CommandError(`--unit must be ${UNITS.join(', ')}; it is ${JSON.stringify(unit)}.`);
  const start = calendar.beginOf(dayNumber(from)) + Math.round((STARTS_AT * calendar.dayMs) / 24);
  return dueAfter(calendar, start, n, known);
}

/** Prints when a term ends by the calendar in force, whether that is provisional, and why. */
export const run: Run = async (args) => {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      from: { type: 'string' },
      days: { type: 'string' },
      unit: { type: 'string', default: 'workday' },
      locale: { type: 'string', default: 'zh-CN' },
    },
  });
  if (positionals.join(' ') !== 'due' || values.from === undefined || values.days === undefined) throw new CommandError(USAGE);
  if (!isLocale(values.locale)) throw new CommandError(`--locale must be zh-CN or en; it is ${JSON.stringify(values.locale)}.`);

  const knex = createDatabase(commandConfig(['databaseUrl']).databaseUrl, { applicationName: 'xinzhi-calendar', poolMax: 1 });
  try {
    const calendar = await createCalendars(knex).current(0);
    const due = dueOf(calendar, values.from, values.days, values.unit);
    const t = createI18n().translator(values.locale);
    const certainty = t(due.provisional ? 'calendar:command.provisional' : 'calendar:command.certain');
    const head = t('calendar:command.due', { date: due.date, day: createMoments(t).day(due.date).text, time: due.why.endTime, certainty });
    process.stdout.write(`${[head, ...explain(due.why, t).map((sentence) => `  ${sentence}`)].join('\n')}\n`);
  } catch (error) {
    throw error instanceof NoActiveCalendar ? new CommandError(error.message) : error;
  } finally {
    await knex.destroy();
  }
};
