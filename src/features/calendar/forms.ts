import { z } from 'zod';
import { choice, day, integer, optional, text } from '../../platform/http/fields.ts';
import type { TermUnit } from '../../rules/calendar/index.ts';

export const limits = { notice: 200, note: 500, reason: 500, pasted: 20_000 } as const;

/** Years a notice may be loaded for: none is older than the first that is delivered. */
export const years = { first: 2007, last: 2099 } as const;

/** The notice as it is loaded; its days come from a file or from the text field, never from both. */
export const importForm = z.object({
  year: integer({ min: years.first, max: years.last }),
  notice: text({ max: limits.notice, min: 4 }),
  days: optional(text({ max: limits.pasted, lines: true })),
  note: optional(text({ max: limits.note, lines: true })),
});

export const activationForm = z.object({ reason: text({ max: limits.reason, min: 4, lines: true }) });

export const termUnits = ['workday', 'day', 'month', 'hour'] as const satisfies readonly TermUnit[];

/** The longest term that can be tried out. */
const LONGEST_TRIAL = 250;

/** A deadline tried out on the page. */
export const trialForm = z.object({
  from: day({ notBefore: '2000-01-01', notAfter: '2099-12-31' }),
  n: integer({ min: 1, max: LONGEST_TRIAL }),
  unit: choice(termUnits),
});
