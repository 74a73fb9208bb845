import { randomUUID } from 'node:crypto';
import { WithStartWorkflowOperation, type Client, type WorkflowHandle } from '@temporalio/client';

export const FLOOR_QUEUE = 'bench-floor';

/** Bare workflows on the same server, one for each act that may run at once. */
export interface Floor {
  /** One Update of the n-th workflow; gives milliseconds. */
  touch(n: number): Promise<number>;
  /** Starts one more together with its first Update, as a case is opened; gives milliseconds. */
  start(): Promise<number>;
  close(): Promise<void>;
}

export async function startFloor(client: Client, atOnce: number): Promise<Floor> {
  const handles: WorkflowHandle[] = await Promise.all(Array.from({ length: atOnce }, () =>
    client.workflow.start('floor', { workflowId: `floor-${randomUUID()}`, taskQueue: FLOOR_QUEUE })));
  return {
    async touch(n) {
      const began = performance.now();
      await handles[n]!.executeUpdate('touch', { updateId: randomUUID() });
      return performance.now() - began;
    },
    async start() {
      const workflowId = `floor-${randomUUID()}`;
      const began = performance.now();
      const startWorkflowOperation = new WithStartWorkflowOperation('floor', { workflowId, taskQueue: FLOOR_QUEUE, workflowIdConflictPolicy: 'USE_EXISTING', args: [] });
      await client.workflow.executeUpdateWithStart('touch', { startWorkflowOperation, updateId: randomUUID(), args: [] });
      const took = performance.now() - began;
      handles.push(client.workflow.getHandle(workflowId));
      return took;
    },
    async close() {
      await Promise.all(handles.map((handle) => handle.terminate()));
    },
  };
}
