import type { Cell, DataTable, Facts, FileItem, FileList } from '../../platform/http/view-models.ts';
import { casePath } from '../../platform/process-words.ts';
import type { CaseEvent } from '../../rules/casefile/events.ts';
import { taskSlug } from '../../rules/casefile/rows.ts';
import type { CaseState, FileRef, TaskState } from '../../rules/casefile/types.ts';
import type { Words } from '../tasks/index.ts';
import type { RecusedPerson } from './acts.ts';
import { mostMails, type SentMail } from './queries.ts';
import { fileItem } from './timeline.ts';

const none: Cell = { kind: 'none' };
const time = (at: string | Date, { moments }: Words): Cell => ({ kind: 'when', when: moments.tableTime(new Date(at)) });

function taskStanding(kind: CaseState['kind'], task: TaskState, { t, outcome }: Words): string {
  if (task.status === 'open') return t(task.assignee ? 'cases:show.taskClaimed' : 'cases:show.taskOpen');
  return task.status === 'done' ? outcome(kind, task.stage, task.outcome ?? '') : t('cases:show.taskCancelled');
}

/** The deadline of a task; once it is done, whether it was late matters more than the day it was due. */
function taskDeadline(task: TaskState, { chips }: Words): Cell {
  const { deadline, doneAt, status } = task;
  const { due, ...chip } = chips.listed({
    at: deadline ? new Date(deadline.at) : null,
    provisional: deadline?.provisional ?? false,
    hours: deadline?.why.unit === 'hour',
    doneAt: doneAt === null ? null : new Date(doneAt),
  });
  if (status === 'cancelled') return none;
  if (task.suspended) return { kind: 'deadline', deadline: { state: 'paused' } };
  return { kind: 'deadline', deadline: status === 'open' && due ? { ...chip, due } : chip };
}

/** Tasks that are open, or all the others, the latest first. */
export function tasksOf(state: CaseState, words: Words, which: 'open' | 'past'): DataTable {
  const { t, unit } = words;
  const tasks = Object.values(state.tasks).filter(({ status }) => (status === 'open') === (which === 'open')).toSorted((a, b) => b.number - a.number);
  return {
    caption: t(`cases:show.tasks.${which}`, { count: tasks.length }),
    columns: [
      { key: 'stage', label: t('common:column.step'), line: 1 },
      { key: 'who', label: t('cases:show.who'), line: 2 },
      { key: 'deadline', label: t('common:column.deadline'), line: 3 },
    ],
    rows: tasks.map((task) => {
      const who = task.doneBy?.name ?? task.assignee?.name;
      const office = unit(task.audience.unit, 'short');
      const note = [taskStanding(state.kind, task, words), ...(task.round > 1 ? [t('cases:show.round', { count: task.round })] : [])].join(t('common:list'));
      const deadline = taskDeadline(task, words);
      return {
        ...(typeof deadline === 'object' && deadline.kind === 'deadline' && deadline.deadline.state === 'late' ? { tone: 'late' as const } : {}),
        cells: {
          stage: { kind: 'link', href: `/tasks/${taskSlug(state, task)}`, label: words.stage(state.kind, task.stage), note },
          who: who === undefined ? office : t('common:turnOf', { unit: office, name: who }),
          deadline,
        } satisfies Record<string, Cell>,
      };
    }),
    empty: { title: t('cases:show.noTasks') },
  };
}

/** Files of the report and of all tasks that the reader may have, the newest first, with who handed them in. */
export function filesOf(events: readonly CaseEvent[], state: CaseState, hashes: ReadonlySet<string>, words: Words): FileList {
  const { t, moments, now } = words;
  const items = events.toReversed().flatMap(({ what, actor, at }): FileItem[] => {
    const files: readonly FileRef[] = what.type === 'case.opened' || what.type === 'case.joined' || what.type === 'task.attached' ? what.files : [];
    const note = 'task' in what ? words.stage(state.kind, state.tasks[what.task]?.stage ?? '') : t(`${state.kind}s:${what.type === 'case.joined' ? 'fileOfJoiner' : 'fileOfOpening'}`);
    return files.filter(({ hash }) => hashes.has(hash)).map((file) => ({
      ...fileItem(file, words, (hash) => `${casePath(state.kind, state.caseNo)}/files/${hash}`),
      note,
      when: moments.shortTime(new Date(at), now),
      ...(actor ? { by: actor.name } : {}),
    }));
  });
  return { label: t('cases:show.files'), files: items, none: t('cases:show.noFiles') };
}

const mailTones = { queued: 'soon', sending: 'soon', sent: 'done', failed: 'late', uncertain: 'late' } as const;

export function mailsOf(mails: readonly SentMail[], words: Words): DataTable {
  const { t, locale, unit } = words;
  const to = ({ person, unit: unitId, address }: SentMail): Cell => {
    const name = person ? (locale === 'en' ? person.nameEn : person.name) : unitId === null ? null : unit(unitId, 'short');
    return { kind: 'lines', lines: name === null ? [address] : address === '' ? [name] : [name, address] };
  };
  return {
    caption: t('cases:show.mails'),
    columns: [
      { key: 'subject', label: t('ui:mail.subject'), line: 1 },
      { key: 'to', label: t('ui:mail.to'), line: 2 },
      { key: 'status', label: t('ui:mail.state'), line: 3, tight: true },
      { key: 'when', label: t('ui:mail.when'), line: 3, tight: true },
    ],
    rows: mails.slice(0, mostMails).map((mail) => ({
      cells: {
        subject: mail.subject,
        to: to(mail),
        status: { kind: 'badge', badge: { label: t(`cases:mailStatus.${mail.status}`), tone: mailTones[mail.status] } },
        when: time(mail.sentAt ?? mail.queuedAt, words),
      } satisfies Record<string, Cell>,
    })),
    empty: { title: t('cases:show.noMails') },
  };
}

/** Persons kept out of the case, with the names they had when it was noted. */
export function recusedPersons(state: CaseState, events: readonly CaseEvent[]): RecusedPerson[] {
  const names = new Map(events.flatMap(({ what }): [string, string][] => (what.type === 'case.recused' ? [[what.person, what.name]] : [])));
  return Object.entries(state.recused).map(([id, reason]) => ({ id, name: names.get(id) ?? id, reason }));
}

export function recusedFacts(recused: readonly RecusedPerson[]): Facts | null {
  return recused.length === 0 ? null : { items: recused.map(({ name, reason }) => ({ term: name, value: reason, wide: true })) };
}
