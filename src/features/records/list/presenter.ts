import type { Request } from 'express';
import { appliedFilters, countTab, countTile, nothingFound, pagerOf, selectFilter, unitOptions, type ListPage } from '../../../platform/http/listing.ts';
import { createMoments } from '../../../platform/http/moments.ts';
import type { FilterBar, Row } from '../../../platform/http/view-models.ts';
import type { Count, PageOf, Position } from '../../../platform/paging.ts';
import { recordClasses, recordDomains, recordKinds } from '../../../rules/records/facts.ts';
import { standingOf, type RecordStanding } from '../../../rules/records/file.ts';
import { documentNoFor, enteringUnits, unitNames, type Reading } from '../parts.ts';
import { classBadge, frozenBadge, nextInWords, penaltiesInWords, standingBadge } from '../words.ts';
import { addressOf, exportAddress, isNarrowed, listPath, recordStandings, type RecordFilter } from './filter.ts';
import { soonDays, type ListedRecord } from './queries.ts';

export interface ListParts {
  readonly found: PageOf<ListedRecord>;
  readonly counts: Readonly<Record<string, Count>>;
  readonly filter: RecordFilter;
  readonly reading: Reading;
  cursorOf(position: Position): string;
}

/** What is set, each in words with the list without it; `subjectName` is that of the one subject it is narrowed to. */
function applied(req: Request, filter: RecordFilter, reading: Reading, subjectName?: string): NonNullable<FilterBar['applied']> {
  const { t } = req;
  return appliedFilters(filter, {
    q: (q) => t('common:listing.searched', { q }),
    kind: (kind) => t(`records:kind.${kind}`),
    class: (of) => t(`records:className.${of}`),
    standing: (standing) => t(`records:standing.${standing}`),
    domain: (domain) => t(`records:domain.${domain}`),
    unit: (unit) => t('records:applied.unit', { unit: unitNames(reading.units, req.locale, 'short')(unit) }),
    from: (date) => t('records:applied.from', { date }),
    to: (date) => t('records:applied.to', { date }),
    subject: () => t('records:applied.subject', { name: subjectName ?? t('records:applied.oneSubject') }),
    proposed: () => t('records:list.proposed'),
    unserved: () => t('records:list.unserved'),
    ends: () => t('records:list.ends', { count: soonDays }),
  }, addressOf);
}

/** What a list is narrowed to, in words. */
export const appliedTo = (req: Request, filter: RecordFilter, reading: Reading): string[] => applied(req, filter, reading).map(({ label }) => label);

function filterBar(req: Request, parts: ListParts): FilterBar {
  const { t } = req;
  const { filter, reading } = parts;
  const select = (name: 'kind' | 'class' | 'domain', values: readonly string[], key: string) =>
    selectFilter(req, name, t(`records:filter.${name}`), values.map((value) => ({ value, label: t(`records:${key}.${value}`) })), filter[name]);
  const set = applied(req, filter, reading, parts.found.rows[0]?.subject.name);
  return {
    action: listPath,
    search: { kind: 'text', name: 'q', label: t('records:filter.q'), value: filter.q, autocomplete: 'off' },
    fields: [
      select('class', recordClasses, 'className'),
      selectFilter(req, 'unit', t('records:unit'), unitOptions(req, reading.units), filter.unit),
    ],
    more: [
      select('domain', recordDomains, 'domain'),
      select('kind', recordKinds, 'kind'),
      { kind: 'date', name: 'from', label: t('records:filter.from'), value: filter.from ?? '' },
      { kind: 'date', name: 'to', label: t('records:filter.to'), value: filter.to ?? '' },
      { kind: 'check', name: 'ends', label: t('records:list.ends', { count: soonDays }), value: 'soon', checked: filter.ends !== null },
      { kind: 'check', name: 'unserved', label: t('records:list.unserved'), value: '1', checked: filter.unserved },
      { kind: 'check', name: 'proposed', label: t('records:list.proposed'), value: '1', checked: filter.proposed },
    ],
    moreOpen: filter.domain !== null || filter.kind !== null || filter.from !== null || filter.to !== null || filter.ends !== null || filter.proposed || filter.unserved,
    hidden: {
      ...(filter.sort === 'decided' ? {} : { sort: filter.sort }),
      ...(filter.subject === null ? {} : { subject: filter.subject }),
      ...(filter.standing === null ? {} : { standing: filter.standing }),
    },
    applied: set,
    ...(set.length > 0 ? { clearHref: listPath } : {}),
  };
}

function rowOf(req: Request, { id, state, frozen, subject }: ListedRecord, reading: Reading): Row {
  const { t } = req;
  const { units, today } = reading;
  const { facts, publicity } = state;
  const what = facts.kind === 'penalty' ? penaltiesInWords(facts, t) : t(`records:kind.${facts.kind}`);
  return {
    id,
    ...(frozen ? { tone: 'late' as const } : {}),
    cells: {
      record: { kind: 'link', href: `${listPath}/${id}`, label: documentNoFor(reading, state), note: what },
      subject: { kind: 'link', href: `/subjects/${subject.id}`, label: subject.name },
      unit: unitNames(units, req.locale, 'short')(facts.unit, facts.decidedOn),
      class: { kind: 'badge', badge: classBadge(publicity.class, t) },
      standing: { kind: 'badge', badge: frozen ? frozenBadge(t) : standingBadge(standingOf(state), t) },
      decidedOn: { kind: 'when', when: createMoments(t).table(facts.decidedOn) },
      coming: nextInWords({ state, frozen }, today, t),
    },
  };
}

export function presentRecords(req: Request, parts: ListParts): ListPage {
  const { t } = req;
  const { found, counts, filter, reading, cursorOf } = parts;
  const { q, unit, subject } = filter;
  const bar = filterBar(req, parts);
  const mayEnter = enteringUnits(reading.person).length > 0;
  const by = (sort: RecordFilter['sort']) => ({ href: addressOf({ ...filter, sort }), ...(filter.sort === sort ? { direction: sort === 'ends' ? 'ascending' as const : 'descending' as const } : {}) });
  const tab = (standing: RecordStanding | null) =>
    countTab(standing === null ? t('common:listing.all') : t(`records:standing.${standing}`), counts[standing ?? 'all'] ?? null, addressOf({ ...filter, standing, proposed: false, unserved: false, ends: null }), filter.standing === standing);
  return {
    page: { title: t('records:title'), width: 'full' },
    heading: {
      title: t('records:title'),
      links: [
        ...(mayEnter
          ? [{ href: '/records/new', label: t('records:enter.title'), icon: 'plus' as const, primary: true }, { href: '/records/import', label: t('imports:link'), icon: 'upload' as const }]
          : []),
        ...(found.rows.length > 0 ? [{ href: exportAddress(filter), label: t('imports:export.link'), icon: 'download' as const }] : []),
      ],
    },
    tiles: {
      label: t('records:list.tiles'),
      tiles: [
        countTile(req, t('records:list.proposed'), counts['proposed'] ?? null, addressOf({ q, unit, subject, proposed: true }), 'soon'),
        countTile(req, t('records:list.waiting'), counts['waiting'] ?? null, addressOf({ q, unit, subject, standing: 'waiting' }), 'soon'),
        countTile(req, t('records:list.unserved'), counts['unserved'] ?? null, addressOf({ q, unit, subject, unserved: true }), 'soon'),
        countTile(req, t('records:list.ends', { count: soonDays }), counts['ends'] ?? null, addressOf({ q, unit, subject, ends: 'soon', sort: 'ends' })),
      ],
    },
    tabs: { label: t('records:filter.standing'), items: [null, ...recordStandings].map(tab) },
    filter: bar,
    notice: filter.sort === 'ends' ? { tone: 'info', text: t('records:list.endsOnly') } : null,
    table: {
      caption: t('records:title'),
      columns: [
        { key: 'record', label: t('records:column.record'), line: 1 },
        { key: 'subject', label: t('records:column.subject'), line: 2 },
        { key: 'unit', label: t('records:unit') },
        { key: 'class', label: t('records:column.class'), line: 2, tight: true },
        { key: 'standing', label: t('records:column.standing'), line: 3, tight: true },
        { key: 'decidedOn', label: t('records:decidedOn'), tight: true, sort: by('decided') },
        { key: 'coming', label: t('records:column.coming'), line: 3, sort: by('ends') },
      ],
      rows: found.rows.map((record) => rowOf(req, record, reading)),
      empty: isNarrowed(filter)
        ? nothingFound(t('records:list.nothingFound'), bar.applied, null, { href: listPath, label: t('records:list.showAll') })
        : { title: t('records:list.none'), ...(mayEnter ? { links: [{ href: '/records/new', label: t('records:enter.title') }] } : {}) },
    },
    pager: pagerOf(req, found, (at) => addressOf(filter, { page: cursorOf(at) })),
  };
}
