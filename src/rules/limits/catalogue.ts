import { hasRole, type Person, type Role } from '../people.ts';
import type { LimitUnit } from './limit.ts';

/**
 * Every rule the program knows, in the order an administrator reads them: what it is measured in, and between
 * which values a new version may lie. The values themselves stand in the table alone.
 */
export interface RuleKind {
  readonly code: string;
  readonly group: RuleGroup;
  /** Units a version may have. The first is the usual one. */
  readonly units: readonly LimitUnit[];
  readonly min: number;
  readonly max: number;
  /** A version without a value ("no limit") may be written. */
  readonly mayBeNone: boolean;
}

export const ruleGroups = ['incident', 'publicReply', 'disclosure', 'ladder', 'security'] as const;
export type RuleGroup = (typeof ruleGroups)[number];

const term = (group: RuleGroup, code: string, max = 250): RuleKind => ({
  code, group, units: ['workday', 'day', 'month'], min: 1, max, mayBeNone: false,
});
const hours = (code: string): RuleKind => ({
  code, group: 'publicReply', units: ['hour', 'workday'], min: 1, max: 240, mayBeNone: true,
});
const months = (code: string): RuleKind => ({
  code, group: 'disclosure', units: ['month', 'day'], min: 1, max: 1200, mayBeNone: false,
});
const bare = (group: RuleGroup, code: string, min: number, max: number): RuleKind => ({
  code, group, units: ['none'], min, max, mayBeNone: false,
});

export const ruleKinds = [
  term('incident', 'incident.verify'),
  term('incident', 'incident.grade'),
  term('incident', 'incident.assign'),
  term('incident', 'incident.acknowledge'),
  term('incident', 'incident.first-report'),
  term('incident', 'incident.handle'),
  term('incident', 'incident.opinion'),
  term('incident', 'incident.legal-review'),
  term('incident', 'incident.approve'),
  term('incident', 'incident.disclose'),
  term('incident', 'incident.release'),
  term('incident', 'incident.withdraw-release'),
  term('incident', 'incident.feedback'),
  term('incident', 'incident.prevention'),
  term('incident', 'incident.prevention-check'),
  term('incident', 'incident.supervision'),
  term('incident', 'incident.close'),
  term('incident', 'incident.total'),
  term('incident', 'incident.extension-decision'),
  term('incident', 'incident.extension-max'),
  term('incident', 'incident.recurrence-window', 365),
  term('incident', 'incident.reopen-window', 365),
  hours('incident.public-reply.extraordinary'),
  hours('incident.public-reply.major'),
  hours('incident.public-reply.large'),
  hours('incident.public-reply.general'),
  months('disclosure.term.default'),
  months('disclosure.term.max'),
  bare('ladder', 'ladder.remind-at', 1, 99),
  term('ladder', 'ladder.head-after', 30),
  term('ladder', 'ladder.supervisor-after', 30),
  bare('security', 'sign-in.attempts', 3, 20),
  bare('security', 'sign-in.lock-minutes', 5, 1440),
  bare('security', 'session.idle-minutes', 5, 120),
  bare('security', 'file.max-megabytes', 1, 200),
] as const satisfies readonly RuleKind[];

const byCode: ReadonlyMap<string, RuleKind> = new Map(ruleKinds.map((kind) => [kind.code, kind]));

/** What is known of a code, or undefined for one that no part of the program asks for. */
export function ruleKindOf(code: string): RuleKind | undefined {
  return byCode.get(code);
}

export type ValueFault = 'unit' | 'missing' | 'notEmpty' | 'notWhole' | 'tooSmall' | 'tooLarge';

/** What is wrong with a proposed value, or null. */
export function valueFault(kind: RuleKind, value: number | null, unit: LimitUnit): ValueFault | null {
  if (value === null) return kind.mayBeNone && unit === 'none' ? null : 'missing';
  if (kind.mayBeNone && unit === 'none') return 'notEmpty';
  if (!kind.units.includes(unit)) return 'unit';
  if (!Number.isInteger(value)) return 'notWhole';
  if (value < kind.min) return 'tooSmall';
  return value > kind.max ? 'tooLarge' : null;
}

/**
 * Who proposes and who confirms. Limits of the business belong to the credit office. Settings of sign-in are the
 * security administrator's to propose; as there is mostly one of him, the system administrator may confirm too.
 */
const keepers: Readonly<Record<'business' | 'security', { propose: readonly Role[]; confirm: readonly Role[] }>> = {
  business: { propose: ['creditOfficeHead', 'supervisor'], confirm: ['creditOfficeHead', 'supervisor'] },
  security: { propose: ['securityAdmin'], confirm: ['securityAdmin', 'systemAdmin'] },
};

/** The roles that propose and those that confirm versions of the rules of a group. */
export function keepersOf(group: RuleGroup): { readonly propose: readonly Role[]; readonly confirm: readonly Role[] } {
  return group === 'security' ? keepers.security : keepers.business;
}

type HasRoles = Pick<Person, 'id' | 'roles'>;

/** Whether the person may propose a version of a rule of this group. */
export function mayPropose(person: HasRoles, group: RuleGroup): boolean {
  return keepersOf(group).propose.some((role) => hasRole(person, role));
}

export type DecisionRefusal = 'notConfirmer' | 'ownProposal';

/** Why the person can't confirm or reject the proposal, or null when he can: never one's own (提出与确认分离). */
export function decisionRefusal(person: HasRoles, group: RuleGroup, proposedBy: string | null): DecisionRefusal | null {
  if (!keepersOf(group).confirm.some((role) => hasRole(person, role))) return 'notConfirmer';
  return person.id === proposedBy ? 'ownProposal' : null;
}
