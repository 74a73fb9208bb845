import { readFileSync, renameSync, statSync } from 'node:fs';

const LARGE = 20 * 1024 ** 2;

/** Sets a log aside when it has grown beyond 20 MB; one older log is kept. */
export function rotate(file: string): void {
  try {
    if (statSync(file).size > LARGE) renameSync(file, `${file}.1`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** The last lines of a log, for a message about a process that did not start. */
export function lastLines(file: string, count = 5): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
  } catch {
    return `there is no log at ${file}`;
  }
}
