import type { Knex } from 'knex';
import type { Deadline, Extension } from '../../rules/casefile/types.ts';

export interface OpenDeadline {
  caseNo: string;
  title: string;
  deadline: Deadline;
  extension: Extension | null;
}

/** Deadlines of open tasks that are not over yet: those that a change of calendar or rule could move. */
export async function openDeadlines(knex: Knex): Promise<OpenDeadline[]> {
  const rows: { case_no: string; title: string; task: { deadline: Deadline; extension: Extension | null } }[] = await knex('case_task as t')
    .join('case_file as f', 'f.id', 't.case_id')
    .where('t.status', 'open')
    .andWhere('t.deadline_at', '>', knex.fn.now())
    .select('t.case_no', 't.title', knex.raw("f.state -> 'tasks' -> t.task_id as task"));
  return rows.map(({ case_no: caseNo, title, task }) => ({ caseNo, title, deadline: task.deadline, extension: task.extension }));
}
