import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import pg from 'pg';
import type { Addresses } from '../config.ts';
import type { DataFolder } from './data-folder.ts';
import { lastLines } from './log-file.ts';
import { saysReady, SILENT_MS, spawnCommand } from './own-process.ts';
import type { Ports } from './ports.ts';
import { choosePlace } from './postgres-place.ts';
import { answers, initialise, prepareDatabase, spawnPostgres, stopLeftOver, type LocalDatabase, type PostgresOptions as Server } from './postgres.ts';
import type { Progress } from './progress.ts';
import { endLeftOver, keepRunning, whenEnded, type Service } from './service.ts';
import { findTemporal } from './temporal-executable.ts';
import { spawnTemporal } from './temporal-server.ts';
import { OperatorError } from '../platform/operator-error.ts';
import { ensureNamespace } from '../platform/temporal/namespace.ts';

/** What the local servers are started with. */
export interface ServersOptions {
  readonly folder: DataFolder;
  readonly ports: Ports;
  readonly progress: Progress;
  /** Gives up the start. */
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
  /** Those that are elsewhere; the others are started here. */
  readonly given: { readonly [K in keyof Addresses]: Addresses[K] | undefined };
  readonly namespace: string;
  /** Of the local PostgreSQL's roles. */
  readonly databasePasswords: Server['passwords'];
  /** For tests: data need not outlive the machine, and no pages for people. */
  readonly throwaway?: boolean;
  /** Told of each process as it comes up, so that it can be stopped though a later one fails. */
  readonly onService: (service: Service) => void;
}

type PostgresOptions = Pick<ServersOptions, 'folder' | 'ports' | 'progress' | 'signal' | 'databasePasswords' | 'throwaway' | 'onService'>;

/** Where everything can be reached. */
export interface Servers extends Addresses {
  /** The database by its other roles; undefined when it is elsewhere. Not for the application's processes. */
  readonly localDatabase: LocalDatabase | undefined;
  /** Pages for people; undefined when the server is not ours or has none. */
  readonly inboxUrl: string | undefined;
  readonly temporalPages: string | undefined;
  /** Undefined when Temporal is elsewhere. */
  readonly temporalExecutable: string | undefined;
}

/** The local PostgreSQL alone; the answer are its addresses. */
export async function startPostgres(options: PostgresOptions): Promise<LocalDatabase> {
  const { folder, ports, progress, signal, databasePasswords: passwords, throwaway } = options;
  const place = choosePlace(folder.postgres, folder.postgresPlace);
  if (place.elsewhere) progress.say(`PostgreSQL's account cannot enter ${folder.path}; its files are in ${place.data}`);
  const stopEarlier = async () => {
    if (await stopLeftOver(place)) progress.say('An earlier PostgreSQL still ran on these files; it was stopped');
  };
  await stopEarlier(); // before the port is chosen, so that it can be the same again
  const port = await ports.choose('postgres');
  const logFile = join(folder.logs, 'postgres.log');
  // Tests kill processes, not the machine: what the kernel has is safe without waiting for the disk.
  const server: Server = { place, port, passwords, logFile, settings: throwaway ? ['fsync=off', 'full_page_writes=off'] : [] };
  const { handedOn, ...database } = await progress.step(`Starting PostgreSQL on port ${port}`, async () => {
    initialise(place, passwords.superuser);
    options.onService(await keepRunning({
      name: 'postgres',
      recordFile: join(folder.run, 'postgres.json'),
      beforeStart: stopEarlier,
      spawn: () => spawnPostgres(server),
      ready: (child) => answers(child, server),
      explain: () => lastLines(logFile),
      stopSignal: 'SIGINT',
      patienceMs: 30_000,
    }, progress, signal));
    return prepareDatabase(server);
  });
  if (handedOn > 0) progress.say(`The application works under a role of its own from now on; what its superuser owned has another owner (${handedOn} tables and the like)`);
  return database;
}

const STOP_TEMPORAL = { stopSignal: 'SIGTERM', patienceMs: 15_000 } as const;
const STOP_INBOX = { stopSignal: 'SIGTERM', patienceMs: 5000 } as const;

async function startTemporal(options: ServersOptions): Promise<Pick<Servers, 'temporalAddress' | 'temporalPages' | 'temporalExecutable'>> {
  const { folder, ports, progress, signal, env, namespace, throwaway } = options;
  const executable = await findTemporal({ env, progress, signal });
  const recordFile = join(folder.run, 'temporal.json');
  await endLeftOver(recordFile, STOP_TEMPORAL.stopSignal, STOP_TEMPORAL.patienceMs);
  const port = await ports.choose('temporal');
  const uiPort = throwaway ? undefined : await ports.choose('temporal-pages');
  const logFile = join(folder.logs, 'temporal.log');
  const address = `127.0.0.1:${port}`;

  async function answersNow(child: ChildProcess): Promise<boolean> {
    const ended = new AbortController();
    void whenEnded(child).then(() => ended.abort());
    return ensureNamespace(address, namespace, { own: true, timeoutMs: 60_000, signal: ended.signal }).then(() => true, () => false);
  }

  await progress.step(`Starting Temporal on port ${port}`, async () => options.onService(await keepRunning({
    name: 'temporal',
    recordFile,
    ...STOP_TEMPORAL,
    spawn: () => spawnTemporal({ executable, port, uiPort, databaseFile: folder.temporal, namespace, logFile }),
    ready: answersNow,
    explain: () => lastLines(logFile),
  }, progress, signal)));
  return {
    temporalAddress: address,
    temporalExecutable: executable,
    temporalPages: uiPort === undefined ? undefined : `http://127.0.0.1:${uiPort}`,
  };
}

async function startInbox(options: ServersOptions): Promise<Pick<Servers, 'smtpUrl' | 'inboxUrl'>> {
  const { folder, ports, progress, signal, env } = options;
  const recordFile = join(folder.run, 'inbox.json');
  await endLeftOver(recordFile, STOP_INBOX.stopSignal, STOP_INBOX.patienceMs);
  const smtpPort = await ports.choose('smtp');
  const httpPort = await ports.choose('inbox');
  const logFile = join(folder.logs, 'inbox.log');
  await progress.step(`Starting the local inbox on port ${httpPort}`, async () => options.onService(await keepRunning({
    name: 'inbox',
    recordFile,
    ...STOP_INBOX,
    spawn: () => spawnCommand(['inbox', '--folder', folder.mails, '--smtp-port', String(smtpPort), '--http-port', String(httpPort)], env, logFile),
    ready: (child) => saysReady(child),
    silentMs: SILENT_MS,
    explain: () => lastLines(logFile),
  }, progress, signal)));
  return { smtpUrl: `smtp://127.0.0.1:${smtpPort}`, inboxUrl: `http://127.0.0.1:${httpPort}` };
}

async function askDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.end();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new OperatorError(`PostgreSQL at ${new URL(url).host} (DATABASE_URL) can't be used: ${reason}`);
  }
}

async function askTemporal(address: string, namespace: string, signal: AbortSignal): Promise<void> {
  try {
    await ensureNamespace(address, namespace, { own: false, timeoutMs: 15_000, signal });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new OperatorError(`Temporal at ${address} (TEMPORAL_ADDRESS) does not give its namespace ${namespace}: ${reason}`);
  }
}

/** Starts the servers that are not given, at the same time; stops at the first that cannot be had. */
export async function startServers(options: ServersOptions): Promise<Servers> {
  const { given, namespace, signal } = options;
  const failed = new AbortController();
  const own: ServersOptions = { ...options, signal: AbortSignal.any([signal, failed.signal]) };

  const database = async () => {
    const { databaseUrl } = given;
    if (databaseUrl === undefined) {
      const localDatabase = await startPostgres(own);
      return { databaseUrl: localDatabase.databaseUrl, localDatabase };
    }
    await askDatabase(databaseUrl);
    return { databaseUrl, localDatabase: undefined };
  };
  const temporal = async () => {
    const { temporalAddress } = given;
    if (temporalAddress === undefined) return startTemporal(own);
    await own.progress.step(`Asking Temporal at ${temporalAddress}`, () => askTemporal(temporalAddress, namespace, own.signal));
    return { temporalAddress, temporalPages: undefined, temporalExecutable: undefined };
  };
  const inbox = async () => (given.smtpUrl === undefined ? startInbox(own) : { smtpUrl: given.smtpUrl, inboxUrl: undefined });
  const parts = [
    database(),
    temporal(),
    inbox(),
  ] as const;
  try {
    const [databaseServer, temporalServer, inboxServer] = await Promise.all(parts);
    return { ...databaseServer, ...temporalServer, ...inboxServer };
  } catch (error) {
    failed.abort();
    await Promise.allSettled(parts);
    throw error;
  }
}
