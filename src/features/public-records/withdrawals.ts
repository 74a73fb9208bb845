import type { Request } from 'express';
import type { Knex } from 'knex';
import { createMoments } from '../../platform/http/moments.ts';
import type { Law } from '../../platform/law.ts';
import { notTakenOff } from '../../platform/takedowns.ts';
import { dayInSql, joinUnitNamed } from '../../platform/units.ts';
import { addMonths, dateOf, dayNumber } from '../../rules/calendar/index.ts';
import type { CivilDate } from '../../rules/casefile/types.ts';
import type { Passage } from '../../rules/masking/index.ts';
import { numberOf } from '../../rules/limits/index.ts';
import type { Masks, RemovedView } from './corrections.ts';
import { paths } from './parts.ts';
import type { PublicSubject } from './queries.ts';
import { todayOf, unitOf } from './words.ts';

/**
 * 撤下说明: a record that was public and that its unit withdrew. Nothing of what it said is told, but who withdrew it, when
 * and why. What an objection removed is told of as a correction.
 */
export interface Withdrawal {
  readonly record: string;
  readonly at: Date;
  /** As it was written, or put right since. */
  readonly reason: string;
  readonly documentNo: string;
  readonly unitName: string;
  readonly unitNameEn: string;
  readonly subject: PublicSubject;
  /** What its texts are masked by. */
  readonly representative: string | null;
  readonly sealed: string | null;
  readonly passages: readonly Passage[];
}

interface Row {
  record_id: string;
  at: Date;
  reason: string;
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
  'r.id as record_id', 'e.at', knex.raw(`r.state ->> 'reason' as reason`), 'r.document_no', 'u.name as unit_name', 'u.name_en as unit_name_en',
  's.id as subject_id', 's.kind as subject_kind', 's.name as subject_name', 's.uscc', 's.representative', 's.sealed', knex.raw(`r.state -> 'passages' as passages`),
];

const withdrawalOf = (row: Row): Withdrawal => ({
  record: row.record_id,
  at: row.at,
  reason: row.reason,
  documentNo: row.document_no,
  unitName: row.unit_name,
  unitNameEn: row.unit_name_en,
  subject: { id: row.subject_id, kind: row.subject_kind, name: row.subject_name, uscc: row.uscc },
  representative: row.representative,
  sealed: row.sealed,
  passages: row.passages ?? [],
});

/** The first day whose withdrawals are still told of. */
export function toldSince({ rules }: Law, today: CivilDate): CivilDate {
  const months = numberOf(rules.on('record.withdrawal-notice', today));
  return dateOf(addMonths(dayNumber(today), -months).day);
}

/** What is told of withdrawals since a day: the one predicate of page, file and interface. */
function shown(knex: Knex, since: CivilDate): Knex.QueryBuilder {
  return knex('record as r')
    .join('subject as s', 's.id', 'r.subject_id')
    .joinRaw(`join record_event e on e.record_id = r.id and e.type = 'record.withdrawn'`).joinRaw(joinUnitNamed('r.unit', dayInSql('e.at')))
    .where({ 'r.standing': 'withdrawn', 'r.frozen': false, 's.frozen': false, 'r.withheld': false, 's.age_known': true }).whereNotNull('r.published_at')
    .whereRaw(`r.state ->> 'because' is null`).where('e.at', '>=', `${since}T00:00:00+08:00`)
    .whereRaw(notTakenOff('record', 'r.id::text'))
    .select(columns(knex));
}

/** Those of these records that are told of. */
export async function withdrawalsOf(knex: Knex, ids: readonly string[], since: CivilDate): Promise<Withdrawal[]> {
  return ((await shown(knex, since).whereIn('r.id', [...ids])) as Row[]).map(withdrawalOf);
}

/** All of them, newest first, some hundreds at a time. */
export async function* allWithdrawals(knex: Knex, since: CivilDate, batch = 500): AsyncGenerator<Withdrawal[]> {
  for (let last: Withdrawal | undefined; ;) {
    const query = shown(knex, since).orderBy([{ column: 'e.at', order: 'desc' }, { column: 'r.id', order: 'desc' }]).limit(batch);
    if (last) void query.whereRaw('(e.at, r.id) < (?::timestamptz, ?::uuid)', [last.at.toISOString(), last.record]);
    const rows = ((await query) as Row[]).map(withdrawalOf);
    if (rows.length > 0) yield rows;
    if (rows.length < batch) return;
    last = rows.at(-1);
  }
}

/** The page of a withdrawn record. */
export function presentWithdrawn(req: Pick<Request, 't' | 'locale'>, one: Withdrawal, mask: Masks): RemovedView {
  const { t, locale } = req;
  const documentNo = mask(one.documentNo);
  const unit = unitOf(one, locale);
  return {
    page: { title: `${one.subject.name} ${documentNo}`, crumbs: [{ label: t('public:list.title'), href: paths.records }, { label: documentNo }], printNumber: documentNo },
    heading: { title: one.subject.name, number: one.subject.uscc ?? documentNo },
    notice: { tone: 'info', title: t('withdrawals:title'), text: t('withdrawals:text', { unit, documentNo }) },
    factsTitle: t('withdrawals:notice'),
    facts: {
      items: [
        { term: t('withdrawals:by'), value: unit },
        { term: t('withdrawals:on'), value: { kind: 'when', when: createMoments(t).day(todayOf(one.at)) } },
        { term: t('withdrawals:why'), value: mask(one.reason), wide: true },
      ],
    },
  };
}
