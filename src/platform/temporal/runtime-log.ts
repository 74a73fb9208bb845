import { Runtime, type LogLevel } from '@temporalio/worker';
import type { LogMetadata } from '@temporalio/common';
import type { Level, Logger } from 'pino';

/** What the SDK tells as information, such as each change of a worker's state, is detail to an operator. */
const LEVELS: Readonly<Record<LogLevel, Level>> = { TRACE: 'trace', DEBUG: 'debug', INFO: 'debug', WARN: 'warn', ERROR: 'error' };

/** What the SDK's native part says, from warnings on, is forwarded as well. */
const NATIVE_FILTER = { core: 'WARN', other: 'ERROR' } as const;

/**
 * Lets the SDK write into our log, as JSON like the rest. Signals are left to the process, which knows what else
 * has to end. Must be called before a worker or its connection is made, and once a process.
 */
export function logTemporalTo(logger: Logger): void {
  const write = (level: LogLevel, message: string, meta: LogMetadata = {}): void => {
    // These name the workflow and the activity; what an act brought along is in neither.
    const { sdkComponent, workflowType, workflowId, activityType, attempt, error } = meta;
    logger[LEVELS[level]]({ component: sdkComponent ?? 'temporal', workflowType, workflowId, activityType, attempt, err: error }, message);
  };
  Runtime.install({
    logger: {
      log: write,
      trace: (message, meta) => write('TRACE', message, meta),
      debug: (message, meta) => write('DEBUG', message, meta),
      info: (message, meta) => write('INFO', message, meta),
      warn: (message, meta) => write('WARN', message, meta),
      error: (message, meta) => write('ERROR', message, meta),
    },
    telemetryOptions: { logging: { filter: NATIVE_FILTER, forward: {} } },
    shutdownSignals: [],
  });
}
