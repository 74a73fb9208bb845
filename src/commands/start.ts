import { join } from 'node:path';
import { readSettings, type Settings } from '../config.ts';
import { openDataFolder, type DataFolder } from '../launcher/data-folder.ts';
import { claim } from '../launcher/lock.ts';
import { lastLines } from '../launcher/log-file.ts';
import { saysReady, SILENT_MS, spawnCommand } from '../launcher/own-process.ts';
import { createPorts, isFree, type Ports } from '../launcher/ports.ts';
import { removeRecord } from '../launcher/processes.ts';
import { createProgress, type Progress } from '../launcher/progress.ts';
import { readRunning, removeRunning, writeRunning } from '../launcher/running.ts';
import { localDatabaseSecrets, localSecrets } from '../launcher/secrets.ts';
import { startServers, type Servers } from '../launcher/servers.ts';
import { endLeftOver, keepRunning, stopInOrder, type Service } from '../launcher/service.ts';
import { createDatabase, migrate } from '../platform/database.ts';
import { refuseDemoAccounts } from '../platform/demo-accounts.ts';
import { standingOf, warningOf } from '../platform/database-roles/index.ts';
import { ROOT, schemaAccess } from './context.ts';
import { runToEnd } from './child.ts';
import { demoLines } from './demo-lines.ts';
import { CommandError } from './running.ts';
import type { Run } from './index.ts';

const OWN_PROCESSES = ['worker', 'web'] as const;
type OwnProcess = (typeof OWN_PROCESSES)[number];

/** Longer than a page or a mail that is under way is given to end. */
const PATIENCE_MS = 20_000;

interface Launch {
  readonly settings: Settings;
  readonly folder: DataFolder;
  readonly ports: Ports;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** What has been started so far, in this order. */
  readonly services: Service[];
}

/** An address that a browser on this machine can open. */
function pageAddress(host: string, port: number): string {
  const local = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${local.includes(':') ? `[${local}]` : local}:${port}`;
}

async function startLocalServers(launch: Launch): Promise<Servers> {
  const { settings, folder, ports, progress, signal, services } = launch;
  return startServers({
    folder,
    ports,
    progress,
    signal,
    env: process.env,
    given: settings.addresses,
    namespace: settings.temporalNamespace,
    databasePasswords: { application: localSecrets(folder.secrets).database, ...localDatabaseSecrets(folder.databaseSecrets) },
    onService: (service) => services.push(service),
  });
}

async function bringUpToDate({ settings, progress }: Launch, { databaseUrl, localDatabase }: Servers): Promise<void> {
  const { ownerUrl, application } = schemaAccess(databaseUrl, localDatabase?.ownerUrl ?? settings.administration.ownerUrl);
  const owner = createDatabase(ownerUrl, { applicationName: 'xinzhi-start' });
  const applied = await progress.step('Bringing the database schema up to date', () => migrate(owner, { application })).finally(() => owner.destroy());
  if (applied.length > 0) progress.say(`Applied ${applied.length} migrations`);
  const knex = createDatabase(databaseUrl, { applicationName: 'xinzhi-start' });
  try {
    const warning = warningOf(await standingOf(knex));
    if (warning !== null) progress.say(`Warning: ${warning}`);
    if (settings.mode === 'production') await refuseDemoAccounts(knex);
  } finally {
    await knex.destroy();
  }
}

async function startProcess({ folder, progress, signal, services }: Launch, name: OwnProcess, env: NodeJS.ProcessEnv): Promise<void> {
  const logFile = join(folder.logs, `${name}.log`);
  services.push(await keepRunning({
    name,
    recordFile: join(folder.run, `${name}.json`),
    spawn: () => spawnCommand([name], env, logFile),
    ready: (child) => saysReady(child),
    silentMs: SILENT_MS,
    explain: () => lastLines(logFile),
    stopSignal: 'SIGTERM',
    patienceMs: PATIENCE_MS,
  }, progress, signal));
}

/** What a killed launcher left behind ends by itself when it notices; its ports are wanted now. */
async function endEarlierProcesses({ folder }: Launch): Promise<void> {
  await Promise.all(OWN_PROCESSES.map((name) => endLeftOver(join(folder.run, `${name}.json`), 'SIGTERM', PATIENCE_MS)));
}

async function launchAll(launch: Launch): Promise<string[]> {
  const { settings, folder, ports, progress, signal } = launch;
  await endEarlierProcesses(launch);
  if (settings.port !== undefined && !await isFree(settings.port, settings.host)) {
    throw new CommandError(`PORT is ${settings.port}, and something listens there already. Set another one, or unset it for the next free one.`);
  }
  const servers = await startLocalServers(launch);
  await bringUpToDate(launch, servers);

  const port = settings.port ?? await ports.choose('web', settings.host);
  const url = pageAddress(settings.host, port);
  writeRunning(folder, {
    databaseUrl: servers.databaseUrl,
    temporalAddress: servers.temporalAddress,
    smtpUrl: servers.smtpUrl,
    publicUrl: settings.publicUrl ?? url,
  });
  const env = { ...process.env, XINZHI_DATA: folder.path, PORT: String(port) };
  await progress.step(settings.seed === 'demo' ? 'Loading the demo city' : 'Loading rules and calendar', () => runToEnd(['seed'], env, progress, signal));
  await progress.step('Starting the web process and the worker', async () => {
    await Promise.all(OWN_PROCESSES.map((name) => startProcess(launch, name, env)));
  });
  // Also after a start that was cut short: a process that runs is left alone.
  await progress.step('Taking up the open cases', () => runToEnd(['resume'], env, progress, signal));
  return [
    `Xinzhi is ready at ${url}`,
    ...(servers.inboxUrl === undefined ? [] : [`Mail arrives at ${servers.inboxUrl}`]),
    ...(servers.temporalPages === undefined ? [] : [`Temporal's own pages are at ${servers.temporalPages}`]),
    `Logs are in ${folder.logs}`,
    ...(settings.seed === 'demo' ? await demoLines(servers.databaseUrl, settings.demoPassword) : []),
    'Ctrl-C stops everything.',
  ];
}

/** Those that use another one first. */
async function stopAll({ services, folder, progress }: Launch): Promise<void> {
  removeRunning(folder);
  await stopInOrder(services, (name) => progress.say(`${name} has stopped`));
}

function refuseSecondStart(folder: DataFolder): void {
  const holder = claim(folder.launcher);
  if (holder === undefined) return;
  const where = readRunning(folder)?.publicUrl;
  throw new CommandError(`Xinzhi already runs from ${folder.path}${where === undefined ? '' : ` at ${where}`} (process ${holder.pid}). Stop that one first, or set XINZHI_DATA to another folder.`);
}

/** Starts everything on this machine, keeps it running, and stops it on Ctrl-C. */
export const run: Run = async () => {
  const settings = readSettings(process.env, ROOT);
  const folder = openDataFolder(settings.dataFolder);
  refuseSecondStart(folder);
  const progress = createProgress((line) => process.stdout.write(`${line}\n`));
  const asked = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (!asked.signal.aborted) progress.say('Stopping …');
      asked.abort();
    });
  }
  // Whoever read what is said may be gone, as `npm start | head` is: the servers must be stopped all the same.
  process.stdout.on('error', () => undefined);
  const launch: Launch = { settings, folder, ports: createPorts(folder.ports), progress, signal: asked.signal, services: [] };
  try {
    for (const line of await launchAll(launch)) progress.say(line);
    await new Promise<void>((resolve) => {
      const alive = setInterval(() => undefined, 3_600_000);
      asked.signal.addEventListener('abort', () => { clearInterval(alive); resolve(); }, { once: true });
    });
  } catch (error) {
    if (!asked.signal.aborted) throw error;
  } finally {
    await stopAll(launch);
    removeRecord(folder.launcher);
  }
};
