import { once } from 'node:events';
import { join } from 'node:path';
import { createDatabase } from '../../src/platform/database.ts';
import { createReadLaw } from '../../src/platform/law.ts';
import { dateAt, dayNumber } from '../../src/rules/calendar/index.ts';
import { against, ms, table } from './figures.ts';
import { fillSubjects } from './firms.ts';
import { copyPlain, penaltyLine, writePenalties } from './penalties.ts';
import { measureEnds } from './record-ends.ts';
import { measureRecordPages } from './record-pages.ts';
import type { ImportFigures } from './records-import.ts';
import { sealsOf, type Stack } from './stack.ts';

const subjects = 1_000_000;
const imported = 100_000;
const ended = 50_000;
const importGoal = 4;
const pageGoal = 3;
const floorPort = 13_901;

export interface Told {
  say(line: string): void;
  note(text: string): void;
}

/** Stores the file in a process of its own, its floor before and after. */
async function runImport(stack: Stack, database: string, file: string, { say, note }: Told): Promise<void> {
  const url = stack.databaseUrl(database);
  const floors = [await copyPlain(url, file), await copyPlain(url, file)];
  const child = await stack.script('records-import.ts', database, [file]);
  const told = once(child, 'message');
  child.send('begin');
  const [figures] = (await Promise.race([told, once(child, 'exit').then(() => { throw new Error('The import ended before its time.'); })])) as [ImportFigures];
  child.disconnect();
  floors.push(await copyPlain(url, file));
  const floor = floors.toSorted((a, b) => a - b)[1]!;
  note(`copied plainly in ${floors.map(ms).join(', ')}`);
  say(`\n${imported.toLocaleString('en-US')} records by storeRecords in batches of 500, against \\copy of the same file into a table without index (goal for the whole import ${importGoal} ×)`);
  for (const line of table([
    ['', 'to floor', 'seconds', 'rows a second'],
    ['floor', '', (floor / 1000).toFixed(1), (imported / floor * 1000).toFixed(0)],
    ['stored', against(figures.ms / floor, importGoal), (figures.ms / 1000).toFixed(1), (figures.stored / figures.ms * 1000).toFixed(0)],
  ])) say(line);
  say(`Memory of the process: ${figures.atStart.toFixed(0)} MB at the start, at most ${figures.highestOfFirstHalf.toFixed(0)} MB in the first half and ${figures.highestOfSecondHalf.toFixed(0)} MB in the second`);
}

/** Records and their subjects: a city of a million subjects, filled, searched, and a midnight of it. */
export async function runRecords(stack: Stack, { say, note }: Told): Promise<void> {
  const database = 'records';
  const databaseUrl = await stack.copy('city', database);
  const knex = createDatabase(databaseUrl, { statementTimeoutMs: 0 });
  try {
    const frequencies = await fillSubjects({ databaseUrl, knex, count: subjects, progress: note });
    const law = await createReadLaw(knex)();
    const today = dayNumber(dateAt(law.calendar, Date.now()));
    const file = join(stack.folder, 'penalties.csv');
    await writePenalties(file, (function* lines() {
      for (let n = 0; n < imported; n += 1) yield penaltyLine(n, { firms: subjects, today });
    })());
    await runImport(stack, database, file, { say, note });
    await knex.raw('vacuum analyze');

    const { url } = await stack.web(database, true);
    const floor = await stack.script('floor-server.ts', database, [String(floorPort)]);
    const figures = await measureRecordPages({ knex, url, databaseUrl, floorUrl: `http://127.0.0.1:${floorPort}`, frequencies, rounds: 40, progress: note });
    floor.disconnect();
    say(`\nPages of ${imported.toLocaleString('en-US')} records and ${subjects.toLocaleString('en-US')} subjects, against the same rows by SQL and as many bytes by node:http (goal ${pageGoal} ×)`);
    for (const line of table([
      ['page', 'to floor', 'p50', 'p95', 'floor', 'kB'],
      ...figures.map(({ page, times, floor: bare, bytes }) => [page, against(times.p50 / bare.p50, pageGoal), ms(times.p50), ms(times.p95), ms(bare.p50), (bytes / 1000).toFixed(0)]),
    ])) say(line);

    await stack.worker(database);
    const ends = await measureEnds({ ...sealsOf(stack), knex, law, url, count: ended, firms: subjects, progress: note });
    say(`\nThe publicity of ${ends.ended.toLocaleString('en-US')} records ended in ${ends.seconds.toFixed(1)} s; the public list, asked every 100 ms: before p50 ${ms(ends.before.p50)}, p95 ${ms(ends.before.p95)}; meanwhile p50 ${ms(ends.during.p50)}, p95 ${ms(ends.during.p95)}, at most ${ms(ends.longest)}`);
  } finally {
    await knex.destroy();
  }
}
