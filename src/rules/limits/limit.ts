import { dateOf, dayNumber, isDate, type TermUnit } from '../calendar/index.ts';

export const limitUnits = ['workday', 'day', 'month', 'hour', 'none'] as const;
export type LimitUnit = (typeof limitUnits)[number];

/**
 * One version of one rule: a time limit, a publicity period, a threshold.
 * Valid from `effectiveFrom` to `effectiveTo`, both days included; dates `YYYY-MM-DD`.
 */
export interface Limit {
  /** Key of the row; a case keeps it to say which version it was decided under. */
  readonly id: number;
  /** Dotted code: `incident.verify`. */
  readonly code: string;
  /** Null: the rule says that there is no limit. */
  readonly value: number | null;
  /** `none`: a bare number (per cent, megabytes, tries), or no limit. */
  readonly unit: LimitUnit;
  /** The field it is narrowed to; null for all that have no row of their own. */
  readonly domain: string | null;
  readonly legalBasis: string;
  readonly effectiveFrom: string;
  readonly effectiveTo: string | null;
}

/** No row of this code is valid on that day. A process stops here and says so: a deadline is never guessed. */
export class NoRuleValid extends Error {
  readonly code: string;
  readonly date: string;
  readonly domain: string | null;

  constructor(code: string, date: string, domain: string | null) {
    super(`no rule ${code}${domain === null ? '' : ` (${domain})`} is valid on ${date}`);
    this.name = 'NoRuleValid';
    this.code = code;
    this.date = date;
    this.domain = domain;
  }
}

/** Whether the row is valid on the date. */
export function isValidOn(row: Pick<Limit, 'effectiveFrom' | 'effectiveTo'>, date: string): boolean {
  return row.effectiveFrom <= date && (row.effectiveTo === null || date <= row.effectiveTo);
}

/**
 * The row of a code that is valid on a date, the one of the domain before the general one.
 * Throws NoRuleValid when there is none, a RangeError for no date.
 */
export function ruleOn(rows: readonly Limit[], code: string, date: string, domain: string | null = null): Limit {
  if (!isDate(date)) throw new RangeError(`not a date: ${date}`);
  let found: Limit | null = null;
  for (const row of rows) {
    if (row.code !== code || !isValidOn(row, date)) continue;
    if (row.domain !== null && row.domain !== domain) continue;
    const closer = found === null || (found.domain === null && row.domain !== null);
    const later = found !== null && found.domain === row.domain && row.effectiveFrom > found.effectiveFrom;
    if (closer || later) found = row;
  }
  if (!found) throw new NoRuleValid(code, date, domain);
  return found;
}

/** A time limit as the calendar counts it, or null for "no limit". Throws a RangeError for a row that is a bare number. */
export function termOf(row: Limit): { n: number; unit: TermUnit } | null {
  if (row.value === null) return null;
  if (row.unit === 'none') throw new RangeError(`${row.code} is a number, not a term`);
  return { n: row.value, unit: row.unit };
}

/** A threshold's number. Throws a RangeError for a row without one. */
export function numberOf(row: Limit): number {
  if (row.value === null) throw new RangeError(`${row.code} has no value`);
  return row.value;
}

/** The last day on which a version is valid when the next one begins on `date`. */
export function dayBefore(date: string): string {
  return dateOf(dayNumber(date) - 1);
}
