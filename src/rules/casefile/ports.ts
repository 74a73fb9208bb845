import type { CaseEvent, Draft } from './events.ts';
import type { Actor, CaseKind, CaseState, FileRef, Form, Instant } from './types.ts';

/** One transaction on a case file: the drafts are recorded together or not at all. */
export interface RecordRequest {
  caseId: string;
  /** The last event the writer knows; a file that went on meanwhile refuses. */
  after: number;
  /** A command's id, or the name a process gives to its own step; recorded at most once a case. */
  key: string;
  /** True when `key` is a person's command, which he may have given up meanwhile. */
  command: boolean;
  actor: Actor | null;
  drafts: Draft[];
  /** When it happened, if that is not now. */
  at: Instant | null;
  requestId: string | null;
}

export interface Recorded {
  /** What the file holds after the last event the writer knew. */
  events: CaseEvent[];
  /** The last event of this step. */
  seq: number;
  /** Mails queued in the same transaction, to be delivered. */
  mails: string[];
}

export interface Loaded {
  state: CaseState;
  /** Mails of the case that were queued and never handed to the mail server. */
  mails: string[];
}

/** What a running case may do to the world. */
export interface CaseActivities {
  /** @throws ApplicationFailure of type `StaleFile` when the file went on; `Voided` when the command was given up. */
  record(request: RecordRequest): Promise<Recorded>;
  load(caseId: string): Promise<Loaded>;
}

export interface MailActivities {
  deliver(mails: string[]): Promise<unknown>;
}

export interface LawActivities {
  /** Has every open case compute its deadlines again, once for the key; gives their number. */
  recomputeOpenCases(key: string): Promise<number>;
}

/** The facts a new case begins with. */
export interface NewCase {
  kind: CaseKind;
  title: string;
  opening: Form;
  files: FileRef[];
  actor: Actor | null;
  requestId: string | null;
}

/** The queue on which mail of the cases of a task queue is delivered. */
export const mailQueueOf = (taskQueue: string): string => `${taskQueue}-mail`;
