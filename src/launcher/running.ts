import { readFileSync, rmSync } from 'node:fs';
import type { Addresses } from '../config.ts';
import type { DataFolder } from './data-folder.ts';
import { writeFileAtomically } from './files.ts';
import { isRunning, readRecord } from './processes.ts';

/** What a launcher has started and others may use. */
export interface RunningStack extends Addresses {
  readonly publicUrl: string;
}

/** For the commands that are called beside a running `npm start`. */
export function writeRunning(folder: DataFolder, running: RunningStack): void {
  writeFileAtomically(folder.running, JSON.stringify(running, undefined, 2));
}

export function removeRunning(folder: DataFolder): void {
  rmSync(folder.running, { force: true });
}

/** What runs from this data folder; undefined when its launcher does not live. */
export function readRunning(folder: DataFolder): RunningStack | undefined {
  const launcher = readRecord(folder.launcher);
  if (launcher === undefined || !isRunning(launcher)) return undefined;
  try {
    return JSON.parse(readFileSync(folder.running, 'utf8')) as RunningStack;
  } catch {
    return undefined;
  }
}
