import type { Knex } from 'knex';
import type { Translate } from '../../platform/i18n.ts';
import { groupedBy } from '../../platform/grouped.ts';
import { ask } from '../../platform/prepared.ts';

/** An open task of a process itself, as a list shows whose move a case is. */
export interface OpenTask {
  readonly stage: string;
  readonly unit: string;
  readonly assigneeName: string | null;
  readonly deadlineAt: Date | null;
  readonly provisional: boolean;
}

/** Open tasks of the cases of one page, the one with the earliest deadline first, in one statement. */
export async function openTasksOf(knex: Knex, caseIds: readonly string[]): Promise<ReadonlyMap<string, readonly OpenTask[]>> {
  if (caseIds.length === 0) return new Map();
  const rows = await ask<OpenTask & { case_id: string }>(knex, knex('case_task').whereRaw('case_id = any(?::uuid[])', [[...caseIds]]).where({ status: 'open', side: false }).orderByRaw('deadline_at nulls last')
    .select('case_id', 'stage', 'unit', 'provisional', { assigneeName: 'assignee_name', deadlineAt: 'deadline_at' }));
  const byCase = groupedBy(rows, ({ case_id: id }) => id);
  return new Map(caseIds.map((id) => [id, byCase.get(id) ?? []]));
}

/** The unit, with the name of the person who claimed the task; null while nobody has to do anything. */
export function whoseTurn(task: OpenTask | undefined, nameOf: (unit: string) => string, t: Translate): string | null {
  if (task === undefined) return null;
  return task.assigneeName === null ? nameOf(task.unit) : t('common:turnOf', { unit: nameOf(task.unit), name: task.assigneeName });
}
