import type { Request } from 'express';
import { z } from 'zod';
import { isDay } from '../../../platform/http/fields.ts';
import { checkResidentId } from '../../../rules/codes/index.ts';
import { recordClasses, recordDomains, recordKinds, type RecordClass, type RecordDomain, type RecordKind } from '../../../rules/records/facts.ts';
import type { RecordStanding } from '../../../rules/records/file.ts';

export const recordStandings = ['stored', 'published', 'marked', 'suspended', 'shielded', 'ended', 'repaired', 'withdrawn'] as const satisfies readonly RecordStanding[];

/** What a list of records is narrowed to; all of it stands in the address. */
export interface RecordFilter {
  readonly q: string;
  readonly kind: RecordKind | null;
  readonly class: RecordClass | null;
  readonly standing: RecordStanding | null;
  readonly domain: RecordDomain | null;
  /** Id of the unit that decided. */
  readonly unit: string | null;
  /** Days of the decision, both included. */
  readonly from: string | null;
  readonly to: string | null;
  readonly subject: string | null;
  /** Those for which a proposal waits for a second person. */
  readonly proposed: boolean;
  /** Those whose subject has still to be served the repair notice (两书同达), of one's own units. */
  readonly unserved: boolean;
}

/** A choice that is not one of those offered is no choice: an old link still shows a list. */
const oneOf = <const T extends string>(values: readonly T[]) => z.enum(values).nullable().catch(null);
const dayOrNone = z.string().refine(isDay).nullable().catch(null);

const schema = z.object({
  q: z.string().transform((typed) => typed.normalize('NFKC').trim().slice(0, 100)).catch(''),
  kind: oneOf(recordKinds),
  class: oneOf(recordClasses),
  standing: oneOf(recordStandings),
  domain: oneOf(recordDomains),
  unit: z.string().regex(/^[a-z][a-z0-9-]{1,30}$/).nullable().catch(null),
  from: dayOrNone,
  to: dayOrNone,
  subject: z.uuid().nullable().catch(null),
  proposed: z.enum(['1', 'true']).transform(() => true).catch(false),
  unserved: z.enum(['1', 'true']).transform(() => true).catch(false),
});

export const readFilter = (query: Request['query']): RecordFilter => schema.parse(query);

export const listPath = '/records';

function queryOf(filter: Partial<RecordFilter>): URLSearchParams {
  const query = new URLSearchParams();
  for (const name of ['q', 'kind', 'class', 'standing', 'domain', 'unit', 'from', 'to', 'subject'] as const) {
    const value = filter[name];
    if (value) query.set(name, value);
  }
  for (const name of ['proposed', 'unserved'] as const) if (filter[name]) query.set(name, '1');
  return query;
}

/** The address of a list with this filter. */
export function addressOf(filter: Partial<RecordFilter>, more: Readonly<Record<string, string>> = {}): string {
  const query = queryOf(filter);
  for (const [name, value] of Object.entries(more)) query.set(name, value);
  const text = query.toString();
  return text === '' ? listPath : `${listPath}?${text}`;
}

export const isNarrowed = (filter: RecordFilter): boolean => queryOf(filter).size > 0;

/** The number in what was typed, when it is a valid ID: it is not to stay in the address. */
export function idNumberIn(typed: string, today: string): string | null {
  const check = checkResidentId(typed, today);
  return check.verdict === 'ok' ? check.code : null;
}
