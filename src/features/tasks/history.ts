import { createFormat } from '../../platform/http/format.ts';
import type { DeadlineChip, FileItem, When } from '../../platform/http/view-models.ts';
import { openTasks } from '../../rules/casefile/fold.ts';
import { taskSlug } from '../../rules/casefile/rows.ts';
import type { Actor, CaseState, FileRef, TaskState } from '../../rules/casefile/types.ts';
import { shownOf } from './page-of.ts';
import type { PagesByKind, ShownLine } from './stage-form.ts';
import type { TalkEvent } from './task-queries.ts';
import type { Words } from './words.ts';

/** What somebody did in an earlier task. */
export interface SaidEntry {
  stage: string;
  outcome: string;
  /** Of whoever did it, short: several units acknowledge, handle, lift the same. */
  unit: string;
  who: string;
  when: When;
  lines: ShownLine[];
  open: boolean;
}

/** Another task of the case that is open. */
export interface OpenEntry {
  stage: string;
  who: string;
  href: string;
  deadline: DeadlineChip;
}

/** A remark, or something that was done to a task with a reason. */
export interface TalkEntry {
  who: string;
  when: When;
  what: string | null;
  text: string;
}

/** Earlier entries are folded, as the newest is what one mostly needs; so are long texts, which the form shows as a document. */
const shortText = 400;

/** Who did something, of the unit as it was called then. */
export const personOf = ({ name, unit }: Actor, at: Date | string, words: Words): string => words.t('tasks:person', { name, unit: words.unit(unit, 'short', at) });

/** What was said in the tasks that are done, the newest first, without the task itself. */
export function saidBefore(state: CaseState, current: TaskState, pages: PagesByKind, words: Words): SaidEntry[] {
  const { moments, now } = words;
  return Object.values(state.tasks)
    .filter((task) => task.status === 'done' && task.id !== current.id && task.doneBy !== null && task.doneAt !== null)
    .sort((a, b) => b.version - a.version)
    .map((task, n) => {
      const lines = shownOf(pages[state.kind], task, words);
      return {
        stage: words.stage(state.kind, task.stage),
        outcome: words.outcome(state.kind, task.stage, task.outcome ?? ''),
        unit: words.unit(task.doneBy!.unit, 'short', task.doneAt!),
        who: personOf(task.doneBy!, task.doneAt!, words),
        when: moments.shortTime(new Date(task.doneAt!), now),
        lines,
        open: n === 0 && lines.reduce((length, line) => length + line.text.length, 0) <= shortText,
      };
    });
}

/** Whose move it is: the person who claimed it, or those who may. */
export function whoseMove(task: TaskState, words: Words): string {
  if (task.assignee) return words.t('tasks:person', { name: task.assignee.name, unit: words.unit(task.audience.unit, 'short') });
  return words.t('tasks:unclaimed', { audience: words.audience(task.audience) });
}

export function otherOpenTasks(state: CaseState, current: TaskState, words: Words): OpenEntry[] {
  return openTasks(state)
    .filter((task) => task.id !== current.id)
    .map((task) => ({
      stage: words.stage(state.kind, task.stage),
      who: whoseMove(task, words),
      href: `/tasks/${taskSlug(state, task)}`,
      deadline: words.chips.listed({
        at: task.deadline ? new Date(task.deadline.at) : null,
        provisional: task.deadline?.provisional ?? false,
        hours: task.deadline?.why.unit === 'hour',
      }),
    }));
}

/** Files of the whole case: those it came with, and those handed in with its tasks, the newest first. */
export function filesOf(state: CaseState, talk: readonly TalkEvent[], hrefOf: (hash: string) => string, words: Words): FileItem[] {
  const { moments, now, t } = words;
  const format = createFormat(words.locale);
  const shown = (file: FileRef): Pick<FileItem, 'href' | 'description'> => {
    const description = t('tasks:file', { kind: (file.name.split('.').at(-1) ?? '').toUpperCase(), size: format.bytes(file.bytes) });
    const why = words.unready?.get(file.hash);
    return why === undefined ? { href: hrefOf(file.hash), description } : { description: t(`files:unready.${why}`, { description }) };
  };
  const item = (file: FileRef, of: { by: Actor | null; at: Date; note: string }): FileItem => ({
    name: file.name,
    ...shown(file),
    note: of.note,
    when: moments.shortTime(of.at, now),
    ...(of.by ? { by: personOf(of.by, of.at, words) } : {}),
  });
  const handedIn = talk.flatMap(({ what, at, actor }) =>
    what.type === 'task.attached' ? what.files.map((file) => item(file, { by: actor, at, note: words.stage(state.kind, state.tasks[what.task]?.stage ?? '') })) : [],
  );
  const joined = (state.joined ?? []).toReversed().flatMap(({ files, by, at }) => files.map((file) => item(file, { by, at: new Date(at), note: t(`${state.kind}s:fileOfJoiner`) })));
  return [...handedIn, ...joined, ...state.files.map((file) => item(file, { by: state.openedBy, at: new Date(state.openedAt), note: t(`${state.kind}s:fileOfOpening`) }))];
}

/** Remarks on the case, and what happened to this task beside its form, the newest first. */
export function talkOf(state: CaseState, current: TaskState, talk: readonly TalkEvent[], words: Words): TalkEntry[] {
  const { t, moments, now } = words;
  return talk.flatMap(({ what, at, actor }): TalkEntry[] => {
    const said = (kind: string | null, text: string): TalkEntry[] => [
      { who: actor ? personOf(actor, at, words) : t('ui:timeline.system'), when: moments.shortTime(at, now), what: kind, text },
    ];
    switch (what.type) {
      case 'case.commented':
        return said(null, what.text);
      case 'task.commented':
        return said(what.task === current.id ? null : t('tasks:talk.at', { stage: words.stage(state.kind, state.tasks[what.task]?.stage ?? '') }), what.text);
      case 'task.urged':
        return what.task === current.id ? said(t('tasks:talk.urged'), what.text) : [];
      case 'task.released':
        return what.task === current.id ? said(t('tasks:talk.released'), what.because === undefined ? what.reason : t(`tasks:talk.vacated.${what.because}`)) : [];
      case 'task.reassigned':
        return what.task === current.id ? said(t('tasks:talk.reassigned', { name: what.to.name }), what.reason) : [];
      case 'task.attached':
        return [];
    }
  });
}
