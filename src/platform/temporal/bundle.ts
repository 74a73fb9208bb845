import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflows } from './worker.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** Everything that a workflow may import. */
const SOURCES = ['workflows', 'src/rules', 'src/platform/temporal'];
const NAME = /^workflows-[0-9a-f]{16}\.js$/;

/** A file that changes with the workflows, the rules and the SDK. */
function bundleName(): string {
  const hash = createHash('sha256').update(readFileSync(join(ROOT, 'package.json')));
  for (const folder of SOURCES) {
    const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts')).toSorted();
    for (const file of files) hash.update(`\0${folder}/${file}\0`).update(readFileSync(join(ROOT, folder, file)));
  }
  return `workflows-${hash.digest('hex').slice(0, 16)}.js`;
}

/**
 * The compiled workflows as a file in `folder`, made when the sources have changed (about two seconds) and
 * used again otherwise, so that a worker that was killed is back in half a second.
 */
export async function cachedBundle(folder: string): Promise<string> {
  const name = bundleName();
  const file = join(folder, name);
  if (existsSync(file)) return file;
  await mkdir(folder, { recursive: true });
  const { code } = await bundleWorkflows();
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, code);
  await rename(draft, file);
  for (const old of await readdir(folder)) {
    if (NAME.test(old) && old !== name) await rm(join(folder, old), { force: true });
  }
  return file;
}
