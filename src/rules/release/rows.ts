import type { Row } from '../casefile/rows.ts';
import type { CaseState } from '../casefile/types.ts';
import { aboutRecordRow, recordSubjectRows } from '../repair/rows.ts';
import { releaseOpeningOf } from './facts.ts';
import { releaseStep } from './process.ts';

export function releaseRow(state: CaseState): Row {
  const opening = releaseOpeningOf(state);
  return { ...aboutRecordRow(state, { ...opening, step: releaseStep(state) }), cause: opening.cause };
}

export const releaseSubjectRows = (state: CaseState): Row[] => recordSubjectRows(state, releaseOpeningOf(state).subject);
