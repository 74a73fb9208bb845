import type { Row } from './rows.ts';
import type { CaseKind, CaseState } from './types.ts';

/** One stage of a process: where it stands in the stage bar, and how a task of it can end. */
export interface Stage {
  /** The step of the stage bar it belongs to; null for what runs beside it. */
  step: string | null;
  outcomes: readonly string[];
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
