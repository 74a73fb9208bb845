import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, isGrpcServiceError } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';

/**
 * How long Temporal keeps the history of what has ended: a closed case, or an earlier run of an open one.
 * An open run is kept however old it is. The case file in PostgreSQL is what lasts; this is for looking into.
 */
const RETENTION = '30 days';

/** gRPC's status code. */
const NOT_FOUND: number = 5;

const isNotFound = (error: unknown) => isGrpcServiceError(error) && error.code === NOT_FOUND;

async function bringAbout(connection: Connection, namespace: string, own: boolean): Promise<void> {
  const { workflowService } = connection;
  try {
    if (own) await workflowService.updateNamespace({ namespace, config: { workflowExecutionRetentionTtl: msToTs(RETENTION) } });
    else await workflowService.describeNamespace({ namespace });
  } catch (error) {
    if (!isNotFound(error)) throw error;
    await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs(RETENTION) });
  }
}

export interface NamespaceOptions {
  /** Whether the server is ours to configure; a given one's namespace is left as it is. */
  readonly own: boolean;
  /** After this many milliseconds the last error is thrown. */
  readonly timeoutMs: number;
  /** Gives up. */
  readonly signal: AbortSignal;
}

/** Waits until the server answers and has the namespace, which is registered when it is not there. */
export async function ensureNamespace(address: string, namespace: string, { own, timeoutMs, signal }: NamespaceOptions): Promise<void> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    signal.throwIfAborted();
    let connection: Connection | undefined;
    try {
      connection = await Connection.connect({ address, connectTimeout: 2000 });
      await bringAbout(connection, namespace, own);
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
      await sleep(100, undefined, { signal });
    } finally {
      await connection?.close();
    }
  }
}
