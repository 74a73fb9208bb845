import type { Knex } from 'knex';
import { Conflict } from '../../platform/http/errors.ts';
import { z } from 'zod';
import { overColumns, type OverRow } from '../../platform/records/over.ts';
import { dayInSql, joinUnitNamed } from '../../platform/units.ts';
import type { CivilDate } from '../../rules/casefile/types.ts';
import type { RecordState } from '../../rules/records/file.ts';
import { publicStateOf, repairableAfter, toldIn, type PublicState } from '../../rules/records/public-state.ts';

/** A record as its own subject sees it: all of them, public or not. */
export interface OwnRecord {
  readonly id: string;
  readonly state: RecordState;
  /** How it stands by its own file; a term that is over has ended, whoever wrote it down yet. */
  readonly standing: PublicState;
  /** Taken off the public surfaces in an emergency. */
  readonly off: boolean;
  /** Everybody sees it today. */
  readonly public: boolean;
  readonly unitName: string;
  readonly unitNameEn: string;
  /** The first day of repair, after a ban too; null when publicity is never ended early. */
  readonly repairableFrom: CivilDate | null;
  /** Of a firm whose code another living firm carries too: nothing follows from it until that is mended. */
  readonly frozen: boolean;
}

interface Row extends OverRow {
  id: string;
  state: RecordState;
  subject_frozen: boolean;
  unit_name: string;
  unit_name_en: string;
}

export const position = z.object({ on: z.iso.date(), id: z.uuid() });
export type Position = z.infer<typeof position>;
const pageSize = 50;

const recordOf = (row: Row, today: CivilDate): OwnRecord => {
  const frozen = row.frozen || row.subject_frozen;
  return {
    id: row.id,
    state: row.state,
    standing: publicStateOf(row.state, { frozen: false, off: false }, today),
    off: row.off,
    public: toldIn[publicStateOf(row.state, { frozen, off: row.off }, today)] === 'record',
    repairableFrom: repairableAfter(row.state.publicity.repairableFrom, row.banned_until),
    unitName: row.unit_name,
    unitNameEn: row.unit_name_en,
    frozen,
  };
};

const rows = (knex: Knex, today: CivilDate): Knex.QueryBuilder =>
  knex('record as r').join('subject as s', 's.id', 'r.subject_id').joinRaw(joinUnitNamed('r.unit', 'r.decided_on'))
    .select('r.id', 'r.state', 's.frozen as subject_frozen', 'u.name as unit_name', 'u.name_en as unit_name_en', ...overColumns(knex, today));

/** All records of a subject, newest decision first. */
export async function recordsOf(knex: Knex, subject: string, { from, today }: { from: Position | null; today: CivilDate }): Promise<{ records: OwnRecord[]; next: Position | null }> {
  const query = rows(knex, today).where('r.subject_id', subject).orderBy([{ column: 'r.decided_on', order: 'desc' }, { column: 'r.id', order: 'desc' }]).limit(pageSize + 1);
  if (from) void query.whereRaw('(r.decided_on, r.id) < (?::date, ?::uuid)', [from.on, from.id]);
  const found = (await query) as Row[];
  const records = found.slice(0, pageSize).map((row) => recordOf(row, today));
  const last = records.at(-1);
  return { records, next: found.length > pageSize && last ? { on: last.state.facts.decidedOn, id: last.id } : null };
}

/** Most records that a printed report lists; more of them are counted. */
const mostPrinted = 300;

/** The same on one sheet, and whether there are more. */
export async function allRecordsOf(knex: Knex, subject: string, today: CivilDate): Promise<{ records: OwnRecord[]; more: boolean }> {
  const found = (await rows(knex, today).where('r.subject_id', subject).orderBy([{ column: 'r.decided_on', order: 'desc' }, { column: 'r.id', order: 'desc' }]).limit(mostPrinted + 1)) as Row[];
  return { records: found.slice(0, mostPrinted).map((row) => recordOf(row, today)), more: found.length > mostPrinted };
}

export async function findOwnRecord(knex: Knex, id: string, today: CivilDate): Promise<OwnRecord | undefined> {
  const row = (await rows(knex, today).where('r.id', id).first()) as Row | undefined;
  return row && recordOf(row, today);
}

export interface Enquiry {
  readonly at: Date;
  readonly unitName: string | null;
  readonly unitNameEn: string | null;
  readonly reason: string;
}

/** Who asked about a subject, the last ones first. */
export async function enquiriesAbout(knex: Knex, subject: string, most = 50): Promise<Enquiry[]> {
  const found: { at: Date; reason: string; unit_name: string | null; unit_name_en: string | null }[] = await knex('subject_query as q')
    .joinRaw(`left ${joinUnitNamed('q.unit', dayInSql('q.at'))}`).where('q.subject_id', subject).orderBy('q.id', 'desc').limit(most)
    .select('q.at', 'q.reason', 'u.name as unit_name', 'u.name_en as unit_name_en');
  return found.map((row) => ({ at: row.at, unitName: row.unit_name, unitNameEn: row.unit_name_en, reason: row.reason }));
}

/** The open case about a record; whose it is tells whether it may be shown. */
export interface OpenCase {
  readonly caseId: string;
  readonly caseNo: string;
  readonly applicant: string | null;
}

/** What a case is opened about; an objection on another ground is another matter. */
export interface Matter {
  readonly kind: 'repair' | 'objection';
  readonly record: string;
  readonly ground: string | null;
}

export async function openCaseOf(knex: Knex, { kind, record, ground }: Matter): Promise<OpenCase | undefined> {
  // A repair that was granted waits on for other units; it is no longer an application.
  const row: { case_id: string; case_no: string; applicant: string | null } | undefined = await knex(kind)
    .where({ record_id: record, status: 'open', ...(ground === null ? {} : { ground }) }).orderBy('opened_at', 'desc').first('case_id', 'case_no', 'applicant');
  return row && { caseId: row.case_id, caseNo: row.case_no, applicant: row.applicant };
}

/** Any fixed number: those who open cases about one record wait for each other under it. */
const OPENING_LOCK = 4_711_004;

/**
 * Opens a case while nobody opens another one about the same matter, in whichever process: of two who send in the same
 * moment the second is told of the first. A form sent twice is one case.
 * @throws Conflict when another case is open.
 */
export async function openAlone<T>(knex: Knex, { caseId, ...matter }: Matter & { readonly caseId: string }, open: () => Promise<T>): Promise<T> {
  return knex.transaction(async (trx) => {
    await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, ?))', [`${matter.kind} ${matter.record} ${matter.ground ?? ''}`, OPENING_LOCK]);
    const other = await openCaseOf(trx, matter);
    if (other && other.caseId !== caseId) throw new Conflict('portal:openedMeanwhile');
    return open();
  });
}

/** The first day on which the subject may apply again after a repair that was got by false papers; null when there is none to come. */
export async function bannedUntil(knex: Knex, subject: string, today: CivilDate): Promise<CivilDate | null> {
  const row: { banned_until: CivilDate } | undefined = await knex('repair').where({ subject_id: subject }).where('banned_until', '>', today)
    .orderBy('banned_until', 'desc').first('banned_until');
  return row?.banned_until ?? null;
}
