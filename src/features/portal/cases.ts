import type { Knex } from 'knex';
import type { CaseState, FileRef, Instant, TaskState } from '../../rules/casefile/types.ts';
import { isClosed, openTasks, textOf } from '../../rules/casefile/fold.ts';
import { lastObjection, objectionOpeningOf, objectionResult } from '../../rules/objection/facts.ts';
import { repairOpeningOf, repairUnit, type RepairForms } from '../../rules/repair/facts.ts';
import type { ApplicationKind } from './drafts.ts';

/** A case as its applicant finds it in his list. */
export interface OwnCase {
  readonly kind: ApplicationKind;
  readonly caseNo: string;
  readonly title: string;
  readonly status: string;
  readonly step: string | null;
  readonly outcome: string | null;
  readonly openedAt: Date;
}

/** The last ones first. */
export async function casesOf(knex: Knex, account: string, most = 50): Promise<OwnCase[]> {
  const one = (kind: ApplicationKind) => knex(kind).where({ applicant: account })
    .select(knex.raw('? as kind', [kind]), 'case_no', 'title', 'status', 'step', 'outcome', 'opened_at').orderBy('opened_at', 'desc').limit(most);
  const [repairs, objections] = (await Promise.all([one('repair'), one('objection')])) as (Omit<OwnCase, 'caseNo' | 'openedAt'> & { case_no: string; opened_at: Date })[][];
  return [...repairs!, ...objections!]
    .map(({ case_no: caseNo, opened_at: openedAt, ...row }) => ({ ...row, caseNo, openedAt }))
    .toSorted((a, b) => b.openedAt.getTime() - a.openedAt.getTime());
}

export interface WholeCase {
  readonly id: string;
  readonly kind: ApplicationKind;
  readonly state: CaseState;
}

/** An application or objection by its number; undefined for a case of another kind. Whose it is, the caller asks. */
export async function findCase(knex: Knex, caseNo: string): Promise<WholeCase | undefined> {
  const row: { id: string; kind: ApplicationKind; state: CaseState } | undefined = await knex('case_file').where({ case_no: caseNo }).whereIn('kind', ['repair', 'objection']).first('id', 'kind', 'state');
  return row;
}

export const applicantOf = ({ state }: WholeCase) => repairOpeningOf(state).applicant;

/** A step that the applicant is told of: a key of the words `portal:step.*`, and when. */
export interface Step {
  readonly key: string;
  readonly at: Instant;
  readonly unit: string;
  readonly reason: string | null;
}

/** Outcomes that are the applicant's business; what goes on within the house is not told. */
const told: Readonly<Record<ApplicationKind, ReadonlySet<string>>> = {
  repair: new Set(['accept.accepted', 'accept.supplement', 'accept.refused', 'accept.handedOver', 'supplement.supplied', 'check.checked', 'decide.granted', 'decide.refused', 'revoke-decide.revoked']),
  objection: new Set(['screen.own', 'screen.forwarded', 'decide.agreed', 'correct.corrected']),
};

const withReason = new Set(['accept.refused', 'accept.handedOver', 'decide.refused', 'revoke-decide.revoked']);

/** What has happened, oldest first, in words for the applicant. */
export function stepsOf({ kind, state }: WholeCase): Step[] {
  const opened: Step = { key: `${kind}.opened`, at: state.openedAt, unit: '', reason: null };
  const done = Object.values(state.tasks)
    .filter((task): task is TaskState & { doneAt: string } => task.status === 'done' && task.doneAt !== null && told[kind].has(`${task.stage}.${task.outcome ?? ''}`))
    .map((task): Step => {
      const name = `${task.stage}.${task.outcome ?? ''}`;
      const result = name === 'decide.agreed' ? (objectionResult(state) ?? 'agreed') : null;
      const reason = result === null ? (withReason.has(name) ? textOf(task.form, 'reason') : null) : (lastObjection(state, 'verify')?.form.finding ?? null);
      return { key: `${kind}.${result === null ? name : `decide.${result}`}`, at: task.doneAt, unit: task.audience.unit, reason: reason === '' ? null : reason };
    });
  const lapsed = Object.values(state.tasks)
    .filter((task) => task.stage === 'supplement' && task.status === 'cancelled' && task.doneAt !== null)
    .map((task): Step => ({ key: `${kind}.supplement.lapsed`, at: task.doneAt ?? state.openedAt, unit: '', reason: null }));
  const withdrawn: Step[] = state.withdrawn ? [{ key: `${kind}.withdrawn`, at: state.withdrawn.at, unit: '', reason: null }] : [];
  return [opened, ...done, ...lapsed, ...withdrawn].toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/** Whose move it is now, and by when; null once it is over. */
export interface Now {
  /** Words `portal:now.*`. */
  readonly key: string;
  readonly unit: string;
  readonly due: Instant | null;
  readonly provisional: boolean;
}

const sideless: Readonly<Record<ApplicationKind, readonly string[]>> = {
  repair: ['accept', 'supplement', 'check', 'decide', 'release', 'follow-up', 'revoke', 'revoke-decide'],
  objection: ['screen', 'verify', 'decide', 'correct', 'acknowledge-correction'],
};

export function nowOf({ kind, state }: WholeCase): Now | null {
  if (isClosed(state)) return null;
  const task = openTasks(state).find(({ stage }) => sideless[kind].includes(stage));
  if (!task) return { key: `${kind}.waiting`, unit: '', due: null, provisional: false };
  return { key: `${kind}.${task.stage}`, unit: task.audience.unit, due: task.suspended ? null : (task.deadline?.at ?? null), provisional: task.deadline?.provisional ?? false };
}

/** The paper that was asked for, while it may still be added. */
export function openSupplement({ state }: WholeCase): { task: TaskState; missing: readonly string[]; reason: string } | null {
  const task = openTasks(state).find(({ stage, audience }) => stage === 'supplement' && audience.role === 'applicant');
  if (!task) return null;
  const { missing = [], reason = '' } = task.brief as Partial<RepairForms['accept']>;
  return { task, missing, reason };
}

/** The unit that answers for the case now. */
export const unitOf = ({ kind, state }: WholeCase): string => (kind === 'repair' ? repairUnit(state) : objectionOpeningOf(state).unit);

/** What the applicant handed in: with his application, and when he was asked for more. */
export function ownFiles({ state }: WholeCase): FileRef[] {
  const hashes = new Set(repairOpeningOf(state).papers.map(({ hash }) => hash));
  const added = Object.values(state.tasks).filter(({ stage }) => stage === 'supplement').flatMap(({ files }) => files);
  return [...state.files.filter(({ hash }) => hashes.has(hash)), ...added];
}
