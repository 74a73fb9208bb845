import type { CaseState } from '../casefile/types.ts';
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

/** What each task of an objection hands back. */
export interface ObjectionForms {
  screen: { reason: string };
  verify: { finding: string };
  decide: { reason: string };
  correct: { done: string };
  'acknowledge-correction': { done: string };
}

export const objectionOpeningOf = (state: CaseState): ObjectionOpening => state.opening as unknown as ObjectionOpening;
