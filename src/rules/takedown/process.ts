import type { Process } from '../casefile/process.ts';
import { stepAmong } from '../casefile/steps.ts';
import type { CaseState } from '../casefile/types.ts';

/** 紧急下架: off already; a second person decides. */
export const takedownSteps = ['decide'] as const;

export const takedownStages = {
  decide: { step: 'decide', outcomes: ['staysOff', 'putBack'] },
} as const satisfies Process['stages'];

export type TakedownStage = keyof typeof takedownStages;

export const takedownStep = (state: CaseState): string | null => stepAmong(takedownSteps, takedownStages, state);
