import { DefaultLogger, Runtime } from '@temporalio/worker';

/**
 * Silences the SDK's own log, of which a process has one: what is worth telling of a test is in its assertions. To be
 * called where a worker follows, as the SDK keeps a process alive from this on until a worker has ended.
 */
export function quietTemporal(): void {
  try {
    Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'ERROR', forward: {} } } });
  } catch {
    // Another suite of this process has installed it.
  }
}
