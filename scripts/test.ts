import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeFileAtomically } from '../src/launcher/files.ts';
import { createProgress } from '../src/launcher/progress.ts';
import { whenEnded } from '../src/launcher/service.ts';
import { ensureChromium } from './chromium.ts';
import { planTests, STAGES, WITHOUT_STACK, type Stage } from './test-plan.ts';
import { startTestStack, type RunningStack } from './test-stack.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const LASTING_STACK = join(ROOT, '.data', 'test-stack.json');
/** A suite that has told its result and does not end has left a connection or a timer open. */
const PATIENCE_AFTER_RESULT_MS = 15_000;
/** A suite that is asked to stop may end its test; what it started outside is ended with the servers. */
const PATIENCE_AFTER_STOP_MS = 5_000;
/** Far from China and with a summer time: code that reads the host's clock by local fields fails here. */
const TIME_ZONE = 'America/St_Johns';

interface Tally {
  passes: number;
  failures: number;
  /** Each by its full title, with the beginning of its error. */
  failed: string[];
}

const progress = createProgress((line) => process.stdout.write(`${line}\n`));
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort(new Error('The tests were stopped.')));

function readTally(file: string): Tally | undefined {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) as Tally : undefined;
}

/** Runs the files by mocha in a process of its own; one that ends without a result counts as a failure. */
async function runMocha(files: readonly string[], stack: RunningStack | undefined): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), 'xinzhi-tally-'));
  const tallyFile = join(folder, 'tally.json');
  const child = spawn(process.execPath, ['--import', 'tsx', 'node_modules/mocha/bin/mocha.js', '--reporter', 'test/support/tally-reporter.cjs', ...files], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { TZ: TIME_ZONE, ...process.env, NODE_ENV: 'test', XINZHI_TEST_TALLY: tallyFile, ...(stack && { XINZHI_TEST_STACK: stack.file }) },
  });
  let killing: NodeJS.Timeout | undefined;
  const stop = () => {
    child.kill('SIGTERM');
    // Where a worker runs, Temporal's SDK takes the signal as its own and the suite goes on.
    killing = setTimeout(() => child.kill('SIGKILL'), PATIENCE_AFTER_STOP_MS);
  };
  interrupted.signal.addEventListener('abort', stop, { once: true });
  let lateSince: number | undefined;
  const watch = setInterval(() => {
    if (!existsSync(tallyFile)) return;
    lateSince ??= Date.now();
    if (Date.now() - lateSince < PATIENCE_AFTER_RESULT_MS) return;
    progress.say('The suite is done, but something it opened keeps its process alive; it is ended.');
    child.kill('SIGKILL');
  }, 1000);
  const reason = await whenEnded(child);
  clearInterval(watch);
  clearTimeout(killing);
  interrupted.signal.removeEventListener('abort', stop);
  const tally = readTally(tallyFile);
  rmSync(folder, { recursive: true, force: true });
  return tally ?? { passes: 0, failures: 1, failed: [`The suite of ${files[0] ?? 'no file'} and what follows ended without a result (${reason}).`] };
}

async function findChromium(stages: readonly Stage[]): Promise<{ path?: string; problem?: string }> {
  if (!stages.includes('browser')) return {};
  try {
    return { path: await ensureChromium(progress) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

async function runStages(words: readonly string[]): Promise<Tally> {
  const plan = planTests(ROOT, words);
  const stages = STAGES.filter((stage) => (plan.get(stage) ?? []).length > 0);
  const total: Tally = { passes: 0, failures: 0, failed: [] };
  let stack: RunningStack | undefined;
  try {
    for (const stage of stages) {
      if (interrupted.signal.aborted) break;
      let chromium: { path?: string; problem?: string } = {};
      if (!WITHOUT_STACK.has(stage) && stack === undefined) {
        chromium = await findChromium(stages);
        stack = await startTestStack(progress, interrupted.signal, chromium.path);
        if (chromium.problem !== undefined) progress.say(chromium.problem);
      }
      progress.say(`\n${stage} tests`);
      if (stage === 'browser' && stack?.stack.chromium === undefined) {
        total.failures += 1;
        total.failed.push('There is no browser to run the browser tests in; this counts as one failure.');
        continue;
      }
      const tally = await runMocha(plan.get(stage) ?? [], stack);
      total.passes += tally.passes;
      total.failures += tally.failures;
      total.failed.push(...tally.failed);
    }
  } finally {
    await stack?.stop();
  }
  return total;
}

/** Keeps the servers up for running single test files by mocha until Ctrl-C. */
async function keepStack(): Promise<void> {
  const chromium = await findChromium(['browser']);
  if (chromium.problem !== undefined) progress.say(chromium.problem);
  const stack = await startTestStack(progress, interrupted.signal, chromium.path);
  try {
    mkdirSync(dirname(LASTING_STACK), { recursive: true });
    writeFileAtomically(LASTING_STACK, JSON.stringify(stack.stack, undefined, 2));
    progress.say('The servers are up. In another terminal: node --import tsx node_modules/mocha/bin/mocha.js test/FILE.test.ts');
    await new Promise<void>((resolve) => {
      const alive = setInterval(() => undefined, 60_000);
      interrupted.signal.addEventListener('abort', () => { clearInterval(alive); resolve(); }, { once: true });
    });
  } finally {
    rmSync(LASTING_STACK, { force: true });
    await stack.stop();
  }
}

async function main(words: readonly string[]): Promise<number> {
  if (words.includes('--stack')) {
    await keepStack();
    return 0;
  }
  const total = await runStages(words);
  if (interrupted.signal.aborted) total.failures += 1;
  // Once more at the end, where whoever is sent only the end of a log finds them.
  for (const one of total.failed) process.stdout.write(`\nFAILED ${one}\n`);
  process.stdout.write(`\n${total.passes} passed, ${total.failures} failed\n`);
  return total.failures === 0 && total.passes > 0 ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  if (!process.argv.includes('--stack')) process.stdout.write('\n0 passed, 1 failed\n');
  process.exitCode = 1;
}
