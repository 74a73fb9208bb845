import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { OperatorError } from '../platform/operator-error.ts';
import { endProcess, identify, isRunning, readRecord, recordOf, removeRecord, writeRecord } from './processes.ts';
import type { Progress } from './progress.ts';

/** In the order in which they are stopped: those that use another one first. */
const NAMES = ['web', 'worker', 'inbox', 'temporal', 'postgres'] as const;

export type ServiceName = (typeof NAMES)[number];

const TITLES: Readonly<Record<ServiceName, string>> = {
  web: 'The web process',
  worker: 'The worker',
  inbox: 'The inbox',
  temporal: 'Temporal',
  postgres: 'PostgreSQL',
};

/** A child process that is kept running. */
export interface ServiceDefinition {
  readonly name: ServiceName;
  /** Where its process is remembered, so that a later launcher can end what a killed one left behind. */
  readonly recordFile: string;
  spawn(): ChildProcess;
  /** Waits until it can be used; false when it has ended or does not come up. */
  ready(child: ChildProcess): Promise<boolean>;
  /** Why it did not come up: the end of its log. */
  explain(): string;
  readonly stopSignal: NodeJS.Signals;
  /** How long it may take to end after the signal before it is killed. */
  readonly patienceMs: number;
  /** It sends messages as long as it is well: without one for so long it hangs, is killed and started again. */
  readonly silentMs?: number;
  /** Done before each start, as for what the process itself left behind. */
  readonly beforeStart?: () => Promise<void>;
}

export interface Service {
  readonly name: ServiceName;
  /** Of the process that runs now. */
  pid(): number | undefined;
  stop(): Promise<void>;
}

const FIRST_TRIES = 3;
const BACKOFF_MS = [200, 500, 1000, 2000, 5000, 10_000];
/** One that ran this long was well; its next end starts the waiting times from the beginning. */
const WELL_AFTER_MS = 60_000;

const hasEnded = (child: ChildProcess) => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;

/** Resolves when the process has ended, also one that could not be started at all. */
export function whenEnded(child: ChildProcess): Promise<string> {
  const say = () => (child.signalCode === null ? `status ${child.exitCode ?? 'unknown'}` : `signal ${child.signalCode}`);
  if (hasEnded(child) && child.pid !== undefined) return Promise.resolve(say());
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', () => resolve(say()));
  });
}

/** Looks so many times while it may be silent: a launcher that was asleep itself has not looked. */
const LOOKS = 10;

/** Resolves when the process has sent nothing for `silentMs`; never when it may be silent. */
function whenSilent(child: ChildProcess, silentMs: number | undefined, over: AbortSignal): Promise<'silent'> {
  return new Promise((resolve) => {
    if (silentMs === undefined) return;
    let looks = 0;
    child.on('message', () => { looks = 0; });
    const timer = setInterval(() => {
      looks += 1;
      if (looks > LOOKS) resolve('silent');
    }, silentMs / LOOKS);
    over.addEventListener('abort', () => clearInterval(timer), { once: true });
  });
}

function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Ends what a killed launcher left behind under this record. */
export async function endLeftOver(recordFile: string, signal: NodeJS.Signals, patienceMs: number): Promise<boolean> {
  const record = readRecord(recordFile);
  const found = record !== undefined && isRunning(record);
  if (found) await endProcess(record, signal, patienceMs);
  removeRecord(recordFile);
  return found;
}

/**
 * Starts a process, waits until it can be used, and starts it again whenever it ends.
 * @throws when it does not come up at first, with the end of its log.
 */
export async function keepRunning(definition: ServiceDefinition, progress: Progress, signal: AbortSignal): Promise<Service> {
  const { name, recordFile, stopSignal, patienceMs } = definition;
  const title = TITLES[name];
  let child: ChildProcess | undefined;
  const stopping = new AbortController();

  async function launch(): Promise<boolean> {
    await definition.beforeStart?.();
    if (stopping.signal.aborted) return false;
    const started = definition.spawn();
    child = started;
    started.on('error', () => undefined);
    if (started.pid === undefined) return false;
    try {
      writeRecord(recordFile, recordOf(started.pid));
    } catch {
      return false; // it has ended already
    }
    const givenUp = AbortSignal.any([signal, stopping.signal]);
    return Promise.race([definition.ready(started), whenAborted(givenUp).then(() => false)]);
  }

  async function end(): Promise<void> {
    if (child?.pid !== undefined && !hasEnded(child)) {
      const ended = whenEnded(child);
      const identity = identify(child.pid);
      if (identity !== undefined) await endProcess({ pid: child.pid, identity }, stopSignal, patienceMs);
      await ended; // until then its number stays taken
    }
    removeRecord(recordFile);
  }

  /** How it ended; one that hangs is killed, as it would not hear a signal that asks. */
  async function endOrHang(running: ChildProcess): Promise<string> {
    const over = new AbortController();
    const ended = whenEnded(running);
    try {
      if (await Promise.race([ended, whenSilent(running, definition.silentMs, over.signal)]) === 'silent' && !stopping.signal.aborted) {
        progress.say(`${title} hangs: nothing was heard of it for ${(definition.silentMs ?? 0) / 1000} s; it is killed`);
        running.kill('SIGKILL');
      }
      return await ended;
    } finally {
      over.abort();
    }
  }

  async function watch(): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted;) {
      const started = Date.now();
      const reason = child === undefined ? 'no process' : await endOrHang(child);
      if (stopping.signal.aborted) return;
      if (Date.now() - started > WELL_AFTER_MS) failures = 0;
      const wait = BACKOFF_MS[Math.min(failures, BACKOFF_MS.length - 1)] ?? 0;
      failures += 1;
      progress.say(`${title} has ended (${reason}); it is started again in ${wait / 1000} s`);
      await sleep(wait, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      const up = await launch().catch(() => false);
      if (up) progress.say(`${title} runs again`);
      else await end();
    }
  }

  await endLeftOver(recordFile, stopSignal, patienceMs);
  for (let tries = 1; ; tries += 1) {
    signal.throwIfAborted();
    if (await launch()) break;
    await end();
    if (tries >= FIRST_TRIES || signal.aborted) throw new OperatorError(`${title} did not start: ${definition.explain()}`);
    await sleep(1000, undefined, { signal });
  }
  const watching = watch();

  return {
    name,
    pid: () => (child === undefined || hasEnded(child) ? undefined : child.pid),
    async stop() {
      stopping.abort();
      await end();
      await watching;
    },
  };
}

/** Stops them one after the other. `stopped` hears the title of each. */
export async function stopInOrder(services: readonly Service[], stopped: (title: string) => void): Promise<void> {
  for (const name of NAMES) {
    for (const service of services.filter((one) => one.name === name)) {
      await service.stop();
      stopped(TITLES[name]);
    }
  }
}
