import { isSideStage } from '../casefile/parties.ts';
import { listedRow, type Row } from '../casefile/rows.ts';
import type { CaseState } from '../casefile/types.ts';
import { indexTerms } from '../search/tokens.ts';
import { codeCorrectionOpeningOf } from './facts.ts';
import { codeCorrectionStep } from './process.ts';

export function codeCorrectionRow(state: CaseState): Row {
  const { uscc, holders, offices } = codeCorrectionOpeningOf(state);
  const last = Object.values(state.tasks).findLast(({ stage }) => !isSideStage(stage));
  return {
    ...listedRow(state, codeCorrectionStep(state)),
    uscc,
    holders: holders.map(({ id }) => id),
    unit: last?.audience.unit ?? offices.creditOffice,
    search: indexTerms(state.title, state.caseNo, uscc, ...holders.map(({ name }) => name)),
  };
}

/** The firms that had the code when it was found. */
export function codeCorrectionSubjectRows(state: CaseState): Row[] {
  const { uscc, holders } = codeCorrectionOpeningOf(state);
  return holders.map(({ name }, n) => ({ case_id: state.id, number: n + 1, kind: 'organisation', uscc, name, sealed: null, opened_at: state.openedAt }));
}
