import type { CaseState, Instant } from '../casefile/types.ts';
import type { RecordSubject } from '../records/facts.ts';
import type { RecordRef } from '../repair/facts.ts';

/**
 * 解除通知: what became of a record outside any case, for the units that applied a measure because of it. A repair and an
 * objection that is upheld give such orders as tasks of their own.
 */
export const releaseCauses = ['ended', 'withdrawn', 'unpublished', 'finalised', 'suspended', 'shielded', 'shownAgain', 'frozen', 'unfrozen'] as const;
export type ReleaseCause = (typeof releaseCauses)[number];

/** What a unit said it does because of the record, at the moment of the cause. */
export interface UsedBy {
  readonly unit: string;
  readonly measure: string;
  readonly legalBasis: string;
  readonly since: Instant;
}

export interface ReleaseOpening {
  readonly offices: { readonly creditOffice: string };
  /** The unit that made the record; it is told, and has nothing to do. */
  readonly unit: string;
  readonly informed: readonly string[];
  readonly record: RecordRef;
  readonly subject: RecordSubject;
  readonly cause: ReleaseCause;
  /** Why, as it stands in the record's file; null where the cause says it all. */
  readonly reason: string | null;
  /** When it happened. */
  readonly at: Instant;
  readonly used: readonly UsedBy[];
}

/** What each task of a release hands back. */
export interface ReleaseForms {
  release: { done: string };
  suspend: { done: string };
  resume: { done: string };
  note: { done: string };
}

export const releaseOpeningOf = (state: CaseState): ReleaseOpening => state.opening as unknown as ReleaseOpening;

/** What units are asked for: to lift their measures, let them rest, look whether they take them up, or to know. */
export const stageOf = (cause: ReleaseCause): keyof ReleaseForms => {
  switch (cause) {
    case 'ended':
    case 'withdrawn':
    case 'unpublished':
    case 'finalised':
      return 'release';
    case 'suspended':
    case 'shielded':
      return 'suspend';
    case 'shownAgain':
      return 'resume';
    case 'frozen':
    case 'unfrozen':
      return 'note';
  }
};
