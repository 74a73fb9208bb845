// `npm run prune-lock`, after each change of package-lock.json; with --check it only looks.
//
// A registry may not serve the optional packages of other platforms; npm then writes a lockfile that names them
// without an entry, and `npm ci` refuses it. Such names are taken out. A lockfile that holds addresses of a
// registry would send everybody there, so these are refused.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(new URL('../package-lock.json', import.meta.url));
const check = process.argv.includes('--check');
const lock = JSON.parse(readFileSync(file, 'utf8'));
const problems = [];

/** Where Node would look for `name` from the package at `path`. */
function hasEntry(path, name) {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    if (lock.packages[at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`] !== undefined) return true;
    if (at === '') return false;
  }
}

for (const [path, entry] of Object.entries(lock.packages)) {
  if (entry.resolved !== undefined) problems.push(`${path} has the address ${entry.resolved}`);
  for (const name of Object.keys(entry.optionalDependencies ?? {})) {
    if (hasEntry(path, name)) continue;
    if (check) problems.push(`${path} names ${name}, which has no entry`);
    delete entry.optionalDependencies[name];
  }
  if (entry.optionalDependencies !== undefined && Object.keys(entry.optionalDependencies).length === 0) delete entry.optionalDependencies;
}

if (!check) writeFileSync(file, `${JSON.stringify(lock, undefined, 2)}\n`);
if (problems.length > 0) {
  process.stderr.write(`package-lock.json:\n${problems.map((problem) => `  ${problem}\n`).join('')}`);
  process.exitCode = 1;
}
