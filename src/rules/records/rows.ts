import type { Row } from '../casefile/rows.ts';
import type { CivilDate } from '../casefile/types.ts';
import { indexTerms } from '../search/tokens.ts';
import { isShown, standingOf, type RecordState } from './file.ts';
import { awaitsNotice } from './service.ts';

/** The row of `record`, but for its state and head. */
export function recordRow(state: RecordState): Row {
  const { facts, publicity } = state;
  const { subject } = facts;
  return {
    id: state.id,
    subject_id: subject.id,
    kind: facts.kind,
    unit: facts.unit,
    document_no: facts.documentNo,
    decided_on: facts.decidedOn,
    class: publicity.class,
    domain: facts.domain,
    standing: standingOf(state),
    public: isShown(state),
    public_until: isShown(state) ? state.until : null,
    repairable_from: publicity.repairableFrom,
    performed: facts.performed,
    withheld: state.minor === true,
    awaits_notice: awaitsNotice(state),
    version: state.version,
    stored_at: state.storedAt,
    published_at: state.publishedAt,
    changed_at: state.changedAt,
    // A person is found by his number alone, never by what is left of his name.
    search: indexTerms(facts.documentNo, ...(subject.kind === 'organisation' ? [subject.name, subject.uscc] : [])),
  };
}

export function useRows(state: RecordState): Row[] {
  return Object.entries(state.uses).map(([unit, { measure, legalBasis, since }]) => ({
    record_id: state.id,
    unit,
    measure,
    legal_basis: legalBasis,
    since,
  }));
}

/** What happens to a record by itself as days go by. */
export type Coming = { readonly what: 'repairable' | 'ends' | 'endsHeld' | 'over'; readonly on: CivilDate } | { readonly what: 'untilCured' | 'kept' };

/** The next thing that will happen to a record with nobody acting on it; null when nothing will. */
export function comingOf(state: Pick<RecordState, 'status' | 'holds' | 'until' | 'keptBy' | 'publicity' | 'waits' | 'minor'>, today: CivilDate): Coming | null {
  if (state.status !== 'published' || state.minor) return null;
  // A hold does not lengthen the term: what is not shown meanwhile is not shown after it.
  if (Object.keys(state.holds).length > 0 || state.waits) return state.until === null ? null : { what: 'endsHeld', on: state.until };
  const { repairableFrom } = state.publicity;
  if (repairableFrom !== null && today < repairableFrom && (state.until === null || repairableFrom <= state.until)) return { what: 'repairable', on: repairableFrom };
  if (state.until !== null) return { what: today <= state.until ? 'ends' : 'over', on: state.until };
  return { what: state.keptBy === null ? 'untilCured' : 'kept' };
}
