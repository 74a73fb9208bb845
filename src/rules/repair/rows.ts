import { listedRow, type Row } from '../casefile/rows.ts';
import type { CaseState } from '../casefile/types.ts';
import type { RecordSubject } from '../records/facts.ts';
import { indexTerms } from '../search/tokens.ts';
import { madeRecord, repairOpeningOf, repairUnit, type Applicant, type RecordRef } from './facts.ts';
import { repairStep } from './process.ts';

/** The one subject of an application or objection. */
export function recordSubjectRows(state: CaseState, subject: RecordSubject): Row[] {
  const organisation = subject.kind === 'organisation' ? subject : null;
  return [
    {
      case_id: state.id,
      number: 1,
      kind: subject.kind,
      uscc: organisation?.uscc ?? null,
      name: subject.kind === 'organisation' ? subject.name : subject.masked,
      sealed: null,
      opened_at: state.openedAt,
    },
  ];
}

/** What the lists of cases about a record have in common. */
export function aboutRecordRow(state: CaseState, { record, subject, unit, step }: { record: RecordRef; subject: RecordSubject; unit: string; step: string | null }): Row {
  return {
    ...listedRow(state, step),
    record_id: record.id,
    subject_id: subject.id,
    unit,
    search: indexTerms(
      state.title, state.caseNo, record.documentNo, ...(subject.kind === 'organisation' ? [subject.name, subject.uscc] : [subject.masked]),
    ),
  };
}

/** The commitment becomes public when the application is accepted. */
function committedAt(state: CaseState): string | null {
  const accepted = Object.values(state.tasks).findLast(({ stage, outcome }) => stage === 'accept' && outcome === 'accepted');
  return accepted?.doneAt ?? null;
}

/** What the lists of applications and of objections have in common. */
export function applicationRow(
  state: CaseState,
  of: { record: RecordRef; subject: RecordSubject; unit: string; step: string | null; applicant: Applicant; channel: string },
): Row {
  return { ...aboutRecordRow(state, of), channel: of.channel, applicant: of.applicant.account };
}

export function repairRow(state: CaseState): Row {
  const opening = repairOpeningOf(state);
  return {
    ...applicationRow(state, { ...opening, unit: repairUnit(state), step: repairStep(state) }),
    committed_at: committedAt(state),
    banned_until: state.bannedUntil ?? state.closings.at(-1)?.bannedUntil ?? null,
    made_record: madeRecord(state),
  };
}

export const repairSubjectRows = (state: CaseState): Row[] => recordSubjectRows(state, repairOpeningOf(state).subject);
