import { lastDone } from '../casefile/fold.ts';
import type { CaseState, CivilDate, Instant, TaskState } from '../casefile/types.ts';
import type { Passage } from '../masking/index.ts';
import type { IncidentStage } from './process.ts';

/** The four fields of public life in which the notice watches for dishonesty. */
export const fields = ['government', 'commerce', 'society', 'judiciary'] as const;
export type Field = (typeof fields)[number];

/** Focus areas named by the notice, and the rest. */
export const areas = ['foodHygiene', 'workSafety', 'financialFraud', 'ecology', 'wages', 'other'] as const;
export type Area = (typeof areas)[number];

export const levels = ['general', 'large', 'major', 'extraordinary'] as const;
export type Level = (typeof levels)[number];

/** What a department does in its part of the handling. */
export const measures = ['investigate', 'penalise', 'compensate', 'rectify', 'other'] as const;
export type Measure = (typeof measures)[number];

/** How a reporter without a mail address was told the result; `notReached` says that it was tried. */
export const tellings = ['phone', 'inPerson', 'letter', 'notReached'] as const;
export type Telling = (typeof tellings)[number];

export const channels = ['creditPortal', 'governmentSite', 'departmentSite', 'press'] as const;
export type Channel = (typeof channels)[number];

/** A subject of the incident: an organisation by its unified code, or a person whose identity is sealed elsewhere. */
export type IncidentSubject =
  | { kind: 'organisation'; uscc: string; name: string }
  /** `minor`: under age on the day of the incident, by the number he was reported with. */
  | { kind: 'person'; sealed: string; masked: string; minor?: true };

/** Whether a subject of the incident was under age: nothing of it is published then (未成年人保护法 article 103). */
export const isOfMinor = ({ subjects }: Pick<IncidentOpening, 'subjects'>): boolean => subjects.some((subject) => subject.kind === 'person' && subject.minor === true);

export interface Similar {
  caseId: string;
  caseNo: string;
  title: string;
}

/** The facts an incident is opened with. */
export interface IncidentOpening {
  field: Field;
  area: Area;
  what: string;
  place: string;
  region: string;
  occurredOn: CivilDate;
  subjects: IncidentSubject[];
  sourceUrl: string | null;
  channel: 'form' | 'api' | 'spreadsheet' | 'takenOver';
  /** Who told us, if it was not the unit itself; the contact is sealed, `masked` may be shown. */
  reporter: { sealed: string; masked: string } | null;
  /** Similar incidents the reporter was shown and reported nevertheless. */
  similar: Similar[];
  offices: { creditOffice: string; legal: string; publicity: string };
}

/** How somebody was told who cannot be written to. */
export interface OtherTelling {
  how: Telling;
  on: CivilDate;
  note: string;
}

export interface Part {
  unit: string;
  measure: Measure;
  text: string;
  /** Fixed by the assigner; else the rule's length counts. */
  date: CivilDate | null;
}

/** What each task of an incident hands back. Keys are stages; the members are the union over their outcomes. */
export interface IncidentForms {
  /** `apart`: other reports of the same firm that were looked at and found to be another matter. */
  verify: { finding: string; of?: Similar; apart?: { reports: Similar[]; reason: string } };
  /** `related` raise nothing; absent in files of before. */
  grade: { base: Level; level: Level; recurrences: Similar[]; related?: Similar[]; reason: string };
  assign: { accountable: string; instruction: string; parts: Part[] };
  acknowledge: { reason: string };
  'first-report': { report: string };
  handle: { result: string };
  /** `at` and `where` say when and on what it was published, whenever that is recorded; absent in files of before. */
  statement: { url: string | null; date: CivilDate | null; at?: Instant; where?: string; text: string };
  'statement-confirm': { comment: string };
  opinion: { facts: string; basis: string; decision: string; measures: string };
  'legal-review': { comment: string };
  approve: { comment: string };
  /**
   * `title`, `text` and `basis` as the public reads them: made of what was `written`, by rule and by what a person decided on
   * `passages`. Both absent in files of before, in which the masked text alone was written, and where nothing is published.
   */
  disclose: {
    title: string; text: string; basis: string; channel: Channel; months: number; reason: string;
    written?: { title: string; text: string; basis: string }; passages?: readonly Passage[];
  };
  release: { comment: string };
  /**
   * `told` is the reply without data of third persons, as whoever reported gets it; `otherwise`: how those were told who left no
   * address. Both absent in files of before.
   */
  feedback: { url: string | null; date: CivilDate | null; toReporter: string; toSuperior: string; told?: string; otherwise?: OtherTelling | null };
  prevention: { measures: string; unit: string; date: CivilDate };
  'prevention-check': { finding: string };
  close: { summary: string };
}

/** The last finished round of a stage, with its form typed. */
export function lastOf<S extends IncidentStage>(
  state: CaseState,
  stage: S,
): (Omit<TaskState, 'form'> & { form: IncidentForms[S] }) | null {
  return lastDone(state, stage) as (Omit<TaskState, 'form'> & { form: IncidentForms[S] }) | null;
}

export function openingOf(state: CaseState): IncidentOpening {
  return state.opening as unknown as IncidentOpening;
}

/** A report, as far as its reporter is to be told of it. */
/** A term ends at 24:00: the moment at which its last day is still on. */
export const lastMomentOf = (until: Date | Instant): Date => new Date(new Date(until).getTime() - 1);

export interface Report {
  caseId: string;
  caseNo: string;
  title: string;
  /** The unit that entered it: itself the reporter, where it had nobody else's word. */
  unit: string | null;
  reporter: IncidentOpening['reporter'];
}

export const reportOf = (state: CaseState): Report =>
  ({ caseId: state.id, caseNo: state.caseNo, title: state.title, unit: state.openedBy?.unit ?? null, reporter: openingOf(state).reporter });

/** What whoever reported is told: the text, by which unit and when; null before, and in files in which it was not told to him. */
export function replyOf(state: CaseState): { task: string; text: string; unit: string; at: Instant } | null {
  const feedback = lastOf(state, 'feedback');
  const { told } = feedback?.form ?? {};
  if (!feedback || told === undefined || feedback.doneAt === null) return null;
  return { task: feedback.id, text: told, unit: feedback.audience.unit, at: feedback.doneAt };
}

/** Recurrence within the window raises the level by one; the highest stays (notice, task 1: no recurrence of the same type). */
export function effectiveLevel(base: Level, recurrences: readonly unknown[]): Level {
  const at = levels.indexOf(base);
  return levels[Math.min(levels.length - 1, at + (recurrences.length > 0 ? 1 : 0))] ?? base;
}

export function levelOf(state: CaseState): Level | null {
  return lastOf(state, 'grade')?.form.level ?? null;
}

/** The one unit that answers for the handling; null until it is assigned. */
export function accountableUnit(state: CaseState): string | null {
  return lastOf(state, 'assign')?.form.accountable ?? null;
}

/** When the public was answered, and whether within the hours; null before, where none was needed, and in files of before. */
export function answeredAt(state: CaseState): { at: Instant; where: string; inTime: boolean } | null {
  const statement = lastOf(state, 'statement');
  const { at, where } = statement?.form ?? {};
  if (!statement || at === undefined) return null;
  return { at, where: where ?? '', inTime: statement.deadline === null || at <= statement.deadline.at };
}

/** Counted as answered only when an official public statement with its link and date exists. */
export function isAnswered(state: CaseState): boolean {
  const feedback = lastOf(state, 'feedback')?.form;
  return Boolean(feedback?.url && feedback.date);
}
