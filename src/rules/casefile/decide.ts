import { processes } from '../processes.ts';
import { creditOfficeOf, isSideStage, may, type Target } from './acts.ts';
import type { Command } from './commands.ts';
import type { Draft } from './events.ts';
import { disclosureOf, openTasks, taskOf } from './fold.ts';
import { sideOutcomes } from './process.ts';
import type { Audience, CaseState, Exclusion, Form, Instant, Said, TaskState } from './types.ts';

export type Decision = { drafts: Draft[] } | { refusal: Said };

/** A task to be opened, before it has a round and a deadline. */
export interface Opening {
  stage: string;
  key?: string | null;
  audience: Audience;
  rule: string | null;
  excluded?: Exclusion[];
  brief?: Form;
  date?: string;
  /** Where the count begins, if not now. */
  from?: Instant;
  /** The deadline is what this task left unused. */
  leftOf?: string;
  /** The deadline is that of this task. */
  sameAs?: string;
  /** Cancelled at its deadline; the procedure goes on without it. */
  lapses?: boolean;
}

/** `stage#1`, or `stage:key#2` where several of a stage are open together. */
export function taskId(stage: string, key: string | null, round: number): string {
  return `${stage}${key === null ? '' : `:${key}`}#${round}`;
}

/** The event that opens the next round of a task. */
export function opened(opening: Opening, round: number): Draft {
  const { stage, rule, date, from, leftOf, sameAs, lapses } = opening;
  const key = opening.key ?? null;
  return {
    type: 'task.opened',
    task: taskId(stage, key, round),
    stage,
    key,
    round,
    audience: opening.audience,
    assignee: null,
    excluded: opening.excluded ?? [],
    brief: opening.brief ?? {},
    limit: rule === null ? null : { rule, ...(date ? { date } : {}), ...(from ? { from } : {}), ...(leftOf ? { leftOf } : {}), ...(sameAs ? { sameAs } : {}) },
    ...(sameAs ? { sameAs } : {}),
    ...(lapses ? { lapses: true } : {}),
  };
}

/** Who may not do a task: whom its procedure keeps out, and whoever did the other side of its stage in some round before. */
export function exclusionsOf(state: CaseState, { stage, excluded = [] }: Pick<Opening, 'stage' | 'excluded'>): Exclusion[] {
  const { apartFrom = [] } = processes[state.kind].stages[stage] ?? {};
  const others = Object.values(state.tasks).filter((task) => task.status === 'done' && apartFrom.includes(task.stage));
  return distinct([...excluded, ...others.flatMap(({ stage: because, doneBy }) => (doneBy ? [{ person: doneBy.person, because }] : []))]);
}

const distinct = (all: readonly Exclusion[]): Exclusion[] => all.filter(({ person }, n) => all.findIndex((one) => one.person === person) === n);

function nextRound(state: CaseState, stage: string, key: string | null): number {
  return Object.values(state.tasks).filter((t) => t.stage === stage && t.key === key).length + 1;
}

/** Whoever was kept out of an earlier round, as he had asked for it, is kept out of this one. */
function openSideTask(state: CaseState, opening: Opening): Draft & { type: 'task.opened' } {
  const { stage, key = null, excluded = [] } = opening;
  const before = Object.values(state.tasks).filter((task) => task.stage === stage && task.key === key).flatMap((task) => task.excluded);
  return opened({ ...opening, excluded: distinct([...excluded, ...before]) }, nextRound(state, stage, key)) as Draft & { type: 'task.opened' };
}

/** An extension is decided by the supervisors of the credit office; their own by its head. */
function decidesExtension(state: CaseState, task: TaskState): Audience {
  const unit = creditOfficeOf(state);
  const theirOwn = task.audience.unit === unit && task.audience.role === 'supervisor';
  return { unit, role: theirOwn ? 'creditOfficeHead' : 'supervisor' };
}

/** Everything that is open, but for a decision on what stays public after the case. */
const cancelled = (state: CaseState, reason: string): Draft[] =>
  openTasks(state).filter((t) => t.stage !== 'withdrawal').map((t): Draft => ({ type: 'task.cancelled', task: t.id, reason }));

/** Closes a case with what is still open in it. */
export function closingOf(state: CaseState, outcome: string, summary: string, of: { reopenRule: string | null; banRule?: string }): Draft[] {
  return [...cancelled(state, 'caseClosed'), { type: 'case.closed', outcome, summary, ...of }];
}

function completed(state: CaseState, task: TaskState, outcome: string, form: Form): Draft[] {
  const drafts: Draft[] = [{ type: 'task.completed', task: task.id, outcome, form }];
  const pending = task.extension?.granted === null ? state.tasks[task.extension.decision] : undefined;
  if (pending?.status === 'open') drafts.push({ type: 'task.cancelled', task: pending.id, reason: 'taskDone' });
  const changes = processes[state.kind].changes?.(state, task, outcome) ?? [];
  if (changes.length > 0) drafts.push({ type: 'records.changed', step: task.id, changes });
  if (task.stage === 'extension') {
    const about = taskOf(state, String(task.brief['task']));
    drafts.push({ type: 'extension.decided', task: about.id, granted: outcome === 'granted', days: about.extension?.days ?? 0 });
  }
  if (task.stage === 'withdrawal' && outcome === 'withdrawn') {
    const disclosure = disclosureOf(state, String(task.brief['disclosure']));
    // Its term may have ended before the decision: then it is gone already, and must not be shown again as withdrawn.
    if (disclosure.status === 'published') {
      drafts.push({ type: 'disclosure.withdrawn', disclosure: disclosure.id, reason: String(task.brief['reason']) });
    }
  }
  return drafts;
}

/**
 * What a command does to the case as it stands: the events to record, or why not. Pure; asked when the command
 * comes in and again when its turn comes, as an earlier one may have changed the case meanwhile.
 */
export function decide(state: CaseState, command: Command, now: Instant): Decision {
  const { act, by } = command;
  const target: Target = {};
  if ('task' in act) {
    if (!state.tasks[act.task]) return { refusal: { key: 'refused.noSuchTask' } };
    target.task = state.tasks[act.task]!;
  }
  if (act.type === 'proposeWithdrawal') {
    if (!state.disclosures.some((d) => d.id === act.disclosure)) return { refusal: { key: 'refused.noSuchDisclosure' } };
    target.disclosure = disclosureOf(state, act.disclosure);
  }
  // A command of before, which was admitted then, is admitted as it was.
  if (act.type === 'suspend' && act.ground === undefined) target.ofBefore = true;
  const verdict = may(act.type, by, state, target, now);
  if (!verdict.allowed) return { refusal: verdict.reason };
  if (command.seen !== null && target.task && target.task.version > command.seen) {
    return { refusal: { key: 'refused.changedMeanwhile' } };
  }
  switch (act.type) {
    case 'claim':
      return { drafts: [{ type: 'task.claimed', task: act.task }] };
    case 'release':
      return { drafts: [{ type: 'task.released', task: act.task, reason: act.reason }] };
    case 'vacate':
      if (target.task!.assignee?.person !== act.of) return { refusal: { key: 'refused.notAssigned' } };
      return { drafts: [{ type: 'task.released', task: act.task, reason: '', because: act.because }] };
    case 'reassign':
      if (target.task!.excluded.some((e) => e.person === act.to.person)) return { refusal: { key: 'refused.reassignExcluded' } };
      if (act.to.person in state.recused) return { refusal: { key: 'refused.reassignRecused' } };
      return { drafts: [{ type: 'task.reassigned', task: act.task, to: act.to, reason: act.reason }] };
    case 'complete': {
      const task = target.task!;
      const outcomes = isSideStage(task.stage) ? sideOutcomes[task.stage] : processes[state.kind].stages[task.stage]?.outcomes;
      if (!outcomes?.includes(act.outcome)) return { refusal: { key: 'refused.noSuchOutcome', params: { outcome: act.outcome } } };
      const objection = processes[state.kind].objection?.(state, task, act.outcome);
      if (objection) return { refusal: objection };
      return { drafts: completed(state, task, act.outcome, act.form) };
    }
    case 'comment':
      return { drafts: [{ type: 'task.commented', task: act.task, text: act.text }] };
    case 'attach':
      return { drafts: [{ type: 'task.attached', task: act.task, files: act.files }] };
    case 'requestExtension': {
      const decision = openSideTask(state, {
        stage: 'extension',
        key: act.task,
        audience: decidesExtension(state, target.task!),
        rule: `${state.kind}.extension-decision`,
        excluded: [{ person: by.id, because: 'extension' }],
        brief: { task: act.task, days: act.days, reason: act.reason },
      });
      return {
        drafts: [
          { type: 'extension.requested', task: act.task, decision: decision.task, days: act.days, reason: act.reason },
          decision,
        ],
      };
    }
    case 'suspend':
      return { drafts: [{ type: 'task.suspended', task: act.task, ...(act.ground === undefined ? {} : { ground: act.ground }), reason: act.reason }] };
    case 'resume':
      return { drafts: [{ type: 'task.resumed', task: act.task, reason: act.reason }] };
    case 'withdraw':
      // Nobody decides any more on what was taken back; the procedure closes the case.
      return { drafts: [{ type: 'case.withdrawn', reason: act.reason }, ...cancelled(state, 'withdrawn')] };
    case 'join':
      return { drafts: [{ type: 'case.joined', join: command.id, form: act.form, files: act.files }] };
    case 'urge':
      return { drafts: [{ type: 'task.urged', task: act.task, text: act.text }] };
    case 'supervise':
      return {
        drafts: [
          openSideTask(state, {
            stage: 'supervision',
            key: act.task,
            audience: target.task!.audience,
            rule: `${state.kind}.supervision`,
            brief: { task: act.task, text: act.text },
          }),
        ],
      };
    case 'proposeWithdrawal':
      return {
        drafts: [
          openSideTask(state, {
            stage: 'withdrawal',
            key: act.disclosure,
            audience: { unit: creditOfficeOf(state), role: 'creditOfficeHead' },
            rule: `${state.kind}.withdraw-release`,
            excluded: [{ person: by.id, because: 'withdrawal' }],
            brief: { disclosure: act.disclosure, reason: act.reason },
          }),
        ],
      };
    case 'reopen':
      return { drafts: [{ type: 'case.reopened', reason: act.reason }] };
    case 'recuse':
      return { drafts: [{ type: 'case.recused', person: act.person.person, name: act.person.name, reason: act.reason }] };
    case 'liftRecusal':
      return { drafts: [{ type: 'case.recusalLifted', person: act.person.person, name: act.person.name, reason: act.reason }] };
  }
}
