import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createDataConverter, FAILURE_CONVERTER_PATH } from '../../src/platform/temporal/codec.ts';
import { commandConfig } from '../../src/commands/context.ts';
import { FLOOR_QUEUE } from './floor.ts';

// Runs the bare workflow until the bench ends it, or is gone itself.
Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'ERROR', forward: {} } } });
const config = commandConfig();
const connection = await NativeConnection.connect({ address: config.temporalAddress });
const worker = await Worker.create({
  connection,
  namespace: config.temporalNamespace,
  taskQueue: FLOOR_QUEUE,
  dataConverter: createDataConverter(config.secrets.payload),
  workflowBundle: await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('floor-workflow.ts', import.meta.url)),
    failureConverterPath: FAILURE_CONVERTER_PATH,
    logger: new DefaultLogger('ERROR'),
  }),
  activities: { nothing: async () => undefined },
});
const stop = (): void => {
  if (worker.getState() === 'RUNNING') worker.shutdown();
};
process.once('disconnect', stop);
process.once('SIGTERM', stop);
const running = worker.run();
process.send?.('ready');
await running;
await connection.close();
