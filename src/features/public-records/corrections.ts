import type { Request } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { createMoments } from '../../platform/http/moments.ts';
import type { DataTable, Facts, Heading, Notice, Page, Pager } from '../../platform/http/view-models.ts';
import { knownNames, maskingOf } from '../../platform/records/masking.ts';
import type { Seal } from '../../platform/seal.ts';
import { notTakenOff } from '../../platform/takedowns.ts';
import { dayInSql, joinUnitNamed } from '../../platform/units.ts';
import type { CivilDate, Correction } from '../../rules/casefile/types.ts';
import type { Passage } from '../../rules/masking/index.ts';
import { paths } from './parts.ts';
import type { PublicSubject } from './queries.ts';
import { todayOf, unitOf } from './words.ts';

/** Masks a text about one record. */
export type Masks = (text: string) => string;

/** What everybody is told of a record that an objection found to be wrong. */
interface PublicCorrection extends Pick<Correction, 'what' | 'text' | 'reason' | 'until'> {
  readonly record: string;
  readonly at: Date;
  readonly caseId: string;
  readonly number: number;
  readonly documentNo: string;
  readonly unitName: string;
  readonly unitNameEn: string;
  readonly subject: PublicSubject;
  /** What its texts are masked by. */
  readonly representative: string | null;
  readonly sealed: string | null;
  readonly passages: readonly Passage[];
}

export const correctionPosition = z.object({ at: z.iso.datetime(), id: z.uuid(), number: z.number().int() });
export type CorrectionPosition = z.infer<typeof correctionPosition>;

const pageSize = 50;

interface Row {
  case_id: string;
  number: number;
  record_id: string;
  what: Correction['what'];
  text: string;
  reason: string;
  at: Date;
  until: CivilDate;
  document_no: string;
  unit_name: string;
  unit_name_en: string;
  subject_id: string;
  subject_kind: PublicSubject['kind'];
  subject_name: string;
  uscc: string | null;
  representative: string | null;
  sealed: string | null;
  passages: Passage[] | null;
}

const columns = (knex: Knex) => [
  'c.case_id', 'c.number', 'c.record_id', 'c.what', 'c.at', knex.raw(`coalesce(r.state -> 'mended' ->> (c.case_id || ':' || c.number || ':text'), c.text) as text`),
  knex.raw(`coalesce(r.state -> 'mended' ->> (c.case_id || ':' || c.number), c.reason) as reason`), 'c.until', 'r.document_no', 'u.name as unit_name', 'u.name_en as unit_name_en',
  's.id as subject_id', 's.kind as subject_kind', 's.name as subject_name', 's.uscc', 's.representative', 's.sealed',
];
/** What persons decided on passages of the record's texts holds for what is told of it as well. */
const passagesOf = (knex: Knex): Knex.Raw => knex.raw(`r.state -> 'passages' as passages`);

const correctionOf = (row: Row): PublicCorrection => ({
  caseId: row.case_id,
  number: row.number,
  record: row.record_id,
  what: row.what,
  text: row.text,
  reason: row.reason,
  at: row.at,
  until: row.until,
  documentNo: row.document_no,
  unitName: row.unit_name,
  unitNameEn: row.unit_name_en,
  subject: { id: row.subject_id, kind: row.subject_kind, name: row.subject_name, uscc: row.uscc },
  representative: row.representative,
  sealed: row.sealed,
  passages: row.passages ?? [],
});

/**
 * What is told on `today`: the one predicate of every page and file. Of a record that was corrected only while everybody
 * sees the record itself, so that nothing that is gone since, repaired or ended, is told of by its correction.
 */
function shown(knex: Knex, today: CivilDate): Knex.QueryBuilder {
  return knex('correction as c')
    .join('record as r', 'r.id', 'c.record_id').join('subject as s', 's.id', 'r.subject_id').joinRaw(joinUnitNamed('r.unit', dayInSql('c.at')))
    .where('c.until', '>=', today).where({ 'r.frozen': false, 's.frozen': false, 'r.withheld': false, 's.age_known': true })
    .whereRaw(`case c.what when 'removed' then r.standing = 'withdrawn' else r.public and (r.public_until is null or r.public_until >= ?) end`, [today])
    .whereRaw(notTakenOff('record', 'r.id::text')).whereRaw(notTakenOff('correction', `c.case_id || ':' || c.number`))
    .orderBy([{ column: 'c.at', order: 'desc' }, { column: 'c.case_id' }, { column: 'c.number' }])
    .select(columns(knex)).select(passagesOf(knex));
}

/** One page, newest first. */
export async function listCorrections(knex: Knex, { from, today }: { from: CorrectionPosition | null; today: CivilDate }): Promise<{ rows: PublicCorrection[]; next: CorrectionPosition | null }> {
  const query = shown(knex, today).limit(pageSize + 1);
  if (from) void query.whereRaw('c.at <= ?::timestamptz and (c.at <> ?::timestamptz or (c.case_id, c.number) > (?::uuid, ?::integer))', [from.at, from.at, from.id, from.number]);
  const found = (await query) as Row[];
  const rows = found.slice(0, pageSize).map(correctionOf);
  const last = rows.at(-1);
  return { rows, next: found.length > pageSize && last ? { at: last.at.toISOString(), id: last.caseId, number: last.number } : null };
}

/** All of them, a page at a time. */
export async function* allCorrections(knex: Knex, today: CivilDate): AsyncGenerator<PublicCorrection[]> {
  let from: CorrectionPosition | null = null;
  do {
    const page: { rows: PublicCorrection[]; next: CorrectionPosition | null } = await listCorrections(knex, { from, today });
    if (page.rows.length > 0) yield page.rows;
    from = page.next;
  } while (from);
}

/** What is told of one record, the latest first. */
export async function correctionsOf(knex: Knex, record: string, today: CivilDate): Promise<PublicCorrection[]> {
  return ((await shown(knex, today).where('c.record_id', record)) as Row[]).map(correctionOf);
}

/** The name of a removal of this record that is told of but for being taken off in an emergency; undefined where there is none. */
export async function removalOff(knex: Knex, record: string, today: CivilDate): Promise<string | undefined> {
  const row: { ref: string } | undefined = await knex('correction as c').join('record as r', 'r.id', 'c.record_id').joinRaw(`join off_now o on o.kind = 'correction' and o.ref = c.case_id || ':' || c.number`)
    .where({ 'c.record_id': record, 'c.what': 'removed', 'r.standing': 'withdrawn', 'r.frozen': false, 'r.withheld': false }).where('c.until', '>=', today).first('o.ref');
  return row?.ref;
}

type Reading = Pick<Request, 't' | 'locale'>;

/** A correction as everybody may read it, in the reader's language: what every page and file about it is made of. */
export interface CorrectionView {
  readonly key: string;
  readonly record: string;
  readonly what: Correction['what'];
  readonly subject: PublicSubject;
  readonly documentNo: string;
  readonly unit: string;
  /** What was corrected; of a removal the sentence that says so. */
  readonly done: string;
  readonly why: string;
  readonly on: CivilDate;
}

/** The views of corrections, with what is masked in their texts; the same for every surface. */
export async function correctionViews({ t, locale }: Reading, knex: Knex, seal: Seal, found: readonly PublicCorrection[]): Promise<CorrectionView[]> {
  const names = await knownNames(knex, seal, found);
  return found.map((one, n) => {
    const mask = maskingOf(names[n]!, one.passages);
    return {
      key: `${one.caseId}-${one.number}`,
      record: one.record,
      what: one.what,
      subject: one.subject,
      documentNo: mask(one.documentNo),
      unit: unitOf(one, locale),
      done: one.what === 'removed' ? t('public:correction.removed') : mask(one.text),
      why: mask(one.reason),
      on: todayOf(one.at),
    };
  });
}

/** On the page of the record itself: what was corrected, when, and why. */
export function correctionFacts({ t }: Reading, corrections: readonly CorrectionView[]): Facts | null {
  if (corrections.length === 0) return null;
  const moments = createMoments(t);
  return {
    items: corrections.flatMap(({ on, what, done, why }) => [
      { term: t('public:correction.on'), value: { kind: 'when' as const, when: moments.day(on) } },
      { term: t(`public:correction.what.${what}`), value: done, wide: true },
      { term: t('public:correction.why'), value: why, wide: true },
    ]),
  };
}

export interface CorrectionsView {
  page: Page;
  heading: Heading;
  table: DataTable;
  pager: Pager | null;
  files: { href: string; label: string }[];
}

/** Everything that was corrected or removed, as long as it is told of. */
export function presentCorrections({ t }: Reading, { rows, pages }: { rows: readonly CorrectionView[]; pages: Pick<Pager, 'firstHref' | 'nextHref'> }): CorrectionsView {
  const moments = createMoments(t);
  const title = t('public:correction.title');
  return {
    page: { title, crumbs: [{ label: t('public:list.title'), href: paths.records }, { label: title }], width: 'full' },
    heading: { title, lead: t('public:correction.lead') },
    table: {
      caption: title,
      columns: [
        { key: 'subject', label: t('public:column.subject'), line: 1 },
        { key: 'done', label: t('public:correction.done'), line: 2 },
        { key: 'why', label: t('public:correction.why'), line: 3, named: true },
        { key: 'unit', label: t('public:column.unit') },
        { key: 'at', label: t('public:correction.on'), line: 3, tight: true },
      ],
      rows: rows.map(({ key, record, subject, documentNo, done, why, unit, on }) => ({
        id: key,
        cells: {
          subject: { kind: 'link', href: `${paths.records}/${record}`, label: subject.name, note: documentNo },
          done,
          why,
          unit,
          at: { kind: 'when', when: moments.table(on) },
        },
      })),
      empty: { title: t('public:correction.none') },
    },
    pager: Object.keys(pages).length === 0 ? null : { text: '', ...pages },
    files: (['corrections', 'withdrawals'] as const).flatMap((name) => (['csv', 'json'] as const).map((form) => ({
      href: `${paths.openData}/${name}.${form}`, label: t('withdrawals:file', { what: t(`withdrawals:files.${name}`), form: t(`public:list.${form}`) }),
    }))),
  };
}

export interface RemovedView {
  page: Page;
  heading: Heading;
  notice: Notice;
  factsTitle: string;
  facts: Facts;
}

/** The page of a record that was removed: nothing of what it said, but that it is gone, since when, and why. */
export function presentRemoved(req: Reading, corrections: readonly CorrectionView[]): RemovedView {
  const { t } = req;
  const { subject, documentNo, unit } = corrections[0]!;
  return {
    page: { title: `${subject.name} ${documentNo}`, crumbs: [{ label: t('public:list.title'), href: paths.records }, { label: t('public:correction.title'), href: paths.corrections }, { label: documentNo }], printNumber: documentNo },
    heading: { title: subject.name, number: subject.uscc ?? documentNo },
    notice: { tone: 'info', title: t('public:correction.removedTitle'), text: t('public:correction.removedText', { unit, documentNo }) },
    factsTitle: t('public:correction.notice'),
    facts: correctionFacts(req, corrections)!,
  };
}
