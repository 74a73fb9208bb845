import type { Knex } from 'knex';
import { z } from 'zod';
import { ask } from './prepared.ts';

export const pageSize = 50;
/** Beyond this a number is said as "more than": counting every row would cost more than the page. */
export const countedTo = 1000;

/** A number counted up to `countedTo`; null for more. */
export type Count = number | null;

/** Where a page begins: beside the row with this sort value and id, on that side of it; `n` rows stand before it. */
export const position = z.object({
  at: z.union([z.iso.datetime(), z.iso.date(), z.literal('infinity')]), id: z.uuid(), before: z.boolean(), n: z.int().nonnegative(),
});
export type Position = z.infer<typeof position>;

type Direction = 'asc' | 'desc';

/** How a list is sorted: as an index has it, which is read in either way. The columns never come from outside. */
export interface Order {
  /** Expression of the sort value. */
  readonly by: string;
  readonly type: 'timestamptz' | 'date';
  readonly first: Direction;
  /** The row's id, which tells rows of one value apart. */
  readonly id: string;
  readonly then: Direction;
}

export interface PageOf<Row> {
  readonly rows: readonly Row[];
  readonly previous: Position | null;
  readonly next: Position | null;
  /** How many rows stand before the first of this page. */
  readonly offset: number;
  /** Rows of the whole list; null also when they were not counted. */
  readonly total: Count;
}

export interface PageRequest {
  readonly columns: readonly (string | Knex.Raw)[];
  readonly order: Order;
  readonly from: Position | null;
  readonly size?: number;
  /** Default: yes. A number that was kept comes from elsewhere; undefined where none was. */
  readonly counted?: boolean | (() => Promise<Count | undefined>);
  /** Default: each time, as the best plan of a list depends on what it is narrowed to. */
  readonly planned?: 'once' | 'each time';
}

interface Sorted {
  sort_at: Date | number | string;
  sort_id: string;
}

const other = (direction: Direction): Direction => (direction === 'asc' ? 'desc' : 'asc');
const sign = (direction: Direction): '>' | '<' => (direction === 'asc' ? '>' : '<');
/** The driver reads a day as a text, an instant as a date, and what never comes as a number. */
const textOf = (at: Sorted['sort_at']): string => (at instanceof Date ? at.toISOString() : typeof at === 'number' ? 'infinity' : at);

/** Narrows to what lies beyond a position and sorts, away from it. */
function beyond(query: Knex.QueryBuilder, { by, type, first, id, then }: Order, from: Pick<Position, 'at' | 'id' | 'before'> | null): void {
  const [a, b] = from?.before ? [other(first), other(then)] : [first, then];
  if (from) {
    // The first half lets the index begin at the place; the second tells rows of the same value apart.
    void query.whereRaw(`${by} ${sign(a)}= ?::${type} and (${by} <> ?::${type} or ${id} ${sign(b)} ?::uuid)`, [from.at, from.at, from.id]);
  }
  void query.orderByRaw(`${by} ${a}, ${id} ${b}`);
}

/** Rows of each list, in one statement. */
export async function countEach<K extends string>(knex: Knex, lists: Readonly<Record<K, Knex.QueryBuilder>>): Promise<Readonly<Record<K, Count>>> {
  const each = (Object.entries(lists) as [K, Knex.QueryBuilder][]).map(([name, rows]) =>
    knex.from(rows.clone().select(knex.raw('1')).limit(countedTo + 1).as('counted')).select(knex.raw('?::text as name, count(*)::integer as total', [name])));
  const counted: { name: K; total: number }[] = await knex.unionAll(each, true);
  return Object.fromEntries(counted.map(({ name, total }) => [name, total > countedTo ? null : total])) as Record<K, Count>;
}

async function totalOf(knex: Knex, found: Knex.QueryBuilder, counted: NonNullable<PageRequest['counted']>): Promise<Count> {
  if (counted === false) return null;
  const kept = counted === true ? undefined : await counted();
  return kept === undefined ? (await countEach(knex, { all: found })).all : kept;
}

/** One page of the rows that a query finds, in no order. */
export async function readPage<Row>(knex: Knex, found: Knex.QueryBuilder, { columns, order, from, size = pageSize, counted = true, planned = 'each time' }: PageRequest): Promise<PageOf<Row>> {
  const query = found.clone().select([...columns]).select(knex.raw(`${order.by} as sort_at, ${order.id} as sort_id`)).limit(size + 1);
  beyond(query, order, from);
  const read = await (planned === 'once' ? ask<Row & Sorted>(knex, query) : (query as PromiseLike<(Row & Sorted)[]>));
  const more = read.length > size;
  const rows = read.slice(0, size);
  if (from?.before) rows.reverse();
  const offset = from === null ? 0 : from.before ? Math.max(0, from.n - rows.length) : from.n;
  const edge = (row: Sorted | undefined, before: boolean, n: number): Position | null => (row ? { at: textOf(row.sort_at), id: row.sort_id, before, n } : null);
  return {
    rows,
    previous: from && (!from.before || more) ? edge(rows[0], true, offset) : null,
    next: from?.before || more ? edge(rows.at(-1), false, offset + rows.length) : null,
    offset,
    total: from === null && !more ? rows.length : await totalOf(knex, found, counted),
  };
}

/** How many rows a query has, counted no further than this. */
export async function countUpTo(knex: Knex, found: Knex.QueryBuilder, limit: number): Promise<number> {
  const [row] = await knex.from(found.clone().limit(limit).as('counted')).count<{ n: string | number }[]>('* as n');
  return Number(row?.n ?? 0);
}
