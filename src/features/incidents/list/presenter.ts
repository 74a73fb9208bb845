import type { Request } from 'express';
import { createDeadlineChips } from '../../../platform/http/deadline-chips.ts';
import { createFormat } from '../../../platform/http/format.ts';
import { createMoments } from '../../../platform/http/moments.ts';
import type { Cell, CountTiles, DataTable, FilterBar, Heading, Notice, Option, Page, Pager, Row } from '../../../platform/http/view-models.ts';
import { unitName, type Unit } from '../../../platform/units.ts';
import type { Calendar } from '../../../rules/calendar/index.ts';
import { areas, levels } from '../../../rules/incident/facts.ts';
import { incidentSteps } from '../../../rules/incident/process.ts';
import { unitNames } from '../parts.ts';
import { levelBadge, standingOf } from '../words.ts';
import { addressOf, isNarrowed, listPath, type IncidentFilter } from './filter.ts';
import { countedTo, type Companion, type IncidentPage, type ListedIncident, type Position } from './queries.ts';

export const exportPath = '/incidents/export.xlsx';

export interface ListPage {
  page: Page;
  heading: Heading;
  tiles: CountTiles;
  filter: FilterBar;
  notice: Notice | null;
  table: DataTable;
  pager: Pager;
}

export interface ListParts {
  found: IncidentPage;
  companions: ReadonlyMap<string, Companion>;
  standing: { open: number | null; late: number | null };
  filter: IncidentFilter;
  units: readonly Unit[];
  calendar: Calendar;
  now: Date;
  /** Masked name of the person the list is narrowed to. */
  personName: string | null;
  cursorOf: (position: Position) => string;
}

/** What is set, each in words with the list without it. */
function applied(req: Request, { filter, units, personName }: ListParts): { label: string; removeHref: string }[] {
  const { t } = req;
  const nameOf = unitNames(units, req.locale, 'short');
  const { q, step, area, level, unit, late, from, to, person } = filter;
  const set: [boolean, string, Partial<IncidentFilter>][] = [
    [q !== '', t('incidents:applied.q', { q }), { q: '' }],
    [step !== null, step === null ? '' : t(step === 'open' || step === 'closed' ? `incidents:standing.${step}` : `stages:step.${step}`), { step: null }],
    [area !== null, t(`stages:area.${area ?? 'other'}`), { area: null }],
    [level !== null, t('incidents:applied.level', { level: t(`stages:level.${level ?? 'general'}`) }), { level: null }],
    [unit !== null, t('incidents:applied.unit', { unit: nameOf(unit ?? '') }), { unit: null }],
    [late, t('incidents:late'), { late: false }],
    [from !== null, t('incidents:applied.from', { date: from }), { from: null }],
    [to !== null, t('incidents:applied.to', { date: to }), { to: null }],
    [person !== null, t('incidents:applied.person', { name: personName ?? t('incidents:unknownPerson') }), { person: null }],
  ];
  return set.filter(([isSet]) => isSet).map(([, label, without]) => ({ label, removeHref: addressOf({ ...filter, ...without }) }));
}

function filterBar(req: Request, parts: ListParts): FilterBar {
  const { t, locale } = req;
  const { filter, units } = parts;
  const options = (values: readonly string[], key: string): Option[] => values.map((value) => ({ value, label: t(`stages:${key}.${value}`) }));
  const hidden = {
    ...(filter.sort === 'opened' ? {} : { sort: filter.sort }),
    ...(filter.person === null ? {} : { person: filter.person }),
  };
  const set = applied(req, parts);
  return {
    action: listPath,
    search: { kind: 'text', name: 'q', label: t('incidents:filter.q'), value: filter.q, autocomplete: 'off' },
    fields: [
      {
        kind: 'select', name: 'step', label: t('incidents:column.step'), value: filter.step ?? '', blank: t('incidents:filter.all'),
        options: [{ value: 'open', label: t('incidents:standing.open') }, ...options(incidentSteps, 'step'), { value: 'closed', label: t('incidents:standing.closed') }],
      },
      { kind: 'select', name: 'area', label: t('incidents:area'), value: filter.area ?? '', blank: t('incidents:filter.all'), options: options(areas, 'area') },
      { kind: 'select', name: 'level', label: t('incidents:level'), value: filter.level ?? '', blank: t('incidents:filter.all'), options: options(levels, 'level') },
    ],
    more: [
      {
        kind: 'select', name: 'unit', label: t('incidents:accountableUnit'), value: filter.unit ?? '', blank: t('incidents:filter.all'),
        options: units.filter(({ active, kind }) => active && kind !== 'city').map((unit) => ({ value: unit.id, label: unitName(unit, locale, 'short') })),
      },
      { kind: 'date', name: 'from', label: t('incidents:filter.from'), value: filter.from ?? '' },
      { kind: 'date', name: 'to', label: t('incidents:filter.to'), value: filter.to ?? '' },
      { kind: 'check', name: 'late', label: t('incidents:filter.late'), value: '1', checked: filter.late },
    ],
    moreOpen: filter.unit !== null || filter.from !== null || filter.to !== null || filter.late,
    hidden,
    applied: set,
    ...(set.length > 0 ? { clearHref: addressOf({ sort: filter.sort }) } : {}),
  };
}

/** What is seen of an incident, in words: the list's cells and the spreadsheet's. */
export function describe(req: Request, incident: ListedIncident, companion: Companion | undefined, units: readonly Unit[]) {
  const nameOf = unitNames(units, req.locale, 'short');
  const task = companion?.tasks[0];
  return {
    standing: standingOf(incident, req.t),
    area: req.t(`stages:area.${incident.area}`),
    level: incident.level === null ? null : req.t(`stages:level.${incident.level}`),
    subjects: (companion?.subjects ?? []).map(({ name }) => name),
    accountable: incident.accountableUnit === null ? null : nameOf(incident.accountableUnit),
    turn: task === undefined ? null
      : task.assigneeName === null ? nameOf(task.unit)
      : req.t('incidents:turnOf', { unit: nameOf(task.unit), name: task.assigneeName }),
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
    { key: 'step', label: t('incidents:column.step'), line: 2 },
    { key: 'turn', label: t('incidents:column.turn'), line: 2, named: true },
    {
      key: 'deadline', label: t('incidents:column.deadline'), line: 3, tight: true,
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
  const format = createFormat(req.locale);
  const bar = filterBar(req, parts);
  const rows = found.rows.map((incident) => rowOf(req, incident, companions.get(incident.caseId), parts));
  const tile = (label: string, count: number | null, of: Partial<IncidentFilter>, tone?: 'late') => ({
    label, count: count ?? countedTo, href: addressOf(of), ...(count === null ? { note: t('incidents:list.orMore') } : {}), ...(tone ? { tone } : {}),
  });
  const range = { from: format.count(found.offset + 1), to: format.count(found.offset + rows.length) };
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
      tiles: [tile(t('incidents:standing.open'), standing.open, { step: 'open' }), tile(t('incidents:late'), standing.late, { late: true }, 'late')],
    },
    filter: bar,
    notice: filter.sort === 'due' ? { tone: 'info', text: t('incidents:list.dueOnly') } : null,
    table: {
      caption: t('incidents:title'),
      columns: columnsOf(req, parts, rows),
      rows,
      empty: isNarrowed(filter)
        ? {
          title: t('incidents:list.nothingFound'),
          searched: (bar.applied ?? []).map(({ label }) => ({ label: '', value: label })),
          hint: t('incidents:list.nothingHint'),
          links: [{ href: listPath, label: t('incidents:list.showAll') }],
        }
        : { title: t('incidents:list.none'), hint: t('incidents:list.noneHint'), links: [{ href: '/incidents/new', label: t('incidents:report.title') }] },
    },
    pager: {
      text: rows.length === 0 ? ''
        : found.total === null ? t('incidents:list.rangeOfMore', { ...range, total: format.count(countedTo) })
        : t('incidents:list.range', { ...range, total: format.count(found.total) }),
      ...(found.previous ? { previousHref: addressOf(filter, { page: cursorOf(found.previous) }) } : {}),
      ...(found.next ? { nextHref: addressOf(filter, { page: cursorOf(found.next) }) } : {}),
    },
  };
}
