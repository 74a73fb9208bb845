import type { Request } from 'express';
import { z } from 'zod';
import { countedTo, type Count, type PageOf, type Position } from '../paging.ts';
import { unitName, type Unit } from '../units.ts';
import { isDay } from './fields.ts';
import { createFormat } from './format.ts';
import type { CountTiles, DataTable, EmptyState, FilterBar, Heading, Link, Notice, Option, Page, Pager, SelectField, Tabs } from './view-models.ts';

type Reading = Pick<Request, 't' | 'locale'>;

/** `lists/page`: a list with everything that narrows it. */
export interface ListPage {
  page: Page;
  heading: Heading;
  tiles: CountTiles;
  tabs: Tabs | null;
  filter: FilterBar;
  notice: Notice | null;
  table: DataTable;
  pager: Pager;
}

/** Members of a filter as they stand in an address. A choice that is not one of those offered is no choice: an old link still shows a list. */
export const filterField = {
  text: z.string().transform((typed) => typed.normalize('NFKC').trim().slice(0, 100)).catch(''),
  oneOf: <const T extends string>(values: readonly T[]) => z.enum(values).nullable().catch(null),
  day: z.string().refine(isDay).nullable().catch(null),
  unit: z.string().regex(/^[a-z][a-z0-9-]{1,30}$/).nullable().catch(null),
  id: z.uuid().nullable().catch(null),
  flag: z.enum(['1', 'true']).transform(() => true).catch(false),
};

export type FilterValue = string | boolean | null | undefined;

/** The address of a list; what says nothing is left out. */
export function listAddress(path: string, filter: Readonly<Record<string, FilterValue>>, more: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) if (value) query.set(name, value === true ? '1' : value);
  for (const [name, value] of Object.entries(more)) query.set(name, value);
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

/** What is set of a filter, each in words with the list without it. */
export function appliedFilters<F extends object>(
  filter: F,
  words: { readonly [K in keyof F]?: (value: NonNullable<F[K]>) => string },
  addressOf: (filter: Partial<F>) => string,
): NonNullable<FilterBar['applied']> {
  return (Object.keys(words) as (keyof F)[]).flatMap((name) => {
    const value = filter[name];
    if (value === null || value === undefined || value === '' || value === false) return [];
    return [{ label: words[name]!(value), removeHref: addressOf({ ...filter, [name]: undefined }) }];
  });
}

/** A choice among values, or all of them. */
export const selectFilter = (req: Reading, name: string, label: string, options: readonly Option[], value: string | null): SelectField =>
  ({ kind: 'select', name, label, value: value ?? '', blank: req.t('common:listing.all'), options: [...options] });

/** Units that have business of their own. */
export const unitOptions = ({ locale }: Reading, units: readonly Unit[]): Option[] =>
  units.filter(({ active, kind }) => active && kind !== 'city').map((unit) => ({ value: unit.id, label: unitName(unit, locale, 'short') }));

/** A number that leads to just the rows it counts. */
export function countTile({ t }: Reading, label: string, count: Count, href: string, tone?: 'late' | 'soon'): CountTiles['tiles'][number] {
  return { label, count: count ?? countedTo, href, ...(count === null ? { note: t('ui:pager.orMore') } : {}), ...(tone ? { tone } : {}) };
}

export function countTab(label: string, count: Count, href: string, current: boolean): Tabs['items'][number] {
  return { label, href, current, count: count ?? countedTo, ...(count === null ? { more: true } : {}) };
}

/** Where the reader is in the list, and the way to and fro. */
export function pagerOf({ t, locale }: Reading, { rows, offset, total, previous, next }: PageOf<unknown>, hrefOf: (position: Position) => string): Pager {
  const format = createFormat(locale);
  const range = { from: format.count(offset + 1), to: format.count(offset + rows.length) };
  return {
    text: rows.length === 0 ? '' : total === null ? t('common:listing.rangeOfMore', { ...range, total: format.count(countedTo) }) : t('common:listing.range', { ...range, total: format.count(total) }),
    ...(previous ? { previousHref: hrefOf(previous) } : {}),
    ...(next ? { nextHref: hrefOf(next) } : {}),
  };
}

/** Nothing was found: what was looked for, and the way back. */
export function nothingFound(title: string, applied: FilterBar['applied'], hint: string | null, back: Link): EmptyState {
  return { title, searched: (applied ?? []).map(({ label }) => ({ label: '', value: label })), ...(hint === null ? {} : { hint }), links: [back] };
}
