/**
 * Three administrators (三员) cannot be one: what would give one of them power over another, or a unit another place in
 * the house, is proposed by one and decided by one of another kind. Source: GB/T 22239-2019 (等保 2.0), separation of duties.
 */
import { administratorRoles, hasRole, isAdministrator, isAdministratorRole, mayAdminister, mayResetSecondFactor, type AdministrationAct, type AdministratorRole, type Person, type Role } from './people.ts';

export const guardedActs = ['passwordReset', 'secondFactorReset', 'roleGiven', 'roleTaken', 'deactivated', 'activated', 'unitKind'] as const;
export type GuardedAct = (typeof guardedActs)[number];

type HasRoles = Pick<Person, 'roles'>;
type Known = Pick<Person, 'id' | 'roles'>;

const belongsTo: Readonly<Record<GuardedAct, AdministrationAct>> = {
  passwordReset: 'resetPassword', secondFactorReset: 'resetSecondFactor', roleGiven: 'giveRoles', roleTaken: 'giveRoles', deactivated: 'editPeople', activated: 'editPeople', unitKind: 'editUnits',
};

/** Which of the three somebody is; null for none. */
export const administratorRoleOf = (person: HasRoles): AdministratorRole | null => administratorRoles.find((role) => hasRole(person, role)) ?? null;

/** Whether one administrator alone may not do this to an account; `role` is the one that is given or taken. */
export function needsSecond(of: HasRoles, role: Role | null = null): boolean {
  return isAdministrator(of) || (role !== null && isAdministratorRole(role));
}

/** Whether somebody may propose the act on an account, or on a unit where `of` is null. Never on his own. */
export function mayProposeAct(actor: Known, act: GuardedAct, of: Known | null): boolean {
  if (!mayAdminister(actor, belongsTo[act]) || (act === 'unitKind') !== (of === null)) return false;
  if (of === null) return true;
  return of.id !== actor.id && (act !== 'secondFactorReset' || mayResetSecondFactor(actor, of));
}

/** Why somebody may not decide. */
export type DecisionFault = 'notAdministrator' | 'ownProposal' | 'aboutOneself' | 'sameKind';

export interface ProposedAct {
  readonly proposedBy: string;
  readonly proposerRole: AdministratorRole;
  /** Whom it is about; null for a unit. */
  readonly personId: string | null;
}

/** Why this person may not decide a proposal, or null when he may. */
export function actDecisionFault(actor: Known, { proposedBy, proposerRole, personId }: ProposedAct): DecisionFault | null {
  const role = administratorRoleOf(actor);
  if (role === null) return 'notAdministrator';
  if (actor.id === proposedBy) return 'ownProposal';
  if (actor.id === personId) return 'aboutOneself';
  return role === proposerRole ? 'sameKind' : null;
}
