import { suspensionGrounds } from '../casefile/types.ts';
import { hasRole, type Person, type Role } from '../people.ts';
import { recordDomains, type RecordDomain } from '../records/facts.ts';
import type { LimitUnit } from './limit.ts';

/**
 * Every rule the program knows, in the order an administrator reads them: what it is measured in, and between
 * which values a new version may lie. The values themselves stand in the table alone.
 */
export interface RuleKind {
  readonly code: string;
  readonly group: RuleGroup;
  /** Units a version may have. The first is the usual one; `none` there: a bare number. */
  readonly units: readonly LimitUnit[];
  readonly min: number;
  readonly max: number;
  /** A version without a value ("no limit") may be written. */
  readonly mayBeNone: boolean;
  /** Each whole number from `min` to `max` has words of its own, and one of them is chosen. */
  readonly chosen: boolean;
  /** Departments may have versions of their own for their field, which go before the general one. */
  readonly byDomain: boolean;
  /** A value that only a field's own version may have, as it needs a rule of the department. */
  readonly onlyByDomain: number | null;
}

export const ruleGroups = ['incident', 'publicReply', 'disclosure', 'record', 'publicity', 'repair', 'objection', 'release', 'codeCorrection', 'takedown', 'suspension', 'ladder', 'security'] as const;
export type RuleGroup = (typeof ruleGroups)[number];

/** Fields of regulation that may have versions of their own. */
export const ruleDomains = recordDomains;
export type RuleDomain = RecordDomain;

const usual = { mayBeNone: false, chosen: false, byDomain: false, onlyByDomain: null } as const;

const term = (group: RuleGroup, code: string, max = 250): RuleKind => ({
  ...usual, code, group, units: ['workday', 'day', 'month'], min: 1, max,
});
const hours = (code: string): RuleKind => ({
  ...usual, code, group: 'publicReply', units: ['hour', 'workday'], min: 1, max: 240, mayBeNone: true,
});
const months = (group: RuleGroup, code: string, max = 1200): RuleKind => ({
  ...usual, code, group, units: ['month', 'day'], min: 1, max,
});
const bare = (group: RuleGroup, code: string, min: number, max: number): RuleKind => ({
  ...usual, code, group, units: ['none'], min, max,
});
/** One of a few numbers that stand for words: 0 and 1 for no and yes. */
const chosen = (group: RuleGroup, code: string, min = 0, max = 1): RuleKind => ({ ...bare(group, code, min, max), chosen: true });

const LARGEST_FINE = 1_000_000_000;
const byDomain = (kind: RuleKind): RuleKind => ({ ...kind, byDomain: true });

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
  months('disclosure', 'disclosure.term.default'),
  months('disclosure', 'disclosure.term.max'),
  byDomain(bare('record', 'record.fine.minor', 0, LARGEST_FINE)),
  byDomain({ ...bare('record', 'record.fine.serious', 1, LARGEST_FINE), mayBeNone: true }),
  bare('record', 'record.import.implausible', 1, LARGEST_FINE),
  { ...term('record', 'record.service', 60), mayBeNone: true },
  term('record', 'record.public-notice', 180),
  term('record', 'record.withdraw', 60),
  months('record', 'record.withdrawal-notice', 120),
  byDomain(chosen('publicity', 'publicity.minor.shown')),
  byDomain(months('publicity', 'publicity.minor.max')),
  byDomain(months('publicity', 'publicity.general.min')),
  byDomain(months('publicity', 'publicity.general.max')),
  byDomain(chosen('publicity', 'publicity.general.early-end')),
  byDomain(months('publicity', 'publicity.serious.min')),
  byDomain(months('publicity', 'publicity.serious.max')),
  byDomain(chosen('publicity', 'publicity.serious.early-end')),
  chosen('publicity', 'publicity.court.shown'),
  chosen('publicity', 'publicity.abnormal.shown'),
  byDomain(chosen('publicity', 'publicity.from-publication')),
  byDomain(term('publicity', 'publicity.publish-within')),
  byDomain({ ...chosen('publicity', 'publicity.keep-uncorrected'), onlyByDomain: 1 }),
  chosen('repair', 'repair.transition', 1, 3),
  term('repair', 'repair.accept'),
  term('repair', 'repair.supplement'),
  term('repair', 'repair.decide'),
  term('repair', 'repair.release'),
  term('repair', 'repair.follow-up'),
  term('repair', 'repair.follow-up-again'),
  term('repair', 'repair.revoke'),
  term('repair', 'repair.defence'),
  chosen('repair', 'repair.revoke-unheard'),
  term('repair', 'repair.revoke-decide'),
  term('repair', 'repair.reapply'),
  term('repair', 'repair.extension-decision'),
  term('repair', 'repair.extension-max'),
  term('repair', 'repair.supervision'),
  term('repair', 'repair.withdraw-release'),
  months('repair', 'repair.reopen-window'),
  months('repair', 'repair.ban-after-false'),
  { ...bare('repair', 'repair.commitment-publicity', 1, 120), units: ['month'] },
  term('objection', 'objection.screen'),
  term('objection', 'objection.screen-decide'),
  term('objection', 'objection.verify'),
  term('objection', 'objection.decide'),
  term('objection', 'objection.correct'),
  term('objection', 'objection.acknowledge-correction'),
  months('objection', 'objection.correction-notice'),
  months('objection', 'objection.fault-window'),
  term('objection', 'objection.extension-decision'),
  term('objection', 'objection.extension-max'),
  term('objection', 'objection.supervision'),
  term('objection', 'objection.withdraw-release'),
  term('objection', 'objection.reopen-window', 365),
  term('release', 'release.release'),
  term('release', 'release.suspend'),
  term('release', 'release.resume'),
  term('release', 'release.note'),
  term('release', 'release.extension-decision'),
  term('release', 'release.extension-max'),
  term('release', 'release.supervision'),
  term('codeCorrection', 'codeCorrection.assign'),
  term('codeCorrection', 'codeCorrection.correct'),
  term('codeCorrection', 'codeCorrection.extension-decision'),
  term('codeCorrection', 'codeCorrection.extension-max'),
  term('codeCorrection', 'codeCorrection.supervision'),
  { ...usual, code: 'takedown.decide', group: 'takedown', units: ['hour', 'workday', 'day'], min: 1, max: 240 },
  term('takedown', 'takedown.reopen-window', 1200),
  term('takedown', 'takedown.extension-decision'),
  term('takedown', 'takedown.extension-max'),
  term('takedown', 'takedown.supervision'),
  ...suspensionGrounds.map((ground) => chosen('suspension', `suspension.${ground}`)),
  bare('ladder', 'ladder.remind-at', 1, 99),
  term('ladder', 'ladder.head-after', 30),
  term('ladder', 'ladder.supervisor-after', 30),
  bare('security', 'sign-in.attempts', 3, 20),
  bare('security', 'sign-in.lock-minutes', 5, 1440),
  bare('security', 'sign-in.account-attempts', 5, 500),
  bare('security', 'sign-in.account-delay-seconds', 10, 3600),
  chosen('security', 'second-factor.administrators'),
  chosen('security', 'second-factor.heads'),
  chosen('security', 'second-factor.others'),
  bare('security', 'session.idle-minutes', 5, 120),
  bare('security', 'session.longest-hours', 1, 24),
  bare('security', 'session.per-person', 1, 10),
  bare('security', 'password.history', 0, 24),
  bare('security', 'token.max-days', 1, 3650),
  bare('security', 'access-log.keep-months', 6, 120),
  bare('security', 'alert.refusals', 1, 1000),
  bare('security', 'alert.export-rows', 1, 100_000),
  bare('security', 'file.max-megabytes', 1, 200),
] as const satisfies readonly RuleKind[];

const byCode: ReadonlyMap<string, RuleKind> = new Map(ruleKinds.map((kind) => [kind.code, kind]));

/** What is known of a code, or undefined for one that no part of the program asks for. */
export function ruleKindOf(code: string): RuleKind | undefined {
  return byCode.get(code);
}

export type ValueFault = 'unit' | 'missing' | 'notEmpty' | 'notWhole' | 'tooSmall' | 'tooLarge' | 'onlyByDomain';

/** What is wrong with a value proposed for all (`domain` null) or for one field, or null. */
export function valueFault(kind: RuleKind, value: number | null, unit: LimitUnit, domain: string | null = null): ValueFault | null {
  const isNumber = kind.units.includes('none');
  if (value === null) return kind.mayBeNone && unit === 'none' ? null : 'missing';
  if (kind.mayBeNone && unit === 'none' && !isNumber) return 'notEmpty';
  if (!kind.units.includes(unit)) return 'unit';
  if (!Number.isInteger(value)) return 'notWhole';
  if (value < kind.min) return 'tooSmall';
  if (value > kind.max) return 'tooLarge';
  return domain === null && value === kind.onlyByDomain ? 'onlyByDomain' : null;
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

export type DecisionRefusal = 'notConfirmer' | 'ownProposal' | 'earlierProposal';

/**
 * Why the person can't confirm or reject the proposal, or null when he can: never one's own (提出与确认分离), and none that
 * follows on a rejected one of his own; `earlier` are those who proposed since the last version was confirmed.
 */
export function decisionRefusal(person: HasRoles, group: RuleGroup, proposedBy: string | null, earlier: readonly string[] = []): DecisionRefusal | null {
  if (!keepersOf(group).confirm.some((role) => hasRole(person, role))) return 'notConfirmer';
  if (person.id === proposedBy) return 'ownProposal';
  return earlier.includes(person.id) ? 'earlierProposal' : null;
}
