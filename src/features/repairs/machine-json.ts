import { instantOf, instantOrNull } from '../../platform/http/instants.ts';
import { isClosed } from '../../rules/casefile/fold.ts';
import type { CaseState } from '../../rules/casefile/types.ts';
import { lastRepair, repairLaw, repairOpeningOf, repairUnit } from '../../rules/repair/facts.ts';
import { repairStep } from '../../rules/repair/process.ts';
import { nowOf } from '../portal/index.ts';
import type { Push } from './pushes.ts';

/** An application for repair as a program reads it: what its applicant is told, and no more of him than his masked form. */
export interface RepairJson {
  number: string;
  channel: string;
  /** Numbers under which the upstream platform pushed it. */
  pushes: { number: string; merged: boolean; at: string }[];
  record: { id: string; documentNo: string; decidedOn: string };
  subject: { kind: 'organisation' | 'person'; name: string; code: string | null };
  unit: string;
  applicant: string;
  repairableFrom: string | null;
  status: 'open' | 'closed';
  step: string | null;
  openedAt: string;
  closedAt: string | null;
  /** Whose move it is, and by when; null once it is closed. */
  waitsFor: { unit: string | null; dueAt: string | null; provisional: boolean; missing: string[] } | null;
  result: { what: string; unit: string; at: string; reason: string } | null;
}

export function repairJson(state: CaseState, pushes: readonly Push[]): RepairJson {
  const { record, subject, channel, applicant } = repairOpeningOf(state);
  const now = nowOf({ id: state.id, kind: 'repair', state });
  return {
    number: state.caseNo,
    channel,
    pushes: pushes.map(({ number, merged, at }) => ({ number, merged, at: instantOf(at) })),
    record: { id: record.id, documentNo: record.documentNo, decidedOn: record.decidedOn },
    subject: subject.kind === 'organisation' ? { kind: subject.kind, name: subject.name, code: subject.uscc } : { kind: subject.kind, name: subject.masked, code: null },
    unit: repairUnit(state),
    applicant: applicant.masked,
    repairableFrom: repairLaw(state).repairableFrom,
    status: isClosed(state) ? 'closed' : 'open',
    step: repairStep(state),
    openedAt: instantOf(state.openedAt),
    closedAt: isClosed(state) ? instantOrNull(state.closings.at(-1)?.at) : null,
    waitsFor: now && { unit: now.unit === '' ? null : now.unit, dueAt: instantOrNull(now.due), provisional: now.provisional, missing: [...missingOf(state)] },
    result: resultOf(state),
  };
}

/** The last thing that was decided on the application; null while nothing was. */
function resultOf(state: CaseState): RepairJson['result'] {
  if (state.withdrawn) return { what: 'withdrawn', unit: repairUnit(state), at: instantOf(state.withdrawn.at), reason: '' };
  const revoked = lastRepair(state, 'revoke-decide');
  const decided = lastRepair(state, 'decide');
  const accepted = lastRepair(state, 'accept');
  const [task, what] = revoked?.outcome === 'revoked' ? [revoked, 'revoked']
    : decided && decided.outcome !== 'sentBack' ? [decided, decided.outcome]
    : accepted?.outcome === 'refused' ? [accepted, 'notAccepted']
    : [null, null];
  return task?.doneAt && what ? { what, unit: task.audience.unit, at: instantOf(task.doneAt), reason: task.form.reason } : null;
}

/** Papers that the applicant was asked for, whoever speaks for him. */
const missingOf = (state: CaseState): readonly string[] => {
  const task = Object.values(state.tasks).find(({ stage, status }) => stage === 'supplement' && status === 'open');
  return (task?.brief as { missing?: readonly string[] } | undefined)?.missing ?? [];
};
