import type { Row } from '../casefile/rows.ts';
import type { CaseState } from '../casefile/types.ts';
import { applicationRow, recordSubjectRows } from '../repair/rows.ts';
import { faultOf, objectionOpeningOf } from './facts.ts';
import { objectionStep } from './process.ts';

export function objectionRow(state: CaseState): Row {
  const opening = objectionOpeningOf(state);
  return {
    ...applicationRow(state, { ...opening, step: objectionStep(state) }),
    ground: opening.ground,
    fault_of: faultOf(state),
  };
}

export const objectionSubjectRows = (state: CaseState): Row[] => recordSubjectRows(state, objectionOpeningOf(state).subject);
