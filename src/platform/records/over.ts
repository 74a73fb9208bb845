import type { Knex } from 'knex';
import type { CivilDate } from '../../rules/casefile/types.ts';

/** Columns that a record is read with beside its state: what lies over it, and until when its subject is barred from repair. */
export interface OverRow {
  frozen: boolean;
  off: boolean;
  banned_until: CivilDate | null;
}

/** `OverRow` of a query over `record as r`. */
export const overColumns = (knex: Knex, today: CivilDate): (string | Knex.Raw)[] => [
  'r.frozen',
  knex.raw(`exists (select from off_now where off_now.kind = 'record' and off_now.ref = r.id::text) as off`),
  knex.raw('(select max(b.banned_until) from repair b where b.subject_id = r.subject_id and b.banned_until > ?::date) as banned_until', [today]),
];
