import { createDeadlineChips } from '../../platform/http/deadline-chips.ts';
import type { CountTiles, DataTable, FilterBar, FormShell, Heading, Option, Page, Pager } from '../../platform/http/view-models.ts';
import type { Translate } from '../../platform/i18n.ts';
import type { Law } from '../../platform/law.ts';
import { processWords } from '../../platform/process-words.ts';
import { unitName, type Unit } from '../../platform/units.ts';
import type { Calendar } from '../../rules/calendar/index.ts';
import type { CaseKind } from '../../rules/casefile/types.ts';
import type { Locale } from '../../rules/people.ts';
import type { Bar } from './chart.ts';
import { faultsPath } from './faults.ts';
import { stageName, stageNamed, type BoardCell, type BoardFilter, type BoardTask, type DueWithdrawal } from './queries.ts';

export const boardPath = '/supervision';

export interface Reader {
  t: Translate;
  locale: Locale;
  units: readonly Unit[];
  law: Law;
  calendar: Calendar;
  now: Date;
}

/** Address of the board with just these rows. */
export function boardAddress(filter: Partial<BoardFilter>, more: Record<string, string> = {}): string {
  const query = new URLSearchParams();
  if (filter.lateness === 'soon') query.set('show', 'soon');
  if (filter.unit) query.set('unit', filter.unit);
  if (filter.stage) query.set('stage', filter.stage);
  for (const [key, value] of Object.entries(more)) query.set(key, value);
  const text = query.toString();
  return text === '' ? boardPath : `${boardPath}?${text}`;
}

/** The filter as hidden fields, so that a form on the board comes back to the same rows. */
export const filterFields = (filter: BoardFilter): Record<string, string> =>
  Object.fromEntries(Object.entries({ show: filter.lateness, unit: filter.unit, stage: filter.stage }).flatMap(([name, value]) => (value === null ? [] : [[name, value]])));

const nameOf = (reader: Reader, id: string): string => {
  const unit = reader.units.find((u) => u.id === id);
  return unit ? unitName(unit, reader.locale, 'short') : id;
};

const sum = (cells: readonly BoardCell[], key: 'late' | 'soon'): number => cells.reduce((n, cell) => n + cell[key], 0);

/** Units with something late or soon late, the one with most late tasks first. */
export function unitBars(cells: readonly BoardCell[], reader: Reader): (Bar & { unit: string })[] {
  const units = [...new Set(cells.map((cell) => cell.unit))];
  return units
    .map((unit) => {
      const own = cells.filter((cell) => cell.unit === unit);
      return { unit, label: nameOf(reader, unit), late: sum(own, 'late'), soon: sum(own, 'soon') };
    })
    .sort((a, b) => b.late - a.late || b.soon - a.soon || a.label.localeCompare(b.label, 'zh-CN'));
}

export interface BoardView {
  page: Page;
  heading: Heading;
  tiles: CountTiles;
  units: DataTable;
  chart: { src: string; alt: string } | null;
  /** Withdrawals of records that wait for a second person; null where none does. */
  withdrawals: DataTable | null;
  filter: FilterBar;
  tasks: DataTable;
  pager: Pager;
  urgeForm: FormShell | null;
}

export function presentBoard(
  { cells, oldest }: { cells: readonly BoardCell[]; oldest: ReadonlyMap<string, Date> },
  tasks: readonly BoardTask[],
  filter: BoardFilter,
  reader: Reader,
  { first, next, urgeable, faults, withdrawals }: { first: boolean; next: string | null; urgeable: boolean; faults: number; withdrawals: readonly DueWithdrawal[] },
): BoardView {
  const { t, calendar, now } = reader;
  const chips = createDeadlineChips({ t, calendar, now });
  const bars = unitBars(cells, reader);
  const stageWord = ({ kind, stage }: { kind: CaseKind; stage: string }): string => t(processWords.stage(kind, stage));
  const count = (text: number, of: Partial<BoardFilter>) => ({ kind: 'number' as const, text: String(text), ...(text > 0 ? { href: boardAddress(of) } : {}) });
  const optionsOf = (ids: readonly string[], label: (id: string) => string): Option[] => [...new Set(ids)].map((value) => ({ value, label: label(value) }));
  const stages = [...new Set(cells.map(stageName))].map((value) => ({ value, ...stageNamed(value) }));
  const stageOptions = stages.map(({ value, ...of }): Option => {
    const isOnly = stages.filter((other) => stageWord(other) === stageWord(of)).length === 1;
    return { value, label: isOnly ? stageWord(of) : `${stageWord(of)} ${t('ui:common.bracketed', { text: t(processWords.cases(of.kind)) })}` };
  });
  const shown = filter.lateness === 'late' ? sum(matching(cells, filter), 'late') : sum(matching(cells, filter), 'soon');
  return {
    page: { title: t('supervision:title'), width: 'full' },
    heading: { title: t('supervision:title'), lead: t('supervision:lead') },
    tiles: {
      label: t('supervision:tiles'),
      tiles: [
        { label: t('supervision:late'), count: sum(cells, 'late'), href: boardAddress({ lateness: 'late' }), tone: 'late' },
        { label: t('supervision:soon'), count: sum(cells, 'soon'), href: boardAddress({ lateness: 'soon' }), tone: 'soon', note: t('supervision:soonNote') },
        { label: t('supervision:faults.tile'), count: faults, href: faultsPath, note: t('supervision:faults.tileNote') },
      ],
    },
    withdrawals: withdrawals.length === 0 ? null : {
      caption: t('supervision:withdrawals.title'),
      columns: [
        { key: 'record', label: t('supervision:withdrawals.record'), line: 1 },
        { key: 'unit', label: t('supervision:withdrawals.unit'), line: 2 },
        { key: 'by', label: t('supervision:withdrawals.by') },
        { key: 'due', label: t('supervision:withdrawals.due'), line: 3 },
      ],
      rows: withdrawals.map(({ record, documentNo, subject, unit, by, dueAt }) => ({
        ...(dueAt < now ? { tone: 'late' as const } : {}),
        cells: {
          record: { kind: 'link', href: `/records/${record}`, label: subject, note: documentNo },
          unit: nameOf(reader, unit),
          by,
          due: { kind: 'deadline', deadline: chips.listed({ at: dueAt, provisional: false }) },
        },
      })),
      empty: { title: '' },
    },
    chart: bars.length > 0 ? { src: `${boardPath}/chart.svg`, alt: t('supervision:chartAlt') } : null,
    units: {
      caption: t('supervision:byUnit'),
      columns: [
        { key: 'unit', label: t('supervision:column.unit'), line: 1 },
        { key: 'late', label: t('supervision:late'), align: 'end', line: 2, named: true },
        { key: 'soon', label: t('supervision:soon'), align: 'end', line: 2, named: true },
        { key: 'oldest', label: t('supervision:column.oldest'), line: 3, named: true },
      ],
      rows: bars.map(({ unit, label, late, soon }) => ({
        cells: {
          unit: { kind: 'link', href: boardAddress({ lateness: late > 0 ? 'late' : 'soon', unit }), label },
          late: count(late, { lateness: 'late', unit }),
          soon: count(soon, { lateness: 'soon', unit }),
          oldest: late > 0 && oldest.has(unit) ? { kind: 'deadline', deadline: chips.listed({ at: oldest.get(unit)!, provisional: false }) } : { kind: 'none' },
        },
      })),
      empty: { title: t('supervision:nothing') },
    },
    filter: {
      action: boardPath,
      fields: [
        {
          kind: 'select', name: 'show', label: t('supervision:filter.show'), blank: false, value: filter.lateness,
          options: [{ value: 'late', label: t('supervision:late') }, { value: 'soon', label: t('supervision:soon') }],
        },
        { kind: 'select', name: 'unit', label: t('supervision:column.unit'), value: filter.unit ?? '', blank: t('supervision:filter.allUnits'), options: optionsOf(bars.map((bar) => bar.unit), (id) => nameOf(reader, id)) },
        { kind: 'select', name: 'stage', label: t('supervision:column.stage'), value: filter.stage ?? '', blank: t('supervision:filter.allStages'), options: stageOptions },
      ],
      ...(filter.unit || filter.stage ? { clearHref: boardAddress({ lateness: filter.lateness }) } : {}),
    },
    tasks: {
      caption: t(`supervision:tasks.${filter.lateness}`),
      showCaption: true,
      columns: [
        { key: 'case', label: t('supervision:column.case'), line: 1 },
        { key: 'stage', label: t('supervision:column.stage'), line: 2, tight: true },
        { key: 'unit', label: t('supervision:column.unit'), line: 2 },
        { key: 'who', label: t('supervision:column.who') },
        { key: 'deadline', label: t('supervision:column.deadline'), line: 3, tight: true },
        { key: 'urged', label: t('supervision:column.urged'), align: 'end' },
      ],
      ...(urgeable && tasks.length > 0 ? { select: { form: 'urge', name: 'task' } } : {}),
      rows: tasks.map((task) => ({
        id: task.slug,
        ...(filter.lateness === 'late' ? { tone: 'late' as const } : { tone: 'soon' as const }),
        ...(urgeable ? { select: { value: task.slug, label: t('supervision:select', { caseNo: task.caseNo, title: task.title }) } } : {}),
        cells: {
          case: { kind: 'link', href: `/tasks/${task.slug}`, label: task.title, note: task.caseNo },
          stage: stageWord(task),
          unit: nameOf(reader, task.unit),
          who: task.assigneeName ?? t('supervision:unclaimed'),
          deadline: { kind: 'deadline', deadline: chips.listed({ at: task.deadlineAt, provisional: task.provisional, hours: task.stage === 'statement' }) },
          urged: { kind: 'number', text: String(task.urged) },
        },
      })),
      empty: { title: t(`supervision:none.${filter.lateness}`), ...(filter.unit || filter.stage ? { links: [{ href: boardAddress({ lateness: filter.lateness }), label: t('supervision:filter.clear') }] } : {}) },
    },
    pager: { text: t('supervision:shown', { count: tasks.length, total: shown }), ...(first ? {} : { firstHref: boardAddress(filter) }), ...(next === null ? {} : { nextHref: boardAddress(filter, { from: next }) }) },
    urgeForm: urgeable && tasks.length > 0 ? { action: `${boardPath}/urge`, method: 'get', id: 'urge', label: t('supervision:urge.label'), warnWhenDirty: false, hidden: filterFields(filter) } : null,
  };
}

function matching(cells: readonly BoardCell[], filter: BoardFilter): BoardCell[] {
  return cells.filter((cell) => (filter.unit === null || cell.unit === filter.unit) && (filter.stage === null || stageName(cell) === filter.stage));
}

