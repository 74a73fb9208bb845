import type { Request } from 'express';
import { createDeadlineChips } from '../../../platform/http/deadline-chips.ts';
import { appliedFilters, countTab, countTile, nothingFound, pagerOf, selectFilter, unitOptions, type ListPage } from '../../../platform/http/listing.ts';
import { createMoments } from '../../../platform/http/moments.ts';
import type { Cell, DataTable, FilterBar, Row } from '../../../platform/http/view-models.ts';
import type { Count, PageOf, Position } from '../../../platform/paging.ts';
import { casePath, processWords } from '../../../platform/process-words.ts';
import { unitName, type Unit } from '../../../platform/units.ts';
import type { Calendar } from '../../../rules/calendar/index.ts';
import { whoseTurn, type OpenTask } from '../open-tasks.ts';
import { addressOf, deskPath, sortOf, stateOf, statesOf, type DeskFilter, type DeskOf, type DeskSort } from './filter.ts';
import { soonWorkdays, type ListedCase } from './queries.ts';

export interface DeskParts {
  readonly of: DeskOf;
  readonly filter: DeskFilter;
  readonly found: PageOf<ListedCase>;
  readonly tasks: ReadonlyMap<string, readonly OpenTask[]>;
  readonly counts: Readonly<Record<string, Count>>;
  readonly units: readonly Unit[];
  readonly calendar: Calendar;
  readonly now: Date;
  cursorOf(position: Position): string;
}

const stateWord = ({ t }: Request, { kind }: DeskOf, state: string): string =>
  state === 'all' ? t('common:listing.all') : state === 'open' || state === 'closed' ? t(`common:case.${state}`) : t(processWords.step(kind, state));

function rowOf(req: Request, row: ListedCase, { of, tasks: all, units, calendar, now }: DeskParts): Row {
  const { t, locale } = req;
  const nameOf = (id: string): string => {
    const unit = units.find((one) => one.id === id);
    return unit ? unitName(unit, locale, 'short') : id;
  };
  const tasks = all.get(row.case_id) ?? [];
  const { status, step, outcome, due_at: dueAt } = row;
  const task = tasks.find(({ deadlineAt }) => deadlineAt?.getTime() === dueAt?.getTime());
  const chip = dueAt === null ? null : createDeadlineChips({ t, calendar, now }).listed({ at: dueAt, provisional: task?.provisional ?? false });
  const none: Cell = { kind: 'none' };
  return {
    id: row.case_no,
    ...(chip?.state === 'late' ? { tone: 'late' } : chip?.state === 'soon' ? { tone: 'soon' } : {}),
    cells: {
      case: { kind: 'link', href: casePath(of.kind, row.case_no), label: row.title, note: row.case_no },
      state: status === 'closed' ? t('common:case.closedAs', { outcome: t(processWords.closing(of.kind, outcome ?? '')) }) : step === null ? t('common:case.beginning') : t(processWords.step(of.kind, step)),
      turn: whoseTurn(tasks[0], nameOf, t) ?? none,
      unit: nameOf(row.unit),
      deadline: chip === null ? none : { kind: 'deadline', deadline: chip },
      openedAt: { kind: 'when', when: createMoments(t).table(row.opened_at) },
    },
  };
}

function tableOf(req: Request, parts: DeskParts, bar: FilterBar): DataTable {
  const { t } = req;
  const { of, filter, found } = parts;
  const sort = sortOf(filter);
  const by = (to: DeskSort): string => addressOf(of, { ...filter, sort: to });
  const withDeadline = !['closed', 'all'].includes(stateOf(filter));
  return {
    caption: t(`${of.words}:title`),
    columns: [
      { key: 'case', label: t(`${of.words}:one`), line: 1 },
      { key: 'state', label: t('common:column.step'), line: 2 },
      { key: 'turn', label: t('common:column.turn'), line: 2, named: true },
      { key: 'unit', label: t(`${of.words}:unit`) },
      {
        key: 'deadline', label: t('common:column.deadline'), line: 3, tight: true,
        ...(withDeadline ? { sort: { href: by('due'), ...(sort === 'due' ? { direction: 'ascending' as const } : {}) } } : {}),
      },
      {
        key: 'openedAt', label: t(`${of.words}:openedAt`), tight: true,
        sort: { href: by(sort === 'opened' ? 'oldest' : 'opened'), ...(sort === 'due' ? {} : { direction: sort === 'opened' ? 'descending' as const : 'ascending' as const }) },
      },
    ],
    rows: found.rows.map((row) => rowOf(req, row, parts)),
    empty: addressOf(of, { ...filter, sort: null }) === deskPath(of)
      ? { title: t(`${of.words}:none`), hint: t(`${of.words}:noneHint`), links: [{ href: addressOf(of, { state: 'all' }), label: t(`${of.words}:showAll`) }] }
      : nothingFound(t(`${of.words}:nothingFound`), bar.applied, t('cases:desk.nothingHint'), { href: addressOf(of, { state: 'all' }), label: t(`${of.words}:showAll`) }),
  };
}

function filterBar(req: Request, { of, filter, units }: DeskParts): FilterBar {
  const { t } = req;
  const set = appliedFilters(filter, {
    q: (q) => t('common:listing.searched', { q }),
    state: (state) => stateWord(req, of, state),
    unit: (id) => {
      const unit = units.find((one) => one.id === id);
      return unit ? unitName(unit, req.locale, 'short') : id;
    },
    due: (due) => t(`cases:desk.due.${due}`, { count: soonWorkdays }),
  }, (without) => addressOf(of, without));
  return {
    action: deskPath(of),
    search: { kind: 'text', name: 'q', label: t(`${of.words}:search`), value: filter.q, autocomplete: 'off' },
    fields: [
      selectFilter(req, 'unit', t(`${of.words}:unit`), unitOptions(req, units), filter.unit),
      selectFilter(req, 'due', t('common:column.deadline'), (['late', 'soon'] as const).map((value) => ({ value, label: t(`cases:desk.due.${value}`, { count: soonWorkdays }) })), filter.due),
    ],
    hidden: { ...(filter.state === null ? {} : { state: filter.state }), ...(filter.sort === null ? {} : { sort: filter.sort }) },
    applied: set,
    ...(set.length > 0 ? { clearHref: deskPath(of) } : {}),
  };
}

export function presentDesk(req: Request, parts: DeskParts): ListPage {
  const { t } = req;
  const { of, filter, counts, found, cursorOf } = parts;
  const { q, unit } = filter;
  const title = t(`${of.words}:title`);
  const bar = filterBar(req, parts);
  const due = (which: 'late' | 'soon') => countTile(req, t(`cases:desk.due.${which}`, { count: soonWorkdays }), counts[which] ?? null, addressOf(of, { q, unit, due: which }), which);
  return {
    page: { title, width: 'full' },
    heading: { title, ...(of.newOne && req.user && of.newOne.mayBy(req.user, parts.units) ? { links: [{ href: of.newOne.href, label: t(`${of.words}:new`), icon: 'plus', primary: true }] } : {}) },
    tiles: { label: t(`${of.words}:tiles`), tiles: [due('late'), due('soon')] },
    tabs: {
      label: t('cases:desk.states'),
      items: statesOf(of).map((state) => countTab(stateWord(req, of, state), counts[state] ?? null, addressOf(of, { ...filter, due: null, state }), stateOf(filter) === state)),
    },
    filter: bar,
    notice: null,
    table: tableOf(req, parts, bar),
    pager: pagerOf(req, found, (at) => addressOf(of, filter, { page: cursorOf(at) })),
  };
}
