import { DefaultLogger, Runtime } from '@temporalio/worker';

// The SDK's own log, of which a process has one: what is worth telling of a test is in its assertions.
try {
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'ERROR', forward: {} } } });
} catch {
  // Another suite of this process has installed it.
}
