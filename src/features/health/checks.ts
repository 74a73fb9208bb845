import { connect } from 'node:net';
import type { Connection } from '@temporalio/client';
import type { Knex } from 'knex';

/** The parts without which an act can't be done to its end. */
export const parts = ['database', 'temporal', 'worker', 'mail'] as const;

export type Part = (typeof parts)[number];

/** Fails when the part is away. */
export type Check = (signal: AbortSignal) => Promise<void>;

/** What the checks ask. */
export interface CheckedParts {
  readonly knex: Knex;
  readonly connection: Connection;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly smtpUrl: string;
}

/**
 * A worker asks for work again at least every minute, so one that has not for longer is gone. A killed one is
 * therefore missed a minute late; acts that wait for it say so themselves.
 */
const POLLER_ALIVE_MS = 75_000;

/** Temporal's `TaskQueueType`: the workers that run processes. */
const WORKFLOW_QUEUE = 1;

const SMTP_PORT = { 'smtp:': 25, 'smtps:': 465 } as const;

/** Connects as mail would be sent; the greeting is not waited for, as a busy server may delay it on purpose. */
function reach(url: URL, signal: AbortSignal): Promise<void> {
  const port = url.port === '' ? SMTP_PORT[url.protocol === 'smtps:' ? 'smtps:' : 'smtp:'] : Number(url.port);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: url.hostname, port });
    const stop = () => socket.destroy(new Error('no connection in time'));
    signal.addEventListener('abort', stop, { once: true });
    socket.once('connect', () => { socket.end(); resolve(); });
    socket.once('error', reject);
    socket.once('close', () => signal.removeEventListener('abort', stop));
  });
}

/** One check for each part; each asks the part itself. */
export function createChecks({ knex, connection, namespace, taskQueue, smtpUrl }: CheckedParts): Record<Part, Check> {
  return {
    async database() {
      await knex.raw('select 1');
    },
    async temporal(signal) {
      await connection.withAbortSignal(signal, () => connection.workflowService.describeNamespace({ namespace }));
    },
    async worker(signal) {
      const queue = await connection.withAbortSignal(signal, () => connection.workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name: taskQueue },
        taskQueueType: WORKFLOW_QUEUE,
      }));
      const latest = Math.max(0, ...queue.pollers.map(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000));
      if (Date.now() - latest > POLLER_ALIVE_MS) throw new Error('no worker asks for work');
    },
    mail: (signal) => reach(new URL(smtpUrl), signal),
  };
}
