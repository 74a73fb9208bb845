import type { Request } from 'express';
import { createMoments } from '../../platform/http/moments.ts';
import type { Cell, DataTable, EmptyState, FilterBar, Heading, Notice, Page, Pager } from '../../platform/http/view-models.ts';
import { repairableTooLate } from '../../rules/records/public-state.ts';
import { paths } from './parts.ts';
import { countedTo, type ListedRecord, type PublicSubject, type RecordPage } from './queries.ts';
import type { Asked } from './search.ts';
import { disputedBadge, unitOf } from './words.ts';

export interface ListView {
  page: Page;
  heading: Heading;
  filter: FilterBar;
  notice: Notice | null;
  table: DataTable;
  pager: Pager | null;
  /** The same rows as files. */
  files: { href: string; label: string }[];
}

type Reading = Pick<Request, 't' | 'locale'>;

/** Until when it shows, and from when it may be repaired, as a list has room for it. */
function termCells(record: ListedRecord, today: string, { t }: Reading): { until: Cell; repair: Cell } {
  const moments = createMoments(t);
  return {
    until: record.until === null ? t('public:term.untilCured') : { kind: 'when', when: moments.table(record.until) },
    repair: record.repairableFrom === null ? t('public:term.noEarlyEnd')
      : repairableTooLate(record.repairableFrom, record.until) ? t('public:term.tooLate')
      : record.repairableFrom <= today ? t('public:term.now')
      : { kind: 'when', when: moments.table(record.repairableFrom) },
  };
}

function tableOf(rows: readonly ListedRecord[], caption: string, empty: EmptyState, today: string, req: Reading): DataTable {
  const { t, locale } = req;
  const moments = createMoments(t);
  return {
    caption,
    columns: [
      { key: 'subject', label: t('public:column.subject'), line: 1 },
      { key: 'what', label: t('public:column.what'), line: 2 },
      { key: 'unit', label: t('public:column.unit') },
      { key: 'decided', label: t('public:column.decided'), tight: true },
      { key: 'until', label: t('public:column.until'), line: 3, named: true, tight: true },
      { key: 'repair', label: t('public:column.repair'), tight: true },
      // A column that is empty for everybody is none.
      ...(rows.some(({ disputed }) => disputed) ? [{ key: 'mark', label: t('public:column.mark'), line: 2 as const, tight: true }] : []),
    ],
    rows: rows.map((row) => ({
      id: row.id,
      cells: {
        subject: { kind: 'link', href: `${paths.records}/${row.id}`, label: row.subject.name, ...(row.subject.uscc === null ? {} : { note: row.subject.uscc }) },
        what: t('public:list.kindOfClass', { kind: t(`public:kind.${row.kind}`), class: t(`public:className.${row.class}`) }),
        unit: unitOf(row, locale),
        decided: { kind: 'when', when: moments.table(row.decidedOn) },
        ...termCells(row, today, req),
        mark: row.disputed ? { kind: 'badge', badge: disputedBadge(t) } : '',
      },
    })),
    empty,
  };
}

function totalOf(total: number, { t }: Reading): string {
  return total > countedTo ? t('public:list.moreThan', { count: countedTo }) : t('public:list.total', { count: total });
}

/** What was searched where nothing was found, and the way on. A person's number is not shown again. */
function emptyOf(asked: Asked, { t }: Reading): EmptyState {
  const links = [{ href: paths.records, label: t('public:list.all') }];
  switch (asked.kind) {
    case 'nothing':
      return { title: t('public:list.none') };
    case 'person':
      return { title: t('public:list.personTitle'), hint: t('public:list.personHint'), links };
    case 'code':
      return { title: t('public:list.notFound'), searched: [{ label: t('public:code'), value: asked.code }], hint: t('public:list.notFoundHint'), links };
    case 'badCode':
      return { title: t('public:list.badCode'), hint: t(asked.reason.key, asked.reason.params), links };
    case 'name':
      return { title: t('public:list.notFound'), searched: [{ label: t('public:name'), value: asked.name }], hint: t('public:list.notFoundHint'), links };
    case 'signs':
      return { title: t('public:list.signs'), searched: [{ label: t('public:list.search'), value: asked.typed }], links };
  }
}

export interface ListParts {
  found: RecordPage;
  asked: Asked;
  typed: string;
  today: string;
  cursorOf: (position: RecordPage['next']) => string;
}

/** Records that everybody may see, with the search of subjects above them. */
export function presentList(req: Reading, { found, asked, typed, today, cursorOf }: ListParts): ListView {
  const { t } = req;
  const shown = asked.kind === 'person' ? '' : typed;
  const address = (at: RecordPage['next']): string =>
    `${paths.records}?${new URLSearchParams({ ...(shown === '' ? {} : { q: shown }), from: cursorOf(at) }).toString()}`;
  const title = t('public:list.title');
  return {
    page: { title, width: 'full' },
    heading: { title, lead: t('public:list.lead'), links: [{ href: paths.corrections, label: t('public:correction.title'), icon: 'file' }] },
    filter: {
      action: paths.records,
      search: { kind: 'text', type: 'search', name: 'q', label: t('public:list.search'), hint: t('public:list.searchHint'), value: shown, autocomplete: 'off' },
      fields: [],
      apply: t('public:list.apply'),
      ...(shown === '' ? {} : { clearHref: paths.records }),
    },
    notice: null,
    table: tableOf(found.rows, asked.kind === 'nothing' ? t('public:list.newest') : t('public:list.found'), emptyOf(asked, req), today, req),
    pager: found.rows.length === 0 ? null : {
      text: totalOf(found.total, req),
      ...(found.previous ? { previousHref: address(found.previous) } : {}),
      ...(found.next ? { nextHref: address(found.next) } : {}),
    },
    files: [
      { href: `${paths.openData}/records.csv`, label: t('public:list.csv') },
      { href: `${paths.openData}/records.json`, label: t('public:list.json') },
    ],
  };
}

export interface SubjectView {
  page: Page;
  heading: Heading;
  table: DataTable;
  pager: Pager | null;
}

/** All that is public about one organisation. */
export function presentSubject(
  req: Reading,
  { subject, found, today, cursorOf }: { subject: PublicSubject; found: RecordPage; today: string; cursorOf: ListParts['cursorOf'] },
): SubjectView {
  const { t } = req;
  const address = (at: RecordPage['next']): string => `${paths.subjects}/${subject.id}?${new URLSearchParams({ from: cursorOf(at) }).toString()}`;
  return {
    page: { title: subject.name, crumbs: [{ label: t('public:list.title'), href: paths.records }, { label: subject.name }], width: 'full' },
    heading: { title: subject.name, ...(subject.uscc === null ? {} : { number: subject.uscc }), lead: t('public:subject.lead') },
    table: tableOf(found.rows, t('public:subject.caption'), { title: t('public:subject.none'), hint: t('public:subject.noneHint', { day: createMoments(t).day(today).text }) }, today, req),
    pager: found.rows.length === 0 ? null : {
      text: totalOf(found.total, req),
      ...(found.previous ? { previousHref: address(found.previous) } : {}),
      ...(found.next ? { nextHref: address(found.next) } : {}),
    },
  };
}
