import { isClosed } from '../casefile/fold.ts';
import type { Process } from '../casefile/process.ts';
import { stepAmong } from '../casefile/steps.ts';
import type { CaseState, Said, TaskState } from '../casefile/types.ts';
import { lastObjection } from './facts.ts';

/** 异议: from the mark on the record to the last unit that works with the corrected one. */
export const objectionSteps = ['screen', 'verify', 'decide', 'correct'] as const;
export type ObjectionStep = (typeof objectionSteps)[number];

export const objectionStages = {
  screen: { step: 'screen', outcomes: ['own', 'forwarded', 'refused'], apartFrom: ['screen-decide'] },
  'screen-decide': { step: 'screen', outcomes: ['refused', 'sentBack'], apartFrom: ['screen'] },
  verify: { step: 'verify', outcomes: ['upheldCorrect', 'upheldRemove', 'rejected'], suspendable: true, apartFrom: ['decide'] },
  decide: { step: 'decide', outcomes: ['agreed', 'sentBack'], apartFrom: ['verify'] },
  correct: { step: 'correct', outcomes: ['corrected'] },
  'acknowledge-correction': { step: 'correct', outcomes: ['acknowledged'], order: true },
} as const satisfies Process['stages'];

export type ObjectionStage = keyof typeof objectionStages;

export const objectionStep = (state: CaseState): string | null => stepAmong(objectionSteps, objectionStages, state);

/** Others who objected to the same may be entitled though the first one is not: for them it is looked into. */
export function objectionObjection(state: CaseState, { stage }: TaskState, outcome: string): Said | null {
  return (stage === 'screen' || stage === 'screen-decide') && outcome === 'refused' && state.joined !== undefined ? { key: 'refused.othersObject' } : null;
}

/** 并案: while it is handled, and after it was rejected, when whoever says the same again is told the same. */
export function objectionJoinable(state: CaseState): boolean {
  return state.withdrawn === undefined && (!isClosed(state) || state.closings.at(-1)?.outcome === 'rejected');
}

/** Until it is decided, and not where others object as well: for them it goes on. */
export function mayWithdrawObjection(state: CaseState): boolean {
  const decided = lastObjection(state, 'decide');
  return !isClosed(state) && state.joined === undefined && state.withdrawn === undefined && (decided === null || decided.outcome === 'sentBack');
}
