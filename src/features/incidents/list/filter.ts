import type { Request } from 'express';
import { z } from 'zod';
import { filterField, listAddress } from '../../../platform/http/listing.ts';
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

const schema = z.object({
  q: filterField.text,
  step: filterField.oneOf(standings),
  area: filterField.oneOf(areas),
  level: filterField.oneOf(levels),
  unit: filterField.unit,
  late: filterField.flag,
  from: filterField.day,
  to: filterField.day,
  person: filterField.id,
  sort: z.enum(sorts).catch('opened'),
});

export function readFilter(query: Request['query']): IncidentFilter {
  return schema.parse(query);
}

export const listPath = '/incidents';

/** The address of a list with this filter. */
export function addressOf({ sort, ...filter }: Partial<IncidentFilter>, more: Readonly<Record<string, string>> = {}, path = listPath): string {
  return listAddress(path, { ...filter, sort: sort === 'opened' ? null : sort }, more);
}

/** The number in what was typed, when it is a valid ID: it is not to stay in the address. */
export function idNumberIn(typed: string, today: string): string | null {
  const check = checkResidentId(typed, today);
  return check.verdict === 'ok' ? check.code : null;
}

/** Whether anything is narrowed down. */
export const isNarrowed = (filter: IncidentFilter): boolean => addressOf({ ...filter, sort: 'opened' }) !== listPath;
