import type { Knex } from 'knex';
import { readerOf } from '../../platform/casefile/reading.ts';
import type { Seal } from '../../platform/seal.ts';
import { visibleCases, type Sight } from '../../platform/visibility.ts';
import { caseAsRead, happeningAsRead, type Reader } from '../../rules/casefile/as-read.ts';
import type { Happening } from '../../rules/casefile/events.ts';
import type { Actor, Audience, CaseState, TaskState } from '../../rules/casefile/types.ts';

/** `XZ-2026-000123-4` */
const slugForm = /^[A-Z]{2,4}-\d{4}-\d{6,9}-\d{1,4}$/u;

export interface FoundTask {
  slug: string;
  state: CaseState;
  task: TaskState;
  /** How the person reads what others wrote; null as it was written. */
  reader: Reader | null;
}

/** The task at an address; undefined when there is none, or the person may not see its case. */
export async function findTask(knex: Knex, seal: Seal, sight: Sight, slug: string): Promise<FoundTask | undefined> {
  if (!slugForm.test(slug)) return undefined;
  const visible = visibleCases(sight, 't.case_id');
  const row: { task_id: string; state: CaseState } | undefined = await knex('case_task as t')
    .join('case_file as f', 'f.id', 't.case_id')
    .where('t.slug', slug)
    .whereRaw(visible.sql, visible.bindings)
    .first('t.task_id', 'f.state');
  if (!row) return undefined;
  const reader = await readerOf(knex, seal, sight, row.state);
  const state = reader ? caseAsRead(row.state, reader) : row.state;
  const task = state.tasks[row.task_id];
  return task && { slug, state, task, reader };
}

/** Whether there is such a task for anybody: an attempt to see it is then written to the log. */
export async function existsTask(knex: Knex, slug: string): Promise<boolean> {
  return slugForm.test(slug) && (await knex('case_task').where({ slug }).first('slug')) !== undefined;
}

/** The case with this number, if the person may see it. */
export async function findCase(knex: Knex, sight: Sight, caseNo: string): Promise<CaseState | undefined> {
  const row = await knex<{ case_no: string; id: string }>('case_file').where({ case_no: caseNo }).first('id');
  return row && findState(knex, sight, row.id);
}

export async function existsCase(knex: Knex, caseNo: string): Promise<boolean> {
  return (await knex('case_file').where({ case_no: caseNo }).first('id')) !== undefined;
}

/** The state of a case that the person may see. */
export async function findState(knex: Knex, sight: Sight, caseId: string): Promise<CaseState | undefined> {
  const visible = visibleCases(sight, 'f.id');
  const row: { state: CaseState } | undefined = await knex('case_file as f').where('f.id', caseId).whereRaw(visible.sql, visible.bindings).first('f.state');
  return row?.state;
}

/** What people said and handed in, without the forms of their tasks. */
export type Talk = Extract<Happening, { type: 'case.commented' | 'task.commented' | 'task.attached' | 'task.urged' | 'task.released' | 'task.reassigned' }>;

const talkTypes: readonly Talk['type'][] = ['case.commented', 'task.commented', 'task.attached', 'task.urged', 'task.released', 'task.reassigned'];

export interface TalkEvent {
  seq: number;
  at: Date;
  actor: Actor | null;
  what: Talk;
}

const longestTalk = 200;

/** The newest first, as the person reads it. The caller has found the case by what the person may see. */
export async function readTalk(knex: Knex, { state, reader }: Pick<FoundTask, 'state' | 'reader'>): Promise<TalkEvent[]> {
  const talk: TalkEvent[] = await knex('case_event').where({ case_id: state.id }).whereIn('type', talkTypes).orderBy('seq', 'desc').limit(longestTalk).select('seq', 'at', 'actor', 'what');
  return reader ? talk.map((event) => ({ ...event, what: happeningAsRead(event, reader) })) : talk;
}

export interface Colleague {
  id: string;
  name: string;
  nameEn: string;
}

/** Active people who hold the role in the unit; the head of the credit office is also head of that unit. */
export async function readColleagues(knex: Knex, unit: string, role: Audience['role']): Promise<Colleague[]> {
  const rows: { id: string; name: string; name_en: string }[] = await knex('person as p')
    .join('person_role as r', 'r.person_id', 'p.id')
    .where({ 'p.active': true, 'r.unit_id': unit })
    .whereIn('r.role', role === 'head' ? ['head', 'creditOfficeHead'] : [role])
    .distinct('p.id', 'p.name', 'p.name_en')
    .orderBy('p.name');
  return rows.map((row) => ({ id: row.id, name: row.name, nameEn: row.name_en }));
}

export interface NextTask {
  slug: string;
  caseNo: string;
}

/** The person's own open task that is due first. */
export async function firstOwnTask(knex: Knex, sight: Sight): Promise<NextTask | undefined> {
  const visible = visibleCases(sight, 't.case_id');
  const row: { slug: string; case_no: string } | undefined = await knex('case_task as t')
    .where({ 't.assignee': sight.person, 't.status': 'open' })
    .whereRaw(visible.sql, visible.bindings)
    .orderBy([{ column: 't.deadline_at' }, { column: 't.slug' }])
    .first('t.slug', 't.case_no');
  return row && { slug: row.slug, caseNo: row.case_no };
}
