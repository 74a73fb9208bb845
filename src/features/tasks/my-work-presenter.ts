import { randomUUID } from 'node:crypto';
import type { Cell, Column, CountTiles, DataTable, EmptyState, Heading, Page, Pager, Row } from '../../platform/http/view-models.ts';
import { ownOf, type WorkCounts } from './my-work-counts.ts';
import { doneCountedTo, dueGroups, type Slice, type WorkTask } from './my-work-queries.ts';
import type { Waiting } from './parts.ts';
import type { Words } from './words.ts';

export const shownGroups = [...dueGroups, 'claimable', 'done'] as const;
export type ShownGroup = (typeof shownGroups)[number];

/** Rows of each group on the first page; the rest is a click away. */
export const rowsAtFirst: Readonly<Record<ShownGroup, number>> = { late: 20, today: 20, week: 10, later: 10, claimable: 10, done: 5 };

/** Days that count as lately. */
export const doneDays = 7;

export const workHref = (group: ShownGroup, from?: string): string => `/?show=${group}${from === undefined ? '' : `&from=${encodeURIComponent(from)}`}`;

/** A deadline that does not fall on the closing of the office is counted in clock hours. */
export function countsHours(at: Date | null, { calendar }: Words): boolean {
  return at !== null && calendar.closesOn(calendar.dayAt(at.getTime())) !== at.getTime();
}

function deadlineCell({ deadlineAt: at, provisional, doneAt }: WorkTask, words: Words): Cell {
  return { kind: 'deadline', deadline: words.chips.listed({ at, provisional, hours: countsHours(at, words), doneAt }) };
}

const columnsOf: Readonly<Record<ShownGroup, readonly string[]>> = {
  late: ['task', 'stage', 'unit', 'who', 'deadline'],
  today: ['task', 'stage', 'unit', 'who', 'deadline'],
  week: ['task', 'stage', 'unit', 'who', 'deadline'],
  later: ['task', 'stage', 'unit', 'who', 'deadline'],
  claimable: ['task', 'stage', 'unit', 'who', 'deadline', 'claim'],
  done: ['task', 'stage', 'outcome', 'unit', 'done', 'deadline'],
};

const lines: Readonly<Record<string, 1 | 2 | 3>> = { task: 1, stage: 2, unit: 2, outcome: 2, deadline: 3, claim: 3 };

function column(key: string, { t }: Words): Column {
  const line = lines[key];
  return { key, label: t(`tasks:column.${key}`), ...(line === undefined ? {} : { line }), tight: key !== 'task' && key !== 'unit' };
}

function rowOf(task: WorkTask, group: ShownGroup, words: Words): Row {
  const { t, moments } = words;
  const tone = group === 'late' ? { tone: 'late' as const } : group === 'today' ? { tone: 'soon' as const } : {};
  const note = task.urged > 0 && group !== 'done' ? t('tasks:mine.urged', { caseNo: task.caseNo, count: task.urged }) : task.caseNo;
  return {
    id: `${group}-${task.slug}`,
    ...tone,
    cells: {
      task: { kind: 'link', href: `/tasks/${task.slug}`, label: task.title, note },
      stage: words.stage(task.kind, task.stage),
      unit: words.unit(task.unit, 'short'),
      who: task.assigneeName ?? t('tasks:mine.unclaimed', { role: t(`common:role.${task.role}`) }),
      deadline: deadlineCell(task, words),
      ...(group === 'claimable'
        ? {
            claim: {
              kind: 'acts',
              acts: [
                {
                  action: `/tasks/${task.slug}/claim`,
                  commandId: randomUUID(),
                  label: t('tasks:mine.claimThis', { number: task.slug, title: task.title }),
                  button: { label: t('tasks:act.claim') },
                },
              ],
            } as const,
          }
        : {}),
      ...(group === 'done'
        ? {
            outcome: task.outcome === null ? { kind: 'none' as const } : words.outcome(task.kind, task.stage, task.outcome),
            done: task.doneAt === null ? { kind: 'none' as const } : { kind: 'when' as const, when: moments.shortTime(task.doneAt, words.now) },
          }
        : {}),
    },
  };
}

function tableOf(tasks: readonly WorkTask[], group: ShownGroup, words: Words): DataTable {
  const { t } = words;
  return {
    caption: t(`tasks:mine.group.${group}`),
    columns: columnsOf[group].map((key) => column(key, words)),
    rows: tasks.map((task) => rowOf(task, group, words)),
    empty: { title: t(`tasks:mine.none.${group}`), links: [{ href: '/', label: t('tasks:mine.all') }] },
  };
}

export interface Work {
  /** The first rows of each group. */
  rows: Readonly<Record<ShownGroup, readonly WorkTask[]>>;
  counts: WorkCounts;
  /** What was done lately; null for more than is counted. */
  done: number | null;
  /** Proposals that the person may confirm, bindings that he may check. */
  waiting: readonly Waiting[];
}

interface Section {
  group: ShownGroup | 'waiting';
  title: string;
  table: DataTable;
  more: { href: string; label: string } | null;
}

export interface MyWorkView {
  page: Page;
  heading: Heading;
  tiles: CountTiles;
  sections: Section[];
  /** Nothing is one's own, but there is something to claim. */
  hint: string | null;
  empty: EmptyState | null;
}

/** What waits for the person outside the cases; each is decided on its own page. */
function waitingSection(waiting: readonly Waiting[], { t, moments, now, unit, chips }: Words): Section {
  return {
    group: 'waiting',
    title: t('tasks:mine.group.waiting'),
    table: {
      caption: t('tasks:mine.group.waiting'),
      columns: [
        { key: 'task', label: t('tasks:column.task'), line: 1 },
        { key: 'what', label: t('tasks:column.proposed'), line: 2, tight: true },
        { key: 'unit', label: t('tasks:column.unit'), line: 2 },
        { key: 'by', label: t('tasks:column.proposedBy') },
        { key: 'at', label: t('tasks:column.proposedAt'), line: 3, tight: true },
        ...(waiting.some(({ due }) => due) ? [{ key: 'due', label: t('common:column.deadline'), line: 3 as const, tight: true }] : []),
      ],
      rows: waiting.map(({ href, subject, note, what, unit: of, by, at, due }) => ({
        cells: {
          task: { kind: 'link', href, label: subject, note },
          what: t(what),
          unit: unit(of, 'short'),
          by,
          at: { kind: 'when', when: moments.shortTime(at, now) },
          due: due ? { kind: 'deadline', deadline: chips.listed({ at: due, provisional: false, hours: false }) } : { kind: 'none' },
        } satisfies Record<string, Cell>,
      })),
      empty: { title: t('tasks:mine.none.claimable') },
    },
    more: null,
  };
}

/** Everything one has to do, at a glance. */
export function presentMyWork(work: Work, words: Words): MyWorkView {
  const { t, moments, now } = words;
  const tones = { late: 'late', today: 'soon', done: 'done' } as const;
  const { lateToClaim, ...counts } = work.counts;
  const countOf = (group: ShownGroup): number => (group === 'done' ? (work.done ?? doneCountedTo) : counts[group]);
  const noteOf = (group: ShownGroup): string | null => {
    if (group === 'done' && work.done === null) return t('tasks:mine.orMore');
    if (lateToClaim === 0) return null;
    return group === 'claimable' ? t('tasks:mine.lateToClaim', { count: lateToClaim }) : group === 'late' ? t('tasks:mine.lateUnclaimed', { count: lateToClaim }) : null;
  };
  const hasOwn = ownOf(counts) > 0;
  const idle = !hasOwn && counts.claimable === 0 && work.waiting.length === 0;
  return {
    page: { title: t('tasks:mine.title'), width: 'full' },
    heading: { title: t('tasks:mine.title'), lead: t('tasks:mine.lead', { date: moments.day(now).text }) },
    tiles: {
      label: t('tasks:mine.tiles'),
      tiles: shownGroups.map((group) => ({
        label: t(group === 'late' ? 'tasks:mine.ownLate' : `tasks:mine.group.${group}`),
        count: countOf(group),
        href: workHref(group),
        ...(group in tones ? { tone: tones[group as keyof typeof tones] } : {}),
        ...(noteOf(group) === null ? {} : { note: noteOf(group)! }),
      })),
    },
    sections: [...(work.waiting.length > 0 ? [waitingSection(work.waiting, words)] : []), ...shownGroups
      .filter((group) => work.rows[group].length > 0)
      .map((group): Section => ({
        group,
        title: t(`tasks:mine.group.${group}`),
        table: tableOf(work.rows[group], group, words),
        more: countOf(group) > rowsAtFirst[group]
          ? { href: workHref(group), label: t(group === 'done' && work.done === null ? 'tasks:mine.moreThan' : 'tasks:mine.more', { count: countOf(group) }) }
          : null,
      }))],
    hint: !hasOwn && counts.claimable > 0 ? t('tasks:mine.onlyClaimable') : null,
    empty: idle ? emptiness(words) : null,
  };
}

function emptiness({ t }: Words): EmptyState {
  return { title: t('tasks:mine.empty.title'), hint: t('tasks:mine.empty.hint'), links: [{ href: '/incidents', label: t('tasks:mine.empty.cases') }] };
}

export interface WorkGroupView {
  page: Page;
  heading: Heading;
  table: DataTable;
  pager: Pager;
}

/** One group with all its rows, 50 a page. */
export function presentGroup(group: ShownGroup, slice: Slice, words: Words, of: { first: boolean; next: string | null }): WorkGroupView {
  const { t } = words;
  const title = t(`tasks:mine.group.${group}`);
  return {
    page: { title, width: 'full', crumbs: [{ label: t('tasks:mine.title'), href: '/' }, { label: title }] },
    heading: { title, lead: t(`tasks:mine.groupLead.${group}`, { count: doneDays }) },
    table: tableOf(slice.rows, group, words),
    pager: {
      text: t('tasks:mine.shown', { count: slice.rows.length }),
      ...(of.first ? {} : { firstHref: workHref(group) }),
      ...(of.next === null ? {} : { nextHref: workHref(group, of.next) }),
    },
  };
}
