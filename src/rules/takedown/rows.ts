import { listedRow, type Row } from '../casefile/rows.ts';
import type { CaseState } from '../casefile/types.ts';
import { indexTerms } from '../search/tokens.ts';
import { takedownOpeningOf } from './facts.ts';
import { takedownStep } from './process.ts';

export function takedownRow(state: CaseState): Row {
  const { text, unit, label } = takedownOpeningOf(state);
  const last = Object.values(state.tasks).findLast(({ stage, status }) => stage === 'decide' && status === 'done');
  return {
    ...listedRow(state, takedownStep(state)),
    verdict: last?.outcome ?? null,
    kind: text.kind,
    ref: text.ref,
    unit,
    search: indexTerms(state.title, state.caseNo, label),
  };
}
