import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';

export const FLOOR_QUEUE = 'bench-floor';

/** Bare workflows on the same server, one for each act that may run at once. */
export interface Floor {
  /** One Update of the n-th workflow; gives milliseconds. */
  touch(n: number): Promise<number>;
  close(): Promise<void>;
}

export async function startFloor(client: Client, atOnce: number): Promise<Floor> {
  const handles = await Promise.all(Array.from({ length: atOnce }, () =>
    client.workflow.start('floor', { workflowId: `floor-${randomUUID()}`, taskQueue: FLOOR_QUEUE })));
  return {
    async touch(n) {
      const began = performance.now();
      await handles[n]!.executeUpdate('touch', { updateId: randomUUID() });
      return performance.now() - began;
    },
    async close() {
      await Promise.all(handles.map((handle) => handle.terminate()));
    },
  };
}
