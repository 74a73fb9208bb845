import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that can be recognised again, though its number be given to another one since. */
export interface ProcessRecord {
  readonly pid: number;
  /** Host boot and start time. */
  readonly identity: string;
}

function text(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * The start time is field 22 of `/proc/PID/stat`, in clock ticks since boot (proc(5)); the name in
 * field 2 may hold spaces and brackets, so fields are counted from its last bracket.
 */
function linuxIdentity(pid: number): string | undefined {
  const stat = text(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (state === 'Z' || state === 'X') return undefined;
  return `${text('/proc/sys/kernel/random/boot_id')?.trim() ?? ''} ${fields[18] ?? ''}`;
}

function otherIdentity(pid: number): string | undefined {
  const { stdout, status } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return status === 0 && stdout.trim() !== '' ? stdout.trim() : undefined;
}

/** What tells this process from a later one with the same number; undefined when it does not run. */
export function identify(pid: number): string | undefined {
  return process.platform === 'linux' ? linuxIdentity(pid) : otherIdentity(pid);
}

/** Does just this process still run? */
export function isRunning(record: ProcessRecord): boolean {
  return identify(record.pid) === record.identity;
}

/** @throws when the process has ended already. */
export function recordOf(pid: number): ProcessRecord {
  const identity = identify(pid);
  if (identity === undefined) throw new Error(`Process ${pid} does not run.`);
  return { pid, identity };
}

/** Reads a record written by `writeRecord`; undefined when there is none or it is damaged. */
export function readRecord(file: string): ProcessRecord | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('identity' in value)) return undefined;
    return typeof value.pid === 'number' && typeof value.identity === 'string' ? { pid: value.pid, identity: value.identity } : undefined;
  } catch {
    return undefined;
  }
}

export function writeRecord(file: string, record: ProcessRecord): void {
  writeFileSync(file, JSON.stringify(record));
}

export function removeRecord(file: string): void {
  rmSync(file, { force: true });
}

/** Waits until the process is gone; false when it is not within `timeoutMs`. */
export async function waitForEnd(record: ProcessRecord, timeoutMs: number): Promise<boolean> {
  const end = Date.now() + timeoutMs;
  while (isRunning(record)) {
    if (Date.now() > end) return false;
    await sleep(50);
  }
  return true;
}

function signal(record: ProcessRecord, name: NodeJS.Signals): void {
  try {
    process.kill(record.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Asks the process to end by `gently`, and ends it by force when it has not gone after `patienceMs`. */
export async function endProcess(record: ProcessRecord, gently: NodeJS.Signals = 'SIGTERM', patienceMs = 10_000): Promise<void> {
  if (!isRunning(record)) return;
  signal(record, gently);
  if (await waitForEnd(record, patienceMs)) return;
  signal(record, 'SIGKILL');
  await waitForEnd(record, 5000);
}
