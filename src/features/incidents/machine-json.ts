import { instantOf, instantOrNull } from '../../platform/http/instants.ts';
import { isClosed } from '../../rules/casefile/fold.ts';
import { disclosureNumber, dueAt, taskSlug } from '../../rules/casefile/rows.ts';
import type { CaseState, FileRef, TaskState } from '../../rules/casefile/types.ts';
import { accountableUnit, isAnswered, levelOf, openingOf, type IncidentSubject } from '../../rules/incident/facts.ts';
import { stepOf } from '../../rules/incident/process.ts';
import type { Companion, ListedIncident } from './list/queries.ts';

/** A subject as machines read it: a person's number is never told. */
export interface SubjectJson {
  kind: 'organisation' | 'person';
  name: string;
  code: string | null;
}

export interface IncidentJson {
  number: string;
  title: string;
  status: 'open' | 'closed';
  step: string | null;
  level: string | null;
  field: string;
  area: string;
  region: string;
  accountableUnit: string | null;
  occurredOn: string;
  dueAt: string | null;
  late: boolean;
  outcome: string | null;
  openedAt: string;
  closedAt: string | null;
  subjects: SubjectJson[];
}

export interface WholeIncidentJson extends IncidentJson {
  what: string;
  place: string;
  sourceUrl: string | null;
  channel: string;
  reportedBy: { unit: string; name: string } | null;
  answered: boolean;
  tasks: {
    number: string;
    stage: string;
    round: number;
    unit: string;
    role: string;
    status: TaskState['status'];
    assignee: string | null;
    outcome: string | null;
    openedAt: string;
    doneAt: string | null;
    dueAt: string | null;
    provisional: boolean;
    late: boolean;
  }[];
  disclosures: { number: string; title: string; status: string; channel: string; basis: string; from: string; until: string; reason: string | null }[];
  files: { name: string; type: string; bytes: number; sha256: string }[];
}

/** An incident of a list. */
export function listedJson(incident: ListedIncident, companion: Companion | undefined, now: Date): IncidentJson {
  return {
    number: incident.caseNo,
    title: incident.title,
    status: incident.status,
    step: incident.step,
    level: incident.level,
    field: incident.field,
    area: incident.area,
    region: incident.region,
    accountableUnit: incident.accountableUnit,
    occurredOn: incident.occurredOn,
    dueAt: instantOrNull(incident.dueAt),
    late: incident.dueAt !== null && incident.dueAt < now,
    outcome: incident.outcome,
    openedAt: instantOf(incident.openedAt),
    closedAt: instantOrNull(incident.closedAt),
    subjects: (companion?.subjects ?? []).map(({ name, uscc }) => ({ kind: uscc === null ? 'person' : 'organisation', name, code: uscc })),
  };
}

const subjectJson = (subject: IncidentSubject): SubjectJson =>
  subject.kind === 'organisation' ? { kind: subject.kind, name: subject.name, code: subject.uscc } : { kind: subject.kind, name: subject.masked, code: null };

function taskJson(state: CaseState, task: TaskState, now: string): WholeIncidentJson['tasks'][number] {
  return {
    number: taskSlug(state, task),
    stage: task.stage,
    round: task.round,
    unit: task.audience.unit,
    role: task.audience.role,
    status: task.status,
    assignee: task.assignee?.name ?? null,
    outcome: task.outcome,
    openedAt: instantOf(task.openedAt),
    doneAt: instantOrNull(task.doneAt),
    dueAt: instantOrNull(task.deadline?.at),
    provisional: task.deadline?.provisional ?? false,
    late: task.status === 'open' ? task.deadline !== null && task.deadline.at < now : task.late,
  };
}

/** All files of a case, however they came into it. */
export function filesOf(state: CaseState): FileRef[] {
  return [...state.files, ...Object.values(state.tasks).flatMap((task) => task.files)];
}

/** An incident with its tasks, disclosures and files. */
export function wholeJson(state: CaseState, now: Date): WholeIncidentJson {
  const opening = openingOf(state);
  const closing = isClosed(state) ? state.closings.at(-1) : undefined;
  const due = closing ? null : dueAt(state);
  return {
    number: state.caseNo,
    title: state.title,
    status: closing ? 'closed' : 'open',
    step: stepOf(state),
    level: levelOf(state),
    field: opening.field,
    area: opening.area,
    region: opening.region,
    accountableUnit: accountableUnit(state),
    occurredOn: opening.occurredOn,
    dueAt: instantOrNull(due),
    late: due !== null && due < now.toISOString(),
    outcome: closing?.outcome ?? null,
    openedAt: instantOf(state.openedAt),
    closedAt: instantOrNull(closing?.at),
    subjects: opening.subjects.map(subjectJson),
    what: opening.what,
    place: opening.place,
    sourceUrl: opening.sourceUrl,
    channel: opening.channel,
    reportedBy: state.openedBy && { unit: state.openedBy.unit, name: state.openedBy.name },
    answered: isAnswered(state),
    tasks: Object.values(state.tasks).map((task) => taskJson(state, task, now.toISOString())),
    disclosures: state.disclosures.map((disclosure) => ({
      number: disclosureNumber(state, disclosure),
      title: disclosure.title,
      status: disclosure.status,
      channel: disclosure.channel,
      basis: disclosure.basis,
      from: instantOf(disclosure.from),
      until: instantOf(disclosure.until),
      reason: disclosure.reason,
    })),
    files: filesOf(state).map(({ name, mime, bytes, hash }) => ({ name, type: mime, bytes, sha256: hash })),
  };
}
