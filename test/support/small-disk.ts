import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A filesystem of its own that is really full when it is full. */
export interface SmallDisk {
  readonly folder: string;
  /** Takes all room that is left, to the last byte. */
  fill(): void;
  /** Gives back what `fill` took. */
  empty(): void;
  remove(): void;
}

/** @returns whether all of it went in. */
function take(file: number, size: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(size)) === size;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return false;
    throw error;
  }
}

/** @returns why there is none: a filesystem is mounted by root, where the machine lets him. */
export function makeSmallDisk(megabytes: number): SmallDisk | string {
  const folder = mkdtempSync(join(tmpdir(), 'xinzhi-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0711`, 'tmpfs', folder], { encoding: 'utf8' });
  if (mounted.status !== 0) {
    rmSync(folder, { recursive: true });
    return mounted.error?.message ?? mounted.stderr.trim();
  }
  const ballast = join(folder, 'ballast');
  const fill = (): void => {
    const file = openSync(ballast, 'a');
    try {
      for (const size of [1024 ** 2, 4096, 1]) while (take(file, size));
    } finally {
      closeSync(file);
    }
  };
  return {
    folder,
    fill,
    empty: () => rmSync(ballast, { force: true }),
    remove() {
      spawnSync('umount', ['--lazy', folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
