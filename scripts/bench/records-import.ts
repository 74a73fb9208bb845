import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import { commandConfig } from '../../src/commands/context.ts';
import { createDatabase } from '../../src/platform/database.ts';
import { createReadLaw } from '../../src/platform/law.ts';
import { createSeal } from '../../src/platform/seal.ts';
import type { PenaltyLine } from './penalties.ts';
import { residentMegabytes } from './stack.ts';
import { storeLines } from './store-lines.ts';

// Stores the records of a file in a process of its own, whose memory is then that of the work alone. Begins when it is
// told to, and tells at the end how long it took and what it held.

const [file = ''] = process.argv.slice(2);
const batch = 500;
const config = commandConfig(['databaseUrl']);
const knex = createDatabase(config.databaseUrl, { applicationName: 'xinzhi-bench-import' });
const law = await createReadLaw(knex)();
const parts = { law, chain: { hash: config.hash, key: config.secrets.chain }, seal: createSeal({ key: config.secrets.seal, cipher: config.cipher, hash: config.hash }) };

const begins = once(process, 'message');
process.once('disconnect', () => process.exit());
process.send?.('ready');
await begins;

const memory = (): number => residentMegabytes(process.pid) ?? Number.NaN;
const held: number[] = [memory()];
let stored = 0;
const begun = performance.now();

async function store(lines: readonly PenaltyLine[]): Promise<void> {
  if (lines.length === 0) return;
  const at = new Date().toISOString();
  const answers = await knex.transaction((trx) => storeLines(trx, lines, { ...parts, at, idOf: () => randomUUID() }));
  stored += answers.filter(({ outcome }) => outcome === 'stored').length;
  held.push(memory());
}

let lines: PenaltyLine[] = [];
for await (const line of createReadStream(file).pipe(parse({ columns: true, bom: true }))) {
  lines.push(line as PenaltyLine);
  if (lines.length < batch) continue;
  await store(lines);
  lines = [];
}
await store(lines);
const ms = performance.now() - begun;
await knex.destroy();

const half = Math.ceil(held.length / 2);
const figures: ImportFigures = { stored, ms, atStart: held[0]!, highestOfFirstHalf: Math.max(...held.slice(0, half)), highestOfSecondHalf: Math.max(...held.slice(half)) };
process.send?.(figures);

/** Memory in megabytes. */
export interface ImportFigures {
  readonly stored: number;
  readonly ms: number;
  readonly atStart: number;
  readonly highestOfFirstHalf: number;
  readonly highestOfSecondHalf: number;
}
