import { isAdministrator, isAdministratorRole, type Person, type Role } from '../people.ts';
import { processes } from '../processes.ts';
import type { ActType } from './commands.ts';
import { isClosed, sharingDeadline } from './fold.ts';
import { creditOfficeOf, isSideStage, partiesOf } from './parties.ts';
import { applicantAudience, type Audience, type CaseState, type DisclosureState, type Instant, type Said, type TaskState } from './types.ts';

export { creditOfficeOf, isSideStage, partiesOf, sideStages, type SideStage } from './parties.ts';

/**
 * How a person stands to a task or a case. The first that holds in a row of the table opens the act to him. The applicant
 * stands to his own application and to the tasks that wait for him, at a window by a clerk. A newcomer comes from outside,
 * or speaks at a window for one who does, and has no part in the case yet. Whoever keeps the accounts stands to the tasks of
 * those who have left.
 */
export type Standing = 'assignee' | 'audience' | 'unitHead' | 'supervision' | 'reader' | 'applicant' | 'window' | 'newcomer' | 'accounts';

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
  | 'notOthersUnlessHead'
  | 'headWhereLate'
  | 'notExcluded'
  | 'extendable'
  | 'hasDeadline'
  | 'mainTask'
  | 'disclosurePublished'
  | 'noWithdrawalPending'
  | 'noOrderPending'
  | 'closed'
  | 'reopenable'
  | 'caseOpen'
  | 'staffTask'
  | 'suspendable'
  | 'clockRuns'
  | 'suspended'
  | 'withdrawable'
  | 'joinable';

/**
 * Who may do what, and when: the one table behind the process, the buttons and the API.
 * Standing is checked first: who has none does not learn how the case stands.
 */
export const actRules: Record<ActType, ActRule> = {
  claim: { who: ['audience'], when: ['taskOpen', 'unassigned', 'notExcluded'], otherwise: 'absent' },
  release: { who: ['assignee', 'unitHead'], when: ['taskOpen', 'assigned'], otherwise: 'absent' },
  vacate: { who: ['accounts'], when: ['taskOpen', 'assigned'], otherwise: 'absent' },
  reassign: { who: ['unitHead', 'supervision'], when: ['taskOpen', 'staffTask'], otherwise: 'absent' },
  complete: { who: ['assignee', 'audience', 'applicant', 'window'], when: ['taskOpen', 'notOthers', 'notExcluded', 'clockRuns'], otherwise: 'disabled' },
  comment: { who: ['assignee', 'audience', 'unitHead', 'supervision', 'reader'], when: ['taskOpen'], otherwise: 'absent' },
  attach: { who: ['assignee', 'audience', 'unitHead', 'applicant'], when: ['taskOpen'], otherwise: 'absent' },
  requestExtension: {
    who: ['assignee', 'audience'],
    when: ['taskOpen', 'mainTask', 'hasDeadline', 'extendable', 'notOthers', 'notExcluded', 'clockRuns'],
    otherwise: 'disabled',
  },
  suspend: {
    who: ['assignee', 'audience', 'unitHead'],
    when: ['taskOpen', 'suspendable', 'hasDeadline', 'clockRuns', 'headWhereLate', 'notOthersUnlessHead', 'notExcluded'],
    otherwise: 'disabled',
  },
  resume: { who: ['assignee', 'audience'], when: ['taskOpen', 'suspended', 'notOthers', 'notExcluded'], otherwise: 'absent' },
  urge: { who: ['supervision', 'unitHead'], when: ['taskOpen', 'staffTask'], otherwise: 'absent' },
  supervise: { who: ['supervision'], when: ['taskOpen', 'mainTask', 'staffTask', 'noOrderPending'], otherwise: 'absent' },
  proposeWithdrawal: {
    who: ['audience', 'supervision'],
    when: ['disclosurePublished', 'noWithdrawalPending'],
    otherwise: 'absent',
  },
  withdraw: { who: ['applicant'], when: ['caseOpen', 'withdrawable'], otherwise: 'absent' },
  join: { who: ['newcomer'], when: ['joinable'], otherwise: 'absent' },
  reopen: { who: ['supervision'], when: ['closed', 'reopenable'], otherwise: 'disabled' },
  recuse: { who: ['supervision', 'unitHead'], when: ['caseOpen'], otherwise: 'absent' },
  liftRecusal: { who: ['supervision'], when: ['caseOpen'], otherwise: 'absent' },
};

export type Verdict = { allowed: true } | { allowed: false; reason: Said; show: 'disabled' | 'absent' };

/** What the act is about, beside the case itself. */
export interface Target {
  task?: TaskState;
  disclosure?: DisclosureState;
  /** The command was made before it had to say all that it says today. */
  ofBefore?: true;
}

type Roles = Pick<Person, 'id' | 'roles'> & { readonly speaksFor?: string };

const headRoles: readonly Role[] = ['head', 'creditOfficeHead'];

/** Holds the audience's role in its unit; the head of the credit office is also head of that unit. */
export function inAudience(person: Roles, audience: Audience): boolean {
  return person.roles.some(
    (r) => r.unit === audience.unit && (r.role === audience.role || (audience.role === 'head' && headRoles.includes(r.role))),
  );
}

/** Accounts of all who applied: of the first one, and of those whose applications were merged into his. */
export function applicantAccounts({ opening, joined = [] }: Pick<CaseState, 'opening' | 'joined'>): string[] {
  return [opening, ...joined.map(({ form }) => form)].flatMap((form) => {
    const applicant = form['applicant'] as { account: string | null } | undefined;
    return applicant?.account ? [applicant.account] : [];
  });
}

/** Who applied or objected: by his account, or another that the portal takes for the subject's; without an account the handlers of the unit at whose window it was entered. */
function isApplicant(person: Roles, { opening, openedBy }: CaseState): boolean {
  const applicant = opening['applicant'] as { account: string | null } | undefined;
  if (!applicant) return false;
  if (applicant.account !== null) return person.id === applicant.account || (person.speaksFor !== undefined && person.speaksFor === (opening['subject'] as { id: string } | undefined)?.id);
  return person.roles.some(({ unit, role }) => role === 'handler' && unit === openedBy?.unit);
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
  newcomer: (person, state) => (person.roles.length === 0 ? !applicantAccounts(state).includes(person.id) : person.roles.some(({ role }) => role === 'handler')),
  accounts: (person) => isAdministrator(person),
  window: (person, state, { task }) =>
    task !== undefined && task.audience.role === applicantAudience.role && processes[state.kind].stages[task.stage]?.atWindow === true
    && person.roles.some(({ unit, role }) => role === 'handler' && partiesOf(state).has(unit)),
  applicant: (person, state, { task }) => (!task || task.audience.role === applicantAudience.role) && isApplicant(person, state),
};

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
  notOthersUnlessHead: (person, state, target, now) => (standings.unitHead(person, state, target) ? null : conditions.notOthers(person, state, target, now)),
  headWhereLate: (person, state, target, now) =>
    target.ofBefore || !target.task?.deadline || now <= target.task.deadline.at || standings.unitHead(person, state, target) ? null : { key: 'refused.lateSuspendedByHead' },
  notExcluded: (person, _state, { task }) => {
    const exclusion = task?.excluded.find((e) => e.person === person.id);
    return exclusion ? { key: `refused.fourEyes.${exclusion.because}` } : null;
  },
  extendable: (_person, state, { task }) => {
    const extension = task && sharingDeadline(state, task).find((one) => one.extension !== null)?.extension;
    if (!extension) return null;
    return { key: extension.granted === null && task.extension === extension ? 'refused.extensionPending' : 'refused.extensionOnce' };
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
    const closing = state.closings.at(-1);
    const until = closing?.reopenUntil;
    if (until !== undefined && until === closing?.at) return { key: 'refused.closedForGood' };
    return until && now <= until ? null : { key: 'refused.reopenOver', params: { until: until ?? '' } };
  },
  caseOpen: (_person, state) => (isClosed(state) ? { key: 'refused.caseClosed' } : null),
  staffTask: (_person, _state, { task }) => (task?.audience.role === applicantAudience.role ? { key: 'refused.applicantTask' } : null),
  suspendable: (_person, state, { task }) => (task && processes[state.kind].stages[task.stage]?.suspendable ? null : { key: 'refused.notSuspendable' }),
  clockRuns: (_person, _state, { task }) => (task?.suspended ? { key: 'refused.suspended' } : null),
  suspended: (_person, _state, { task }) => (task?.suspended ? null : { key: 'refused.notSuspended' }),
  joinable: (_person, state) => (processes[state.kind].joinable?.(state) ? null : { key: 'refused.notJoinable' }),
  withdrawable: (_person, state) => (processes[state.kind].withdrawable?.(state) ? null : { key: 'refused.notWithdrawable' }),
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
