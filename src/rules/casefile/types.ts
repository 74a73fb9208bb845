import type { Reason } from '../calendar/index.ts';
import type { Role } from '../people.ts';

/** An instant as ISO 8601 in UTC, e.g. `2026-10-12T09:30:00.000Z`. */
export type Instant = string;
/** A calendar date in Asia/Shanghai, `YYYY-MM-DD`. */
export type CivilDate = string;

export const caseKinds = ['incident', 'repair', 'objection', 'release', 'codeCorrection', 'takedown'] as const;
export type CaseKind = (typeof caseKinds)[number];

/** The person who acted and the unit he acted for, as they were called on that day. */
export interface Actor {
  person: string;
  name: string;
  unit: string;
}

/**
 * Whose move a task is: anybody who holds the role in the unit, or one named person of them. An applicant is no person of
 * the house: his tasks have the audience `applicant`, and he is known by the account that the case was opened with.
 */
export interface Audience {
  unit: string;
  role: Role | 'applicant';
}

export const applicantAudience: Audience = { unit: 'applicant', role: 'applicant' };

export interface Assignee {
  person: string;
  name: string;
}

/** How a deadline is to be found. The answer comes from the rule rows and the calendar when the event is recorded. */
export interface DeadlineRequest {
  /** Code of a rule row, e.g. `incident.verify`. */
  rule: string;
  /** Where the count begins; the moment of the event when absent. */
  from?: Instant;
  /** A date a person fixed (a co-handler's part, a prevention check); it goes before the rule's length. */
  date?: CivilDate;
  /** The working days that this task left unused when it was done, as the clock waited for somebody else. */
  leftOf?: string;
  /** The deadline of this task, as it stands: two persons share one limit. */
  sameAs?: string;
}

/** A deadline as it was computed, with everything needed to say why it is that day. */
export interface Deadline {
  rule: string;
  basis: string;
  /** 1 for the first, one more with each extension or recomputation. */
  version: number;
  /** Where the count began. */
  from: Instant;
  at: Instant;
  date: CivilDate;
  calendar: number;
  /** The calendar of that year is not published yet; recomputed when it is. */
  provisional: boolean;
  why: Reason;
  /** When the rungs of the ladder are stepped on; all in office hours. */
  ladder: { soon: Instant | null; due: Instant; head: Instant; supervisor: Instant };
  /** The deadline this one replaced, kept and shown. */
  was?: { at: Instant; date: CivilDate; changedAt: Instant; because: 'extended' | 'recomputed' | 'suspended' };
  /** Its days are its own and not the rule's: what was left of another deadline. */
  ownDays?: true;
}

export type Rung = keyof Deadline['ladder'];

export interface FileRef {
  /** SHA-256 of the content; also the name it is stored under. */
  hash: string;
  name: string;
  mime: string;
  bytes: number;
}

/** Why a clock may stand still; the rules `suspension.*` say which of them the law in force knows. */
export const suspensionGrounds = ['inspection', 'appraisal', 'expert-review', 'hearing', 'proceedings'] as const;
export type SuspensionGround = (typeof suspensionGrounds)[number];

/** Why a task was given back although whoever had it did not ask: his account was closed, or his role taken from him. */
export type Vacated = 'accountClosed' | 'roleTaken';

/** A clock that stands still, e.g. while something is inspected, which is outside the limit. */
export interface Suspension {
  at: Instant;
  by: Actor;
  /** Absent in files of before. */
  ground?: SuspensionGround;
  reason: string;
  /** Working days that were left then, and are left when it is resumed. */
  left: number;
  /** It was over its deadline then, by so many working days, and is when it is resumed; absent when it was in time. */
  late?: number;
}

/** Somebody who may not do a task, because he did the act that it is to check (four eyes). */
export interface Exclusion {
  person: string;
  because: string;
}

export type Form = Record<string, unknown>;

export interface Extension {
  days: number;
  reason: string;
  by: Actor;
  at: Instant;
  /** The task in which somebody else decides it. */
  decision: string;
  granted: boolean | null;
}

/** What a case issues on paper. */
export type PaperName = 'acceptance' | 'refusal' | 'supplement' | 'extension' | 'decision' | 'hearing' | 'revocation' | 'result' | 'correction' | 'opinion';

/** A document that was issued, with what its unit's documents named that day; null where the unit had not given it. */
export interface IssuedPaper {
  name: PaperName;
  /** 文号. */
  number: string | null;
  /** The body that reconsiders decisions of the unit. */
  review: string | null;
  /** The court that hears suits against them. */
  court: string | null;
}

export interface TaskState {
  id: string;
  /** Running number in the case; with the case number it names the task in addresses and mail. */
  number: number;
  stage: string;
  /** Tells apart tasks of one stage that are open together, e.g. the unit that is to acknowledge. */
  key: string | null;
  round: number;
  status: 'open' | 'done' | 'cancelled';
  audience: Audience;
  assignee: Assignee | null;
  excluded: Exclusion[];
  /** What the opener hands over: the part to be done, the task an extension is about. */
  brief: Form;
  deadline: Deadline | null;
  /** Rungs stepped on, as `version:rung`. */
  rungs: string[];
  openedAt: Instant;
  /** Sequence of the event that last changed who may do it, by when, or whether it is open. */
  version: number;
  files: FileRef[];
  comments: number;
  urged: number;
  extension: Extension | null;
  outcome: string | null;
  form: Form;
  doneBy: Actor | null;
  doneAt: Instant | null;
  /** It was over its deadline when it was done. What was late stays late. */
  late: boolean;
  /** Documents that were issued with it; absent in files of before. */
  papers?: IssuedPaper[];
  /** Its clock stands still. */
  suspended?: Suspension;
  /** It shares the deadline of this task, and with it the one extension there is. */
  sameAs?: string;
  /** Nobody waits for it beyond its deadline: it is cancelled then, and the process goes on. */
  lapses?: true;
}

export interface DisclosureState {
  /** The task that released it. */
  id: string;
  /** The unit whose opinion it is. */
  unit: string;
  title: string;
  text: string;
  basis: string;
  channel: string;
  from: Instant;
  until: Instant;
  status: 'published' | 'withdrawn' | 'ended';
  /** Why it was withdrawn, as the public reads it. */
  reason: string | null;
  changedAt: Instant;
}

export interface Closing {
  outcome: string;
  summary: string;
  at: Instant;
  by: Actor | null;
  reopenUntil: Instant;
  /** The same as the case's own, in files in which the closing brought it about. */
  bannedUntil?: CivilDate;
  reopened: { at: Instant; by: Actor; reason: string } | null;
}

/** A further applicant. His contact is sealed under `id`, that of the command by which he joined. */
export interface Joined {
  id: string;
  at: Instant;
  by: Actor;
  form: Form;
  files: FileRef[];
}

/** What everybody is told of a record that was corrected or removed; `until` is the last day on which it is shown. */
export interface Correction {
  record: string;
  what: 'corrected' | 'removed';
  text: string;
  reason: string;
  at: Instant;
  until: CivilDate;
}

export interface CaseState {
  id: string;
  kind: CaseKind;
  /** Version of the process definition that the case was opened under. */
  definition: number;
  caseNo: string;
  title: string;
  seq: number;
  openedAt: Instant;
  openedBy: Actor | null;
  /** The facts it was opened with; their shape belongs to the kind of case. */
  opening: Form;
  tasks: Record<string, TaskState>;
  disclosures: DisclosureState[];
  closings: Closing[];
  /** Persons related to the case, who neither see it nor act in it. */
  recused: Record<string, string>;
  files: FileRef[];
  /** The last command ids, so that one sent twice is known in a later run too. */
  commands: string[];
  /** The steps in which the case changed records, each with the units that used one of these then, and the records it made. */
  changed?: Record<string, { at: Instant; units: string[]; stored?: string[] }>;
  /** Further applicants, whose applications are about the same. */
  joined?: Joined[];
  /** First day on which the subject may apply again, after a repair that was got by false papers was revoked. */
  bannedUntil?: CivilDate;
  /** What everybody is told of records that were wrong. */
  corrections?: Correction[];
  /** The applicant took his application back. */
  withdrawn?: { at: Instant; by: Actor; reason: string };
}

/** A sentence to be said in the reader's language: key in the `acts` texts, and what stands in it. */
export interface Said {
  key: string;
  params?: Record<string, string | number>;
}
