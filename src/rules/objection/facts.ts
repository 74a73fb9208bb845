import { lastDone } from '../casefile/fold.ts';
import type { CaseState, Instant, Joined, TaskState } from '../casefile/types.ts';
import type { RecordSubject } from '../records/facts.ts';
import type { Applicant, Paper, RecordRef, RepairChannel } from '../repair/facts.ts';

/** 异议: what is said to be wrong with a record. */
export const objectionGrounds = ['content', 'term', 'result', 'wrongSubject', 'duplicate', 'notPublic'] as const;
export type ObjectionGround = (typeof objectionGrounds)[number];

export interface ObjectionOpening {
  readonly offices: { readonly creditOffice: string };
  /** The unit that made the record. */
  readonly unit: string;
  readonly record: RecordRef;
  readonly subject: RecordSubject;
  readonly channel: RepairChannel;
  readonly applicant: Applicant;
  readonly ground: ObjectionGround;
  readonly statement: string;
  readonly papers: readonly Paper[];
}

/** What a further objector says, whose objection is on the same facts. */
export type ObjectionJoin = Pick<ObjectionOpening, 'channel' | 'applicant' | 'statement' | 'papers'>;

/** 不予受理: why an objection is not looked into. */
export const refusalGrounds = ['notEntitled', 'notThisRecord', 'decidedBefore'] as const;
export type RefusalGround = (typeof refusalGrounds)[number];

/** `earlier` is the number of the objection in which the same facts were decided; null on other grounds. */
export interface Refusal {
  ground: RefusalGround;
  earlier: string | null;
}

/** What each task of an objection hands back. */
export interface ObjectionForms {
  /** `refusal` where it is proposed not to look into it. */
  screen: { reason: string; refusal?: Refusal };
  'screen-decide': { reason: string };
  verify: { finding: string };
  decide: { reason: string };
  /** `done` and `reason` are what everybody is told; without `reason` in files of before, when nobody was. */
  correct: { done: string; reason?: string };
  'acknowledge-correction': { done: string };
}

export const objectionJoinOf = ({ form }: Joined): ObjectionJoin => form as unknown as ObjectionJoin;

export const objectionOpeningOf = (state: CaseState): ObjectionOpening => state.opening as unknown as ObjectionOpening;

type DoneTask<S extends keyof ObjectionForms> = Omit<TaskState, 'form'> & { form: ObjectionForms[S] };

/** The last finished round of a stage, with its form typed. */
export function lastObjection<S extends keyof ObjectionForms>(state: CaseState, stage: S): DoneTask<S> | null {
  return lastDone(state, stage) as DoneTask<S> | null;
}

/** What two persons agreed on; null while they have not. */
export function objectionResult(state: CaseState): 'upheldCorrect' | 'upheldRemove' | 'rejected' | null {
  const [found, decided] = [lastObjection(state, 'verify'), lastObjection(state, 'decide')];
  if (!found || decided?.outcome !== 'agreed' || decided.version < found.version) return null;
  return found.outcome as 'upheldCorrect' | 'upheldRemove' | 'rejected';
}

/** Why it was not looked into, as two persons decided; null where it was. */
export function objectionRefusal(state: CaseState): (Refusal & { reason: string; task: TaskState; at: Instant }) | null {
  const [screened, decided] = [lastObjection(state, 'screen'), lastObjection(state, 'screen-decide')];
  if (!screened?.form.refusal || decided?.outcome !== 'refused' || decided.version < screened.version || decided.doneAt === null) return null;
  return { ...screened.form.refusal, reason: screened.form.reason, task: decided, at: decided.doneAt };
}

/** The source unit against which the error is counted; null where there was none. */
export function faultOf(state: CaseState): string | null {
  const result = objectionResult(state);
  return result === null || result === 'rejected' ? null : objectionOpeningOf(state).unit;
}
