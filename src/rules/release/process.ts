import type { Process } from '../casefile/process.ts';
import { stepAmong } from '../casefile/steps.ts';
import type { CaseState, TaskState } from '../casefile/types.ts';
import type { RecordChange } from '../records/changes.ts';
import { releaseOpeningOf } from './facts.ts';

/** 解除通知: one step, in which every unit answers for itself. */
export const releaseSteps = ['answer'] as const;

export const releaseStages = {
  release: { step: 'answer', outcomes: ['released', 'nothingApplied'] },
  suspend: { step: 'answer', outcomes: ['suspended', 'released'] },
  resume: { step: 'answer', outcomes: ['resumed', 'released'] },
  note: { step: 'answer', outcomes: ['noted'] },
} as const satisfies Process['stages'];

export type ReleaseStage = keyof typeof releaseStages;

export const releaseStep = (state: CaseState): string | null => stepAmong(releaseSteps, releaseStages, state);

/** The answers after which a unit does nothing any more because of the record. */
const ending: ReadonlySet<string> = new Set(['released', 'nothingApplied']);

/** A unit that lifted its measure is released in the transaction of its answer. */
export function releaseChanges(state: CaseState, { audience: { unit } }: TaskState, outcome: string): RecordChange[] {
  if (!ending.has(outcome)) return [];
  return [{ record: releaseOpeningOf(state).record.id, draft: { type: 'record.released', unit, because: state.id } }];
}
