import type { Letter, MailDeadline } from '../platform/mail/types.ts';
import type { CaseState, CivilDate, Deadline, TaskState } from '../rules/casefile/types.ts';
import { lastObjection, objectionJoinOf, objectionRefusal, objectionOpeningOf, objectionResult } from '../rules/objection/facts.ts';
import { defenceOf, lastRepair, repairOpeningOf, repairUnit, type RepairForms } from '../rules/repair/facts.ts';

/** A letter without its key and its reader. */
export type Occasion = { [T in Letter['template']]: Pick<Extract<Letter, { template: T }>, 'template' | 'params'> }[Letter['template']];

export const deadlineOf = (deadline: Deadline | null): MailDeadline | null =>
  deadline && { at: deadline.at, provisional: deadline.provisional, basis: deadline.basis, ...(deadline.was ? { was: deadline.was } : {}) };

/** Somebody outside waits for the result; his contact is sealed under the case's id. */
export const hasApplicant = (state: CaseState): boolean => state.kind === 'repair' || state.kind === 'objection';

export const aboutCase = (state: CaseState) => ({
  kind: state.kind,
  caseNo: state.caseNo,
  title: state.title,
  ...(hasApplicant(state) ? { account: repairOpeningOf(state).applicant.account !== null } : {}),
});

/** Who is told: under which id his contact is sealed, and whether his letters lead to an account of his on the portal. */
export interface ToldApplicant {
  readonly id: string;
  readonly account: boolean;
}

/** The applicant, and those whose objections were merged into his. */
export function applicantsOf(state: CaseState): ToldApplicant[] {
  const first = { id: state.id, account: repairOpeningOf(state).applicant.account !== null };
  return [first, ...(state.joined ?? []).map((joined) => ({ id: joined.id, account: objectionJoinOf(joined).applicant.account !== null }))];
}

/** The unit whose move it is when an application or objection comes in. */
export const receivingUnit = (state: CaseState): string =>
  state.kind === 'objection' ? objectionOpeningOf(state).offices.creditOffice : repairOpeningOf(state).unit;

/** 补正: what is missing, and until when it is waited for. */
export function whenAsked(state: CaseState, task: TaskState): Occasion {
  const { missing, reason } = task.brief as Pick<RepairForms['accept'], 'missing' | 'reason'>;
  return {
    template: 'supplementAsked',
    params: { ...aboutCase(state), unit: repairUnit(state), missing, reason: reason === '' ? null : reason, deadline: deadlineOf(task.deadline) },
  };
}

/** The applicant hears of an extension before the old deadline is over. */
export function whenExtended(state: CaseState, { audience, deadline, extension }: TaskState): Occasion {
  return {
    template: 'applicationExtended',
    params: { ...aboutCase(state), unit: audience.unit, deadline: deadlineOf(deadline), reason: extension?.reason ?? '' },
  };
}

/** What the end of a task means to the applicant; null where it means nothing to him yet. */
export function whenDone(state: CaseState, task: TaskState): Occasion | null {
  if (state.kind === 'repair') return ofRepair(state, task);
  if (state.kind === 'objection') return ofObjection(state, task);
  return null;
}

function ofRepair(state: CaseState, task: TaskState): Occasion | null {
  const about = { ...aboutCase(state), unit: task.audience.unit };
  const { reason } = task.form as { reason: string };
  switch (`${task.stage} ${task.outcome}`) {
    case 'accept accepted':
      return { template: 'applicationAccepted', params: about };
    case 'accept refused':
      return { template: 'applicationRefused', params: { ...about, reason } };
    case 'accept handedOver':
      return { template: 'applicationHandedOver', params: { ...about, unit: repairUnit(state), reason } };
    case 'accept supplement': {
      // Without an account the window tells him, but the list is his to have in writing.
      const { account } = repairOpeningOf(state).applicant;
      const { missing } = task.form as Pick<RepairForms['accept'], 'missing'>;
      return account === null ? { template: 'supplementAsked', params: { ...about, missing, reason: reason === '' ? null : reason, deadline: null } } : null;
    }
    // Who was told that it might be revoked hears that it is not.
    case 'revoke-decide kept':
      return defenceOf(state) === null ? null : { template: 'repairKept', params: { ...about, reason } };
    case 'decide granted':
    case 'decide refused':
      return { template: 'repairDecided', params: { ...about, granted: task.outcome === 'granted', reason } };
    default:
      return null;
  }
}

function ofObjection(state: CaseState, task: TaskState): Occasion | null {
  if (task.stage === 'screen-decide') {
    const refused = objectionRefusal(state);
    return refused && { template: 'objectionRefused', params: { ...aboutCase(state), unit: refused.task.audience.unit, ground: refused.ground, reason: refused.reason } };
  }
  if (task.stage !== 'decide' || task.outcome !== 'agreed') return null;
  const result = objectionResult(state);
  const found = lastObjection(state, 'verify');
  if (!result || !found) return null;
  return { template: 'objectionDecided', params: { ...aboutCase(state), unit: task.audience.unit, result, reason: found.form.finding } };
}

/** 拟撤销: the facts and the basis on which he may state his case, and until when. */
export function whenHeard(state: CaseState, task: TaskState): Occasion {
  const { finding = '', record = null } = lastRepair(state, 'revoke')?.form ?? {};
  return {
    template: 'revocationProposed',
    params: { ...aboutCase(state), unit: repairUnit(state), finding, act: record?.act ?? null, legalBasis: record?.legalBasis ?? null, deadline: deadlineOf(task.deadline) },
  };
}

/** 撤销: with the reason, what is recorded of it, and from when he may apply again. */
export function whenRevoked(state: CaseState, { reason, again }: { reason: string; again: CivilDate | null }): Occasion {
  const record = lastRepair(state, 'revoke')?.form.record?.documentNo ?? null;
  return { template: 'repairRevoked', params: { ...aboutCase(state), unit: repairUnit(state), reason, again, record } };
}

/** 并案: the same was objected to before; where that is decided, with its result. */
export function whenJoined(state: CaseState): Occasion {
  const result = objectionResult(state);
  const unit = lastObjection(state, 'decide')?.audience.unit ?? objectionOpeningOf(state).offices.creditOffice;
  return { template: 'objectionJoined', params: { ...aboutCase(state), unit, result, reason: result === null ? null : (lastObjection(state, 'verify')?.form.finding ?? null) } };
}
