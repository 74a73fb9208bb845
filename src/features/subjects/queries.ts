import type { Knex } from 'knex';
import { z } from 'zod';
import type { SubjectRow } from '../../platform/records/subjects.ts';
import { overColumns, type OverRow } from '../../platform/records/over.ts';
import { publicRecords, visibleCases, visibleRecords, type Sight } from '../../platform/visibility.ts';
import { handlersOf } from '../../rules/casefile/as-read.ts';
import type { CaseState, CivilDate } from '../../rules/casefile/types.ts';
import type { RecordState } from '../../rules/records/file.ts';
import { repairableAfter } from '../../rules/records/public-state.ts';
import { lastRepair, repairOpeningOf, repairUnit } from '../../rules/repair/facts.ts';
import { soughtIn, soughtSubjects } from '../records/index.ts';

/** Where a page begins: beside this row, on that side of it. */
export const position = z.object({ name: z.string(), id: z.uuid(), before: z.boolean() });
export type Position = z.infer<typeof position>;

const listedColumns = ['id', 'kind', 'name', 'uscc', 'standing', 'frozen'] as const;
export type ListedSubject = Pick<SubjectRow, (typeof listedColumns)[number]>;

export interface SubjectPage {
  readonly rows: readonly (ListedSubject & { readonly shown: number })[];
  readonly previous: Position | null;
  readonly next: Position | null;
  /** Counted up to `countedTo`; null for more. */
  readonly total: number | null;
}

const pageSize = 50;
/** Beyond this a total is said as "more than", and the rows come in the order of their ids: sorting them all by name would cost more than the page. */
export const countedTo = 1000;

export interface SubjectFilter {
  readonly q: string;
  /** One code on two living firms. */
  readonly frozen: boolean;
}

function narrowed(query: Knex.QueryBuilder, { q, frozen }: SubjectFilter): Knex.QueryBuilder {
  if (frozen) void query.where('s.frozen', true);
  if (q === '') return query;
  const sought = soughtIn(q);
  if (sought === null) return query.whereRaw('false');
  const { sql, bindings } = soughtSubjects('s', sought);
  void query.whereRaw(sql, bindings);
  for (const like of sought.again) {
    void query.whereRaw(
      `(folded(s.name) like ? or exists (select 1 from subject_change c where c.subject_id = s.id and folded(c.before ->> 'name') like ?))`,
      [like, like],
    );
  }
  return query;
}

async function count(knex: Knex, filter: SubjectFilter): Promise<number | null> {
  const counted = await knex.count<{ total: number }[]>('* as total').from(narrowed(knex('subject as s'), filter).select('s.id').limit(countedTo + 1).as('counted')).first();
  const total = Number(counted?.total ?? 0);
  return total > countedTo ? null : total;
}

/** Of a million subjects a page of what is frequent stands in the first thousands. */
const window = 10_000;

/** Rows of a list that is too long to be sorted by name, from a place on in the order of their ids. */
async function rowsById(knex: Knex, filter: SubjectFilter, from: Position | null): Promise<ListedSubject[]> {
  const [direction, sign] = from?.before ? (['desc', '<'] as const) : (['asc', '>'] as const);
  const onwards = (query: Knex.QueryBuilder): Knex.QueryBuilder => (from === null ? query : query.where('s.id', sign, from.id)).orderBy('s.id', direction);
  const page = (source: Knex.QueryBuilder): Knex.QueryBuilder => onwards(narrowed(source, filter)).select(listedColumns.map((column) => `s.${column}`)).limit(pageSize + 1);
  // The planner takes the terms of a long name for independent and would sort tens of thousands that have them all.
  const near = (await page(knex(onwards(knex('subject as s')).limit(window).as('s')))) as ListedSubject[];
  return near.length > pageSize ? near : ((await page(knex('subject as s'))) as ListedSubject[]);
}

async function rowsByName(knex: Knex, filter: SubjectFilter, from: Position | null): Promise<ListedSubject[]> {
  const [direction, sign] = from?.before ? (['desc', '<'] as const) : (['asc', '>'] as const);
  const query = narrowed(knex('subject as s'), filter).select(listedColumns.map((column) => `s.${column}`)).limit(pageSize + 1);
  if (from) void query.whereRaw(`(s.name, s.id) ${sign} (?, ?::uuid)`, [from.name, from.id]);
  return (await query.orderBy([{ column: 's.name', order: direction }, { column: 's.id', order: direction }])) as ListedSubject[];
}

/** One page of subjects, with the number of records of each that everybody sees today. */
export async function listSubjects(knex: Knex, filter: SubjectFilter, from: Position | null, today: CivilDate): Promise<SubjectPage> {
  const total = await count(knex, filter);
  const read = await (total === null ? rowsById : rowsByName)(knex, filter, from);
  const more = read.length > pageSize;
  const rows = read.slice(0, pageSize);
  if (from?.before) rows.reverse();
  const shown = publicRecords('r', today);
  const counts = (await knex('record as r').whereIn('r.subject_id', rows.map(({ id }) => id)).whereRaw(shown.sql, shown.bindings)
    .groupBy('r.subject_id').select('r.subject_id', knex.raw('count(*)::integer as n'))) as { subject_id: string; n: number }[];
  const edge = (row: ListedSubject | undefined, before: boolean): Position | null => (row ? { name: row.name, id: row.id, before } : null);
  return {
    rows: rows.map((row) => ({ ...row, shown: counts.find(({ subject_id: id }) => id === row.id)?.n ?? 0 })),
    previous: from && (!from.before || more) ? edge(rows[0], true) : null,
    next: from?.before || more ? edge(rows.at(-1), false) : null,
    total,
  };
}

export async function countFrozen(knex: Knex): Promise<number> {
  const row = await knex.count<{ total: number }[]>('* as total').from(knex('subject').where({ frozen: true }).select('id').limit(countedTo).as('counted')).first();
  return Number(row?.total ?? 0);
}

export async function findSubject(knex: Knex, id: string): Promise<SubjectRow | undefined> {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id) ? knex<SubjectRow>('subject').where({ id }).first() : undefined;
}

/** Cases about the subject: incidents and 重码 that name it by its code, a person by his sealed identity; applications, objections and release orders about its records. */
const casesOf = `select n.case_id from case_subject n join case_file i on i.id = n.case_id and i.kind in ('incident', 'codeCorrection') where n.uscc = ? or n.sealed = ?
  union all select case_id from repair where subject_id = ? union all select case_id from objection where subject_id = ?
  union all select case_id from release where subject_id = ?`;
const ofSubject = ({ id, uscc, sealed }: SubjectRow): Knex.RawBinding[] => [uscc, sealed, id, id, id] as Knex.RawBinding[];

/** Whether a unit of the person has a part in the subject: it made a record, applied a measure, or handles a case about it. */
export async function hasPart(knex: Knex, { all, units }: Sight, subject: SubjectRow): Promise<boolean> {
  if (all) return true;
  const { rows }: { rows: { part: boolean }[] } = await knex.raw(
    `select exists (select 1 from record r where r.subject_id = ? and
                      (r.unit = any(?::text[]) or exists (select 1 from record_use u where u.record_id = r.id and u.unit = any(?::text[]))))
         or exists (select 1 from case_party p where p.case_id in (${casesOf}) and p.unit = any(?::text[])) as part`,
    [subject.id, units, units, ...ofSubject(subject), units],
  );
  return rows[0]?.part ?? false;
}

/**
 * The open task in which a unit of the person is to correct the code of this subject (重码): the address of it, or null.
 * It lasts until the task is done, so that what was corrected wrongly can be put right.
 */
export async function correctionTask(knex: Knex, { person, sight }: { person: Express.User; sight: Sight }, { id, uscc }: SubjectRow): Promise<string | null> {
  const units = person.roles.flatMap(({ role, unit }) => (role === 'handler' ? [unit] : []));
  const seen = visibleCases(sight, 't.case_id');
  const task: { slug: string } | undefined = await knex('case_task as t').join('code_correction as c', 'c.case_id', 't.case_id')
    .where({ 't.stage': 'correct', 't.status': 'open' }).whereIn('t.unit', units)
    .whereRaw('(c.uscc = ? or ?::uuid = any(c.holders))', [uscc, id]).whereRaw(seen.sql, seen.bindings).first('t.slug');
  return task?.slug ?? null;
}

/** Codes that are being corrected, of those the person may see. */
export async function countCorrections(knex: Knex, sight: Sight): Promise<number> {
  const seen = visibleCases(sight, 'c.case_id');
  const counted = await knex('code_correction as c').where('c.status', 'open').whereRaw(seen.sql, seen.bindings).count<{ total: string }[]>('* as total').first();
  return Number(counted?.total ?? 0);
}

/** Whether the person said since `since` why he looks. */
export async function hasAsked(knex: Knex, subject: string, person: string, since: Date): Promise<boolean> {
  return (await knex('subject_query').where({ subject_id: subject, person_id: person }).andWhere('at', '>=', since).first('id')) !== undefined;
}

export interface Change {
  readonly at: Date;
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
  readonly reason: string;
  readonly name: string | null;
}

export interface Relation {
  readonly relation: 'mergedInto' | 'sameCode';
  /** The other end is the successor, or was there first. */
  readonly outward: boolean;
  readonly other: { readonly id: string; readonly name: string };
  readonly reason: string;
  readonly at: Date;
}

export interface SubjectCase {
  readonly kind: string;
  readonly caseNo: string;
  readonly title: string;
  readonly status: 'open' | 'closed';
  readonly openedAt: Date;
}

/** A letter of commitment that a repair was granted on: 公开作出信用承诺 is one of its conditions. */
export interface Commitment {
  readonly caseNo: string;
  /** Of the record that was repaired. */
  readonly documentNo: string;
  /** The unit that decided. */
  readonly unit: string;
  readonly at: Date;
  /** Hash of the file; null for one who does not handle the case, or where the window kept the paper. */
  readonly letter: string | null;
}

export interface Asked {
  readonly at: Date;
  readonly unit: string | null;
  readonly name: string | null;
  readonly reason: string;
}

export interface About {
  readonly records: readonly { readonly id: string; readonly state: RecordState; readonly frozen: boolean }[];
  /** The records are more than are shown. */
  readonly more: boolean;
  readonly changes: readonly Change[];
  readonly relations: readonly Relation[];
  readonly cases: readonly SubjectCase[];
  readonly commitments: readonly Commitment[];
  readonly asked: readonly Asked[];
}

/** More are on the list of records, which is leafed through. */
const mostRecords = 20;
const mostOthers = 50;

function commitmentOf(state: CaseState, { all, units }: Sight): Commitment {
  const { record, papers } = repairOpeningOf(state);
  const handlers = handlersOf(state);
  const mayRead = all || handlers === null || units.some((unit) => handlers.has(unit));
  const letters = [...papers, ...(lastRepair(state, 'supplement')?.form.papers ?? [])].filter(({ kind }) => kind === 'commitment');
  return {
    caseNo: state.caseNo, documentNo: record.documentNo, unit: repairUnit(state), at: new Date(lastRepair(state, 'decide')?.doneAt ?? state.openedAt),
    letter: mayRead ? (letters.at(-1)?.hash ?? null) : null,
  };
}

/** Everything about one subject, as far as the person may see it, in six statements. */
export async function readAbout(knex: Knex, subject: SubjectRow, { sight, today }: { sight: Sight; today: CivilDate }): Promise<About> {
  const visible = visibleRecords(sight, 'r', today);
  const seen = visibleCases(sight, 'f.id');
  const [records, changes, relations, cases, asked, repaired] = (await Promise.all([
    knex('record as r').where('r.subject_id', subject.id).whereRaw(visible.sql, visible.bindings)
      .orderBy([{ column: 'r.decided_on', order: 'desc' }, { column: 'r.id' }]).limit(mostRecords + 1).select('r.id', 'r.state', 'r.frozen'),
    knex('subject_change as c').leftJoin('person as p', 'p.id', 'c.person_id').where('c.subject_id', subject.id)
      .orderBy('c.id', 'desc').limit(mostOthers).select('c.at', 'c.before', 'c.after', 'c.reason', 'p.name'),
    knex('subject_relation as l').join('subject as o', (on) => on.on(knex.raw('o.id = case when l.subject_id = ? then l.other else l.subject_id end', [subject.id])))
      .where('l.subject_id', subject.id).orWhere('l.other', subject.id)
      .orderBy('l.at', 'desc').limit(mostOthers).select('l.relation', knex.raw('l.subject_id = ? as outward', [subject.id]), 'o.id', 'o.name', 'l.reason', 'l.at'),
    knex('case_file as f').whereRaw(`f.id in (${casesOf})`, ofSubject(subject)).whereRaw(seen.sql, seen.bindings)
      .orderBy('f.opened_at', 'desc').limit(mostOthers).select('f.kind', 'f.case_no as caseNo', 'f.title', 'f.status', 'f.opened_at as openedAt'),
    knex('subject_query as q').leftJoin('person as p', 'p.id', 'q.person_id').where('q.subject_id', subject.id)
      .orderBy('q.id', 'desc').limit(mostOthers).select('q.at', 'q.unit', 'q.reason', 'p.name'),
    knex('repair as r').join('case_file as f', 'f.id', 'r.case_id').where({ 'r.subject_id': subject.id, 'r.outcome': 'granted' }).whereRaw(seen.sql, seen.bindings)
      .orderBy('r.opened_at', 'desc').limit(mostOthers).select('f.state'),
  ])) as [About['records'], Change[], { relation: Relation['relation']; outward: boolean; id: string; name: string; reason: string; at: Date }[], SubjectCase[], Asked[], { state: CaseState }[]];
  return {
    records: records.slice(0, mostRecords),
    more: records.length > mostRecords,
    changes,
    relations: relations.map(({ id, name, ...rest }) => ({ ...rest, other: { id, name } })),
    cases,
    commitments: repaired.map(({ state }) => commitmentOf(state, sight)),
    asked,
  };
}

export interface PublicOfSubject {
  readonly id: string;
  readonly state: RecordState;
  /** The first day of repair, after a ban too. */
  readonly repairableFrom: CivilDate | null;
}

/** What everybody sees of a subject today, for its report. */
export async function readPublic(knex: Knex, subject: string, today: CivilDate): Promise<PublicOfSubject[]> {
  const shown = publicRecords('r', today);
  const rows = (await knex('record as r').where('r.subject_id', subject).whereRaw(shown.sql, shown.bindings)
    .orderBy([{ column: 'r.decided_on', order: 'desc' }, { column: 'r.id' }]).select('r.id', 'r.state', ...overColumns(knex, today))) as (OverRow & { id: string; state: RecordState })[];
  return rows.map(({ id, state, banned_until: banned }) => ({ id, state, repairableFrom: repairableAfter(state.publicity.repairableFrom, banned) }));
}
