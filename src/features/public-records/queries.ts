import type { Knex } from 'knex';
import { z } from 'zod';
import { overColumns, type OverRow } from '../../platform/records/over.ts';
import { matching } from '../../platform/search.ts';
import { joinUnitNamed } from '../../platform/units.ts';
import { publicRecords } from '../../platform/visibility.ts';
import type { CivilDate } from '../../rules/casefile/types.ts';
import type { RecordClass, RecordKind } from '../../rules/records/facts.ts';
import type { RecordState } from '../../rules/records/file.ts';
import { repairableAfter } from '../../rules/records/public-state.ts';

/** A record as a list shows it. */
export interface ListedRecord {
  readonly id: string;
  readonly kind: RecordKind;
  readonly class: RecordClass;
  readonly documentNo: string;
  readonly decidedOn: CivilDate;
  readonly unitName: string;
  readonly unitNameEn: string;
  /** Last day on which it shows; null where it stays until the cause is cured. */
  readonly until: CivilDate | null;
  readonly repairableFrom: CivilDate | null;
  readonly disputed: boolean;
  readonly publishedAt: Date;
  readonly subject: PublicSubject;
}

/** Of a person `name` is the masked form, and there is nothing else to be known. */
export interface PublicSubject {
  readonly id: string;
  readonly kind: 'organisation' | 'person';
  readonly name: string;
  readonly uscc: string | null;
}

/** A record with what it says, before it is masked. Never leaves this feature. */
export interface WholeRecord extends ListedRecord {
  readonly state: RecordState;
  readonly representative: string | null;
  readonly sealed: string | null;
}

/** Where a page of the list begins or ends: the sort values of its first or last row. */
export const position = z.object({ at: z.iso.datetime(), id: z.uuid(), before: z.boolean() });
export type Position = z.infer<typeof position>;

export interface RecordPage {
  readonly rows: ListedRecord[];
  readonly previous: Position | null;
  readonly next: Position | null;
  readonly total: number;
}

export const pageSize = 50;
/** Beyond this a total is said as "more than": counting every hit of a frequent character would cost more than the page. */
export const countedTo = 1000;

export type Wanted = { readonly name: string } | { readonly code: string } | { readonly subject: string } | null;

interface Row extends OverRow {
  id: string;
  kind: RecordKind;
  class: RecordClass;
  document_no: string;
  decided_on: string;
  unit_name: string;
  unit_name_en: string;
  public_until: string | null;
  repairable_from: string | null;
  standing: string;
  published_at: Date;
  subject_id: string;
  subject_kind: 'organisation' | 'person';
  subject_name: string;
  uscc: string | null;
}

interface WholeRow extends Row {
  state: RecordState;
  representative: string | null;
  sealed: string | null;
}

/** A record is of the unit as it was called when it decided. */
const namedThen = joinUnitNamed('r.unit', 'r.decided_on');

const columns = [
  'r.id', 'r.kind', 'r.class', 'r.document_no', 'r.decided_on', 'r.public_until', 'r.repairable_from', 'r.standing', 'r.published_at', 'r.subject_id',
  's.kind as subject_kind', 's.name as subject_name', 's.uscc', 'u.name as unit_name', 'u.name_en as unit_name_en',
];
const listedColumns = (knex: Knex, today: CivilDate) => [...columns, ...overColumns(knex, today)];
const wholeColumns = (knex: Knex, today: CivilDate) => [...listedColumns(knex, today), 'r.state', 's.representative', 's.sealed'];

const listed = (row: Row): ListedRecord => ({
  id: row.id,
  kind: row.kind,
  class: row.class,
  documentNo: row.document_no,
  decidedOn: row.decided_on,
  unitName: row.unit_name,
  unitNameEn: row.unit_name_en,
  until: row.public_until,
  repairableFrom: repairableAfter(row.repairable_from, row.banned_until),
  disputed: row.standing === 'marked',
  publishedAt: row.published_at,
  subject: { id: row.subject_id, kind: row.subject_kind, name: row.subject_name, uscc: row.uscc },
});

const whole = (row: WholeRow): WholeRecord => ({ ...listed(row), state: row.state, representative: row.representative, sealed: row.sealed });

/**
 * What everybody sees on `today`: the one predicate of every page and file of this feature. A term that is over hides the
 * row even before its end was recorded; of a subject whose code two living firms carry (重码) nothing is shown, and of a
 * person not before it is known that he was of age.
 */
function publicRows(knex: Knex, today: CivilDate): Knex.QueryBuilder {
  const shown = publicRecords('r', today);
  return knex('record as r')
    .whereRaw(shown.sql, shown.bindings)
    // The few that are frozen, and not a look at the subject of every row that is counted.
    .whereNotIn('r.subject_id', knex('subject').where({ frozen: true }).select('id'))
    .whereNotIn('r.subject_id', knex('subject').where({ age_known: false }).select('id'));
}

const withSubject = (rows: Knex.QueryBuilder): Knex.QueryBuilder => rows.join('subject as s', 's.id', 'r.subject_id');

function narrowed(found: Knex.QueryBuilder, wanted: Wanted): Knex.QueryBuilder {
  if (wanted === null) return found;
  if ('subject' in wanted) return found.where('r.subject_id', wanted.subject);
  // Organisations alone: a person is never found by his name.
  if ('code' in wanted) return withSubject(found).where({ 's.kind': 'organisation', 's.uscc': wanted.code });
  const { sql, bindings } = matching('p.search', wanted.name);
  return found.join('published_subject as p', 'p.subject_id', 'r.subject_id').whereRaw(sql, bindings);
}

/** One page, newest first. */
export async function listRecords(knex: Knex, { wanted, from, today }: { wanted: Wanted; from: Position | null; today: CivilDate }): Promise<RecordPage> {
  const found = narrowed(publicRows(knex, today), wanted);
  const counting = knex.count<{ total: number }[]>('* as total').from(found.clone().select('r.id').limit(countedTo + 1).as('counted')).first();
  const ofSubjects = wanted !== null && 'code' in wanted ? found.clone() : withSubject(found.clone());
  const query = ofSubjects.joinRaw(namedThen).select(listedColumns(knex, today)).limit(pageSize + 1);
  if (from) void query.whereRaw(`(r.published_at, r.id) ${from.before ? '>' : '<'} (?::timestamptz, ?::uuid)`, [from.at, from.id]);
  const direction = from?.before ? 'asc' : 'desc';
  const [read, count] = await Promise.all([
    query.orderBy([{ column: 'r.published_at', order: direction }, { column: 'r.id', order: direction }]) as Promise<Row[]>,
    counting,
  ]);
  const more = read.length > pageSize;
  const rows = read.slice(0, pageSize).map(listed);
  if (from?.before) rows.reverse();
  const edge = (row: ListedRecord | undefined, before: boolean): Position | null => (row ? { at: row.publishedAt.toISOString(), id: row.id, before } : null);
  return {
    rows,
    previous: from && (!from.before || more) ? edge(rows[0], true) : null,
    next: from?.before || more ? edge(rows.at(-1), false) : null,
    total: Number(count?.total ?? 0),
  };
}

/** One record that everybody sees; undefined for one that is not public, or not any more, or never was. */
export async function findRecord(knex: Knex, id: string, today: CivilDate): Promise<WholeRecord | undefined> {
  const row: WholeRow | undefined = await withSubject(publicRows(knex, today)).joinRaw(namedThen).where('r.id', id).first(wholeColumns(knex, today));
  return row && whole(row);
}

/** Those of these records that everybody sees, in no order. */
export async function findRecords(knex: Knex, ids: readonly string[], today: CivilDate): Promise<WholeRecord[]> {
  const rows = (await withSubject(publicRows(knex, today)).joinRaw(namedThen).whereIn('r.id', [...ids]).select(wholeColumns(knex, today))) as WholeRow[];
  return rows.map(whole);
}

/** All of them, newest first, some hundreds at a time: memory stays small. */
export async function* allRecords(knex: Knex, today: CivilDate, batch = 500): AsyncGenerator<WholeRecord[]> {
  let last: WholeRecord | undefined;
  do {
    const query = withSubject(publicRows(knex, today)).joinRaw(namedThen).select(wholeColumns(knex, today));
    if (last) void query.whereRaw('(r.published_at, r.id) < (?::timestamptz, ?::uuid)', [last.publishedAt.toISOString(), last.id]);
    const rows = (await query.orderBy([{ column: 'r.published_at', order: 'desc' }, { column: 'r.id', order: 'desc' }]).limit(batch)) as WholeRow[];
    last = rows.length < batch ? undefined : whole(rows[rows.length - 1]!);
    if (rows.length > 0) yield rows.map(whole);
  } while (last);
}

/** An organisation, whether anything of it is public or not. A person has no page. */
export async function findOrganisation(knex: Knex, id: string): Promise<PublicSubject | undefined> {
  const row: { id: string; name: string; uscc: string } | undefined = await knex('subject').where({ id, kind: 'organisation' }).first('id', 'name', 'uscc');
  return row && { ...row, kind: 'organisation' };
}

/** The day on which a report with this number was printed; undefined when none was. */
export async function findReport(knex: Knex, number: string): Promise<{ number: string; madeAt: Date } | undefined> {
  const row: { number: string; made_at: Date } | undefined = await knex('subject_report').where({ number }).first('number', 'made_at');
  return row && { number: row.number, madeAt: row.made_at };
}
