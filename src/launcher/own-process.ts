import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ADMINISTRATION_VARIABLES } from '../config.ts';
import { rotate } from './log-file.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What a supervised command sends when it can be used. */
export const READY = 'ready';

/** What it sends ever after, as long as its event loop turns. */
export const HEARTBEAT = 'heartbeat';
export const HEARTBEAT_MS = 2000;

/** A process that has sent no heartbeat for so long hangs. Longer than any work that it may do in one piece. */
export const SILENT_MS = 30_000;

// A worker has a dozen native threads and two V8 heaps. Without these two glibc gives each thread an arena of its own
// and V8 each heap 48 MB for what is young: measured after 500 acts, 640 MB for web and worker instead of 510, at the
// same speed.
const LEAN_HEAP = ['--max-semi-space-size=4'] as const;
const LEAN_MEMORY = { MALLOC_ARENA_MAX: '2' } as const;

/** The environment of a process of the application: without what leads to the roles that may change the schema. */
export const applicationOnly = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({ ...env, ...Object.fromEntries(ADMINISTRATION_VARIABLES.map((name) => [name, undefined])) });

/**
 * Starts one of our own commands. The channel to it makes it end when the launcher is killed; a process
 * group of its own makes Ctrl-C in a terminal reach the launcher alone.
 */
export function spawnCommand(args: readonly string[], env: NodeJS.ProcessEnv, logFile: string): ChildProcess {
  rotate(logFile);
  const log = openSync(logFile, 'a', 0o600);
  try {
    return spawn(process.execPath, [...LEAN_HEAP, '--import', 'tsx', MAIN, ...args], { cwd: ROOT, env: { ...LEAN_MEMORY, ...applicationOnly(env) }, detached: true, stdio: ['ignore', log, log, 'ipc'] });
  } finally {
    closeSync(log);
  }
}

/** Waits for the command's word that it can be used; false when it ends before or `timeoutMs` have passed. */
export function saysReady(child: ChildProcess, timeoutMs = 60_000): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), timeoutMs);
    const settle = (ready: boolean) => {
      clearTimeout(timer);
      resolve(ready);
    };
    child.once('message', (message) => settle(message === READY));
    child.once('exit', () => settle(false));
    child.once('error', () => settle(false));
  });
}
