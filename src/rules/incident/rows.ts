import { listedRow, type Row } from '../casefile/rows.ts';
import type { CaseState } from '../casefile/types.ts';
import { indexTerms } from '../search/tokens.ts';
import { accountableUnit, isAnswered, lastOf, levelOf, openingOf } from './facts.ts';
import { stepOf } from './process.ts';

export function subjectRows(state: CaseState): Row[] {
  return openingOf(state).subjects.map((subject, n) => ({
    case_id: state.id,
    number: n + 1,
    kind: subject.kind,
    uscc: subject.kind === 'organisation' ? subject.uscc : null,
    name: subject.kind === 'organisation' ? subject.name : subject.masked,
    sealed: subject.kind === 'person' ? subject.sealed : null,
    opened_at: state.openedAt,
  }));
}

export function linkRows(state: CaseState): Row[] {
  const { of: duplicateOf, apart } = lastOf(state, 'verify')?.form ?? {};
  const { recurrences = [], related = [] } = lastOf(state, 'grade')?.form ?? {};
  return [
    ...(duplicateOf ? [{ case_id: state.id, other: duplicateOf.caseId, relation: 'duplicate' }] : []),
    ...(apart?.reports ?? []).map((r) => ({ case_id: state.id, other: r.caseId, relation: 'apart' })),
    ...recurrences.map((r) => ({ case_id: state.id, other: r.caseId, relation: 'recurrence' })),
    ...related.map((r) => ({ case_id: state.id, other: r.caseId, relation: 'related' })),
  ];
}

export function incidentRow(state: CaseState): Row {
  const opening = openingOf(state);
  return {
    ...listedRow(state, stepOf(state)),
    level: levelOf(state),
    field: opening.field,
    area: opening.area,
    region: opening.region,
    accountable_unit: accountableUnit(state),
    occurred_on: opening.occurredOn,
    answered: isAnswered(state),
    search: indexTerms(
      state.title,
      state.caseNo,
      ...opening.subjects.flatMap((s) => (s.kind === 'organisation' ? [s.name, s.uscc] : [s.masked])),
    ),
  };
}
