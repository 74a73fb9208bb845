import type { Knex } from 'knex';
import { countEach, readPage, type Count, type Order, type PageOf, type PageRequest, type Position } from '../../../platform/paging.ts';
import { overColumns, type OverRow } from '../../../platform/records/over.ts';
import { visibleHiddenRecords, visibleRecords, type Sight } from '../../../platform/visibility.ts';
import { dateOf, dayNumber } from '../../../rules/calendar/index.ts';
import type { CivilDate } from '../../../rules/casefile/types.ts';
import type { RecordStanding, RecordState } from '../../../rules/records/file.ts';
import { soughtIn, soughtSubjects } from '../search.ts';
import { readFilter, recordStandings, type RecordFilter } from './filter.ts';

export interface ListedRecord {
  readonly id: string;
  readonly state: RecordState;
  readonly frozen: boolean;
  readonly off: boolean;
  readonly bannedUntil: CivilDate | null;
  /** The subject as it is called today. */
  readonly subject: { readonly id: string; readonly name: string };
  readonly representative: string | null;
  /** The person's identity; null for an organisation. */
  readonly sealed: string | null;
}

/** The end of publicity is soon within so many days. */
export const soonDays = 30;

interface Looking {
  readonly sight: Sight;
  readonly today: CivilDate;
}

/** Standings of records that everybody may see. */
const shownStandings: ReadonlySet<RecordStanding> = new Set(['published', 'marked'] as const);

/** The rows of a filter, as far as the person may see them, in no order. */
export function filtered(knex: Knex, { sight, today }: Looking, filter: RecordFilter): Knex.QueryBuilder {
  const { q, standing, from, to, subject, proposed, unserved, ends, sort } = filter;
  const visible = standing === null || shownStandings.has(standing) ? visibleRecords(sight, 'r', today) : visibleHiddenRecords(sight, 'r');
  const query = knex('record as r').whereRaw(visible.sql, visible.bindings);
  if (q !== '') {
    const sought = soughtIn(q);
    if (sought === null) void query.whereRaw('false');
    else {
      const named = soughtSubjects('named', sought);
      // Names of today and of before stand with the subject, that of the document with the record: each index gives its own.
      void query.whereRaw(
        `r.id in (select id from record where search @@ ?::tsquery
                  union select own.id from subject named join record own on own.subject_id = named.id where ${named.sql})`,
        [sought.tsquery, ...named.bindings],
      );
      for (const like of sought.again) {
        void query.whereRaw(
          `(folded(r.document_no) like ? or folded(r.state -> 'facts' -> 'subject' ->> 'name') like ?
            or exists (select 1 from subject s where s.id = r.subject_id and folded(s.name) like ?)
            or exists (select 1 from subject_change c where c.subject_id = r.subject_id and folded(c.before ->> 'name') like ?))`,
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
  if (ends !== null || sort === 'ends') void query.where('r.public', true).whereNotNull('r.public_until').where('r.public_until', '>=', today);
  if (ends === 'soon') void query.where('r.public_until', '<=', dateOf(dayNumber(today) + soonDays));
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

interface Row extends OverRow {
  id: string;
  state: RecordState;
  subject_id: string;
  subject_name: string;
  representative: string | null;
  sealed: string | null;
}

const orders: Readonly<Record<RecordFilter['sort'], Order>> = {
  decided: { by: 'r.decided_on', type: 'date', first: 'desc', id: 'r.id', then: 'asc' },
  ends: { by: 'r.public_until', type: 'date', first: 'asc', id: 'r.id', then: 'asc' },
};

/** One page of the list. */
export async function listRecords(
  knex: Knex, looking: Looking, filter: RecordFilter, from: Position | null, of: Pick<PageRequest, 'size' | 'counted'> = {},
): Promise<PageOf<ListedRecord>> {
  const columns = ['r.id', 'r.state', 'r.subject_id', 's.name as subject_name', 's.representative', 's.sealed', ...overColumns(knex, looking.today)];
  const page = await readPage<Row>(knex, filtered(knex, looking, filter).join('subject as s', 's.id', 'r.subject_id'), { ...of, columns, order: orders[filter.sort], from });
  return {
    ...page,
    rows: page.rows.map((row) => ({
      id: row.id, state: row.state, frozen: row.frozen, off: row.off, bannedUntil: row.banned_until, subject: { id: row.subject_id, name: row.subject_name }, representative: row.representative, sealed: row.sealed,
    })),
  };
}

/** How many there are in each standing, and that want looking at, of what is searched for and of the unit. */
export function countRecords(knex: Knex, looking: Looking, { q, unit, subject }: RecordFilter): Promise<Readonly<Record<string, Count>>> {
  const list = (of: Partial<RecordFilter>): Knex.QueryBuilder => filtered(knex, looking, { ...readFilter({}), q, unit, subject, ...of });
  return countEach(knex, {
    ...Object.fromEntries(recordStandings.map((standing) => [standing, list({ standing })])),
    all: list({}),
    proposed: list({ proposed: true }),
    unserved: list({ unserved: true }),
    ends: list({ ends: 'soon' }),
  });
}
