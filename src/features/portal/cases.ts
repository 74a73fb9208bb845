import type { Knex } from 'knex';
import type { CaseState, FileRef, Instant, TaskState } from '../../rules/casefile/types.ts';
import { isClosed, openTasks, textOf } from '../../rules/casefile/fold.ts';
import { lastObjection, objectionJoinOf, objectionOpeningOf, objectionRefusal, objectionResult } from '../../rules/objection/facts.ts';
import { defenceOf, lastRepair, repairOpeningOf, repairUnit, type Paper, type RepairForms } from '../../rules/repair/facts.ts';
import { speaksFor } from './bindings.ts';
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

/** The account's cases as `isOwn` says, the last ones first. */
export async function casesOf(knex: Knex, account: string, most = 50): Promise<OwnCase[]> {
  const standing = `select subject_id from portal_binding where state = 'confirmed' and account_id`;
  const one = (kind: ApplicationKind) => knex(`${kind} as c`)
    .whereRaw(
      `c.subject_id in (${standing} = ?::uuid)
       and (c.applicant = ? or exists (select 1 from case_joiner j where j.case_id = c.case_id and j.applicant = ?)
         or c.applicant is not null and c.subject_id not in (${standing}::text = c.applicant))`,
      [account, account, account],
    )
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

/**
 * Whether a case is the account's: it speaks for the subject, and opened the case, or who opened it speaks for it no longer.
 * So a firm's case goes on with its next handler, and who was unbound has no part in it any more.
 */
export async function isOwn(knex: Knex, { applicant, subject }: { applicant: string | null; subject: string }, account: string): Promise<boolean> {
  if (applicant === null || !(await speaksFor(knex, account, subject))) return false;
  return applicant === account || !(await speaksFor(knex, applicant, subject));
}

export const subjectOf = ({ state }: WholeCase): string => repairOpeningOf(state).subject.id;

/** What one of those who applied said and handed in himself. */
export interface OwnPart {
  /** His contact and his code word go by it. */
  readonly id: string;
  readonly statement: string;
  readonly papers: readonly Paper[];
  readonly files: readonly FileRef[];
  /** When it was merged into the case of another one; null for the first. */
  readonly joinedAt: Instant | null;
}

/** Everybody's part in the case, the first one's first. */
export function partsOf({ state }: Pick<WholeCase, 'state'>): (OwnPart & { readonly account: string | null })[] {
  const { applicant, statement, papers } = repairOpeningOf(state);
  const first = { id: state.id, account: applicant.account, statement, papers, files: state.files, joinedAt: null };
  return [first, ...(state.joined ?? []).map((joined) => {
    const form = objectionJoinOf(joined);
    return { id: joined.id, account: form.applicant.account, statement: form.statement, papers: form.papers, files: joined.files, joinedAt: joined.at };
  })];
}

/** The account's own part in a case: the one it made itself, or else one that `isOwn` hands on to it. */
export async function ownPartOf(knex: Knex, found: WholeCase, account: string): Promise<OwnPart | null> {
  const subject = subjectOf(found);
  for (const part of partsOf(found).toSorted((a, b) => Number(b.account === account) - Number(a.account === account))) {
    if (await isOwn(knex, { applicant: part.account, subject }, account)) return part;
  }
  return null;
}


/** A step that the applicant is told of: a key of the words `portal:step.*`, and when. */
export interface Step {
  readonly key: string;
  readonly at: Instant;
  readonly unit: string;
  readonly reason: string | null;
}

/** Outcomes that are the applicant's business; what goes on within the house is not told. */
const told: Readonly<Record<ApplicationKind, ReadonlySet<string>>> = {
  repair: new Set(['accept.accepted', 'accept.supplement', 'accept.refused', 'accept.handedOver', 'supplement.supplied', 'check.checked', 'decide.granted', 'decide.refused', 'defence.stated', 'defence.waived', 'revoke-decide.kept', 'revoke-decide.revoked']),
  objection: new Set(['screen-decide.refused', 'screen.own', 'screen.forwarded', 'decide.agreed', 'correct.corrected']),
};

const withReason = new Set(['accept.refused', 'accept.handedOver', 'decide.refused', 'revoke-decide.revoked']);

/** What has happened, oldest first, in words for the applicant; `joinedAt`: when his own part came to it. */
export function stepsOf({ kind, state }: WholeCase, joinedAt: Instant | null): Step[] {
  const opened: Step = { key: `${kind}.opened`, at: state.openedAt, unit: '', reason: null };
  const done = Object.values(state.tasks)
    .filter((task): task is TaskState & { doneAt: string } => task.status === 'done' && task.doneAt !== null && told[kind].has(`${task.stage}.${task.outcome ?? ''}`))
    .map((task): Step => {
      const name = `${task.stage}.${task.outcome ?? ''}`;
      if (name === 'screen-decide.refused') {
        const refused = objectionRefusal(state);
        // With the ground and what he can do: of the reason in words others may not read.
        return { key: `objection.screen-decide.refused.${refused?.ground ?? 'other'}`, at: task.doneAt, unit: task.audience.unit, reason: refused?.reason ?? null };
      }
      const result = name === 'decide.agreed' ? (objectionResult(state) ?? 'agreed') : null;
      const reason = result === null ? (withReason.has(name) ? textOf(task.form, 'reason') : null) : (lastObjection(state, 'verify')?.form.finding ?? null);
      return { key: `${kind}.${result === null ? name : `decide.${result}`}`, at: task.doneAt, unit: task.audience.unit, reason: reason === '' ? null : reason };
    });
  const lapsed = Object.values(state.tasks)
    .filter((task) => (task.stage === 'supplement' || task.stage === 'defence') && task.status === 'cancelled' && task.doneAt !== null)
    .map((task): Step => ({ key: `${kind}.${task.stage}.lapsed`, at: task.doneAt ?? state.openedAt, unit: '', reason: null }));
  const asked = Object.values(state.tasks).filter(({ stage }) => stage === 'defence').map((task): Step => ({ key: `${kind}.defence.asked`, at: task.openedAt, unit: repairUnit(state), reason: null }));
  const withdrawn: Step[] = state.withdrawn ? [{ key: `${kind}.withdrawn`, at: state.withdrawn.at, unit: '', reason: null }] : [];
  const joined: Step[] = joinedAt === null ? [] : [{ key: `${kind}.joined`, at: joinedAt, unit: '', reason: null }];
  return [opened, ...done, ...asked, ...lapsed, ...withdrawn, ...joined].toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
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
  repair: ['accept', 'supplement', 'check', 'decide', 'release', 'follow-up', 'revoke', 'defence', 'revoke-decide', 'reapply'],
  objection: ['screen', 'screen-decide', 'verify', 'decide', 'correct', 'acknowledge-correction'],
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

/** Facts and basis that he may answer to, while he may. */
export function openDefence({ kind, state }: WholeCase): { task: TaskState; finding: string; act: string | null; legalBasis: string | null } | null {
  const found = kind === 'repair' ? defenceOf(state) : null;
  if (found?.how !== 'open' || found.task.audience.role !== 'applicant') return null;
  const { finding = '', record = null } = lastRepair(state, 'revoke')?.form ?? {};
  return { task: found.task, finding, act: record?.act ?? null, legalBasis: record?.legalBasis ?? null };
}

/** The unit that answers for the case now. */
export const unitOf = ({ kind, state }: WholeCase): string => (kind === 'repair' ? repairUnit(state) : objectionOpeningOf(state).unit);

/** What he handed in: with his application, and when he was asked for more. */
export function ownFiles({ state }: WholeCase, { papers, files, joinedAt }: OwnPart): FileRef[] {
  const hashes = new Set(papers.map(({ hash }) => hash));
  const added = joinedAt === null ? Object.values(state.tasks).filter(({ stage }) => stage === 'supplement' || stage === 'defence').flatMap(({ files: more }) => more) : [];
  return [...files.filter(({ hash }) => hashes.has(hash)), ...added];
}
