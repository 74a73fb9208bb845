import type { CaseState, Instant } from '../casefile/types.ts';
import type { BusinessRole } from '../people.ts';

/** What everybody may read and one person may take off at once. */
export const publicTextKinds = ['record', 'correction', 'commitment', 'opinion'] as const;
export type PublicTextKind = (typeof publicTextKinds)[number];

/** `ref`: id of the record, number of the opinion, case and number of the correction with a colon between, case of the commitment. */
export interface PublicText {
  readonly kind: PublicTextKind;
  readonly ref: string;
}

/** 紧急下架: who took a text off, when and why. The reason is for the house alone, as it may tell what the text told. */
export interface TakedownOpening {
  readonly offices: { readonly creditOffice: string };
  /** The unit whose text it is; it is told, and has nothing to decide. */
  readonly unit: string;
  readonly informed: readonly string[];
  readonly text: PublicText;
  /** How the text is called: number of the document or of the opinion. */
  readonly label: string;
  /** Where staff find what it belongs to; null where they have no page of it. */
  readonly href: string | null;
  readonly reason: string;
  readonly by: { readonly person: string; readonly name: string; readonly unit: string };
  readonly at: Instant;
  /** The role whose holders decide: another than that of who took it off, where he is the head himself. */
  readonly decides: Extract<BusinessRole, 'creditOfficeHead' | 'supervisor'>;
}

export interface TakedownForms {
  decide: { note: string };
}

export const takedownOpeningOf = (state: CaseState): TakedownOpening => state.opening as unknown as TakedownOpening;

/** Titles are written in the file once and for all, as those of applications are. */
export const takedownTitle = (kind: PublicTextKind, label: string): string =>
  `紧急下架：${{ record: '失信信息', correction: '更正说明', commitment: '信用承诺', opinion: '处理意见' }[kind]} ${label}`;
