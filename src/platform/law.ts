import type { Knex } from 'knex';
import type { Calendar } from '../rules/calendar/index.ts';
import type { RuleBook } from '../rules/casefile/deadline.ts';
import { createCalendars } from './calendar.ts';
import { createRules } from './rules.ts';

/** What deadlines are computed from: the rule rows and the calendar in force. */
export interface Law {
  rules: RuleBook;
  calendar: Calendar;
}

/** Reads the law; `fresh` asks the tables, otherwise an answer of the last second will do. */
export type ReadLaw = (fresh?: boolean) => Promise<Law>;

export function createReadLaw(knex: Knex): ReadLaw {
  const rules = createRules(knex);
  const calendars = createCalendars(knex);
  return async (fresh = false) => {
    const maxAgeMs = fresh ? 0 : undefined;
    const [book, calendar] = await Promise.all([rules.current(maxAgeMs), calendars.current(maxAgeMs)]);
    return { rules: book, calendar };
  };
}
