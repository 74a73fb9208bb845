import { spawn, spawnSync } from 'node:child_process';
import { accessSync, chmodSync, constants, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OperatorError } from '../platform/operator-error.ts';
import { withLock } from './lock.ts';
import type { Progress } from './progress.ts';

/** The official CLI, whose `server start-dev` is a whole server; 1.5.1 carries server 1.29.1. */
export const TEMPORAL_VERSION = 'v1.5.1';

/** Update-with-Start is on by default from this server on. */
const LEAST_SERVER = [1, 27] as const;

const BUILD_FOLDER = fileURLToPath(new URL('../../scripts/temporal/', import.meta.url));
const DOWNLOAD_SCRIPT = fileURLToPath(new URL('./temporal-download.ts', import.meta.url));
const DOWNLOAD_HOST = 'https://temporal.download/';
const PROBE_MS = 4000;
const DOWNLOAD_MS = 5 * 60_000;
const WORK = 'work-';

/** Why each way failed, in one sentence with the four remedies. */
export class NoTemporalError extends OperatorError {
  override readonly name = 'NoTemporalError';

  constructor(reasons: readonly string[], cache: string) {
    super(`No Temporal server could be had (${reasons.join('; ')}). Do one of these: set TEMPORAL_ADDRESS to a running server; put the \`temporal\` command, server ${LEAST_SERVER.join('.')} or later, on the PATH or at ${join(cache, 'temporal')}; let this machine reach ${DOWNLOAD_HOST}; or install Go 1.25 or later and let it reach its module proxy, so that the server can be built here.`);
  }
}

function mayWrite(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Outside of the work tree, so that the next clone starts in seconds. A folder in /tmp must be our own, as we run what lies there. */
function cacheFolder(env: NodeJS.ProcessEnv): string {
  const name = join('xinzhi', `temporal-${TEMPORAL_VERSION}`);
  const folder = join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), name);
  if (mayWrite(folder)) return folder;
  const uid = process.getuid?.() ?? 0;
  const own = join(tmpdir(), `xinzhi-cache-${uid}`);
  mkdirSync(own, { recursive: true, mode: 0o700 });
  const stat = lstatSync(own);
  if (!stat.isDirectory() || stat.uid !== uid) throw new OperatorError(`${own} belongs to somebody else. Set XDG_CACHE_HOME to a folder that can be written.`);
  const fallback = join(own, name);
  mkdirSync(fallback, { recursive: true, mode: 0o700 });
  return fallback;
}

/** True when the file is a `temporal` command with a server that is new enough. */
function isUsable(file: string): boolean {
  const { status, stdout } = spawnSync(file, ['--version'], { encoding: 'utf8', timeout: 15_000 });
  const server = /Server (\d+)\.(\d+)/.exec(stdout ?? '');
  if (status !== 0 || server === null) return false;
  const [major, minor] = [Number(server[1]), Number(server[2])];
  return major > LEAST_SERVER[0] || (major === LEAST_SERVER[0] && minor >= LEAST_SERVER[1]);
}

function onPath(env: NodeJS.ProcessEnv): string | undefined {
  const found = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '').map((folder) => join(folder, 'temporal')).find((file) => existsSync(file));
  return found !== undefined && isUsable(found) ? found : undefined;
}

interface Outcome {
  readonly ok: boolean;
  readonly lastLine: string;
}

interface Run {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** Sees each line of what the program says. */
  readonly onLine: (line: string) => void;
}

/** Runs a program to its end or to the signal, which ends those that it started as well. */
function run({ command, args, cwd, env, signal, onLine }: Run): Promise<Outcome> {
  return new Promise((resolve) => {
    let lastLine = '';
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const stop = () => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        for (const line of chunk.split('\n')) {
          if (line.trim() === '') continue;
          lastLine = line.trim();
          onLine(lastLine);
        }
      });
    }
    const end = (ok: boolean, reason?: string) => {
      signal.removeEventListener('abort', stop);
      resolve({ ok, lastLine: reason ?? lastLine });
    };
    child.on('error', (error) => end(false, error.message));
    child.on('close', (code) => end(code === 0));
  });
}

/** What finding or making the server needs to know. */
interface Search {
  readonly env: NodeJS.ProcessEnv;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

async function downloadHostAnswers(signal: AbortSignal): Promise<boolean> {
  try {
    await fetch(DOWNLOAD_HOST, { method: 'HEAD', signal: AbortSignal.any([signal, AbortSignal.timeout(PROBE_MS)]) });
    return true;
  } catch {
    return false;
  }
}

function install(made: string, target: string): void {
  chmodSync(made, 0o755);
  renameSync(made, target);
}

/** @returns why it failed, or undefined. */
async function download(target: string, work: string, { env, progress, signal }: Search): Promise<string | undefined> {
  if (!await downloadHostAnswers(signal)) return `${DOWNLOAD_HOST} does not answer`;
  const folder = join(work, 'download');
  mkdirSync(folder);
  const outcome = await progress.step('Downloading the Temporal server', () => run({
    command: process.execPath,
    args: ['--import', 'tsx', DOWNLOAD_SCRIPT, folder, TEMPORAL_VERSION],
    env,
    signal: AbortSignal.any([signal, AbortSignal.timeout(DOWNLOAD_MS)]),
    onLine: () => undefined,
  }));
  const file = readdirSync(folder).map((name) => join(folder, name)).find(isUsable);
  if (file === undefined) return `its download failed: ${outcome.lastLine}`;
  install(file, target);
  return undefined;
}

/**
 * Go's caches of this build (2 GB) are private to it and go away with it; modules that the user's own
 * cache has are taken from there.
 */
function goEnvironment(env: NodeJS.ProcessEnv, work: string): NodeJS.ProcessEnv {
  const { stdout } = spawnSync('go', ['env', 'GOMODCACHE', 'GOPROXY'], { env, encoding: 'utf8' });
  const [modules = '', proxy = ''] = (stdout ?? '').split('\n');
  return {
    ...env,
    GOPATH: join(work, 'go'),
    GOMODCACHE: join(work, 'modules'),
    GOCACHE: join(work, 'cache'),
    GOFLAGS: '-modcacherw -mod=readonly -buildvcs=false',
    GOWORK: 'off',
    CGO_ENABLED: '0',
    GOPROXY: [modules === '' ? '' : `file://${join(modules, 'cache', 'download')}`, proxy].filter((part) => part !== '').join(','),
  };
}

/** Of the pinned version, as one build counted them. */
const PACKAGES = 1070;
const PACKAGE_LINE = /^[a-z0-9.-]+\.[a-z]+\/\S+$/;

/** @returns why it failed, or undefined. */
async function build(target: string, work: string, { env, progress, signal }: Search): Promise<string | undefined> {
  if (spawnSync('go', ['version'], { env }).status !== 0) return 'Go is not installed';
  const made = join(work, 'temporal');
  let modules = 0;
  let packages = 0;
  const outcome = await progress.step('Building the Temporal server by Go, once for this machine (about three minutes)', () => run({
    command: 'go',
    args: ['build', '-v', '-trimpath', '-ldflags=-s -w', '-o', made, 'github.com/temporalio/cli/cmd/temporal'],
    cwd: BUILD_FOLDER,
    env: goEnvironment(env, work),
    signal,
    onLine(line) {
      if (line.startsWith('go: downloading ')) modules += 1;
      else if (PACKAGE_LINE.test(line)) packages += 1;
    },
  }), () => (packages === 0 ? `${modules} modules fetched` : `${packages} of about ${PACKAGES} packages compiled`));
  signal.throwIfAborted();
  if (!outcome.ok) return `building it failed: ${outcome.lastLine}`;
  if (!isUsable(made)) return 'what was built does not run';
  install(made, target);
  return undefined;
}

/** Of a start that was killed in the middle. */
function removeLeftOvers(cache: string): void {
  for (const name of readdirSync(cache)) {
    if (name.startsWith(WORK)) rmSync(join(cache, name), { recursive: true, force: true });
  }
}

async function make(cache: string, target: string, search: Search): Promise<string> {
  if (existsSync(target) && isUsable(target)) return target;
  removeLeftOvers(cache);
  const work = mkdtempSync(join(cache, WORK));
  try {
    const notDownloaded = await download(target, work, search);
    search.signal.throwIfAborted();
    if (notDownloaded === undefined) return target;
    const notBuilt = await build(target, work, search);
    if (notBuilt === undefined) return target;
    throw new NoTemporalError([notDownloaded, notBuilt], cache);
  } finally {
    await rm(work, { recursive: true, force: true, maxRetries: 3 });
  }
}

/**
 * Finds the `temporal` command: on the PATH, in the cache, by the SDK's download, built by Go.
 * @throws NoTemporalError when there is no way.
 */
export async function findTemporal(search: Search): Promise<string> {
  const present = onPath(search.env);
  if (present !== undefined) return present;
  const cache = cacheFolder(search.env);
  const target = join(cache, 'temporal');
  if (existsSync(target) && isUsable(target)) return target;
  return withLock(
    join(cache, 'lock'),
    () => search.progress.say('Another start is fetching the Temporal server; waiting for it …'),
    () => make(cache, target, search),
  );
}
