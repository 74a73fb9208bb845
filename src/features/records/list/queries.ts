import type { Knex } from 'knex';
import { z } from 'zod';
import { visibleRecords, type Sight } from '../../../platform/visibility.ts';
import type { CivilDate } from '../../../rules/casefile/types.ts';
import type { RecordState } from '../../../rules/records/file.ts';
import { soughtIn } from '../search.ts';
import type { RecordFilter } from './filter.ts';

export interface ListedRecord {
  readonly id: string;
  readonly state: RecordState;
  readonly frozen: boolean;
  /** The subject as it is called today. */
  readonly subject: { readonly id: string; readonly name: string };
}

/** Where a page begins: beside the row with these sort values, on that side of it; `n` rows stand before it. */
export const position = z.object({ on: z.iso.date(), id: z.uuid(), before: z.boolean(), n: z.int().nonnegative() });
export type Position = z.infer<typeof position>;

export interface RecordPage {
  readonly rows: ListedRecord[];
  readonly previous: Position | null;
  readonly next: Position | null;
  readonly offset: number;
  /** Rows of the whole list, counted up to `countedTo`; null for more. */
  readonly total: number | null;
}

export const pageSize = 50;
/** Beyond this a total is said as "more than": counting every row would cost more than the page. */
export const countedTo = 1000;

interface Looking {
  readonly sight: Sight;
  readonly today: CivilDate;
}

/** The rows of a filter, as far as the person may see them, in no order. */
export function filtered(knex: Knex, { sight, today }: Looking, filter: RecordFilter): Knex.QueryBuilder {
  const visible = visibleRecords(sight, 'r', today);
  const query = knex('record as r').join('subject as s', 's.id', 'r.subject_id').whereRaw(visible.sql, visible.bindings);
  const { q, standing, from, to, subject, proposed, unserved } = filter;
  if (q !== '') {
    const sought = soughtIn(q);
    if (sought === null) void query.whereRaw('false');
    else {
      // Names of today and of before stand with the subject, that of the document with the record: each index gives its own.
      void query.whereRaw(
        `r.id in (select id from record where search @@ ?::tsquery
                  union select own.id from subject named join record own on own.subject_id = named.id where named.search @@ ?::tsquery)`,
        [sought.tsquery, sought.tsquery],
      );
      for (const like of sought.again) {
        void query.whereRaw(
          `(normalize(r.document_no, nfkc) like ? or normalize(s.name, nfkc) like ? or normalize(r.state -> 'facts' -> 'subject' ->> 'name', nfkc) like ?
            or exists (select 1 from subject_change c where c.subject_id = s.id and normalize(c.before ->> 'name', nfkc) like ?))`,
          [like, like, like, like],
        );
      }
    }
  }
  for (const column of ['kind', 'class', 'domain', 'unit'] as const) {
    const value = filter[column];
    if (value !== null) void query.where(`r.${column}`, value);
  }
  if (standing !== null) void query.where('r.standing', standing);
  if (from !== null) void query.where('r.decided_on', '>=', from);
  if (to !== null) void query.where('r.decided_on', '<=', to);
  if (subject !== null) void query.where('r.subject_id', subject);
  if (proposed) void query.whereExists(knex('record_proposal as p').select(knex.raw('1')).whereRaw('p.record_id = r.id').whereNull('p.decided_at'));
  if (unserved) {
    // What a unit has still to serve is its own business and the credit office's.
    if (!sight.all) void query.whereRaw('r.unit = any(?::text[])', [sight.units]);
    // Whether the notice is asked for at all is said by the rule of the day of the decision; the first such day lets the index begin there.
    void query.where('r.awaits_notice', true).whereRaw(
      `r.decided_on >= (select min(effective_from) from rule_version where code = 'record.service' and status = 'confirmed' and value is not null)
       and (select v.value from rule_version v where v.code = 'record.service' and v.status = 'confirmed' and v.domain is null
          and v.effective_from <= r.decided_on and (v.effective_to is null or v.effective_to >= r.decided_on) order by v.effective_from desc limit 1) is not null`,
    );
  }
  return query;
}

async function count(knex: Knex, found: Knex.QueryBuilder): Promise<number | null> {
  const counted = await knex.count<{ total: number }[]>('* as total').from(found.select('r.id').limit(countedTo + 1).as('counted')).first();
  const total = Number(counted?.total ?? 0);
  return total > countedTo ? null : total;
}

interface Row {
  id: string;
  state: RecordState;
  frozen: boolean;
  subject_id: string;
  subject_name: string;
}

/** One page of the list, the latest decision first. */
export async function listRecords(knex: Knex, looking: Looking, filter: RecordFilter, from: Position | null): Promise<RecordPage> {
  const found = filtered(knex, looking, filter);
  const query = found.clone().select('r.id', 'r.state', 'r.frozen', 'r.subject_id', 's.name as subject_name').limit(pageSize + 1);
  const [on, id] = from?.before ? (['asc', 'desc'] as const) : (['desc', 'asc'] as const);
  if (from) {
    // The first half lets the index begin at the place; the second tells rows of the same day apart.
    void query.whereRaw(`r.decided_on ${from.before ? '>' : '<'}= ?::date and (r.decided_on <> ?::date or r.id ${from.before ? '<' : '>'} ?::uuid)`, [from.on, from.on, from.id]);
  }
  const read = (await query.orderBy([{ column: 'r.decided_on', order: on }, { column: 'r.id', order: id }])) as Row[];
  const more = read.length > pageSize;
  const rows = read.slice(0, pageSize).map((row): ListedRecord => ({ id: row.id, state: row.state, frozen: row.frozen, subject: { id: row.subject_id, name: row.subject_name } }));
  if (from?.before) rows.reverse();
  const offset = from === null ? 0 : from.before ? Math.max(0, from.n - rows.length) : from.n;
  const edge = (row: ListedRecord | undefined, before: boolean, n: number): Position | null => (row ? { on: row.state.facts.decidedOn, id: row.id, before, n } : null);
  return {
    rows,
    previous: from && (!from.before || more) ? edge(rows[0], true, offset) : null,
    next: from?.before || more ? edge(rows.at(-1), false, offset + rows.length) : null,
    offset,
    total: from === null && !more ? rows.length : await count(knex, found.clone()),
  };
}

const everything: RecordFilter = { q: '', kind: null, class: null, standing: null, domain: null, unit: null, from: null, to: null, subject: null, proposed: false, unserved: false };

/** Numbers for the head of the list, each counted up to `countedTo`; null for more. */
export async function countStanding(knex: Knex, looking: Looking): Promise<{ published: number | null; proposed: number | null; unserved: number | null }> {
  const [published, proposed, unserved] = await Promise.all([
    count(knex, filtered(knex, looking, { ...everything, standing: 'published' })),
    count(knex, filtered(knex, looking, { ...everything, proposed: true })),
    count(knex, filtered(knex, looking, { ...everything, unserved: true })),
  ]);
  return { published, proposed, unserved };
}

/** Whether the subject has a record that the reader may see. */
export async function hasVisibleRecord(knex: Knex, looking: Looking, subject: string): Promise<boolean> {
  return (await filtered(knex, looking, { ...everything, subject }).first('r.id')) !== undefined;
}
