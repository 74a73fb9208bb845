import { copyFileSync, chmodSync, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readSettings, type Secrets } from '../config.ts';
import { openDataFolder, type DataFolder } from '../launcher/data-folder.ts';
import { claim } from '../launcher/lock.ts';
import { createPorts } from '../launcher/ports.ts';
import { removeRecord } from '../launcher/processes.ts';
import { createProgress } from '../launcher/progress.ts';
import { localDatabaseSecrets, localSecrets } from '../launcher/secrets.ts';
import { startPostgres } from '../launcher/servers.ts';
import type { Service } from '../launcher/service.ts';
import { checkTables, loadDatabase, refuseInhabited } from '../platform/backup/load.ts';
import { filesFolder, marksOf, readManifest } from '../platform/backup/manifest.ts';
import { copyStored } from '../platform/backup/stored-files.ts';
import { createDatabase, migrate } from '../platform/database.ts';
import { ROOT, schemaAccess, type SchemaAccess } from './context.ts';
import { CommandError } from './running.ts';
import type { Run } from './index.ts';

const progress = createProgress((line) => process.stdout.write(`${line}\n`));

/** The keys that this installation will have: of the environment, of `keysFile`, or those that lie there already. */
function keysFor(settings: ReturnType<typeof readSettings>, secretsFile: string, keysFile: string | undefined): Secrets {
  const { session, payload, chain, seal } = settings.secrets;
  if (session !== undefined && payload !== undefined && chain !== undefined && seal !== undefined) return { session, payload, chain, seal };
  if (keysFile !== undefined) {
    if (existsSync(secretsFile)) throw new CommandError(`--keys: ${secretsFile} is there already. Restore into an empty data folder, or leave --keys out.`);
    return localSecrets(keysFile);
  }
  if (!existsSync(secretsFile)) throw new CommandError('Without the keys of the backed-up installation its data cannot be read. Give them by --keys FILE, or in the environment.');
  return localSecrets(secretsFile);
}

async function startOwnPostgres(folder: DataFolder, services: Service[]): Promise<SchemaAccess> {
  const { databaseUrl, ownerUrl } = await startPostgres({
    folder,
    ports: createPorts(folder.ports),
    progress,
    signal: new AbortController().signal,
    databasePasswords: { application: localSecrets(folder.secrets).database, ...localDatabaseSecrets(folder.databaseSecrets) },
    onService: (service) => services.push(service),
  });
  return schemaAccess(databaseUrl, ownerUrl);
}

/** Puts a backup into an empty database and an empty data folder. Everything is looked at before anything is written. */
export const run: Run = async (args) => {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { keys: { type: 'string' } } });
  const [wanted, ...more] = positionals;
  if (wanted === undefined || more.length > 0) throw new CommandError('Which folder? xinzhi restore FOLDER [--keys FILE]');
  const backup = resolve(wanted);
  const keysFile = values.keys === undefined ? undefined : resolve(values.keys);
  if (keysFile !== undefined && !existsSync(keysFile)) throw new CommandError(`--keys: there is no file ${keysFile}.`);

  const settings = readSettings(process.env, ROOT);
  const manifest = await readManifest(backup);
  await progress.step('Checking the backup', () => checkTables(backup, manifest));
  const folder = openDataFolder(settings.dataFolder);
  const marks = marksOf(keysFor(settings, folder.secrets, keysFile));
  const other = Object.keys(manifest.keys).filter((name) => marks[name] !== manifest.keys[name]);
  if (other.length > 0) throw new CommandError(`These keys are not those of the backed-up installation: ${other.join(', ')}.`);

  const holder = claim(folder.launcher);
  if (holder !== undefined) throw new CommandError(`Xinzhi runs from ${folder.path} (process ${holder.pid}). Stop it first, or set XINZHI_DATA to another folder.`);
  const services: Service[] = [];
  try {
    const given = settings.addresses.databaseUrl === undefined ? undefined : schemaAccess(settings.addresses.databaseUrl, settings.administration.ownerUrl);
    if (given !== undefined) await refuseInhabited(given.ownerUrl);
    if (keysFile !== undefined) {
      copyFileSync(keysFile, folder.secrets);
      chmodSync(folder.secrets, 0o600);
    }
    const { ownerUrl, application } = given ?? await startOwnPostgres(folder, services);
    await refuseInhabited(ownerUrl);
    const files = await progress.step('Copying the stored files', () => copyStored(join(backup, filesFolder), join(folder.path, 'files'), true));
    if (files.count !== manifest.files.count) throw new CommandError(`The backup should hold ${manifest.files.count} files and holds ${files.count}.`);
    await loadDatabase(ownerUrl, backup, manifest, (name) => progress.say(`${name} …`));
    const knex = createDatabase(ownerUrl, { applicationName: 'xinzhi-restore', statementTimeoutMs: 0 });
    const applied = await migrate(knex, { application }).finally(() => knex.destroy());
    if (applied.length > 0) progress.say(`Applied ${applied.length} migrations that are newer than the backup.`);
    progress.say(`What stood in the files on ${manifest.madeAt} is here again. Start the processes, and with an empty Temporal run \`xinzhi resume\` (npm start does so itself); then \`xinzhi verify --files\`.`);
  } finally {
    for (const service of services.toReversed()) await service.stop();
    removeRecord(folder.launcher);
  }
};
