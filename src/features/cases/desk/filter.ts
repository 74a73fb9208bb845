import type { Request } from 'express';
import { z } from 'zod';
import { filterField, listAddress } from '../../../platform/http/listing.ts';
import { casePath } from '../../../platform/process-words.ts';
import type { CaseKind } from '../../../rules/casefile/types.ts';
import type { UnitNode } from '../../../rules/people.ts';
import { processes } from '../../../rules/processes.ts';

/** A desk is a list of one kind of case by state, unit and deadline. */
export interface DeskOf {
  readonly kind: Exclude<CaseKind, 'incident'>;
  /** Namespace of its words. */
  readonly words: string;
  staffOf(req: Request): Express.User;
  /** The way to enter a new one, where staff do, and who is shown it. */
  readonly newOne?: { readonly href: string; mayBy(person: Express.User, units: readonly UnitNode[]): boolean };
}

const sorts = ['due', 'opened', 'oldest'] as const;
export type DeskSort = (typeof sorts)[number];

/** What a desk is narrowed to, and how it is sorted; all of it stands in the address. */
export interface DeskFilter {
  readonly q: string;
  /** `open`, `closed`, `all`, or a step of those that are open. */
  readonly state: string | null;
  /** Id of the unit that decides. */
  readonly unit: string | null;
  readonly due: 'late' | 'soon' | null;
  readonly sort: DeskSort | null;
}

/** The states by which a desk is divided, in the order of the process. */
export const statesOf = ({ kind }: Pick<DeskOf, 'kind'>): string[] => ['open', ...processes[kind].steps, 'closed', 'all'];

const schemaOf = (of: DeskOf) =>
  z.object({
    q: filterField.text,
    state: filterField.oneOf(statesOf(of)),
    unit: filterField.unit,
    due: filterField.oneOf(['late', 'soon']),
    sort: filterField.oneOf(sorts),
  });

export const readFilter = (of: DeskOf, query: Request['query']): DeskFilter => schemaOf(of).parse(query);

/** What is open is the work of a desk; who searches is shown what is closed too. */
export const stateOf = ({ state, q, due }: DeskFilter): string => (due !== null && (state === null || state === 'all') ? 'open' : state) ?? (q === '' ? 'open' : 'all');

/** Closed cases have no deadline: a list with them goes by when they were opened. */
export function sortOf(filter: DeskFilter): DeskSort {
  const state = stateOf(filter);
  return state === 'closed' || state === 'all' ? (filter.sort === 'oldest' ? 'oldest' : 'opened') : (filter.sort ?? 'due');
}

export const deskPath = ({ kind }: Pick<DeskOf, 'kind'>): string => casePath(kind, '').replace(/\/$/u, '');

export const addressOf = (of: DeskOf, filter: Partial<DeskFilter>, more?: Readonly<Record<string, string>>): string => listAddress(deskPath(of), { ...filter }, more);
