import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import pg from 'pg';
import { describeDataFolder } from '../../src/launcher/data-folder.ts';
import { ownerOf } from '../../src/launcher/postgres.ts';
import { isRunning, readRecord, type ProcessRecord } from '../../src/launcher/processes.ts';
import { localDatabaseSecrets } from '../../src/launcher/secrets.ts';
import { testStack } from '../support/stack.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const READY = /^Xinzhi is ready at (http:\/\/127\.0\.0\.1:\d+)$/;

/** A launcher that was started, as a person at a terminal has it. */
interface Launcher {
  readonly child: ChildProcess;
  readonly lines: string[];
  readonly url: string;
  readonly ended: Promise<number | null>;
}

describe('npm start', function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), 'xinzhi-start-'));
  const data = join(folder, 'data');
  const run = join(data, 'run');
  let launcher: Launcher | undefined;

  before(() => chmodSync(folder, 0o711));
  after(async () => {
    if (launcher?.child.exitCode === null) launcher.child.kill('SIGTERM');
    await launcher?.ended;
    rmSync(folder, { recursive: true, force: true });
  });

  function spawnLauncher(env: NodeJS.ProcessEnv = {}): { child: ChildProcess; lines: string[]; ended: Promise<number | null> } {
    const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', 'start'], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: `${dirname(testStack().temporalExecutable)}:${process.env['PATH']}`, HOME: process.env['HOME'],
        XINZHI_DATA: data, XINZHI_SEED: 'none', ...env,
      },
    });
    const lines: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => lines.push(line));
    }
    return { child, lines, ended: new Promise((resolve) => { child.once('close', resolve); }) };
  }

  async function start(): Promise<Launcher> {
    const started = spawnLauncher();
    for (;;) {
      const url = started.lines.map((line) => READY.exec(line)?.[1]).find((found) => found !== undefined);
      if (url !== undefined) return { ...started, url };
      if (started.child.exitCode !== null) throw new Error(started.lines.join('\n'));
      await sleep(100);
    }
  }

  /** Everything that the launcher has started, by name. */
  function processes(): Record<string, ProcessRecord> {
    const names = readdirSync(run).filter((file) => file.endsWith('.json') && file !== 'running.json');
    return Object.fromEntries(names.flatMap((file): [string, ProcessRecord][] => {
      const record = readRecord(join(run, file));
      return record === undefined ? [] : [[file.slice(0, -'.json'.length), record]];
    }));
  }

  async function query(sql: string): Promise<unknown[]> {
    const { databaseUrl } = JSON.parse(readFileSync(join(run, 'running.json'), 'utf8')) as { databaseUrl: string };
    const { owner } = localDatabaseSecrets(describeDataFolder(data).databaseSecrets);
    const client = new pg.Client({ connectionString: ownerOf(databaseUrl, owner) });
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  }

  async function isReady(url: string): Promise<boolean> {
    for (let tries = 0; tries < 100; tries += 1) {
      const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
      if (answer?.status === 200) return true;
      await sleep(200);
    }
    return false;
  }

  const blockers: Server[] = [];
  after(() => blockers.forEach((server) => server.close()));

  it('comes up on other ports where the usual ones are taken', async () => {
    for (const port of [3000, 5432, 7233, 8025]) {
      await new Promise<void>((resolve) => {
        const server = createServer().once('error', () => resolve()).listen(port, '127.0.0.1', () => { blockers.push(server); resolve(); });
      });
    }
    launcher = await start();
    expect(new URL(launcher.url).port).to.not.equal('3000');
    expect(await isReady(launcher.url)).to.equal(true);
    expect(processes()).to.have.all.keys('launcher', 'postgres', 'temporal', 'inbox', 'web', 'worker');
    await query('create table kept (n int)');
  });

  it('a second start from the same folder is refused and does no harm', async () => {
    const second = spawnLauncher();
    expect(await second.ended).to.equal(1);
    expect(second.lines.join('\n')).to.include(`already runs from ${data} at ${launcher?.url}`);
    expect(Object.values(processes()).every((record) => isRunning(record))).to.equal(true);
  });

  for (const name of ['web', 'worker', 'inbox', 'temporal', 'postgres'] as const) {
    it(`a killed ${name} is back by itself`, async () => {
      const before = processes()[name] as ProcessRecord;
      process.kill(before.pid, 'SIGKILL');
      for (let tries = 0; processes()[name]?.pid === before.pid && tries < 200; tries += 1) await sleep(100);
      expect(processes()[name]?.pid).to.be.a('number').that.does.not.equal(before.pid);
      expect(await isReady(launcher?.url ?? '')).to.equal(true);
    });
  }

  it('after a kill of the launcher alone, the next start has the same address and the same data', async () => {
    const old = processes();
    const before = launcher as Launcher;
    before.child.kill('SIGKILL');
    await before.ended;
    launcher = await start();
    expect(launcher.url).to.equal(before.url);
    expect(await query('select * from kept')).to.deep.equal([]);
    expect(Object.entries(old).filter(([, record]) => isRunning(record)).map(([name]) => name)).to.deep.equal([]);
  });

  it('after a kill of everything at once as well', async () => {
    const before = launcher as Launcher;
    for (const { pid } of Object.values(processes())) process.kill(pid, 'SIGKILL');
    await before.ended;
    launcher = await start();
    expect(launcher.url).to.equal(before.url);
    expect(await query('select * from kept')).to.deep.equal([]);
    expect(await isReady(launcher.url)).to.equal(true);
  });

  it('Ctrl-C stops all it started, in order, and leaves by 0', async () => {
    const all = processes();
    const { child, ended, lines } = launcher as Launcher;
    child.kill('SIGINT');
    expect(await ended).to.equal(0);
    expect(lines.slice(-6)).to.deep.equal(['Stopping …', 'The web process has stopped', 'The worker has stopped', 'The inbox has stopped', 'Temporal has stopped', 'PostgreSQL has stopped']);
    expect(Object.values(all).filter((record) => isRunning(record))).to.deep.equal([]);
  });

  it('stops all it started also when nobody reads any more what it says', async () => {
    launcher = await start();
    const all = processes();
    const { child, ended } = launcher;
    child.stdout?.destroy();
    child.stderr?.destroy();
    child.kill('SIGTERM');
    await ended;
    expect(Object.values(all).filter((record) => isRunning(record))).to.deep.equal([]);
  });

  it('a wrong setting stops the start before anything is started', async () => {
    const wrong = spawnLauncher({ PORT: 'x', XINZHI_SEED: 'y' });
    expect(await wrong.ended).to.equal(1);
    expect(wrong.lines).to.have.length(3);
    expect(processes()).to.deep.equal({});
  });
});
