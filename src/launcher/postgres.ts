import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, openSync, closeSync, readFileSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { establishRoles, setPassword } from '../platform/database-roles/index.ts';
import { OperatorError } from '../platform/operator-error.ts';
import { rotate } from './log-file.ts';
import { endProcess, identify, recordOf } from './processes.ts';
import type { PostgresPlace } from './postgres-place.ts';

const DATABASE = 'xinzhi';

/** The server was made by the first; it does nothing but make the other two, and test databases. */
const ROLE = { superuser: 'xinzhi', owner: 'xinzhi_owner', application: 'xinzhi_app' } as const;

type Role = keyof typeof ROLE;

/** How the server is run. */
export interface PostgresOptions {
  readonly place: PostgresPlace;
  readonly port: number;
  readonly passwords: Readonly<Record<Role, string>>;
  /** The server's log. */
  readonly logFile: string;
  /** Extra `-c` settings, as `name=value`. */
  readonly settings?: readonly string[];
}

/** The local database's address by each role. */
export interface LocalDatabase {
  /** The application's. */
  readonly databaseUrl: string;
  readonly ownerUrl: string;
  /** At a database that nobody works in. */
  readonly superuserUrl: string;
}

const addressOf = (port: number, role: Role, password: string, database: string): string =>
  `postgres://${ROLE[role]}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;

/** The address by which the schema of the database at `databaseUrl` is changed. */
export function ownerOf(databaseUrl: string, password: string): string {
  const url = new URL(databaseUrl);
  url.username = ROLE.owner;
  url.password = encodeURIComponent(password);
  return url.href;
}

/** The host's locale settings may name one that is not installed, which initdb refuses. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: '/', TZ: 'UTC', LC_ALL: 'C' };
}

const asUser = (place: PostgresPlace) => ({ ...place.user, cwd: '/', env: cleanEnvironment() });

function runInitdb(place: PostgresPlace, passwordFile: string, locale: string): string | undefined {
  const result = spawnSync(join(place.programs, 'initdb'), [
    `--pgdata=${place.data}`, `--username=${ROLE.superuser}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256',
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

const WRONG_PASSWORD = '28P01';

async function connects(url: string): Promise<'yes' | 'no' | 'wrongPassword'> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return 'yes';
  } catch (error) {
    return error instanceof pg.DatabaseError && error.code === WRONG_PASSWORD ? 'wrongPassword' : 'no';
  } finally {
    await client.end().catch(() => undefined);
  }
}

const superuserUrl = ({ port, passwords }: PostgresOptions): string => addressOf(port, 'superuser', passwords.superuser, 'postgres');

/** Data folders of before had one password and one role, the superuser's, and the application used it. */
const formerUrl = ({ port, passwords }: PostgresOptions): string => addressOf(port, 'superuser', passwords.application, 'postgres');

/** Waits until the server answers; false when the process ended first, neither password is right, or `timeoutMs` have passed. */
export async function answers(child: ChildProcess, options: PostgresOptions, timeoutMs = 60_000): Promise<boolean> {
  const end = Date.now() + timeoutMs;
  while (child.exitCode === null && child.signalCode === null && child.pid !== undefined && Date.now() < end) {
    const answer = await connects(superuserUrl(options));
    if (answer === 'yes') return true;
    if (answer === 'wrongPassword') return await connects(formerUrl(options)) === 'yes';
    await sleep(50);
  }
  return false;
}

/**
 * Makes the roles and the application's database. Where the superuser owned everything and the application had his
 * password, as it was once, he gets another one and everything gets its owner; nothing of the data is touched.
 * @returns how many things had another owner.
 */
export async function prepareDatabase(options: PostgresOptions): Promise<LocalDatabase & { readonly handedOn: number }> {
  const { port, passwords } = options;
  const superuser = superuserUrl(options);
  if (await connects(superuser) === 'wrongPassword') await setPassword(formerUrl(options), { name: ROLE.superuser, password: passwords.superuser });
  const handedOn = await establishRoles(superuser, {
    database: DATABASE,
    owner: { name: ROLE.owner, password: passwords.owner },
    application: { name: ROLE.application, password: passwords.application },
  });
  const databaseUrl = addressOf(port, 'application', passwords.application, DATABASE);
  return { databaseUrl, ownerUrl: ownerOf(databaseUrl, passwords.owner), superuserUrl: superuser, handedOn };
}
