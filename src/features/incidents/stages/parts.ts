import { z } from 'zod';
import { addFault, choice, day, fault, optional, text } from '../../../platform/http/fields.ts';
import { rowsNamed } from '../../../platform/http/flat.ts';
import { measures, type Part } from '../../../rules/incident/facts.ts';
import type { Words } from '../../tasks/index.ts';

export const mostParts = 20;

/** A part in one line: who does what, by when. */
export function partLine({ unit, measure, text: what, date }: Part, { t, unit: nameOf, moments, now }: Words): string {
  const say = { unit: nameOf(unit, 'short'), measure: t(`stages:measure.${measure}`), text: what };
  return date ? t('stages:form.assign.partLineUntil', { ...say, date: moments.short(date, now).text }) : t('stages:form.assign.partLine', say);
}

/** The rows of the form as they were posted. */
export const postedRows = (values: Readonly<Record<string, unknown>>): Record<string, unknown>[] => rowsNamed(values, 'parts', mostParts).slice(0, mostParts);

const rows = z.array(z.record(z.string(), z.unknown()));

const isBlank = (row: Record<string, unknown>): boolean => Object.values(row).every((value) => typeof value !== 'string' || value.trim() === '');

/**
 * The parts of an assignment out of rows of which any may be left empty. What is wrong is said at the row in which
 * it stands, as it was posted. `units` are those that can be given work; dates lie from `today` on.
 */
export function partsField(units: readonly string[], today: string): z.ZodType<Part[], unknown> {
  const row = z.object({
    unit: choice(units),
    measure: choice(measures),
    text: text({ max: 500, lines: true }),
    date: optional(day({ notBefore: today })),
  });
  return z.unknown().transform((value, context): Part[] => {
    const parts: Part[] = [];
    let wrong = 0;
    rows.safeParse(value).data?.slice(0, mostParts).forEach((posted, index) => {
      if (isBlank(posted)) return;
      const read = row.safeParse(posted);
      if (read.success) parts.push(read.data);
      else for (const issue of read.error.issues) {
        wrong += 1;
        addFault(context, fault(issue.message, issue.code === 'custom' ? issue.params : {}), [index, ...issue.path.map(String)]);
      }
    });
    if (parts.length === 0 && wrong === 0) {
      addFault(context, fault('stages:form.assign.noParts'), [0, 'unit']);
      return z.NEVER;
    }
    return parts;
  });
}
