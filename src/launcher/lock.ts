import { linkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, readRecord, recordOf, removeRecord, type ProcessRecord } from './processes.ts';

const isCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException).code === code;

/** A name beside `file` that no other process uses. */
const besides = (file: string, what: string): string => `${file}.${what}-${process.pid}`;

/** Gives `from` the name `file` as well, if nobody has that; a file that is there is so as a whole, from its first moment. */
function name(from: string, file: string): boolean {
  try {
    linkSync(from, file);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function take(file: string): boolean {
  const own = besides(file, 'new');
  writeFileSync(own, JSON.stringify(recordOf(process.pid)), { mode: 0o644 });
  try {
    return name(own, file);
  } finally {
    rmSync(own, { force: true });
  }
}

const holds = (holder: ProcessRecord | undefined): holder is ProcessRecord => holder !== undefined && isRunning(holder);

/** Takes away what a process that has ended left behind. Another one may have done so and put its own there since: that is put back. */
function clear(file: string): void {
  const away = besides(file, 'old');
  try {
    renameSync(file, away);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return;
    throw error;
  }
  try {
    if (holds(readRecord(away))) name(away, file);
  } finally {
    rmSync(away, { force: true });
  }
}

/**
 * Marks `file` as held by this process for as long as it lives.
 * @returns the process that holds it already, or undefined when it is ours now.
 */
export function claim(file: string): ProcessRecord | undefined {
  while (!take(file)) {
    const holder = readRecord(file);
    if (holds(holder)) return holder;
    clear(file);
  }
  return undefined;
}

/**
 * Does `work` while no other process does the same. A lock whose process has ended is taken over.
 * @param waiting called once when somebody else holds it.
 */
export async function withLock<T>(file: string, waiting: () => void, work: () => Promise<T>): Promise<T> {
  let told = false;
  while (claim(file) !== undefined) {
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
