import { lastDone } from '../casefile/fold.ts';
import type { CaseState, CivilDate, TaskState } from '../casefile/types.ts';
import type { RecordOfCase } from '../casefile/events.ts';
import type { RecordDomain, RecordSubject } from '../records/facts.ts';

/** 信用修复: how an application reached us. */
export const repairChannels = ['portal', 'window', 'push'] as const;
export type RepairChannel = (typeof repairChannels)[number];

/** What an applicant hands in: 国办发〔2025〕22号 asks for proof and commitment; an agent brings his power of attorney. */
export const paperKinds = ['proof', 'commitment', 'authorisation', 'identity', 'other'] as const;
export type PaperKind = (typeof paperKinds)[number];

export interface Paper {
  readonly kind: PaperKind;
  /** Of the file, which is among the files of the case. */
  readonly hash: string;
}

/** By what somebody at a window shows that he may ask: for a firm, for himself, or with a power of attorney for either. */
export const identityProofs = ['representativeId', 'ownId', 'authorisedAgent'] as const;
export type IdentityProof = (typeof identityProofs)[number];

export interface ShownIdentity {
  readonly proof: IdentityProof;
  /** Last four characters of the number, where the clerk saw the paper and kept no copy; null where a copy is among the papers. */
  readonly seen: string | null;
}

/** Those that fit a subject. */
export const identityProofsOf = ({ kind }: Pick<RecordSubject, 'kind'>): IdentityProof[] => [kind === 'organisation' ? 'representativeId' : 'ownId', 'authorisedAgent'];

/** Who applies or objects. The contact is sealed under the case's id; `masked` may be shown. */
export interface Applicant {
  /** Account on the portal; null where a window or the upstream platform entered it. */
  readonly account: string | null;
  readonly masked: string;
  /** Acts for the subject by a power of attorney. */
  readonly agent: boolean;
  /** At a window; absent for accounts, which were checked when they were bound, and in files of before. */
  readonly identity?: ShownIdentity;
}

/** The record as it was when the case was opened; its file tells how it is now. */
export interface RecordRef {
  readonly id: string;
  readonly documentNo: string;
  readonly decidedOn: CivilDate;
}

export interface RepairOpening {
  readonly offices: { readonly creditOffice: string };
  /** The unit that made the record: 谁认定、谁修复. */
  readonly unit: string;
  readonly record: RecordRef;
  readonly subject: RecordSubject;
  readonly channel: RepairChannel;
  readonly applicant: Applicant;
  /** How the conduct was corrected and the duties performed. */
  readonly statement: string;
  readonly papers: readonly Paper[];
  /** First day on which repair may be asked for, and the day of the rules it was computed by. */
  readonly repairableFrom: CivilDate | null;
  readonly lawOf: CivilDate;
  /** The same under the other law, where the transition is for a person to decide; null where it is clear. */
  readonly otherLaw: { readonly repairableFrom: CivilDate | null; readonly lawOf: CivilDate } | null;
}

/** The four conditions of 信用修复管理办法 (Order 36). */
export const repairConditions = ['minimumOver', 'corrected', 'committed', 'otherConditions'] as const;
export type RepairCondition = (typeof repairConditions)[number];

export interface ConditionFinding {
  readonly condition: RepairCondition;
  readonly met: boolean;
  /** Hashes of the papers it is seen by; empty where another source shows it. */
  readonly papers: readonly string[];
  readonly note: string;
}

/** 虚假材料、虚假承诺. */
export const falsehoods = ['papers', 'commitment'] as const;
export type Falsehood = (typeof falsehoods)[number];

/** The record that a revocation makes of what was false, as one person proposes it and another one decides. */
export interface FalsePapers {
  readonly falsehood: Falsehood;
  /** Of the decision that revokes the repair. */
  readonly documentNo: string;
  readonly legalBasis: string;
  /** What was done, and what is decided; masked before they are shown. */
  readonly act: string;
  readonly decision: string;
  /** Of the record whose repair is revoked: its department's rules hold. */
  readonly domain: RecordDomain;
}

/** A place that is not of the house and showed the record, and whether it still does. */
export interface ShownPlace {
  readonly name: string;
  readonly gone: boolean;
}

/** What each task of a repair hands back. Keys are stages; members are the union over their outcomes. */
export interface RepairForms {
  accept: { reason: string; missing: string[]; unit: string | null; lawOf: CivilDate | null };
  supplement: { statement: string; papers: Paper[] };
  check: { conditions: ConditionFinding[]; finding: string; proposal: 'grant' | 'refuse' };
  decide: { reason: string };
  release: { done: string };
  /** `places` are those that were found to show it; absent in files of before. */
  'follow-up': { finding: string; places?: ShownPlace[] };
  /**
   * `record` is null where nothing is revoked; absent in files of before, when it was entered by hand. `immediate`: why the firm
   * is not heard before, where the rule `repair.revoke-unheard` allows it.
   */
  revoke: { finding: string; record?: FalsePapers | null; immediate?: string | null };
  /** 陈述申辩. `who` came to the window, and by what paper he was known; empty where it was said on the portal. */
  defence: { statement: string; papers: Paper[]; who: string };
  'revoke-decide': { reason: string };
  reapply: { measure: string; legalBasis: string; reason: string };
}

export const repairOpeningOf = (state: CaseState): RepairOpening => state.opening as unknown as RepairOpening;

type DoneTask<S extends keyof RepairForms> = Omit<TaskState, 'form'> & { form: RepairForms[S] };

/** The last finished round of a stage, with its form typed. */
export function lastRepair<S extends keyof RepairForms>(state: CaseState, stage: S): DoneTask<S> | null {
  return lastDone(state, stage) as DoneTask<S> | null;
}

/** The unit that decides: the one that made the record, or to which the application was handed. */
export function repairUnit(state: CaseState): string {
  const handed = Object.values(state.tasks).findLast((task) => task.stage === 'accept' && task.outcome === 'handedOver');
  return (handed?.form as RepairForms['accept'] | undefined)?.unit ?? repairOpeningOf(state).unit;
}

/** The first possible day of an application and the rules it follows from, as they were chosen where two laws may apply. */
export function repairLaw(state: CaseState): Pick<RepairOpening, 'repairableFrom' | 'lawOf'> {
  const { repairableFrom, lawOf, otherLaw } = repairOpeningOf(state);
  const chosen = lastRepair(state, 'accept')?.form.lawOf;
  return otherLaw && chosen === otherLaw.lawOf ? otherLaw : { repairableFrom, lawOf };
}

/** The facts of the record that a revocation by `unit` makes; its class and its term follow from the rules. */
export function falsePapersFacts({ documentNo, legalBasis, act, decision, domain }: FalsePapers, unit: string, subject: RecordSubject): RecordOfCase {
  return {
    kind: 'falsePapers', subject, unit, documentNo, publishedOn: null, penaltyKinds: [], summaryProcedure: false, fine: 0, confiscated: 0,
    domain, legalBasis, act, decision, performed: false,
  };
}

/** What the firm is to answer to. */
const heardOn = ({ finding, record }: RepairForms['revoke']): string => JSON.stringify([finding, record?.falsehood, record?.act, record?.decision, record?.legalBasis]);

/**
 * The chance to be heard that the last proposal to revoke rests on: used, given up, or let pass; null while there was none, or
 * where facts or basis were changed after it. `open` while it lasts.
 */
export function defenceOf(state: CaseState): { task: TaskState; how: 'open' | 'stated' | 'waived' | 'lapsed'; form: Partial<RepairForms['defence']> } | null {
  const proposal = lastRepair(state, 'revoke');
  const task = Object.values(state.tasks).findLast(({ stage }) => stage === 'defence');
  if (!proposal || !task) return null;
  // What was said when it was looked at another time is not what is decided on now.
  const since = state.closings.findLast(({ reopened }) => reopened !== null)?.reopened?.at ?? '';
  const heard = state.tasks[String(task.brief['proposal'])];
  if (!heard || task.openedAt < since || heardOn(heard.form as unknown as RepairForms['revoke']) !== heardOn(proposal.form)) return null;
  return { task, how: task.status === 'open' ? 'open' : task.status === 'done' ? (task.outcome as 'stated' | 'waived') : 'lapsed', form: task.form };
}

/** Units that lifted a measure because of the repair. */
export function unitsReleased(state: CaseState): string[] {
  return Object.values(state.tasks).filter(({ stage, outcome }) => stage === 'release' && outcome === 'released').map(({ audience }) => audience.unit);
}

/** The record that the revocation made of what was false; null before, and in files of before. */
export const madeRecord = (state: CaseState): string | null => state.changed?.['restored']?.stored?.[0] ?? null;
