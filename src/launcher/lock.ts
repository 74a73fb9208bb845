import { closeSync, openSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, readRecord, recordOf, removeRecord, type ProcessRecord } from './processes.ts';

function take(file: string): boolean {
  try {
    const handle = openSync(file, 'wx', 0o644);
    writeSync(handle, JSON.stringify(recordOf(process.pid)));
    closeSync(handle);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Marks `file` as held by this process for as long as it lives.
 * @returns the process that holds it already, or undefined when it is ours now.
 */
export function claim(file: string): ProcessRecord | undefined {
  while (!take(file)) {
    const holder = readRecord(file);
    if (holder !== undefined && isRunning(holder)) return holder;
    removeRecord(file);
  }
  return undefined;
}

/** How often an unreadable lock is looked at again before it counts as left behind: its maker may be writing it. */
const READS_BEFORE_DAMAGED = 5;

/**
 * Does `work` while no other process does the same. A lock whose process has ended is taken over.
 * @param waiting called once when somebody else holds it.
 */
export async function withLock<T>(file: string, waiting: () => void, work: () => Promise<T>): Promise<T> {
  let told = false;
  for (let unreadable = 0; !take(file);) {
    const holder = readRecord(file);
    unreadable = holder === undefined ? unreadable + 1 : 0;
    if (holder === undefined ? unreadable > READS_BEFORE_DAMAGED : !isRunning(holder)) {
      removeRecord(file);
      continue;
    }
    if (!told) waiting();
    told = true;
    await sleep(500);
  }
  try {
    return await work();
  } finally {
    removeRecord(file);
  }
}
