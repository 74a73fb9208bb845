import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, openSync, closeSync, readFileSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { OperatorError } from '../platform/operator-error.ts';
import { rotate } from './log-file.ts';
import { endProcess, identify, recordOf } from './processes.ts';
import type { PostgresPlace } from './postgres-place.ts';

const SUPERUSER = 'xinzhi';
const DATABASE = 'xinzhi';

/** How the server is run. */
export interface PostgresOptions {
  readonly place: PostgresPlace;
  readonly port: number;
  readonly password: string;
  /** The server's log. */
  readonly logFile: string;
  /** Extra `-c` settings, as `name=value`. */
  readonly settings?: readonly string[];
}

/** The address of the one database that the application uses. */
export function databaseUrl(port: number, password: string, database = DATABASE): string {
  return `postgres://${SUPERUSER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}

/** The host's locale settings may name one that is not installed, which initdb refuses. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: '/', TZ: 'UTC', LC_ALL: 'C' };
}

const asUser = (place: PostgresPlace) => ({ ...place.user, cwd: '/', env: cleanEnvironment() });

function runInitdb(place: PostgresPlace, passwordFile: string, locale: string): string | undefined {
  const result = spawnSync(join(place.programs, 'initdb'), [
    `--pgdata=${place.data}`, `--username=${SUPERUSER}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256',
    '--encoding=UTF8', `--locale=${locale}`,
    // ICU sorts Chinese by pinyin, whatever the host's own locales are.
    '--locale-provider=icu', '--icu-locale=zh-Hans-CN',
  ], { ...asUser(place), encoding: 'utf8' });
  if (result.status === 0) return undefined;
  return result.error?.message ?? `${result.stdout}${result.stderr}`.trim();
}

/** Creates the cluster; does nothing when it is there. Takes about a second. */
export function initialise(place: PostgresPlace, password: string): void {
  if (existsSync(join(place.data, 'PG_VERSION'))) return;
  mkdirSync(place.data, { recursive: true, mode: 0o700 });
  const folder = mkdtempSync(join(tmpdir(), 'xinzhi-'));
  const passwordFile = join(folder, 'password');
  try {
    chmodSync(folder, 0o711);
    writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
    if (place.user) chownSync(passwordFile, place.user.uid, place.user.gid);
    // initdb empties the folder again when it fails, so it can be tried a second time.
    const problem = runInitdb(place, passwordFile, 'C.UTF-8') && runInitdb(place, passwordFile, 'C');
    if (problem !== undefined) throw new OperatorError(`PostgreSQL could not be set up in ${place.data}: ${problem}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function workingFolder(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    const { stdout } = spawnSync('lsof', ['-a', '-p', String(pid), '-d', 'cwd', '-Fn'], { encoding: 'utf8' });
    return stdout?.split('\n').find((line) => line.startsWith('n'))?.slice(1);
  }
}

/**
 * Ends a server that a killed launcher left behind. The number in `postmaster.pid` may have been given to
 * another process since; a server's working folder is its data folder, so that is compared.
 * @returns whether one was stopped.
 */
export async function stopLeftOver(place: PostgresPlace): Promise<boolean> {
  const file = join(place.data, 'postmaster.pid');
  if (!existsSync(file)) return false;
  const pid = Number(readFileSync(file, 'utf8').split('\n', 1)[0]);
  if (!Number.isInteger(pid) || pid <= 1 || identify(pid) === undefined || workingFolder(pid) !== realpathSync(place.data)) {
    rmSync(file, { force: true });
    return false;
  }
  // SIGINT is PostgreSQL's fast shutdown: it ends sessions and writes a checkpoint.
  await endProcess(recordOf(pid), 'SIGINT', 30_000);
  return true;
}

/** Starts the server in a process group of its own, so that Ctrl-C in a terminal reaches the launcher alone. */
export function spawnPostgres(options: PostgresOptions): ChildProcess {
  const { place, port, logFile, settings = [] } = options;
  rotate(logFile);
  const log = openSync(logFile, 'a', 0o600);
  try {
    return spawn(join(place.programs, 'postgres'), [
      '-D', place.data, '-p', String(port),
      '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=',
      '-c', 'max_connections=200', '-c', 'timezone=UTC', '-c', 'log_timezone=UTC',
      ...settings.flatMap((setting) => ['-c', setting]),
    ], { ...asUser(place), detached: true, stdio: ['ignore', log, log] });
  } finally {
    closeSync(log);
  }
}

async function connects(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Waits until the server answers; false when the process ended first or `timeoutMs` have passed. */
export async function answers(child: ChildProcess, options: PostgresOptions, timeoutMs = 60_000): Promise<boolean> {
  const end = Date.now() + timeoutMs;
  while (child.exitCode === null && child.signalCode === null && child.pid !== undefined && Date.now() < end) {
    if (await connects(databaseUrl(options.port, options.password, 'postgres'))) return true;
    await sleep(50);
  }
  return false;
}

/** Creates the application's database when it is not there. */
export async function ensureDatabase(options: PostgresOptions): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl(options.port, options.password, 'postgres') });
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
}
