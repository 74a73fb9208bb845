import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { constants, existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { dumpDatabase } from '../platform/backup/dump.ts';
import { filesFolder, manifestFile, marksOf, type Manifest } from '../platform/backup/manifest.ts';
import { copyStored } from '../platform/backup/stored-files.ts';
import { describeDataFolder } from '../launcher/data-folder.ts';
import { writeFileAtomically } from '../launcher/files.ts';
import { commandConfig } from './context.ts';
import { CommandError } from './running.ts';
import type { Run } from './index.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const isBelow = (file: string, folder: string): boolean => !relative(folder, file).startsWith('..');

/** The keys that the data folder holds, in a file of their own; none is there where all come from the environment. */
async function keepKeys(from: string, to: string | undefined): Promise<void> {
  const own = existsSync(from);
  if (to === undefined) {
    say(own ? `The keys are not in the backup, and without them it can't be read: keep ${from} in another place, or use --keys.` : 'The keys are not in the backup: keep XINZHI_CHAIN_KEY and the others in another place.');
    return;
  }
  if (!own) throw new CommandError('--keys: the keys of this installation come from the environment; there is no file of them to copy.');
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  await copyFile(from, to, constants.COPYFILE_EXCL);
  say(`The keys are in ${to}. Keep them apart from the backup.`);
}

/** Writes a backup into a new folder; what is half written when it is cut short has another name. */
export const run: Run = async (args) => {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: { keys: { type: 'string' } } });
  const [wanted, ...more] = positionals;
  if (wanted === undefined || more.length > 0) throw new CommandError('Which folder? xinzhi backup FOLDER [--keys FILE]');
  const folder = resolve(wanted);
  const keys = values.keys === undefined ? undefined : resolve(values.keys);
  if (keys !== undefined && isBelow(keys, folder)) throw new CommandError('--keys: whoever has the backup must not have the keys too; choose a file outside of it.');
  if (keys !== undefined && existsSync(keys)) throw new CommandError(`--keys: ${keys} is there already.`);
  if ((await readdir(folder).catch(() => [])).length > 0) throw new CommandError(`${folder} is not empty. Each backup has a folder of its own.`);

  const config = commandConfig(['databaseUrl']);
  const draft = `${folder}.unfinished`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  const database = await dumpDatabase(config.databaseUrl, draft, (name) => say(`${name} …`));
  // After the database: a file is stored before the act that names it, so every file that the tables name is there now.
  const files = await copyStored(join(config.dataFolder, 'files'), join(draft, filesFolder), false);
  const manifest: Manifest = { format: 1, ...database, files, keys: marksOf(config.secrets) };
  writeFileAtomically(join(draft, manifestFile), `${JSON.stringify(manifest, undefined, 2)}\n`);
  await rm(folder, { recursive: true, force: true });
  await rename(draft, folder);
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
  say(`${rows} rows and ${files.count} files of ${manifest.madeAt} are in ${folder}.`);
  await keepKeys(describeDataFolder(config.dataFolder).secrets, keys);
};
