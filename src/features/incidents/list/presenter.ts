import type { Request } from 'express';
import { createDeadlineChips } from '../../../platform/http/deadline-chips.ts';
import { appliedFilters, countTile, nothingFound, pagerOf, selectFilter, unitOptions, type ListPage } from '../../../platform/http/listing.ts';
import { createMoments } from '../../../platform/http/moments.ts';
import type { Cell, DataTable, FilterBar, Option, Row } from '../../../platform/http/view-models.ts';
import type { Count, PageOf, Position } from '../../../platform/paging.ts';
import type { Unit } from '../../../platform/units.ts';
import type { Calendar } from '../../../rules/calendar/index.ts';
import { areas, levels } from '../../../rules/incident/facts.ts';
import { incidentSteps } from '../../../rules/incident/process.ts';
import { whoseTurn } from '../../cases/index.ts';
import { unitNames } from '../parts.ts';
import { levelBadge, standingOf } from '../words.ts';
import { addressOf, isNarrowed, listPath, type IncidentFilter } from './filter.ts';
import type { Companion, ListedIncident } from './queries.ts';

export const exportPath = '/incidents/export.xlsx';

export interface ListParts {
  found: PageOf<ListedIncident>;
  companions: ReadonlyMap<string, Companion>;
  standing: Readonly<Record<'open' | 'late', Count>>;
  filter: IncidentFilter;
  units: readonly Unit[];
  calendar: Calendar;
  now: Date;
  /** Masked name of the person the list is narrowed to. */
  personName: string | null;
  cursorOf: (position: Position) => string;
}

/** What is set, each in words with the list without it. */
function applied(req: Request, { filter, units, personName }: ListParts): FilterBar['applied'] {
  const { t } = req;
  return appliedFilters(filter, {
    q: (q) => t('common:listing.searched', { q }),
    step: (step) => t(step === 'open' || step === 'closed' ? `common:case.${step}` : `stages:step.${step}`),
    area: (area) => t(`stages:area.${area}`),
    level: (level) => t('incidents:applied.level', { level: t(`stages:level.${level}`) }),
    unit: (unit) => t('incidents:applied.unit', { unit: unitNames(units, req.locale, 'short')(unit) }),
    late: () => t('common:late'),
    from: (date) => t('incidents:applied.from', { date }),
    to: (date) => t('incidents:applied.to', { date }),
    person: () => t('incidents:applied.person', { name: personName ?? t('incidents:unknownPerson') }),
  }, addressOf);
}

function filterBar(req: Request, parts: ListParts): FilterBar {
  const { t } = req;
  const { filter, units } = parts;
  const options = (values: readonly string[], key: string): Option[] => values.map((value) => ({ value, label: t(`stages:${key}.${value}`) }));
  const set = applied(req, parts) ?? [];
  return {
    action: listPath,
    search: { kind: 'text', name: 'q', label: t('incidents:filter.q'), value: filter.q, autocomplete: 'off' },
    fields: [
      selectFilter(req, 'step', t('common:column.step'), [{ value: 'open', label: t('common:case.open') }, ...options(incidentSteps, 'step'), { value: 'closed', label: t('common:case.closed') }], filter.step),
      selectFilter(req, 'area', t('incidents:area'), options(areas, 'area'), filter.area),
      selectFilter(req, 'level', t('incidents:level'), options(levels, 'level'), filter.level),
    ],
    more: [
      selectFilter(req, 'unit', t('incidents:accountableUnit'), unitOptions(req, units), filter.unit),
      { kind: 'date', name: 'from', label: t('incidents:filter.from'), value: filter.from ?? '' },
      { kind: 'date', name: 'to', label: t('incidents:filter.to'), value: filter.to ?? '' },
      { kind: 'check', name: 'late', label: t('incidents:filter.late'), value: '1', checked: filter.late },
    ],
    moreOpen: filter.unit !== null || filter.from !== null || filter.to !== null || filter.late,
    hidden: { ...(filter.sort === 'opened' ? {} : { sort: filter.sort }), ...(filter.person === null ? {} : { person: filter.person }) },
    applied: set,
    ...(set.length > 0 ? { clearHref: addressOf({ sort: filter.sort }) } : {}),
  };
}

/** What is seen of an incident, in words: the list's cells and the spreadsheet's. */
export function describe(req: Request, incident: ListedIncident, companion: Companion | undefined, units: readonly Unit[]) {
  const nameOf = unitNames(units, req.locale, 'short');
  return {
    standing: standingOf(incident, req.t),
    area: req.t(`stages:area.${incident.area}`),
    level: incident.level === null ? null : req.t(`stages:level.${incident.level}`),
    subjects: (companion?.subjects ?? []).map(({ name }) => name),
    accountable: incident.accountableUnit === null ? null : nameOf(incident.accountableUnit),
    turn: whoseTurn(companion?.tasks[0], nameOf, req.t),
  };
}

function rowOf(req: Request, incident: ListedIncident, companion: Companion | undefined, parts: ListParts): Row {
  const { units, calendar, now } = parts;
  const chips = createDeadlineChips({ t: req.t, calendar, now });
  const said = describe(req, incident, companion, units);
  const task = companion?.tasks.find(({ deadlineAt }) => deadlineAt?.getTime() === incident.dueAt?.getTime());
  const chip = incident.dueAt === null ? null
    : chips.listed({ at: incident.dueAt, provisional: task?.provisional ?? false, hours: task?.stage === 'statement' });
  const none: Cell = { kind: 'none' };
  const { turn, accountable } = said;
  const both = turn !== null && accountable !== null && !turn.startsWith(accountable);
  return {
    id: incident.caseNo,
    ...(chip?.state === 'late' ? { tone: 'late' } : chip?.state === 'soon' ? { tone: 'soon' } : {}),
    cells: {
      incident: { kind: 'link', href: `${listPath}/${incident.caseNo}`, label: incident.title, note: incident.caseNo },
      subjects: said.subjects.length > 0 ? { kind: 'lines', lines: said.subjects } : none,
      area: said.area,
      level: incident.level === null ? none : { kind: 'badge', badge: levelBadge(incident.level, req.t) },
      step: said.standing,
      turn: both ? req.t('incidents:list.turnFor', { turn, unit: accountable }) : (turn ?? none),
      deadline: chip === null ? none : { kind: 'deadline', deadline: chip },
      openedAt: { kind: 'when', when: createMoments(req.t).table(incident.openedAt) },
    },
  };
}

/** Columns that say something in at least one row. */
function columnsOf(req: Request, { filter, found }: ListParts, rows: readonly Row[]): DataTable['columns'] {
  const { t } = req;
  const { sort } = filter;
  const sayNothing = (key: string): boolean => rows.every((row) => {
    const cell = row.cells[key];
    return typeof cell === 'object' && cell.kind === 'none';
  });
  const by = (to: IncidentFilter['sort']): string => addressOf({ ...filter, sort: to });
  const all: DataTable['columns'] = [
    { key: 'incident', label: t('incidents:column.incident'), line: 1 },
    { key: 'subjects', label: t('incidents:subjects') },
    { key: 'area', label: t('incidents:area'), tight: true },
    { key: 'level', label: t('incidents:level'), line: 2, tight: true },
    { key: 'step', label: t('common:column.step'), line: 2 },
    { key: 'turn', label: t('common:column.turn'), line: 2, named: true },
    {
      key: 'deadline', label: t('common:column.deadline'), line: 3, tight: true,
      ...(filter.step === 'closed' ? {} : { sort: { href: by('due'), ...(sort === 'due' ? { direction: 'ascending' as const } : {}) } }),
    },
    {
      key: 'openedAt', label: t('incidents:column.openedAt'), tight: true,
      sort: {
        href: by(sort === 'opened' ? 'oldest' : 'opened'),
        ...(sort === 'opened' ? { direction: 'descending' as const } : sort === 'oldest' ? { direction: 'ascending' as const } : {}),
      },
    },
  ];
  return found.rows.length === 0 ? all : all.filter(({ key }) => !sayNothing(key));
}

export function presentIncidents(req: Request, parts: ListParts): ListPage {
  const { t } = req;
  const { found, companions, standing, filter, cursorOf } = parts;
  const bar = filterBar(req, parts);
  const rows = found.rows.map((incident) => rowOf(req, incident, companions.get(incident.caseId), parts));
  return {
    page: { title: t('incidents:title'), width: 'full' },
    heading: {
      title: t('incidents:title'),
      links: [
        { href: '/incidents/new', label: t('incidents:report.title'), icon: 'plus', primary: true },
        { href: '/incidents/import', label: t('incidents:import.title'), icon: 'upload' },
        ...(rows.length > 0 ? [{ href: addressOf(filter, {}, exportPath), label: t('incidents:export.link'), icon: 'download' as const }] : []),
      ],
    },
    tiles: {
      label: t('incidents:list.tiles'),
      tiles: [countTile(req, t('common:case.open'), standing.open, addressOf({ step: 'open' })), countTile(req, t('common:late'), standing.late, addressOf({ late: true }), 'late')],
    },
    tabs: null,
    filter: bar,
    notice: null,
    table: {
      caption: t('incidents:title'),
      columns: columnsOf(req, parts, rows),
      rows,
      empty: isNarrowed(filter)
        ? nothingFound(t('incidents:list.nothingFound'), bar.applied, t('incidents:list.nothingHint'), { href: listPath, label: t('incidents:list.showAll') })
        : { title: t('incidents:list.none'), hint: t('incidents:list.noneHint'), links: [{ href: '/incidents/new', label: t('incidents:report.title') }] },
    },
    pager: pagerOf(req, found, (at) => addressOf(filter, { page: cursorOf(at) })),
  };
}
