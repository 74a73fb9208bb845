import type { Process } from '../casefile/process.ts';
import { stepAmong } from '../casefile/steps.ts';
import type { CaseState } from '../casefile/types.ts';

/** 重码更正: the credit office finds the registry, which corrects. */
export const codeCorrectionSteps = ['assign', 'correct'] as const;

export const codeCorrectionStages = {
  assign: { step: 'assign', outcomes: ['assigned', 'settled'] },
  correct: { step: 'correct', outcomes: ['corrected', 'settled', 'returned'] },
} as const satisfies Process['stages'];

export type CodeCorrectionStage = keyof typeof codeCorrectionStages;

export const codeCorrectionStep = (state: CaseState): string | null => stepAmong(codeCorrectionSteps, codeCorrectionStages, state);
