import type { Knex } from 'knex';
import { z } from 'zod';
import { countUpTo } from '../../platform/paging.ts';
import { matching } from '../../platform/search.ts';
import { notTakenOff } from '../../platform/takedowns.ts';
import { dayInSql, joinUnitNamed } from '../../platform/units.ts';
import { maskText } from '../../rules/masking/index.ts';

export interface ShownDisclosure {
  number: string;
  title: string;
  unitName: string;
  unitNameEn: string;
  channel: string;
  status: 'published' | 'withdrawn';
  publishedAt: Date;
  until: Date;
  changedAt: Date;
}

export interface WholeDisclosure extends ShownDisclosure {
  unit: string;
  text: string;
  basis: string;
  reason: string | null;
}

/** Where a page of the list begins or ends: the sort values of its first or last row. */
export const position = z.object({ at: z.iso.datetime(), number: z.string(), before: z.boolean() });
export type Position = z.infer<typeof position>;

export interface DisclosurePage {
  rows: ShownDisclosure[];
  previous: Position | null;
  next: Position | null;
  total: number;
}

export const pageSize = 50;
/** Beyond this a total is said as "more than": counting every hit of a frequent word would cost more than the page. */
export const countedTo = 1000;

interface Row {
  number: string;
  title: string;
  unit_name: string;
  unit_name_en: string;
  channel: string;
  status: 'published' | 'withdrawn';
  published_at: Date;
  until: Date;
  changed_at: Date;
}

const shown = (row: Row): ShownDisclosure => ({
  number: row.number,
  title: row.title,
  unitName: row.unit_name,
  unitNameEn: row.unit_name_en,
  channel: row.channel,
  status: row.status,
  publishedAt: row.published_at,
  until: row.until,
  changedAt: row.changed_at,
});

/**
 * What the public sees: what is published now, and what was taken back, which stays in the list with its reason
 * until its term would have ended. A term that ends at this moment hides the row even before the clock has rung.
 */
function publicRows(knex: Knex, now: Date): Knex.QueryBuilder {
  return knex('disclosure as d').whereRaw(`d.status in ('published', 'withdrawn')`).andWhere('d.until', '>', now).whereRaw(notTakenOff('opinion', 'd.number'));
}

/** The opinion is of the unit as it was called when it was published. */
const namedThen = joinUnitNamed('d.unit', dayInSql('d.published_at'));

const columns = ['d.number', 'd.title', 'd.channel', 'd.status', 'd.published_at', 'd.until', 'd.changed_at', 'u.name as unit_name', 'u.name_en as unit_name_en'];

/** One page, newest first. */
export async function listDisclosures(knex: Knex, { typed, from, now }: { typed: string; from: Position | null; now: Date }): Promise<DisclosurePage> {
  const found = publicRows(knex, now);
  if (typed !== '') {
    const { sql, bindings } = matching('d.search', typed);
    void found.whereRaw(sql, bindings);
  }
  const query = found.clone().select('d.*').limit(pageSize + 1);
  if (from) void query.whereRaw(`(d.published_at, d.number) ${from.before ? '>' : '<'} (?::timestamptz, ?)`, [from.at, from.number]);
  const direction = from?.before ? 'asc' : 'desc';
  const order = [{ column: 'd.published_at', order: direction }, { column: 'd.number', order: direction }];
  const [read, total] = await Promise.all([
    // The names of units beside the rows of this page alone, which are read in the order of their index.
    knex.from(query.orderBy(order).as('d')).joinRaw(namedThen).orderBy(order).select(columns) as Promise<Row[]>,
    countUpTo(knex, found.clone().select('d.number'), countedTo + 1),
  ]);
  const more = read.length > pageSize;
  const rows = read.slice(0, pageSize).map(shown);
  if (from?.before) rows.reverse();
  const edge = (row: ShownDisclosure | undefined, before: boolean): Position | null => (row ? { at: row.publishedAt.toISOString(), number: row.number, before } : null);
  return {
    rows,
    previous: from && (!from.before || more) ? edge(rows[0], true) : null,
    next: from?.before || more ? edge(rows.at(-1), false) : null,
    total,
  };
}

/** One disclosure as the public reads it; undefined when there is none, or its term is over. A withdrawn one has no text. */
export async function findDisclosure(knex: Knex, number: string, now: Date): Promise<WholeDisclosure | undefined> {
  const row: (Row & Pick<WholeDisclosure, 'unit' | 'text' | 'basis' | 'reason'>) | undefined = await publicRows(knex, now)
    .joinRaw(namedThen)
    .where('d.number', number)
    .first(...columns, 'd.unit', 'd.text', 'd.basis', 'd.reason');
  if (!row) return undefined;
  return { ...shown(row), unit: row.unit, basis: row.basis, reason: row.reason === null ? null : maskText(row.reason).masked, text: row.status === 'withdrawn' ? '' : row.text };
}

export type NewestOpinion = Pick<ShownDisclosure, 'number' | 'title' | 'unitName' | 'unitNameEn' | 'publishedAt'>;

/** The last ones that are public now; what was withdrawn is no news. */
export async function newestOpinions(knex: Knex, now: Date, most = 5): Promise<NewestOpinion[]> {
  const rows = (await publicRows(knex, now)
    .where('d.status', 'published')
    .joinRaw(namedThen)
    .select(columns)
    .orderBy([{ column: 'd.published_at', order: 'desc' }, { column: 'd.number', order: 'desc' }])
    .limit(most)) as Row[];
  return rows.map(shown);
}
