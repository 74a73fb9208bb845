import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, NativeConnection, Worker, type WorkerOptions, type WorkflowBundleOption } from '@temporalio/worker';
import { mailQueueOf, type CaseActivities, type LawActivities, type MailActivities } from '../../rules/casefile/ports.ts';
import { createDataConverter, FAILURE_CONVERTER_PATH } from './codec.ts';
import type { TemporalConfig } from './connection.ts';

/** Task queue of the cases. Mail has its own beside it, at the rate the mail server bears. */
export const caseQueue = 'xinzhi';

const workflowsPath = fileURLToPath(new URL('../../../workflows/index.ts', import.meta.url));

/** The processes compiled for the sandbox; an import of anything but pure code fails here. */
export async function bundleWorkflows(): Promise<{ code: string }> {
  return bundleWorkflowCode({ workflowsPath, failureConverterPath: FAILURE_CONVERTER_PATH });
}

export interface WorkersOptions {
  config: TemporalConfig & { mailRate: number };
  cases: CaseActivities;
  mail: MailActivities;
  /** Absent where the law never changes, in a test. */
  law?: LawActivities;
  /** A bundle made before, as a file; compiled from source when absent. */
  bundlePath?: string;
  /** Tests use a queue of their own. */
  taskQueue?: string;
}

export interface Workers {
  /** Resolves when both have drained after `shutdown()`; rejects when one fails. */
  run(): Promise<void>;
  shutdown(): void;
}

/** The two workers of a process: one runs the cases and their records, one delivers mail. */
export async function createWorkers({ config, cases, mail, law, bundlePath, taskQueue = caseQueue }: WorkersOptions): Promise<Workers> {
  const connection = await NativeConnection.connect({ address: config.temporalAddress });
  const workflowBundle: WorkflowBundleOption =
    bundlePath && existsSync(bundlePath) ? { codePath: bundlePath } : await bundleWorkflows();
  const common: Pick<WorkerOptions, 'connection' | 'namespace' | 'dataConverter' | 'shutdownGraceTime'> = {
    connection,
    namespace: config.temporalNamespace,
    dataConverter: createDataConverter(config.secrets.payload),
    shutdownGraceTime: '10s',
  };
  const workers = [
    await Worker.create({
      ...common,
      taskQueue,
      workflowBundle,
      activities: { ...cases, ...law },
      maxCachedWorkflows: 500,
    }),
    await Worker.create({
      ...common,
      taskQueue: mailQueueOf(taskQueue),
      activities: { ...mail },
      maxConcurrentActivityTaskExecutions: 10,
      maxTaskQueueActivitiesPerSecond: config.mailRate,
    }),
  ];
  return {
    async run() {
      try {
        await Promise.all(workers.map((worker) => worker.run()));
      } finally {
        await connection.close();
      }
    },
    shutdown() {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    },
  };
}
