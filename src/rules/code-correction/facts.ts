import type { CaseState } from '../casefile/types.ts';

/** A firm that had the code when the case was opened. */
export interface CodeHolder {
  readonly id: string;
  readonly name: string;
}

/** 重码: one unified code on several living firms. Which of them it belongs to is known by who registered them. */
export interface CodeCorrectionOpening {
  readonly offices: { readonly creditOffice: string };
  readonly uscc: string;
  readonly holders: readonly CodeHolder[];
}

/** What each task of a code correction hands back; members are the union over their outcomes. */
export interface CodeCorrectionForms {
  /** The unit that registers such firms, and what it has to know; of a code that is right by itself, how it came so. */
  assign: { unit: string | null; note: string };
  /** Which firm has which code now and how that was found; of one that is given back, why. */
  correct: { finding: string };
}

export const codeCorrectionOpeningOf = (state: CaseState): CodeCorrectionOpening => state.opening as unknown as CodeCorrectionOpening;

/** Titles are written in the file once and for all, as those of applications are. */
export const codeCorrectionTitle = (uscc: string): string => `统一社会信用代码 ${uscc} 重码更正`;
