// `npm run lint`: every check of the sources; runs all of them and fails when one does.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => join(root, 'node_modules', '.bin', name);
const sources = ['src', 'workflows', 'migrations', 'scripts', 'test'].filter((folder) => existsSync(join(root, folder)));
const views = readdirSync(join(root, 'views'), { recursive: true }).filter((file) => file.endsWith('.ejs')).map((file) => join('views', file));

const checks = [
  ['code', bin('oxlint'), ['--deny-warnings']],
  ['imports', bin('depcruise'), ['--config', '.dependency-cruiser.cjs', '--output-type', 'err-long', ...sources]],
  ['views', bin('ejslint'), views],
  ['languages', process.execPath, [join('scripts', 'check-locales.mjs')]],
  ['dead code', bin('knip'), []],
  ['lockfile', process.execPath, [join('scripts', 'prune-lock.mjs'), '--check']],
];

for (const [name, command, args] of checks) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 });
  const good = status === 0;
  process.stdout.write(`${good ? 'ok  ' : 'FAIL'} ${name}\n`);
  if (good) continue;
  process.stdout.write(`${stdout ?? ''}${stderr ?? ''}${error ? error.message : ''}\n`);
  process.exitCode = 1;
}
