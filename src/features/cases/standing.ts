import type { Notice, StageBar } from '../../platform/http/view-models.ts';
import { processWords } from '../../platform/process-words.ts';
import { inAudience, isSideStage } from '../../rules/casefile/acts.ts';
import { isClosed, openTasks } from '../../rules/casefile/fold.ts';
import type { CaseState, TaskState } from '../../rules/casefile/types.ts';
import { processes } from '../../rules/processes.ts';
import type { Words } from '../tasks/index.ts';

/** The open task of the process that is due first. */
export function urgentTask(state: CaseState): TaskState | undefined {
  const due = (task: TaskState): string => task.deadline?.at ?? '9999';
  return openTasks(state).filter((task) => !isSideStage(task.stage)).toSorted((a, b) => (due(a) < due(b) ? -1 : 1))[0];
}

/** Whose move it is: the one whose task is due first, and how many others. */
export function turnOf(state: CaseState, words: Words): string | undefined {
  const task = urgentTask(state);
  if (!task) return undefined;
  const others = openTasks(state).filter((one) => !isSideStage(one.stage)).length - 1;
  const unit = words.unit(task.audience.unit);
  const who = task.assignee ? words.t('common:turnOf', { unit, name: task.assignee.name }) : unit;
  return words.t(others > 0 ? 'cases:show.turnAndOthers' : 'cases:show.turn', { who, stage: words.stage(state.kind, task.stage), count: others });
}

/** The reader's own next task in this case: his, or one he may claim. */
export function ownTask(state: CaseState, person: Express.User): TaskState | undefined {
  const mayDo = (task: TaskState): boolean =>
    task.assignee
      ? task.assignee.person === person.id
      : inAudience(person, task.audience) && !task.excluded.some((e) => e.person === person.id);
  return openTasks(state).filter(mayDo).toSorted((a, b) => Number(b.assignee !== null) - Number(a.assignee !== null) || a.number - b.number)[0];
}

/** The steps of the process; one that only some cases take is shown where it was taken. */
export function stageBarOf(state: CaseState, { t, moments }: Words): StageBar {
  const { steps: all, stages, stepOf } = processes[state.kind];
  const reached = new Set(Object.values(state.tasks).map(({ stage }) => stages[stage]?.step));
  const steps = all.filter((step) => step !== 'revoke' || reached.has(step));
  const current = stepOf(state);
  const at = current === null ? steps.length : steps.indexOf(current);
  const finished = (step: string): TaskState | undefined =>
    Object.values(state.tasks)
      .filter((task) => task.status === 'done' && stages[task.stage]?.step === step)
      .toSorted((a, b) => b.version - a.version)[0];
  return {
    label: t('cases:show.stages'),
    stages: steps.map((step, n) => {
      const last = finished(step);
      const stage = n === at ? 'current' : n > at ? 'toCome' : last ? 'done' : 'skipped';
      const note = stage === 'done' && last?.doneAt ? moments.table(new Date(last.doneAt)).text.slice(5) : undefined;
      return { label: t(processWords.step(state.kind, step)), state: stage, ...(note === undefined ? {} : { note }) };
    }),
  };
}

export function noticesOf(state: CaseState, words: Words): Notice[] {
  const { t, moments, now } = words;
  const closing = state.closings.at(-1);
  if (closing && isClosed(state)) {
    const when = moments.short(new Date(closing.at), now).text;
    const open = closing.reopenUntil >= now.toISOString();
    const until = closing.reopenUntil === closing.at ? '' : open ? t('cases:show.reopenUntil', { until: moments.shortTime(new Date(closing.reopenUntil), now).text }) : t('cases:show.reopenOver');
    return [{ tone: 'info', title: t('cases:show.closed', { when, outcome: t(processWords.closing(state.kind, closing.outcome)) }), text: [closing.summary, until].filter((part) => part !== '').join('\n') }];
  }
  // The process opens its first task a moment after the case; until then there is nothing to do for anybody.
  return Object.keys(state.tasks).length === 0 ? [{ tone: 'info', text: t('cases:show.beginning') }] : [];
}

