import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SheetFault } from './fault.ts';
import type { Reading, Said } from './reader/main.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const MAIN = fileURLToPath(new URL('./reader/main.ts', import.meta.url));

/** Megabytes of a reader's heap: five times what 100,000 rows of 28 columns take. */
const heapMegabytes = 512;
/** How long a reader may be waited for in all, in milliseconds; what its rows are used for meanwhile does not count. */
const patienceMs = 180_000;
/** Readers of one process at the same time; others wait. */
const atOnce = 3;

/** Places that are free, and who waits for one. */
const places = { free: atOnce, waiting: [] as (() => void)[] };

/** Waits for a place; the returned function hands it on. */
async function takePlace(): Promise<() => void> {
  if (places.free > 0) places.free -= 1;
  else await new Promise<void>((go) => { places.waiting.push(go); });
  return () => {
    const next = places.waiting.shift();
    if (next) next();
    else places.free += 1;
  };
}

/** What it needs of our surroundings: no keys, no addresses. */
const surroundings = (): NodeJS.ProcessEnv =>
  Object.fromEntries(['PATH', 'HOME', 'TMPDIR', 'NODE_EXTRA_CA_CERTS'].flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));

export interface ReaderLimits {
  readonly heapMegabytes: number;
  readonly patienceMs: number;
}

/** A process that reads a workbook, so that nothing in a file can take memory or time from others. */
export class Reader {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<unknown>;
  readonly #lines: AsyncIterator<string>;
  readonly #leave: () => void;
  #patience: number;
  #late = false;

  private constructor(path: string, reading: Reading, limits: ReaderLimits, leave: () => void) {
    this.#patience = limits.patienceMs;
    this.#leave = leave;
    this.#child = spawn(process.execPath, [`--max-old-space-size=${limits.heapMegabytes}`, '--import', 'tsx', MAIN, resolve(path), JSON.stringify(reading)], {
      cwd: ROOT, env: surroundings(), detached: true, stdio: 'pipe',
    });
    this.#ended = once(this.#child, 'close');
    // Nobody has to be waiting when it fails to start.
    this.#ended.catch(() => undefined);
    this.#child.stdin.on('error', () => undefined);
    // What it says when it dies is of no use: why it died stands in its signal.
    this.#child.stderr.resume();
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  static async start(path: string, reading: Reading, limits: ReaderLimits = { heapMegabytes, patienceMs }): Promise<Reader> {
    const leave = await takePlace();
    try {
      return new Reader(path, reading, limits, leave);
    } catch (error) {
      leave();
      throw error;
    }
  }

  ask(tab: number): void {
    this.#child.stdin.write(`${tab}\n`);
  }

  /** The next message. @throws SheetFault, also when the file took more memory or time than it may; Error when it died otherwise. */
  async next(): Promise<Exclude<Said, { fault: unknown }>> {
    const since = performance.now();
    const timer = setTimeout(() => {
      this.#late = true;
      this.#child.kill('SIGKILL');
    }, this.#patience);
    try {
      const line = await this.#lines.next();
      if (line.done === true) return await this.#whyEnded();
      const said = JSON.parse(line.value) as Said;
      if ('fault' in said) throw new SheetFault(said.fault, said.params);
      return said;
    } finally {
      clearTimeout(timer);
      this.#patience = Math.max(0, this.#patience - (performance.now() - since));
    }
  }

  async #whyEnded(): Promise<never> {
    await this.#ended;
    if (this.#late) throw new SheetFault('tooSlow');
    const { signalCode, exitCode } = this.#child;
    // So V8 ends a process whose heap is full.
    if (signalCode === 'SIGABRT' || signalCode === 'SIGTRAP' || exitCode === 134 || exitCode === 133) throw new SheetFault('tooLarge');
    throw new Error(`the reader of a workbook ended by ${signalCode ?? `status ${exitCode}`}`);
  }

  async end(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended.catch(() => undefined);
    this.#leave();
  }
}
