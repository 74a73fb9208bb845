/**
 * `npm run bench`: what a person waits for, each as a ratio to its floor measured in the same minute. Takes a
 * quarter of an hour and some gigabytes below the system's folder for temporary files, and leaves nothing there.
 *
 *   npm run bench                       acts, applications, sessions, pages, records and spreadsheet
 *   npm run bench -- acts               acts alone; the others likewise
 *   npm run bench -- spreadsheet 20000  with a file of so many rows, and ten times as many firms
 *   npm run bench -- pages 1000000      with so many cases in the larger city
 */
import { createProgress } from '../../src/launcher/progress.ts';
import { createDatabase } from '../../src/platform/database.ts';
import { createReadLaw } from '../../src/platform/law.ts';
import { createTemporalClient } from '../../src/platform/temporal/connection.ts';
import { actKinds, measureActs, type ActFigures } from './acts.ts';
import { measureApplications } from './applications.ts';
import { fillArchive } from './archive.ts';
import { Browser } from './browser.ts';
import { against, ms, table } from './figures.ts';
import { startFloor } from './floor.ts';
import { measurePages, subjectOf, type City, type PageFigures } from './pages.ts';
import { runRecords } from './records.ts';
import { runSpreadsheet } from './spreadsheet.ts';
import { measureSessions } from './sessions.ts';
import { residentMegabytes, sealsOf, startStack, type Stack } from './stack.ts';

const atOnce = 8;
const actGoal = 1.5;
const pageGoal = 2;
const growthGoal = 1.2;
const memoryGoal = 500;
const sessionGoalMs = 1;

/** Cases of the smaller city, and of the larger one unless a number is given. */
const sizes = [10_000, 100_000] as const;
/** Of a hundred cases three are open in a city whose cases are closed within weeks, and seventy in one that drowns in them. */
const openShares = [0.03, 0.7] as const;

const parts = ['acts', 'applications', 'sessions', 'pages', 'records', 'spreadsheet'] as const;
/** Rows of the spreadsheet, unless a number is given. */
const usualRows = 100_000;
type Part = (typeof parts)[number];

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const note = (text: string): void => say(`  ${text}`);
const progress = createProgress(say);
const asked = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => asked.abort(new Error('The bench was stopped.')));

function wantedParts(words: readonly string[]): ReadonlySet<Part> {
  const unknown = words.find((word) => !(parts as readonly string[]).includes(word));
  if (unknown !== undefined) throw new Error(`${unknown} is none of ${parts.join(', ')}.`);
  return new Set(words.length === 0 ? parts : (words as Part[]));
}

async function runActs(stack: Stack): Promise<void> {
  const database = 'acts';
  await stack.copy('city', database);
  const [web, worker] = await Promise.all([stack.web(database), stack.worker(database)]);
  const browser = await new Browser(web.url).signIn('xyb.handler');
  const bare = await stack.script('floor-worker.ts', database);
  const temporal = createTemporalClient(stack.config);
  let found: ActFigures;
  try {
    const floor = await startFloor(temporal.client, atOnce);
    found = await measureActs({ browser, floor, rounds: 60 + atOnce, atOnce, progress: note });
    await floor.close();
  } finally {
    browser.close();
    bare.disconnect();
    await temporal.close();
  }
  say(`\nOne act through the web, against one Update with one empty local activity on the same server, and opening a case against a start with such an Update (goal ${actGoal} ×)`);
  for (const line of table([
    ['act', 'to floor', 'p50', 'p95'],
    ['floor', '', ms(found.floor.p50), ms(found.floor.p95)],
    ['floor of a start', '', ms(found.floorStart.p50), ms(found.floorStart.p95)],
    ...actKinds.map((kind) => {
      const { p50, p95 } = found.one[kind];
      return [kind, against(p50 / (kind === 'open' ? found.floorStart : found.floor).p50, actGoal), ms(p50), ms(p95)];
    }),
    [`floor, ${atOnce} at once`, '', ms(found.many.floor.p50), ms(found.many.floor.p95)],
    [`comment, ${atOnce} at once`, against(found.many.acts.p50 / found.many.floor.p50, actGoal), ms(found.many.acts.p50), ms(found.many.acts.p95)],
  ])) say(line);
  say(`${found.many.actsASecond.toFixed(0)} acts a second with ${atOnce} at once; ${found.many.floorASecond.toFixed(0)} of the floor's`);
  const [ofWeb = 0, ofWorker = 0] = [residentMegabytes(web.pid), residentMegabytes(worker.pid)];
  await worker.end();
  say(`Memory after that: web ${ofWeb.toFixed(0)} MB and worker ${ofWorker.toFixed(0)} MB, together ${(ofWeb + ofWorker).toFixed(0)} MB (goal ${memoryGoal} MB)`);
}

async function runApplications(stack: Stack): Promise<void> {
  const database = 'applications';
  const knex = createDatabase(await stack.copy('city', database));
  const [web, worker] = await Promise.all([stack.web(database, true), stack.worker(database)]);
  const bare = await stack.script('floor-worker.ts', database);
  const temporal = createTemporalClient(stack.config);
  try {
    const floor = await startFloor(temporal.client, 1);
    const law = await createReadLaw(knex)();
    const found = await measureApplications({ ...sealsOf(stack), knex, law, url: web.url, floor, rounds: 60, progress: note });
    await floor.close();
    say(`\nAn application for repair through the portal, with two papers, against a start with one empty local activity (goal ${actGoal} ×)`);
    for (const line of table([
      ['', 'to floor', 'p50', 'p95'],
      ['floor', '', ms(found.floor.p50), ms(found.floor.p95)],
      ['application', against(found.applications.p50 / found.floor.p50, actGoal), ms(found.applications.p50), ms(found.applications.p95)],
    ])) say(line);
  } finally {
    bare.disconnect();
    await worker.end();
    await temporal.close();
    await knex.destroy();
  }
}

async function runSessions(stack: Stack): Promise<void> {
  const knex = createDatabase(await stack.copy('city', 'sessions'));
  try {
    const { bare, signedIn } = await measureSessions({ knex, username: 'xyb.handler', rounds: 1000 });
    const cost = signedIn.p50 - bare.p50;
    say(`\nKnowing who asks, his session, name and roles: ${cost.toFixed(2)} ms (goal ${sessionGoalMs} ms), ${ms(signedIn.p50)} beside ${ms(bare.p50)}; p95 ${ms(signedIn.p95)} beside ${ms(bare.p95)}`);
  } finally {
    await knex.destroy();
  }
}

async function fillCity(stack: Stack, size: number, openShare: number): Promise<City & { size: number }> {
  const name = `archive_${size}_${openShare * 100}`;
  const databaseUrl = await stack.copy('city', name);
  const knex = createDatabase(databaseUrl, { statementTimeoutMs: 0 });
  try {
    const open = Math.round(size * openShare);
    await fillArchive({ databaseUrl, knex, closed: size - open, open, from: 1, progress: note });
    const subject = await subjectOf(knex);
    const { url } = await stack.web(name);
    return { name, url, databaseUrl, subject, size };
  } finally {
    await knex.destroy();
  }
}

function sayPages(cities: readonly { name: string; size: number }[], openShare: number, figures: ReadonlyMap<string, readonly PageFigures[]>): void {
  const [small, large] = cities.map(({ name }) => figures.get(name)!) as [readonly PageFigures[], readonly PageFigures[]];
  say(`\nPages, ${openShare * 100} of a hundred cases open, against the rows shown and the counts kept by prepared statements, and as many bytes by node:http (goal ${pageGoal} ×; larger to smaller ${growthGoal} ×)`);
  for (const line of table([
    ['page', ...cities.flatMap(({ size }) => [`${size / 1000}k to floor`, 'p50', 'p95', 'floor']), 'larger to smaller', 'kB'],
    ...small.map((own, n) => {
      const other = large[n]!;
      return [
        own.page,
        ...[own, other].flatMap(({ times, floor }) => [against(times.p50 / floor.p50, pageGoal), ms(times.p50), ms(times.p95), ms(floor.p50)]),
        against(other.times.p50 / own.times.p50, growthGoal),
        (other.bytes / 1000).toFixed(0),
      ];
    }),
  ])) say(line);
}

async function runPages(stack: Stack, largest: number): Promise<void> {
  const floorPort = 13_900;
  const floor = await stack.script('floor-server.ts', 'city', [String(floorPort)]);
  for (const openShare of openShares) {
    const cities: (City & { size: number })[] = [];
    for (const size of [sizes[0], largest]) cities.push(await fillCity(stack, size, openShare));
    const figures = await measurePages({ cities, floorUrl: `http://127.0.0.1:${floorPort}`, rounds: 60, progress: note });
    sayPages(cities, openShare, figures);
  }
  floor.disconnect();
}

const words = process.argv.slice(2);
const isNumber = (word: string): boolean => /^\d+$/.test(word);
const wanted = wantedParts(words.filter((word) => !isNumber(word)));
const [given] = words.filter(isNumber).map(Number);
const stack = await startStack(progress, asked.signal);
try {
  await stack.seed('city');
  if (wanted.has('acts')) await runActs(stack);
  if (wanted.has('applications')) await runApplications(stack);
  if (wanted.has('sessions')) await runSessions(stack);
  if (wanted.has('pages')) await runPages(stack, given ?? sizes[1]);
  if (wanted.has('records')) await runRecords(stack, { say, note });
  if (wanted.has('spreadsheet')) await runSpreadsheet(stack, given ?? usualRows, { say, note });
} finally {
  await stack.stop();
}
