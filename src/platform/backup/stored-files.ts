import { copyFile, mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { OperatorError } from '../operator-error.ts';
import { hashOfFile } from './manifest.ts';

const HASH = /^[0-9a-f]{64}$/;

async function* filesBelow(folder: string): AsyncGenerator<string> {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => [])) {
    if (entry.isFile() && HASH.test(entry.name)) yield join(entry.parentPath, entry.name).slice(folder.length + 1);
  }
}

export interface Copied {
  readonly count: number;
  readonly bytes: number;
}

/**
 * Copies stored files, named by their content, from one folder to another; what goes away meanwhile waited for nobody.
 * @param check whether the content is compared with its name on the way. @throws OperatorError when it differs
 */
export async function copyStored(source: string, target: string, check: boolean): Promise<Copied> {
  let [count, bytes] = [0, 0];
  for await (const path of filesBelow(source)) {
    const place = join(target, path);
    await mkdir(dirname(place), { recursive: true, mode: 0o700 });
    try {
      await copyFile(join(source, path), place);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' && path.startsWith(`waiting${sep}`)) continue;
      throw error;
    }
    if (check && !path.endsWith(await hashOfFile(place))) throw new OperatorError(`${path} in the backup is not what its name says.`);
    count += 1;
    bytes += (await stat(place)).size;
  }
  return { count, bytes };
}
