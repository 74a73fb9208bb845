import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Addresses } from '../../src/config.ts';
import { describeDataFolder } from '../../src/launcher/data-folder.ts';
import { isRunning, readRecord } from '../../src/launcher/processes.ts';
import { whenEnded, type ServiceName } from '../../src/launcher/service.ts';
import { eventually } from './eventually.ts';
import { testStack } from './stack.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const READY = /^Xinzhi is ready at (\S+)$/;
const INBOX = /^Mail arrives at (\S+)$/;

/** `npm start` of one test: everything on ports and in a folder of its own, no demo city. */
export interface OwnLauncher {
  readonly url: string;
  readonly inboxUrl: string;
  readonly databaseUrl: string;
  /** What it has said so far. */
  readonly lines: readonly string[];
  /** Kills −9 what runs under this name, and waits until the launcher has started it again and all is ready. */
  killAndWait(name: ServiceName): Promise<void>;
  /** Runs a command beside it to its end. */
  run(...args: string[]): Promise<{ status: string; said: string }>;
  /** What its processes logged as unforeseen: nobody finds the reason of a rare fault without it. */
  unforeseen(): string[];
  close(): Promise<void>;
}

/** Runs a command of the operator's to its end. */
async function runCommand(env: NodeJS.ProcessEnv, args: readonly string[]): Promise<{ status: string; said: string }> {
  const command = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', ...args], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [command.stdout, command.stderr]) stream.on('data', (chunk) => { text += String(chunk); });
  return { status: await whenEnded(command), said: text };
}

/** @param first commands that are run on its empty folder before it starts, such as a restore; each must end well. */
export async function startOwnLauncher(settings: NodeJS.ProcessEnv, first: readonly (readonly string[])[] = []): Promise<OwnLauncher> {
  const folder = mkdtempSync(join(tmpdir(), 'xinzhi-under-fire-'));
  chmodSync(folder, 0o711); // PostgreSQL runs under another account when the tests run as root
  const data = describeDataFolder(settings['XINZHI_DATA'] ?? join(folder, 'data'));
  const env: NodeJS.ProcessEnv = {
    PATH: `${dirname(testStack().temporalExecutable)}:${process.env['PATH']}`, HOME: process.env['HOME'], TZ: process.env['TZ'],
    XINZHI_DATA: data.path, XINZHI_SEED: 'none', ...settings,
  };
  for (const args of first) {
    const { status, said } = await runCommand(env, args);
    if (status !== 'status 0') throw new Error(said);
  }
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', 'start'], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = whenEnded(child);
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', (line) => lines.push(line));
  const said = (pattern: RegExp): string | undefined => lines.map((line) => pattern.exec(line)?.[1]).find((found) => found !== undefined);

  async function close(): Promise<void> {
    if (child.exitCode === null) child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }

  const url = await eventually('npm start ready', async () => {
    if (child.exitCode !== null) throw new Error(lines.join('\n'));
    return said(READY);
  }, 90_000).catch(async (error: unknown) => { await close(); throw error; });
  const pidOf = (name: ServiceName): number | undefined => {
    const record = readRecord(join(data.run, `${name}.json`));
    return record && isRunning(record) ? record.pid : undefined;
  };

  return {
    url,
    lines,
    inboxUrl: said(INBOX) ?? '',
    databaseUrl: (JSON.parse(readFileSync(data.running, 'utf8')) as Addresses).databaseUrl,
    async killAndWait(name) {
      const pid = await eventually(`${name} running`, async () => pidOf(name));
      process.kill(pid, 'SIGKILL');
      await eventually(`another ${name}`, async () => { const now = pidOf(name); return now !== undefined && now !== pid; });
      await eventually(`all ready after ${name}`, async () => (await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(5000) })).status === 200, 90_000, 200);
    },
    run: (...args) => runCommand(env, args),
    unforeseen: () => readdirSync(data.logs).flatMap((name) => readFileSync(join(data.logs, name), 'utf8').split('\n').filter((line) => line.includes('"msg":"Unforeseen"'))),
    close,
  };
}
