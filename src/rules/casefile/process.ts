import type { RecordChange } from '../records/changes.ts';
import type { Row } from './rows.ts';
import type { CaseKind, CaseState, Said, TaskState } from './types.ts';

/** One stage of a process: where it stands in the stage bar, and how a task of it can end. */
export interface Stage {
  /** The step of the stage bar it belongs to; null for what runs beside it. */
  step: string | null;
  outcomes: readonly string[];
  /** Its clock may be made to stand still, with a reason. */
  suspendable?: boolean;
  /**
   * Stages that are another hand's (不相容岗位分离): who did one of them in any round does not do this one. It is given on both
   * sides, as one who decided and then drafts would leave nobody to decide on his draft.
   */
  apartFrom?: readonly string[];
  /** What the applicant does in it, a unit with a part in the case may enter for him at its window. */
  atWindow?: boolean;
  /** It tells a unit to act on what the case decided; the unit does not handle the case. */
  order?: boolean;
}

/** What the kernel must know of a kind of case. The order of things is in `workflows/`, not here. */
export interface Process {
  kind: CaseKind;
  /** Goes up when files of the version before would be read differently. */
  version: number;
  /** Letters before the year in a case number. */
  prefix: string;
  /** The stage bar, from left to right. */
  steps: readonly string[];
  stages: Readonly<Record<string, Stage>>;
  /** The step at which the case stands now, or null once it is closed. */
  stepOf(state: CaseState): string | null;
  /** Whether the applicant may still take his application back. */
  withdrawable?(state: CaseState): boolean;
  /** Whether a further application may be merged into the case as it stands. */
  joinable?(state: CaseState): boolean;
  /** Why a task of this stage can't end so as the case stands; null when it can. */
  objection?(state: CaseState, task: TaskState, outcome: string): Said | null;
  /** What the end of a task changes in records, in its own transaction. */
  changes?(state: CaseState, task: TaskState, outcome: string): RecordChange[];
  /** The table of this kind's list, and the case's row in it. */
  listTable: string;
  listRow(state: CaseState): Row;
  subjectRows(state: CaseState): Row[];
  linkRows(state: CaseState): Row[];
}

/** Ends of the tasks that the kernel opens beside every process. */
export const sideOutcomes: Readonly<Record<string, readonly string[]>> = {
  extension: ['granted', 'refused'],
  withdrawal: ['withdrawn', 'kept'],
  supervision: ['answered'],
};
