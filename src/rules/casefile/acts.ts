import { isAdministratorRole, type Person, type Role } from '../people.ts';
import type { ActType } from './commands.ts';
import { isClosed } from './fold.ts';
import type { Audience, CaseState, DisclosureState, Instant, Said, TaskState } from './types.ts';

/** How a person stands to a task or a case. The first that holds in a row of the table opens the act to him. */
export type Standing = 'assignee' | 'audience' | 'unitHead' | 'supervision' | 'reader';

export interface ActRule {
  /** The standings that open the act; nobody else may. */
  who: readonly Standing[];
  /** What must be true of the task or case, each with the sentence that is said when it is not. */
  when: readonly Condition[];
  /** Shown disabled with its reason, or left out, when it can't be done. */
  otherwise: 'disabled' | 'absent';
}

export type Condition =
  | 'taskOpen'
  | 'unassigned'
  | 'assigned'
  | 'notOthers'
  | 'notExcluded'
  | 'extendable'
  | 'hasDeadline'
  | 'mainTask'
  | 'disclosurePublished'
  | 'noWithdrawalPending'
  | 'noOrderPending'
  | 'closed'
  | 'reopenable'
  | 'caseOpen';

/**
 * Who may do what, and when: the one table behind the process, the buttons and the API.
 * Standing is checked first: who has none does not learn how the case stands.
 */
export const actRules: Record<ActType, ActRule> = {
  claim: { who: ['audience'], when: ['taskOpen', 'unassigned', 'notExcluded'], otherwise: 'absent' },
  release: { who: ['assignee', 'unitHead'], when: ['taskOpen', 'assigned'], otherwise: 'absent' },
  reassign: { who: ['unitHead', 'supervision'], when: ['taskOpen'], otherwise: 'absent' },
  complete: { who: ['assignee', 'audience'], when: ['taskOpen', 'notOthers', 'notExcluded'], otherwise: 'disabled' },
  comment: { who: ['assignee', 'audience', 'unitHead', 'supervision', 'reader'], when: ['taskOpen'], otherwise: 'absent' },
  attach: { who: ['assignee', 'audience', 'unitHead'], when: ['taskOpen'], otherwise: 'absent' },
  requestExtension: {
    who: ['assignee', 'audience'],
    when: ['taskOpen', 'mainTask', 'hasDeadline', 'extendable', 'notOthers', 'notExcluded'],
    otherwise: 'disabled',
  },
  urge: { who: ['supervision', 'unitHead'], when: ['taskOpen'], otherwise: 'absent' },
  supervise: { who: ['supervision'], when: ['taskOpen', 'mainTask', 'noOrderPending'], otherwise: 'absent' },
  proposeWithdrawal: {
    who: ['audience', 'supervision'],
    when: ['disclosurePublished', 'noWithdrawalPending'],
    otherwise: 'absent',
  },
  reopen: { who: ['supervision'], when: ['closed', 'reopenable'], otherwise: 'disabled' },
  recuse: { who: ['supervision', 'unitHead'], when: ['caseOpen'], otherwise: 'absent' },
  liftRecusal: { who: ['supervision'], when: ['caseOpen'], otherwise: 'absent' },
};

/** Stages that the kernel itself opens beside the process: a decision about a task, a disclosure or a delay. */
export const sideStages = ['extension', 'withdrawal', 'supervision'] as const;
export type SideStage = (typeof sideStages)[number];
export const isSideStage = (stage: string): stage is SideStage => (sideStages as readonly string[]).includes(stage);

export type Verdict = { allowed: true } | { allowed: false; reason: Said; show: 'disabled' | 'absent' };

/** What the act is about, beside the case itself. */
export interface Target {
  task?: TaskState;
  disclosure?: DisclosureState;
}

type Roles = Pick<Person, 'id' | 'roles'>;

const headRoles: readonly Role[] = ['head', 'creditOfficeHead'];

/** Holds the audience's role in its unit; the head of the credit office is also head of that unit. */
export function inAudience(person: Roles, audience: Audience): boolean {
  return person.roles.some(
    (r) => r.unit === audience.unit && (r.role === audience.role || (audience.role === 'head' && headRoles.includes(r.role))),
  );
}

/** The unit that supervises the case: the credit office that received it. */
export function creditOfficeOf(state: CaseState): string {
  const offices = state.opening['offices'] as { creditOffice: string } | undefined;
  if (!offices) throw new Error(`case ${state.id}: its opening names no credit office`);
  return offices.creditOffice;
}

const standings: Record<Standing, (person: Roles, state: CaseState, target: Target) => boolean> = {
  assignee: (person, _state, { task }) => task?.assignee?.person === person.id,
  audience: (person, state, { task, disclosure }) =>
    task
      ? inAudience(person, task.audience)
      : disclosure !== undefined &&
        person.roles.some((r) => r.role === 'handler' && r.unit === (state.tasks[disclosure.id]?.audience.unit ?? '')),
  unitHead: (person, state, { task }) =>
    task
      ? person.roles.some((r) => r.unit === task.audience.unit && headRoles.includes(r.role))
      : person.roles.some((r) => headRoles.includes(r.role) && partiesOf(state).has(r.unit)),
  supervision: (person, state) =>
    person.roles.some((r) => r.unit === creditOfficeOf(state) && (r.role === 'supervisor' || r.role === 'creditOfficeHead')),
  reader: (person, state) => {
    const parties = partiesOf(state);
    return person.roles.some((r) => parties.has(r.unit) && !isAdministratorRole(r.role));
  },
};

/** Units that have or had a part in the case; they may read it. */
export function partiesOf(state: CaseState): Set<string> {
  const parties = new Set<string>(Object.values(state.tasks).map((task) => task.audience.unit));
  parties.add(creditOfficeOf(state));
  if (state.openedBy) parties.add(state.openedBy.unit);
  return parties;
}

const conditions: Record<Condition, (person: Roles, state: CaseState, target: Target, now: Instant) => Said | null> = {
  taskOpen: (_person, _state, { task }) => {
    if (task?.status === 'open') return null;
    if (task?.status === 'done' && task.doneBy) {
      return { key: 'refused.taskDone', params: { name: task.doneBy.name, at: task.doneAt ?? '', outcome: task.outcome ?? '' } };
    }
    return { key: 'refused.taskCancelled' };
  },
  unassigned: (person, _state, { task }) => {
    if (!task?.assignee) return null;
    if (task.assignee.person === person.id) return { key: 'refused.alreadyYours' };
    return { key: 'refused.claimedBy', params: { name: task.assignee.name } };
  },
  assigned: (_person, _state, { task }) => (task?.assignee ? null : { key: 'refused.notAssigned' }),
  notOthers: (person, _state, { task }) =>
    !task?.assignee || task.assignee.person === person.id
      ? null
      : { key: 'refused.claimedBy', params: { name: task.assignee.name } },
  notExcluded: (person, _state, { task }) => {
    const exclusion = task?.excluded.find((e) => e.person === person.id);
    return exclusion ? { key: `refused.fourEyes.${exclusion.because}` } : null;
  },
  extendable: (_person, _state, { task }) => {
    if (!task?.extension) return null;
    return { key: task.extension.granted === null ? 'refused.extensionPending' : 'refused.extensionOnce' };
  },
  hasDeadline: (_person, _state, { task }) => (task?.deadline ? null : { key: 'refused.noDeadline' }),
  mainTask: (_person, _state, { task }) => (task && !isSideStage(task.stage) ? null : { key: 'refused.sideTask' }),
  disclosurePublished: (_person, _state, { disclosure }) =>
    disclosure?.status === 'published' ? null : { key: 'refused.notPublished' },
  noWithdrawalPending: (_person, state, { disclosure }) =>
    Object.values(state.tasks).some(
      (t) => t.stage === 'withdrawal' && t.status === 'open' && t.brief['disclosure'] === disclosure?.id,
    )
      ? { key: 'refused.withdrawalPending' }
      : null,
  noOrderPending: (_person, state, { task }) =>
    Object.values(state.tasks).some((t) => t.stage === 'supervision' && t.status === 'open' && t.key === task?.id)
      ? { key: 'refused.orderPending' }
      : null,
  closed: (_person, state) => (isClosed(state) ? null : { key: 'refused.notClosed' }),
  reopenable: (_person, state, _target, now) => {
    const until = state.closings.at(-1)?.reopenUntil;
    return until && now <= until ? null : { key: 'refused.reopenOver', params: { until: until ?? '' } };
  },
  caseOpen: (_person, state) => (isClosed(state) ? { key: 'refused.caseClosed' } : null),
};

/**
 * Whether the person may do the act now, and if not, why, in a sentence for him.
 * Recusal goes before everything. Pure: the page asks it to draw buttons, the process to admit commands.
 */
export function may(act: ActType, person: Roles, state: CaseState, target: Target, now: Instant): Verdict {
  const rule = actRules[act];
  if (person.id in state.recused) return { allowed: false, reason: { key: 'refused.recused' }, show: 'absent' };
  if (!rule.who.some((standing) => standings[standing](person, state, target))) {
    return { allowed: false, reason: { key: `refused.noStanding.${act}` }, show: 'absent' };
  }
  for (const condition of rule.when) {
    const reason = conditions[condition](person, state, target, now);
    if (reason) return { allowed: false, reason, show: rule.otherwise };
  }
  return { allowed: true };
}
