import { isClosed } from '../casefile/fold.ts';
import type { Process } from '../casefile/process.ts';
import { stepAmong } from '../casefile/steps.ts';
import type { CaseState, Said, TaskState } from '../casefile/types.ts';
import { lastRepair } from './facts.ts';

/** 信用修复管理办法 (Order 36): from the application to the last unit that lifts its measure, and the way back. */
export const repairSteps = ['accept', 'check', 'decide', 'release', 'follow-up', 'revoke'] as const;
export type RepairStep = (typeof repairSteps)[number];

export const repairStages = {
  accept: { step: 'accept', outcomes: ['accepted', 'supplement', 'refused', 'handedOver'] },
  supplement: { step: 'accept', outcomes: ['supplied'] },
  // What is inspected on the spot takes time outside the limit.
  check: { step: 'check', outcomes: ['checked'], suspendable: true, apartFrom: ['decide'] },
  decide: { step: 'decide', outcomes: ['granted', 'refused', 'sentBack'], apartFrom: ['check'] },
  release: { step: 'release', outcomes: ['released', 'nothingApplied'], order: true },
  'follow-up': { step: 'follow-up', outcomes: ['gone', 'stillShown'] },
  revoke: { step: 'revoke', outcomes: ['proposed', 'kept'], apartFrom: ['revoke-decide'] },
  // Whom it concerns says his case at the window too, wherever he applied.
  defence: { step: 'revoke', outcomes: ['stated', 'waived'], atWindow: true },
  'revoke-decide': { step: 'revoke', outcomes: ['revoked', 'kept', 'sentBack'], apartFrom: ['revoke'] },
  reapply: { step: 'revoke', outcomes: ['applied', 'notApplied'] },
} as const satisfies Process['stages'];

export type RepairStage = keyof typeof repairStages;

export const repairStep = (state: CaseState): string | null => stepAmong(repairSteps, repairStages, state);

/** Until it is decided. */
export function mayWithdrawRepair(state: CaseState): boolean {
  const decided = lastRepair(state, 'decide');
  return !isClosed(state) && state.withdrawn === undefined && (decided === null || decided.outcome === 'sentBack');
}

/** 补正 is asked for once, with everything that is missing (一次性告知). */
export function repairObjection(state: CaseState, task: TaskState, outcome: string): Said | null {
  if (task.stage === 'accept' && outcome === 'supplement' && lastSupplement(state)) return { key: 'refused.supplementOnce' };
  return null;
}

export const lastSupplement = (state: CaseState): TaskState | undefined => Object.values(state.tasks).findLast((task) => task.stage === 'supplement');
