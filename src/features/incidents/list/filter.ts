import type { Request } from 'express';
import { z } from 'zod';
import { isDay } from '../../../platform/http/fields.ts';
import { checkResidentId } from '../../../rules/codes/index.ts';
import { areas, levels, type Area, type Level } from '../../../rules/incident/facts.ts';
import { incidentSteps, type IncidentStep } from '../../../rules/incident/process.ts';

export const sorts = ['opened', 'oldest', 'due'] as const;
export type Sort = (typeof sorts)[number];

/** Where an incident stands: at a step, anywhere but closed, or closed. */
export const standings = [...incidentSteps, 'open', 'closed'] as const;
export type Standing = IncidentStep | 'open' | 'closed';

/** What a list of incidents is narrowed to, and how it is sorted; all of it stands in the address. */
export interface IncidentFilter {
  readonly q: string;
  readonly step: Standing | null;
  readonly area: Area | null;
  readonly level: Level | null;
  /** Id of the accountable unit. */
  readonly unit: string | null;
  readonly late: boolean;
  /** Days of opening, both included. */
  readonly from: string | null;
  readonly to: string | null;
  /** A person named in the incidents, by the id of his sealed identity. */
  readonly person: string | null;
  readonly sort: Sort;
}

/** A choice that is not one of those offered is no choice: an old link still shows a list. */
const oneOf = <const T extends string>(values: readonly T[]) => z.enum(values).nullable().catch(null);
const dayOrNone = z.string().refine(isDay).nullable().catch(null);

const schema = z.object({
  q: z.string().transform((typed) => typed.normalize('NFKC').trim().slice(0, 100)).catch(''),
  step: oneOf(standings as unknown as readonly [Standing, ...Standing[]]),
  area: oneOf(areas),
  level: oneOf(levels),
  unit: z.string().regex(/^[a-z][a-z0-9-]{1,30}$/).nullable().catch(null),
  late: z.enum(['1', 'true']).transform(() => true).catch(false),
  from: dayOrNone,
  to: dayOrNone,
  person: z.uuid().nullable().catch(null),
  sort: z.enum(sorts).catch('opened'),
});

export function readFilter(query: Request['query']): IncidentFilter {
  return schema.parse(query);
}

/** The query of an address that shows this filter; what says nothing is left out. */
export function queryOf(filter: Partial<IncidentFilter>): URLSearchParams {
  const query = new URLSearchParams();
  for (const name of ['q', 'step', 'area', 'level', 'unit', 'from', 'to', 'person'] as const) {
    const value = filter[name];
    if (value) query.set(name, value);
  }
  if (filter.late) query.set('late', '1');
  if (filter.sort !== undefined && filter.sort !== 'opened') query.set('sort', filter.sort);
  return query;
}

export const listPath = '/incidents';

/** The address of a list with this filter. */
export function addressOf(filter: Partial<IncidentFilter>, more: Readonly<Record<string, string>> = {}, path = listPath): string {
  const query = queryOf(filter);
  for (const [name, value] of Object.entries(more)) query.set(name, value);
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** The number in what was typed, when it is a valid ID: it is not to stay in the address. */
export function idNumberIn(typed: string, today: string): string | null {
  const check = checkResidentId(typed, today);
  return check.verdict === 'ok' ? check.code : null;
}

/** Whether anything is narrowed down. */
export const isNarrowed = (filter: IncidentFilter): boolean => queryOf({ ...filter, sort: 'opened' }).size > 0;
