import type { Request } from 'express';
import { createFormat } from '../../../platform/http/format.ts';
import { createMoments } from '../../../platform/http/moments.ts';
import type { Cell, CountTiles, DataTable, FilterBar, Heading, Option, Page, Pager, Row } from '../../../platform/http/view-models.ts';
import { unitName } from '../../../platform/units.ts';
import { recordClasses, recordDomains, recordKinds } from '../../../rules/records/facts.ts';
import { standingOf } from '../../../rules/records/file.ts';
import { comingOf } from '../../../rules/records/rows.ts';
import { enteringUnits, unitNames, type Reading } from '../parts.ts';
import { classBadge, comingInWords, frozenBadge, penaltiesInWords, standingBadge } from '../words.ts';
import { addressOf, isNarrowed, listPath, recordStandings, type RecordFilter } from './filter.ts';
import { countedTo, type ListedRecord, type Position, type RecordPage } from './queries.ts';

export interface ListPage {
  page: Page;
  heading: Heading;
  tiles: CountTiles;
  filter: FilterBar;
  table: DataTable;
  pager: Pager;
}

export interface ListParts {
  found: RecordPage;
  standing: { published: number | null; proposed: number | null; unserved: number | null };
  filter: RecordFilter;
  reading: Reading;
  cursorOf: (position: Position) => string;
}

/** What is set, each in words with the list without it. */
function applied(req: Request, { filter, reading, found }: ListParts): { label: string; removeHref: string }[] {
  const { t } = req;
  const { q, unit, from, to, subject, proposed, unserved } = filter;
  const set: [boolean, string, Partial<RecordFilter>][] = [
    [q !== '', t('records:applied.q', { q }), { q: '' }],
    [filter.kind !== null, t(`records:kind.${filter.kind ?? 'other'}`), { kind: null }],
    [filter.class !== null, t(`records:className.${filter.class ?? 'MINOR'}`), { class: null }],
    [filter.standing !== null, t(`records:standing.${filter.standing ?? 'stored'}`), { standing: null }],
    [filter.domain !== null, t(`records:domain.${filter.domain ?? 'otherDomain'}`), { domain: null }],
    [unit !== null, t('records:applied.unit', { unit: unitNames(reading.units, req.locale, 'short')(unit ?? '') }), { unit: null }],
    [from !== null, t('records:applied.from', { date: from }), { from: null }],
    [to !== null, t('records:applied.to', { date: to }), { to: null }],
    [subject !== null, t('records:applied.subject', { name: found.rows[0]?.subject.name ?? t('records:applied.oneSubject') }), { subject: null }],
    [proposed, t('records:list.proposed'), { proposed: false }],
    [unserved, t('records:list.unserved'), { unserved: false }],
  ];
  return set.filter(([isSet]) => isSet).map(([, label, without]) => ({ label, removeHref: addressOf({ ...filter, ...without }) }));
}

function filterBar(req: Request, parts: ListParts): FilterBar {
  const { t, locale } = req;
  const { filter, reading } = parts;
  const options = (values: readonly string[], key: string): Option[] => values.map((value) => ({ value, label: t(`records:${key}.${value}`) }));
  const select = (name: 'kind' | 'class' | 'standing' | 'domain', values: readonly string[], key: string) =>
    ({ kind: 'select' as const, name, label: t(`records:filter.${name}`), value: filter[name] ?? '', blank: t('records:filter.all'), options: options(values, key) });
  const set = applied(req, parts);
  return {
    action: listPath,
    search: { kind: 'text', name: 'q', label: t('records:filter.q'), value: filter.q, autocomplete: 'off' },
    fields: [select('kind', recordKinds, 'kind'), select('class', recordClasses, 'className'), select('standing', recordStandings, 'standing')],
    more: [
      {
        kind: 'select', name: 'unit', label: t('records:unit'), value: filter.unit ?? '', blank: t('records:filter.all'),
        options: reading.units.filter(({ active, kind }) => active && kind !== 'city').map((unit) => ({ value: unit.id, label: unitName(unit, locale, 'short') })),
      },
      select('domain', recordDomains, 'domain'),
      { kind: 'date', name: 'from', label: t('records:filter.from'), value: filter.from ?? '' },
      { kind: 'date', name: 'to', label: t('records:filter.to'), value: filter.to ?? '' },
    ],
    moreOpen: filter.unit !== null || filter.domain !== null || filter.from !== null || filter.to !== null,
    hidden: { ...(filter.subject === null ? {} : { subject: filter.subject }), ...(filter.proposed ? { proposed: '1' } : {}), ...(filter.unserved ? { unserved: '1' } : {}) },
    applied: set,
    ...(set.length > 0 ? { clearHref: listPath } : {}),
  };
}

function rowOf(req: Request, { id, state, frozen, subject }: ListedRecord, { units, today }: Reading): Row {
  const { t } = req;
  const { facts, publicity } = state;
  const coming = frozen ? t('records:coming.frozen') : comingInWords(comingOf(state, today), t);
  const what = facts.kind === 'penalty' ? penaltiesInWords(facts, t) : t(`records:kind.${facts.kind}`);
  return {
    id,
    ...(frozen ? { tone: 'late' as const } : {}),
    cells: {
      record: { kind: 'link', href: `${listPath}/${id}`, label: facts.documentNo, note: what },
      subject: { kind: 'link', href: `/subjects/${subject.id}`, label: subject.name },
      unit: unitNames(units, req.locale, 'short')(facts.unit),
      class: { kind: 'badge', badge: classBadge(publicity.class, t) },
      standing: { kind: 'badge', badge: frozen ? frozenBadge(t) : standingBadge(standingOf(state), t) },
      decidedOn: { kind: 'when', when: createMoments(t).table(facts.decidedOn) },
      coming: coming ?? ({ kind: 'none' } satisfies Cell),
    },
  };
}

export function presentRecords(req: Request, parts: ListParts): ListPage {
  const { t } = req;
  const { found, standing, filter, reading, cursorOf } = parts;
  const format = createFormat(req.locale);
  const bar = filterBar(req, parts);
  const rows = found.rows.map((record) => rowOf(req, record, reading));
  const mayEnter = enteringUnits(reading.person).length > 0;
  const tile = (label: string, count: number | null, of: Partial<RecordFilter>, tone?: 'soon') => ({
    label, count: count ?? countedTo, href: addressOf(of), ...(count === null ? { note: t('records:list.orMore') } : {}), ...(tone ? { tone } : {}),
  });
  const range = { from: format.count(found.offset + 1), to: format.count(found.offset + rows.length) };
  return {
    page: { title: t('records:title'), width: 'full' },
    heading: {
      title: t('records:title'),
      links: mayEnter ? [{ href: '/records/new', label: t('records:enter.title'), icon: 'plus', primary: true }] : [],
    },
    tiles: {
      label: t('records:list.tiles'),
      tiles: [
        tile(t('records:standing.published'), standing.published, { standing: 'published' }),
        tile(t('records:list.proposed'), standing.proposed, { proposed: true }, 'soon'),
        tile(t('records:list.unserved'), standing.unserved, { unserved: true }, 'soon'),
      ],
    },
    filter: bar,
    table: {
      caption: t('records:title'),
      columns: [
        { key: 'record', label: t('records:column.record'), line: 1 },
        { key: 'subject', label: t('records:column.subject'), line: 2 },
        { key: 'unit', label: t('records:unit') },
        { key: 'class', label: t('records:column.class'), line: 2, tight: true },
        { key: 'standing', label: t('records:column.standing'), line: 3, tight: true },
        { key: 'decidedOn', label: t('records:decidedOn'), tight: true, sort: { href: addressOf(filter), direction: 'descending' } },
        { key: 'coming', label: t('records:column.coming'), line: 3 },
      ],
      rows,
      empty: isNarrowed(filter)
        ? {
          title: t('records:list.nothingFound'),
          searched: (bar.applied ?? []).map(({ label }) => ({ label: '', value: label })),
          links: [{ href: listPath, label: t('records:list.showAll') }],
        }
        : { title: t('records:list.none'), ...(mayEnter ? { links: [{ href: '/records/new', label: t('records:enter.title') }] } : {}) },
    },
    pager: {
      text: rows.length === 0 ? ''
        : found.total === null ? t('records:list.rangeOfMore', { ...range, total: format.count(countedTo) })
        : t('records:list.range', { ...range, total: format.count(found.total) }),
      ...(found.previous ? { previousHref: addressOf(filter, { page: cursorOf(found.previous) }) } : {}),
      ...(found.next ? { nextHref: addressOf(filter, { page: cursorOf(found.next) }) } : {}),
    },
  };
}
