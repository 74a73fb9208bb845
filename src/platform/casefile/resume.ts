import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import type { Knex } from 'knex';
import type { CaseKind } from '../../rules/casefile/types.ts';
import { workflowId } from './gateway.ts';

export interface Resumed {
  /** Cases on which a process was started now. */
  taken: number;
  /** Cases on which one ran already. */
  running: number;
}

const atOnce = 16;
const chunk = 500;

/**
 * Sees to it that a process runs on every case to which something can still happen. A process that runs is left
 * alone; one that is started finds its place in the file by itself and sends the mail that was left behind.
 */
export async function resumeCases(
  { knex, client, taskQueue }: { knex: Knex; client: Client; taskQueue: string },
  progress: (so: Resumed) => void = () => undefined,
): Promise<Resumed> {
  const so: Resumed = { taken: 0, running: 0 };
  const take = async (kind: CaseKind, caseId: string): Promise<void> => {
    try {
      await client.workflow.start(kind, {
        workflowId: workflowId(kind, caseId),
        taskQueue,
        workflowIdConflictPolicy: 'FAIL',
        args: [{ caseId, opening: null }],
      });
      so.taken += 1;
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      so.running += 1;
    }
  };
  let after: string | null = null;
  for (;;) {
    const query = knex('case_file')
      .where((live) => live.where({ live: true }).orWhere('reopen_until', '>', knex.fn.now()))
      .orderBy('id')
      .limit(chunk);
    const cases: { id: string; kind: CaseKind }[] = await (after === null ? query : query.andWhere('id', '>', after)).select('id', 'kind');
    if (cases.length === 0) return so;
    for (let n = 0; n < cases.length; n += atOnce) {
      await Promise.all(cases.slice(n, n + atOnce).map(({ kind, id }) => take(kind, id)));
      progress(so);
    }
    after = cases.at(-1)!.id;
  }
}
