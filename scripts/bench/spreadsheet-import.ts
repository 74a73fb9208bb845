import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { commandConfig } from '../../src/commands/context.ts';
import { addImport, findImport, moveImport, type ImportState } from '../../src/features/records/import/imports.ts';
import { runImports } from '../../src/features/records/index.ts';
import { createDatabase } from '../../src/platform/database.ts';
import { createFiles } from '../../src/platform/files.ts';
import { createI18n } from '../../src/platform/i18n.ts';
import { createReadLaw } from '../../src/platform/law.ts';
import { createLogger } from '../../src/platform/logging.ts';
import { createSeal } from '../../src/platform/seal.ts';
import { createFolderStorage } from '../../src/platform/storage.ts';
import { residentMegabytes } from './stack.ts';

// Brings a spreadsheet in by the job that a worker runs, in a process of its own, whose memory is then that of the work
// alone: the check, the confirmation, the storing. Begins when it is told to, and tells at the end what it took.

const [file = ''] = process.argv.slice(2);
const config = commandConfig(['databaseUrl']);
const knex = createDatabase(config.databaseUrl, { applicationName: 'xinzhi-bench-spreadsheet' });
const logger = createLogger({ level: 'warn', process: 'bench' });
const storage = createFolderStorage(join(config.dataFolder, 'files'));
const parts = {
  knex,
  chain: { hash: config.hash, key: config.secrets.chain },
  readLaw: createReadLaw(knex),
  seal: createSeal({ key: config.secrets.seal, cipher: config.cipher, hash: config.hash }),
  files: createFiles(storage, config.secrets.session),
  i18n: createI18n({ onMissing: (locale, key) => { throw new Error(`no words for ${key} in ${locale}`); } }),
};

const begins = once(process, 'message');
process.once('disconnect', () => process.exit());
process.send?.('ready');
await begins;

const id = randomUUID();
const { id: person }: { id: string } = await knex('person').where({ username: 'scjg.handler' }).first('id');
const stored = await storage.put(createReadStream(file));
await addImport(knex, { id, person, unit: 'scjg', at: new Date(), file: { ...stored, name: 'penalties.csv', mime: 'text/csv' }, answers: { domain: null, amountUnit: null, renamed: null, corrects: false } });

const memory = (): number => residentMegabytes(process.pid) ?? Number.NaN;

/** Runs the import to its next rest; gives the milliseconds, and the memory held meanwhile. */
async function run(until: ImportState): Promise<{ ms: number; held: number[] }> {
  const held = [memory()];
  const looking = setInterval(() => held.push(memory()), 100);
  const begun = performance.now();
  await runImports(parts, logger);
  const ms = performance.now() - begun;
  clearInterval(looking);
  const now = await findImport(knex, id);
  if (now?.state !== until) throw new Error(`The import is ${now?.state}, not ${until}: ${JSON.stringify(now?.found ?? now?.fault)}`);
  return { ms, held };
}

const checked = await run('checked');
await moveImport(knex, id, 'checked', 'importing', { confirmed: { by: person, at: new Date() } });
const done = await run('done');
const { result } = (await findImport(knex, id))!;
await knex.destroy();

const half = Math.ceil(done.held.length / 2);
const figures: SpreadsheetFigures = {
  stored: result.stored,
  checkMs: checked.ms,
  storeMs: done.ms,
  atStart: checked.held[0]!,
  highestOfCheck: Math.max(...checked.held),
  highestOfFirstHalf: Math.max(...done.held.slice(0, half)),
  highestOfSecondHalf: Math.max(...done.held.slice(half)),
};
process.send?.(figures);

/** Memory in megabytes. */
export interface SpreadsheetFigures {
  readonly stored: number;
  readonly checkMs: number;
  readonly storeMs: number;
  readonly atStart: number;
  readonly highestOfCheck: number;
  readonly highestOfFirstHalf: number;
  readonly highestOfSecondHalf: number;
}
