import type { Request, Router } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { NotFound } from '../../platform/http/errors.ts';
import { answerTakenOff } from '../../platform/http/taken-off-page.ts';
import { pagerOf } from '../../platform/http/listing.ts';
import { createMoments } from '../../platform/http/moments.ts';
import type { Badge, DataTable, DecisionDocument, Heading, Page, Pager } from '../../platform/http/view-models.ts';
import { position, readPage, type Order, type PageOf, type Position } from '../../platform/paging.ts';
import { notTakenOff, takenOff } from '../../platform/takedowns.ts';
import { dayInSql, joinUnitNamed } from '../../platform/units.ts';
import { addMonths, dateOf, dayNumber } from '../../rules/calendar/index.ts';
import type { CivilDate } from '../../rules/casefile/types.ts';
import { numberOf } from '../../rules/limits/index.ts';
import { paths, type PublicPages } from './parts.ts';
import { todayOf, unitOf } from './words.ts';

/**
 * 信用承诺公开: whoever applies for repair commits himself in public (信用修复管理办法, the third condition). What is shown
 * is the text of the commitment and who made it to which unit: not the record it was made for, which would live on here
 * after its repair, and not the signed paper, which may show what must be masked.
 */
interface Commitment {
  readonly id: string;
  readonly committedAt: Date;
  /** The repair was revoked, as what was committed was not true. */
  readonly broken: boolean;
  readonly subject: { readonly name: string; readonly uscc: string | null };
  readonly unitName: string;
  readonly unitNameEn: string;
}

interface Row {
  id: string;
  committed_at: Date;
  outcome: string | null;
  name: string;
  uscc: string | null;
  unit_name: string;
  unit_name_en: string;
}

const cursorName = 'public-commitments';
const columns = ['c.case_id as id', 'c.committed_at', 'c.outcome', 's.name', 's.uscc', 'u.name as unit_name', 'u.name_en as unit_name_en'];
const newestFirst: Order = { by: 'c.committed_at', type: 'timestamptz', first: 'desc', id: 'c.case_id', then: 'asc' };

const listed = (row: Row): Commitment => ({
  id: row.id,
  committedAt: row.committed_at,
  broken: row.outcome === 'revoked',
  subject: { name: row.name, uscc: row.uscc },
  unitName: row.unit_name,
  unitNameEn: row.unit_name_en,
});

/** Those made on `since` or later whose application was not refused or taken back. */
const shown = (knex: Knex, since: CivilDate): Knex.QueryBuilder =>
  knex('repair as c')
    .join('subject as s', 's.id', 'c.subject_id').joinRaw(joinUnitNamed('c.unit', dayInSql('c.committed_at')))
    .where('c.committed_at', '>=', `${since}T00:00:00+08:00`).where({ 's.frozen': false, 's.age_known': true })
    .whereNotExists(knex('record as r').whereRaw('r.id = c.record_id').where('r.withheld', true))
    .whereRaw(notTakenOff('commitment', 'c.case_id::text'))
    .where((result) => void result.where('c.status', 'open').orWhereIn('c.outcome', ['granted', 'revoked']));

type Reading = Pick<Request, 't' | 'locale'>;

const brokenBadge = ({ t }: Reading): Badge => ({ label: t('public:commitment.broken'), tone: 'late' });

interface ListView {
  page: Page;
  heading: Heading;
  table: DataTable;
  pager: Pager | null;
}

function presentList(req: Reading, found: PageOf<Row>, hrefOf: (from: Position) => string): ListView {
  const { t, locale } = req;
  const moments = createMoments(t);
  const title = t('public:commitment.title');
  const rows = found.rows.map(listed);
  return {
    page: { title, crumbs: [{ label: t('public:guide.title'), href: paths.guide }, { label: title }], width: 'full' },
    heading: { title, lead: t('public:commitment.lead') },
    table: {
      caption: title,
      columns: [
        { key: 'subject', label: t('public:column.subject'), line: 1 },
        { key: 'unit', label: t('public:commitment.unit'), line: 2 },
        { key: 'day', label: t('public:commitment.day'), line: 3, named: true, tight: true },
        ...(rows.some(({ broken }) => broken) ? [{ key: 'mark', label: t('public:column.mark'), line: 2 as const, tight: true }] : []),
      ],
      rows: rows.map((row) => ({
        id: row.id,
        cells: {
          subject: { kind: 'link', href: `${paths.commitments}/${row.id}`, label: row.subject.name, ...(row.subject.uscc === null ? {} : { note: row.subject.uscc }) },
          unit: unitOf(row, locale),
          day: { kind: 'when', when: moments.table(row.committedAt) },
          mark: row.broken ? { kind: 'badge', badge: brokenBadge(req) } : '',
        },
      })),
      empty: { title: t('public:commitment.none') },
    },
    pager: rows.length === 0 ? null : pagerOf(req, found, hrefOf),
  };
}

interface CommitmentView {
  page: Page;
  heading: Heading;
  document: DecisionDocument;
}

function presentOne(req: Reading, one: Commitment): CommitmentView {
  const { t, locale } = req;
  const title = t('public:letter.title');
  const params = { name: one.subject.name };
  return {
    page: { title: `${one.subject.name} ${title}`, crumbs: [{ label: t('public:commitment.title'), href: paths.commitments }, { label: one.subject.name }] },
    heading: { title: one.subject.name, ...(one.subject.uscc === null ? {} : { number: one.subject.uscc }), badges: one.broken ? [brokenBadge(req)] : [], lead: t(one.broken ? 'public:commitment.brokenLead' : 'public:commitment.oneLead') },
    document: {
      agency: t('public:letter.agency'),
      number: t('public:letter.form'),
      title,
      addressee: unitOf(one, locale),
      paragraphs: ['true', 'performed', 'law', 'liability', 'public'].map((part) => ({ text: [{ text: t(`public:letter.${part}`) }] })),
      signature: t('public:letter.sign', params),
      date: createMoments(t).day(one.committedAt),
    },
  };
}

/** `/public/commitments` */
export function commitmentRoutes(router: Router, { ground, readLaw }: PublicPages): void {
  const { knex, clock, cursors } = ground;

  /** The first day whose commitments are still shown. */
  async function since(): Promise<CivilDate> {
    const today = todayOf(clock());
    const months = numberOf((await readLaw()).rules.on('repair.commitment-publicity', today));
    return dateOf(addMonths(dayNumber(today), -months).day);
  }

  router.get('/commitments', async (req, res) => {
    const from = cursors.decode(cursorName, req.query['from'], position) ?? null;
    const found = await readPage<Row>(knex, shown(knex, await since()), { columns, order: newestFirst, from });
    res.render('public-records/subject', presentList(req, found, (at) => `${paths.commitments}?${new URLSearchParams({ from: cursors.encode(cursorName, at) }).toString()}`));
  });

  router.get('/commitments/:id', async (req, res) => {
    const id = z.uuid().safeParse(req.params.id);
    const row = id.success ? ((await shown(knex, await since()).where('c.case_id', id.data).first(columns)) as Row | undefined) : undefined;
    const off = id.success && !row ? await takenOff(knex, { kind: 'commitment', ref: id.data }) : undefined;
    if (off) return answerTakenOff(req, res, off, ground);
    if (!row) throw new NotFound({ reason: 'public:commitment.gone' });
    res.render('public-records/commitment', presentOne(req, listed(row)));
  });
}
