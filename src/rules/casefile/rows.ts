import { indexTerms } from '../search/tokens.ts';
import { isSideStage, partiesOf } from './parties.ts';
import { isClosed, openTasks } from './fold.ts';
import type { CaseState, DisclosureState, Instant, TaskState } from './types.ts';

/** A row to be written: column → value. Instants stay ISO texts, PostgreSQL reads them. */
export type Row = Record<string, string | number | boolean | null | string[]>;

/** Address of a task: case number and running number, e.g. `XZ-2026-000123-4`. */
export function taskSlug(state: Pick<CaseState, 'caseNo'>, task: Pick<TaskState, 'number'>): string {
  return `${state.caseNo}-${task.number}`;
}

/** Number under which a disclosure is public, e.g. `XZ-2026-000123-P1`. */
export function disclosureNumber(state: CaseState, disclosure: DisclosureState): string {
  return `${state.caseNo}-P${state.disclosures.indexOf(disclosure) + 1}`;
}

/** Something can still happen to it other than being reopened: a process must run on it. */
export function isLive(state: CaseState): boolean {
  return !isClosed(state) || openTasks(state).length > 0 || state.disclosures.some((d) => d.status === 'published');
}

/** The earliest deadline of what is open in the process, not of decisions beside it. */
export function dueAt(state: CaseState): Instant | null {
  const deadlines = openTasks(state)
    .filter((task) => !isSideStage(task.stage) && task.deadline && !task.suspended)
    .map((task) => task.deadline!.at);
  return deadlines.length > 0 ? deadlines.reduce((a, b) => (a < b ? a : b)) : null;
}

/** What the list of every kind has of a case but its subject; a closed case has no step and no deadline. */
export function listedRow(state: CaseState, step: string | null): Row {
  const closed = isClosed(state);
  const closing = state.closings.at(-1);
  return {
    case_id: state.id,
    case_no: state.caseNo,
    title: state.title,
    status: closed ? 'closed' : 'open',
    step,
    outcome: closed ? (closing?.outcome ?? null) : null,
    due_at: closed ? null : dueAt(state),
    opened_at: state.openedAt,
    closed_at: closed ? (closing?.at ?? null) : null,
  };
}

export function caseFileRow(state: CaseState): Row {
  const closed = isClosed(state);
  return {
    id: state.id,
    kind: state.kind,
    definition: state.definition,
    case_no: state.caseNo,
    title: state.title,
    status: closed ? 'closed' : 'open',
    live: isLive(state),
    reopen_until: closed ? (state.closings.at(-1)?.reopenUntil ?? null) : null,
    state: JSON.stringify(state),
    opened_at: state.openedAt,
    closed_at: closed ? (state.closings.at(-1)?.at ?? null) : null,
  };
}

export function taskRow(state: CaseState, task: TaskState): Row {
  return {
    case_id: state.id,
    task_id: task.id,
    slug: taskSlug(state, task),
    kind: state.kind,
    case_no: state.caseNo,
    title: state.title,
    stage: task.stage,
    side: isSideStage(task.stage),
    status: task.status,
    unit: task.audience.unit,
    role: task.audience.role,
    assignee: task.assignee?.person ?? null,
    assignee_name: task.assignee?.name ?? null,
    excluded: task.excluded.map((e) => e.person),
    deadline_at: task.suspended ? null : (task.deadline?.at ?? null),
    provisional: task.deadline?.provisional ?? false,
    opened_at: task.openedAt,
    done_at: task.doneAt,
    done_by: task.doneBy?.person ?? null,
    outcome: task.outcome,
    late: task.late,
    urged: task.urged,
  };
}

export function disclosureRow(state: CaseState, disclosure: DisclosureState): Row {
  return {
    number: disclosureNumber(state, disclosure),
    case_id: state.id,
    disclosure_id: disclosure.id,
    case_no: state.caseNo,
    unit: disclosure.unit,
    title: disclosure.title,
    text: disclosure.text,
    basis: disclosure.basis,
    channel: disclosure.channel,
    status: disclosure.status,
    published_at: disclosure.from,
    until: disclosure.until,
    reason: disclosure.reason,
    changed_at: disclosure.changedAt,
    // What was taken back is not to be found by what it said.
    search: indexTerms(disclosure.title, disclosureNumber(state, disclosure), disclosure.status === 'published' ? disclosure.text : ''),
  };
}

/** The case in the lists of each unit that has a part in it, which are divided and sorted as `listed`, its row in the list of all. */
export function partyRows(state: CaseState, { status, step, due_at }: Row): Row[] {
  return [...partiesOf(state)].sort().map((unit) => ({
    unit, case_id: state.id, kind: state.kind, status: status!, step: step!, due_at: due_at!, opened_at: state.openedAt,
  }));
}

/** Further applicants, in the order in which they joined. */
export function joinerRows(state: CaseState): Row[] {
  return (state.joined ?? []).map(({ id, at, form }, n) => ({
    case_id: state.id, number: n + 1, join_id: id, applicant: (form['applicant'] as { account: string | null } | undefined)?.account ?? null, joined_at: at,
  }));
}

/** What everybody is told of records that were wrong. */
export function correctionRows(state: CaseState): Row[] {
  return (state.corrections ?? []).map(({ record, what, text, reason, at, until }, n) => ({
    case_id: state.id, number: n + 1, record_id: record, what, text, reason, at, until,
  }));
}

export function recusalRows(state: CaseState): Row[] {
  return Object.keys(state.recused).sort().map((person) => ({ person, case_id: state.id }));
}
