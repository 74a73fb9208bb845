import { HEARTBEAT, HEARTBEAT_MS, READY } from '../launcher/own-process.ts';
import { OperatorError } from '../platform/operator-error.ts';

/** A command was called wrongly, or can't do its work here. */
export class CommandError extends OperatorError {
  override readonly name = 'CommandError';
}

/** Resolves when the process is asked to end: SIGTERM, SIGINT, SIGHUP, or the launcher that started it is gone. */
export function whenAskedToStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => resolve());
    if (process.connected) process.once('disconnect', () => resolve());
  });
}

/** Tells the launcher, if there is one, that this process can be used, and from then on that it does not hang. */
export function announceReady(): void {
  const tell = (word: string): void => {
    // Its end may come between the question and the word.
    if (process.connected) process.send?.(word, undefined, undefined, () => undefined);
  };
  // What packages say of themselves goes here, and must not end the process where the disk of its log is full.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);
  tell(READY);
  setInterval(() => tell(HEARTBEAT), HEARTBEAT_MS).unref();
}

/** Says that the process is ready, waits until it is asked to end, and ends it in order. */
export async function runUntilStopped(stop: () => Promise<void>): Promise<void> {
  const stopped = whenAskedToStop();
  announceReady();
  await stopped;
  await stop();
  if (process.connected) process.disconnect();
}
