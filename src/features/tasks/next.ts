import type { Knex } from 'knex';
import { setTimeout as delay } from 'node:timers/promises';
import type { Notice } from '../../platform/http/view-models.ts';
import { inAudience, isSideStage } from '../../rules/casefile/acts.ts';
import { isClosed, openTasks } from '../../rules/casefile/fold.ts';
import { taskSlug } from '../../rules/casefile/rows.ts';
import type { CaseState, TaskState } from '../../rules/casefile/types.ts';
import type { Person } from '../../rules/people.ts';
import type { Desk } from './parts.ts';
import type { KindPages } from './stage-form.ts';
import { findState, firstOwnTask } from './task-queries.ts';
import type { Words } from './words.ts';

/** How long the process may take to open what follows before the page goes on without it, in milliseconds. */
const patienceMs = 1000;
const lookEveryMs = 40;

/** Named in a sentence at most. */
const mostNamed = 4;

const mainTasks = (state: CaseState): TaskState[] => openTasks(state).filter((task) => !isSideStage(task.stage));

/**
 * The case once the process has gone on from an act that was just recorded: the next tasks are open, or others are
 * still waited for, or it is closed. The file that the act stands in was committed before; what follows comes within
 * some milliseconds, and is not waited for longer than a second.
 */
export async function stateAfter(knex: Knex, { sight }: Desk, caseId: string, done: TaskState): Promise<CaseState | undefined> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const state = await findState(knex, sight, caseId);
    if (!state || isClosed(state) || isSideStage(done.stage)) return state;
    // The public statement runs beside everything on its own clock: that it is open says nothing of the process.
    if (mainTasks(state).some((task) => !task.stage.startsWith('statement')) || done.stage.startsWith('statement')) return state;
    if (performance.now() > end) return state;
    await delay(lookEveryMs);
  }
}

function canDo(person: Person, state: CaseState, task: TaskState): boolean {
  if (person.id in state.recused || task.excluded.some((e) => e.person === person.id)) return false;
  return task.assignee ? task.assignee.person === person.id : inAudience(person, task.audience);
}

/** The person's own work in the case: what he has already, then what he may take, each by deadline. */
function ownIn(person: Person, state: CaseState): TaskState | undefined {
  const at = (task: TaskState): string => task.deadline?.at ?? '9999';
  return openTasks(state)
    .filter((task) => canDo(person, state, task))
    .sort((a, b) => Number(b.assignee !== null) - Number(a.assignee !== null) || at(a).localeCompare(at(b)))[0];
}

/** Sentences one after the other, as the language sets them. */
export function sentences(words: Words, ...said: readonly string[]): string {
  return said.filter((one) => one !== '').join(words.locale === 'en' ? ' ' : '');
}

/** The unit whose move it is; its head or reviewer where it is not just anybody's there. */
function whoseTurn({ audience }: TaskState, words: Words): string {
  return audience.role === 'handler' ? words.unit(audience.unit, 'short') : words.audience(audience);
}

function named(state: CaseState, tasks: readonly TaskState[], words: Words): string {
  const names = [...new Set(tasks.map((task) => words.t('acts:next.step', { unit: whoseTurn(task, words), stage: words.stage(state.kind, task.stage) })))];
  const shown = names.slice(0, mostNamed).join(words.t('common:list'));
  return names.length > mostNamed ? words.t('tasks:andMore', { list: shown, count: names.length }) : shown;
}

/** What comes next in the case, whose move it is, and by when. */
function nextSentence(state: CaseState, done: TaskState, own: TaskState | undefined, words: Words): string {
  const { t, moments, now } = words;
  if (isSideStage(done.stage)) return '';
  const open = mainTasks(state);
  const opened = open.filter((task) => task.number > done.number && task.openedAt >= (done.doneAt ?? ''));
  const mine = opened.find((task) => task.id === own?.id);
  const others = opened.filter((task) => task !== mine);
  const [only] = others;
  const whenOf = (task: TaskState): string | null => (task.deadline ? moments.shortTime(new Date(task.deadline.at), now).text : null);
  const say = (key: 'own' | 'one', task: TaskState): string =>
    t(`acts:next.${key}${task.deadline ? '' : 'Open'}`, { stage: words.stage(state.kind, task.stage), unit: whoseTurn(task, words), when: whenOf(task) });
  if (mine) return sentences(words, say('own', mine), only ? t('acts:next.also', { list: named(state, others, words) }) : '');
  if (!only && own && open.includes(own)) return say('own', own);
  if (!only) return open.length === 0 ? '' : t('acts:next.waiting', { list: named(state, open, words) });
  return others.length > 1 ? t('acts:next.several', { list: named(state, others, words) }) : say('one', only);
}

export interface Landing {
  href: string;
  notice: Notice;
}

/**
 * Where a person goes after he has finished a task, and the sentence he reads there: to a task of his in the same
 * case, else to his next one by deadline, else to the case.
 */
export async function landingAfter(knex: Knex, desk: Desk, of: { task: TaskState; state: CaseState; kind: KindPages; said: string }): Promise<Landing> {
  const { words, person, sight } = desk;
  const state = (await stateAfter(knex, desk, of.state.id, of.task)) ?? of.state;
  const done = state.tasks[of.task.id] ?? of.task;
  const own = ownIn(person, state);
  const toCase = { href: of.kind.caseHref(state.caseNo), label: words.t('acts:next.case') };
  const what = sentences(words, of.said, nextSentence(state, done, own, words));
  if (own) return { href: `/tasks/${taskSlug(state, own)}`, notice: { tone: 'done', text: what, link: toCase } };
  const elsewhere = await firstOwnTask(knex, sight);
  if (!elsewhere) return { href: toCase.href, notice: { tone: 'done', text: what } };
  return {
    href: `/tasks/${elsewhere.slug}`,
    notice: { tone: 'done', text: sentences(words, `${state.caseNo}${words.t('ui:common.colon')}${what}`, words.t('acts:next.other', { caseNo: elsewhere.caseNo })), link: toCase },
  };
}
