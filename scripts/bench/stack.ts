import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { completeConfig, readSettings, type Config } from '../../src/config.ts';
import { runToEnd } from '../../src/commands/child.ts';
import { openDataFolder } from '../../src/launcher/data-folder.ts';
import { lastLines } from '../../src/launcher/log-file.ts';
import { saysReady, spawnCommand } from '../../src/launcher/own-process.ts';
import { createPorts } from '../../src/launcher/ports.ts';
import { endProcess, isRunning, readRecord, recordOf, writeRecord } from '../../src/launcher/processes.ts';
import type { Progress } from '../../src/launcher/progress.ts';
import { localSecrets } from '../../src/launcher/secrets.ts';
import { startServers } from '../../src/launcher/servers.ts';
import { endLeftOver, stopInOrder, whenEnded, type Service } from '../../src/launcher/service.ts';
import type { ChainSettings } from '../../src/platform/chain.ts';
import { createDatabase, migrate } from '../../src/platform/database.ts';
import { createSeal, type Seal } from '../../src/platform/seal.ts';

const PREFIX = 'xinzhi-bench-';
const RUNNER = 'runner.json';
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Ports of the bench lie apart from those of `npm start` and of the tests, so that all can run at once. */
const preferredPorts = { web: 13_000, postgres: 25_432, temporal: 27_233, 'temporal-pages': 28_233, smtp: 22_525, inbox: 28_025 } as const;

const STOP_MS = 20_000;

const newPassword = (): string => randomBytes(18).toString('base64url');

/** The parts of a city, on servers of the bench's own that run as durably as in life. */
export interface Stack {
  readonly config: Config;
  /** A folder that goes with it. */
  readonly folder: string;
  /** Address of a database by name, by the role that owns it: the bench fills tables and makes ones of its own. */
  databaseUrl(name: string): string;
  /** Makes a database with schema and demo city. */
  seed(name: string): Promise<string>;
  /** Makes a database as another one is; nobody may be connected to that. */
  copy(from: string, to: string): Promise<string>;
  /** Starts a web process on a database and gives its address and process; one behind a proxy takes its visitors' addresses from that. */
  web(database: string, behindProxy?: boolean): Promise<{ url: string; pid: number }>;
  /** All workers take from one queue: that of one database is ended before the next one's begins. */
  worker(database: string): Promise<{ pid: number; end(): Promise<void> }>;
  /** Starts a script of the bench beside them. */
  script(file: string, database: string, args?: readonly string[]): Promise<ChildProcess>;
  stop(): Promise<void>;
}

function ofThisUser(folder: string): boolean {
  return lstatSync(folder).uid === process.getuid?.();
}

/** Ends servers and removes files of runs that were killed; their own processes end by themselves. */
async function removeLeftOvers(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const folder = join(tmpdir(), name);
    if (!name.startsWith(PREFIX) || !ofThisUser(folder)) continue;
    const runner = readRecord(join(folder, RUNNER));
    if (runner === undefined || isRunning(runner)) continue;
    for (const service of ['inbox', 'temporal', 'postgres']) {
      await endLeftOver(join(folder, 'data', 'run', `${service}.json`), 'SIGTERM', STOP_MS);
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function startStack(progress: Progress, signal: AbortSignal): Promise<Stack> {
  await removeLeftOvers();
  const root = mkdtempSync(join(tmpdir(), PREFIX));
  chmodSync(root, 0o711); // PostgreSQL runs under another account when the bench runs as root
  writeRecord(join(root, RUNNER), recordOf(process.pid));
  const path = join(root, 'data');
  mkdirSync(path);
  chmodSync(path, 0o711);
  const folder = openDataFolder(path);
  const services: Service[] = [];
  const children: ChildProcess[] = [];
  const ports = createPorts(folder.ports, preferredPorts);

  async function stop(): Promise<void> {
    await Promise.all(children.map(async (child) => {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      await endProcess(recordOf(child.pid), 'SIGTERM', STOP_MS).catch(() => undefined);
      await whenEnded(child);
    }));
    await stopInOrder(services, () => undefined);
    rmSync(root, { recursive: true, force: true });
  }

  try {
    const env: NodeJS.ProcessEnv = { PATH: process.env['PATH'], HOME: process.env['HOME'], NODE_ENV: 'test', LOG_LEVEL: 'info', XINZHI_DATA: path, XINZHI_SEED: 'demo', XINZHI_MAIL_RATE: '1000' };
    const settings = readSettings(env, ROOT);
    const secrets = localSecrets(folder.secrets);
    const servers = await startServers({
      folder,
      ports,
      progress,
      signal,
      env: process.env,
      given: { databaseUrl: undefined, temporalAddress: undefined, smtpUrl: undefined },
      namespace: settings.temporalNamespace,
      databasePasswords: { application: newPassword(), owner: newPassword(), superuser: newPassword() },
      onService: (service) => services.push(service),
    });
    const config = completeConfig(settings, { addresses: servers, secrets, port: 0, publicUrl: 'http://127.0.0.1' });

    const { databaseUrl: applicationUrl, ownerUrl, superuserUrl } = servers.localDatabase!;
    const at = (address: string, name: string): string => {
      const url = new URL(address);
      url.pathname = `/${name}`;
      return url.href;
    };
    const databaseUrl = (name: string): string => at(ownerUrl, name);
    // What is measured runs as it does in life.
    const envFor = (database: string): NodeJS.ProcessEnv => ({
      ...env, DATABASE_URL: at(applicationUrl, database), TEMPORAL_ADDRESS: servers.temporalAddress, SMTP_URL: servers.smtpUrl,
    });
    const create = async (name: string, template: string): Promise<string> => {
      const knex = createDatabase(superuserUrl, { statementTimeoutMs: 0 });
      try {
        await knex.raw('create database ?? template ?? owner ??', [name, template, new URL(ownerUrl).username]);
      } finally {
        await knex.destroy();
      }
      return databaseUrl(name);
    };
    const ready = async (child: ChildProcess, what: string, log?: string): Promise<ChildProcess> => {
      children.push(child);
      if (!await saysReady(child)) throw new Error(`${what} did not start${log === undefined ? '' : `: ${lastLines(log)}`}`);
      return child;
    };
    const command = async (name: string, database: string, more: NodeJS.ProcessEnv = {}): Promise<ChildProcess> => {
      const log = join(folder.logs, `${name}-${database}.log`);
      return ready(spawnCommand([name], { ...envFor(database), ...more }, log), name, log);
    };
    return {
      config,
      folder: root,
      databaseUrl,
      async seed(name) {
        const url = await create(name, 'template1');
        const knex = createDatabase(url);
        try {
          await migrate(knex, { application: new URL(applicationUrl).username });
        } finally {
          await knex.destroy();
        }
        await runToEnd(['seed'], envFor(name), progress, signal);
        return url;
      },
      copy: (from, to) => create(to, from),
      async web(database, behindProxy = false) {
        const port = await createPorts(undefined, preferredPorts).choose('web');
        const { pid } = await command('web', database, { PORT: String(port), PUBLIC_URL: `http://127.0.0.1:${port}`, ...(behindProxy ? { TRUST_PROXY: '1' } : {}) });
        return { url: `http://127.0.0.1:${port}`, pid: pid! };
      },
      async worker(database) {
        const child = await command('worker', database);
        return {
          pid: child.pid!,
          async end() {
            child.kill('SIGTERM');
            await whenEnded(child);
          },
        };
      },
      script(file, database, args = []) {
        const script = fileURLToPath(new URL(file, import.meta.url));
        const child = spawn(process.execPath, ['--import', 'tsx', script, ...args], { cwd: ROOT, env: envFor(database), stdio: ['ignore', 'ignore', 'inherit', 'ipc'], detached: true });
        return ready(child, file);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What files of records and identities are closed with. */
export const sealsOf = ({ config }: Pick<Stack, 'config'>): { chain: ChainSettings; seal: Seal } => ({
  chain: { hash: config.hash, key: config.secrets.chain },
  seal: createSeal({ key: config.secrets.seal, cipher: config.cipher, hash: config.hash }),
});

/** Memory that a process holds now, in megabytes; `VmRSS` of proc(5). Undefined where there is no /proc. */
export function residentMegabytes(pid: number): number | undefined {
  try {
    const kilobytes = /^VmRSS:\s+(\d+)/mu.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
}
