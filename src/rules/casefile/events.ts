import type { RecordChange } from '../records/changes.ts';
import type { RecordFacts } from '../records/facts.ts';
import type { Actor, Assignee, Audience, CaseKind, Deadline, Exclusion, FileRef, CivilDate, Form, Instant, IssuedPaper, DeadlineRequest, Rung, SuspensionGround, Vacated } from './types.ts';

/**
 * What can happen to a case. The file is the list of these and nothing else; everything shown is folded from it.
 * Names are never reused for another meaning: a file of the first year is read by the code of the tenth.
 */
export type Happening =
  | { type: 'case.opened'; kind: CaseKind; definition: number; caseNo: string; title: string; opening: Form; files: FileRef[] }
  | { type: 'case.closed'; outcome: string; summary: string; reopenUntil: Instant; bannedUntil?: CivilDate }
  | { type: 'case.reopened'; reason: string }
  | { type: 'case.recused'; person: string; name: string; reason: string }
  | { type: 'case.recusalLifted'; person: string; name: string; reason: string }
  | { type: 'case.commented'; text: string }
  | { type: 'case.withdrawn'; reason: string }
  /** A further applicant whose application is about the same: he hears what the first one hears. `join` is the id of his command. */
  | { type: 'case.joined'; join: string; form: Form; files: FileRef[] }
  /**
   * Records were changed in the same transaction; `units` are those that used one of them at that moment, `stored` the
   * records that were made with it.
   */
  | { type: 'records.changed'; step: string; changes: RecordChange[]; units: string[]; stored?: string[] }
  /** The subject may not apply before the day `until`, as it got a repair by false papers. */
  | { type: 'subject.banned'; until: CivilDate }
  /** What everybody is told of a record that was wrong, up to the day `until`. */
  | { type: 'correction.published'; record: string; what: 'corrected' | 'removed'; text: string; reason: string; until: CivilDate }
  | {
      type: 'task.opened';
      task: string;
      stage: string;
      key: string | null;
      round: number;
      audience: Audience;
      assignee: Assignee | null;
      excluded: Exclusion[];
      brief: Form;
      deadline: Deadline | null;
      sameAs?: string;
      lapses?: true;
      papers?: IssuedPaper[];
    }
  | { type: 'task.claimed'; task: string }
  /** `because` where the administration gave it back; the reason is then empty. */
  | { type: 'task.released'; task: string; reason: string; because?: Vacated }
  | { type: 'task.reassigned'; task: string; to: Assignee; reason: string }
  | { type: 'task.commented'; task: string; text: string }
  | { type: 'task.attached'; task: string; files: FileRef[] }
  | { type: 'task.completed'; task: string; outcome: string; form: Form; papers?: IssuedPaper[] }
  | { type: 'task.cancelled'; task: string; reason: string }
  | { type: 'task.urged'; task: string; text: string }
  | { type: 'task.rung'; task: string; rung: Rung; version: number }
  /** `left` or `late`: working days that are kept until it is resumed; without `ground` in files of before. */
  | { type: 'task.suspended'; task: string; ground?: SuspensionGround; reason: string; left: number; late?: number }
  | { type: 'task.resumed'; task: string; reason: string; deadline: Deadline }
  | { type: 'extension.requested'; task: string; decision: string; days: number; reason: string }
  | { type: 'extension.decided'; task: string; granted: boolean; deadline: Deadline | null; papers?: IssuedPaper[] }
  | { type: 'deadline.recomputed'; task: string; deadline: Deadline }
  | { type: 'disclosure.published'; disclosure: string; unit: string; title: string; text: string; basis: string; channel: string; until: Instant }
  | { type: 'disclosure.withdrawn'; disclosure: string; reason: string }
  | { type: 'disclosure.ended'; disclosure: string };

export interface CaseEvent {
  seq: number;
  /** When it happened; earlier than `recordedAt` for files that were taken over. */
  at: Instant;
  recordedAt: Instant;
  /** Absent for what the clock or the process did. */
  actor: Actor | null;
  command: string | null;
  what: Happening;
}

/** A record that a case makes; it is decided on the day on which it is recorded. */
export type RecordOfCase = Omit<RecordFacts, 'decidedOn'>;

/** What is still open in a happening until it is recorded: numbers given and deadlines computed in that transaction. */
type Unresolved = {
  'case.opened': { drop: 'caseNo'; add: unknown };
  /** Null: a case that is not opened again. */
  'case.closed': { drop: 'reopenUntil' | 'bannedUntil'; add: { reopenRule: string | null; banRule?: string } };
  'task.opened': { drop: 'deadline' | 'papers'; add: { limit: DeadlineRequest | null } };
  'task.completed': { drop: 'papers'; add: unknown };
  'extension.decided': { drop: 'deadline' | 'papers'; add: { days: number } };
  'task.suspended': { drop: 'left' | 'late'; add: unknown };
  'task.resumed': { drop: 'deadline'; add: unknown };
  'records.changed': { drop: 'units' | 'stored'; add: { store?: RecordOfCase[] } };
  /** Code of the rule that says for how long. */
  'subject.banned': { drop: 'until'; add: { rule: string } };
  'correction.published': { drop: 'until'; add: { rule: string } };
  'deadline.recomputed': { drop: 'deadline'; add: unknown };
  'disclosure.published': { drop: 'until'; add: { months: number } };
};

type DraftOf<H extends Happening> = H extends { type: keyof Unresolved }
  ? Omit<H, Unresolved[H['type']]['drop']> & Unresolved[H['type']]['add']
  : H;

/** A happening as a person's act or the process proposes it, before the record resolves what it leaves open. */
export type Draft = Happening extends infer H ? (H extends Happening ? DraftOf<H> : never) : never;
