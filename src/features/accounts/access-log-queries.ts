import type { Request } from 'express';
import type { Knex } from 'knex';
import { accessKinds, viewKinds, type AccessKind } from '../../platform/http/access-log.ts';
import { isDay } from '../../platform/http/fields.ts';

/** Kinds that are asked for together: what was only looked at, and all else. */
export const kindGroups = { views: viewKinds, acts: accessKinds.filter((kind) => !(viewKinds as readonly string[]).includes(kind)) } as const satisfies Record<string, readonly AccessKind[]>;
export type KindGroup = keyof typeof kindGroups;

export interface LogFilter {
  readonly kind: AccessKind | KindGroup | '';
  /** User name or name, of whoever did it or whom it was done to. */
  readonly username: string;
  /** Number of a case or of a record's document. */
  readonly about: string;
  /** Days in Asia/Shanghai, both inclusive; empty for no limit. */
  readonly from: string;
  readonly to: string;
}

export interface LogRow {
  id: number;
  at: Date;
  kind: AccessKind;
  username: string | null;
  name: string | null;
  subject: string | null;
  about: string | null;
  /** With `path` and `request_id` null for what was done on the command line. */
  method: string | null;
  path: string | null;
  address: string | null;
  request_id: string | null;
  detail: Record<string, unknown>;
}

const isGroup = (kind: unknown): kind is KindGroup => typeof kind === 'string' && Object.hasOwn(kindGroups, kind);

export function filterOf({ query }: Pick<Request, 'query'>): LogFilter {
  const text = (value: unknown): string => (typeof value === 'string' ? value.trim().slice(0, 100) : '');
  const day = (value: unknown): string => (isDay(text(value)) ? text(value) : '');
  const kind = query['kind'];
  return {
    kind: isGroup(kind) ? kind : (accessKinds.find((one) => one === kind) ?? ''),
    username: text(query['username']),
    about: text(query['about']),
    from: day(query['from']),
    to: day(query['to']),
  };
}

const midnight = (day: string): string => `${day}T00:00:00+08:00`;

/** The builder stands in an object, as a promise of it would run it. */
async function narrow(knex: Knex, { kind, username, about, from, to }: LogFilter): Promise<{ lines: Knex.QueryBuilder }> {
  const lines = knex('access_log as l');
  if (kind !== '') void lines.whereIn('l.kind', isGroup(kind) ? [...kindGroups[kind]] : [kind]);
  if (about !== '') void lines.whereIn('l.about', [about, about.toUpperCase()]);
  if (from !== '') void lines.where('l.at', '>=', midnight(from));
  if (to !== '') void lines.whereRaw(`l.at < ?::timestamptz + interval '1 day'`, [midnight(to)]);
  if (username !== '') {
    const people = await knex('person').where({ username: username.toLowerCase() }).orWhere({ name: username }).orWhereRaw('lower(name_en) = lower(?)', [username]).pluck<string[]>('id');
    void lines.where((who) => who.whereIn('l.person_id', people).orWhereIn('l.subject_id', people)
      .orWhere((unknown) => unknown.whereNull('l.person_id').where('l.username', username.toLowerCase())));
  }
  return { lines };
}

/** How many lines a filter finds. */
export async function countLog(knex: Knex, filter: LogFilter): Promise<number> {
  const { lines } = await narrow(knex, filter);
  const [row] = (await lines.count('* as n')) as { n: string | number }[];
  return Number(row?.n ?? 0);
}

/** Lines before an id, newest first. */
export async function readLog(knex: Knex, filter: LogFilter, before: number | undefined, limit: number): Promise<LogRow[]> {
  const { lines } = await narrow(knex, filter);
  if (before !== undefined) void lines.where('l.id', '<', before);
  const rows: LogRow[] = await lines
    .leftJoin('person as p', 'p.id', 'l.person_id')
    .leftJoin('person as s', 's.id', 'l.subject_id')
    .orderBy('l.id', 'desc').limit(limit)
    .select('l.id', 'l.at', 'l.kind', 'p.name', 'l.about', 'l.method', 'l.path', 'l.address', 'l.request_id', 'l.detail', knex.raw('coalesce(l.username, p.username) as username'), 's.username as subject');
  return rows;
}
