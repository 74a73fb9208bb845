import type { Request } from 'express';
import { z } from 'zod';
import { filterField, listAddress } from '../../../platform/http/listing.ts';
import { recordClasses, recordDomains, recordKinds, type RecordClass, type RecordDomain, type RecordKind } from '../../../rules/records/facts.ts';
import type { RecordStanding } from '../../../rules/records/file.ts';

export const recordStandings = ['stored', 'waiting', 'withheld', 'published', 'marked', 'suspended', 'shielded', 'ended', 'repaired', 'finalised', 'withdrawn'] as const satisfies readonly RecordStanding[];

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
  /** Those whose publicity ends within `soonDays`. */
  readonly ends: 'soon' | null;
  /** Those whose subject has still to be served the repair notice (两书同达), of one's own units. */
  readonly unserved: boolean;
  /** By the day of the decision, the latest first; or by the last day of publicity, the next first, of those that have one. */
  readonly sort: (typeof recordSorts)[number];
}

const recordSorts = ['decided', 'ends'] as const;

const schema = z.object({
  q: filterField.text,
  kind: filterField.oneOf(recordKinds),
  class: filterField.oneOf(recordClasses),
  standing: filterField.oneOf(recordStandings),
  domain: filterField.oneOf(recordDomains),
  unit: filterField.unit,
  from: filterField.day,
  to: filterField.day,
  subject: filterField.id,
  proposed: filterField.flag,
  unserved: filterField.flag,
  ends: filterField.oneOf(['soon']),
  sort: z.enum(recordSorts).catch('decided'),
});

export const readFilter = (query: Request['query']): RecordFilter => schema.parse(query);

export const listPath = '/records';

/** The address of a list with this filter. */
export function addressOf({ sort, ...filter }: Partial<RecordFilter>, more?: Readonly<Record<string, string>>): string {
  return listAddress(listPath, { ...filter, sort: sort === 'decided' ? null : sort }, more);
}

/** Where the list with this filter is had as a file. */
export const exportAddress = (filter: Partial<RecordFilter>): string => addressOf(filter).replace(listPath, `${listPath}/export`);

export const isNarrowed = (filter: RecordFilter): boolean => addressOf({ ...filter, sort: 'decided' }) !== listPath;
