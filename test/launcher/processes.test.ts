import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { claim, withLock } from '../../src/launcher/lock.ts';
import { endProcess, isRunning, readRecord, recordOf, writeRecord } from '../../src/launcher/processes.ts';

const sleeper = (script = 'setInterval(() => undefined, 1000)') => spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });

describe('processes that are found again', () => {
  const folder = mkdtempSync(join(tmpdir(), 'xinzhi-processes-'));
  const file = join(folder, 'record.json');
  afterEach(() => rmSync(file, { force: true }));
  after(() => rmSync(folder, { recursive: true }));

  it('one that runs is recognised, and not any more when it has ended', async () => {
    const child = sleeper();
    const record = recordOf(child.pid as number);
    expect(isRunning(record)).to.equal(true);
    await endProcess(record);
    expect(isRunning(record)).to.equal(false);
  });

  it('another process with the same number is not taken for it', () => {
    const mine = recordOf(process.pid);
    expect(isRunning({ ...mine, identity: `${mine.identity}0` })).to.equal(false);
  });

  it('one that does not listen is ended by force', async () => {
    const child = sleeper("process.on('SIGTERM', () => undefined); setInterval(() => undefined, 1000); console.log('up')");
    await new Promise((resolve) => { child.stdout?.once('data', resolve); });
    const record = recordOf(child.pid as number);
    await endProcess(record, 'SIGTERM', 200);
    expect(isRunning(record)).to.equal(false);
  });

  it('a record is read back as it was written, and a damaged one is none', () => {
    const record = recordOf(process.pid);
    writeRecord(file, record);
    expect(readRecord(file)).to.deep.equal(record);
    writeFileSync(file, '{"pid": 1');
    expect(readRecord(file)).to.equal(undefined);
  });

  it('a data folder that a living launcher holds is not given to another one', async () => {
    const child = sleeper();
    const record = recordOf(child.pid as number);
    writeRecord(file, record);
    expect(claim(file)).to.deep.equal(record);
    await endProcess(record);
    expect(claim(file)).to.equal(undefined);
  });

  it('what several want at the same moment is one’s alone, also where one that has ended left it behind', async () => {
    const wanted = 300;
    for (let n = 0; n < wanted; n += 2) writeRecord(join(folder, `${n}.json`), { ...recordOf(process.pid), identity: 'of one that has ended' });
    const begin = Date.now() + 3000;
    const script = `const { claim } = await import('./src/launcher/lock.ts');
      while (Date.now() < ${begin});
      const own = [];
      for (let n = 0; n < ${wanted}; n += 1) if (claim(${JSON.stringify(folder)} + '/' + n + '.json') === undefined) own.push(n);
      process.stdout.write(JSON.stringify(own));
      await new Promise((wait) => setTimeout(wait, 60_000));`;
    const rivals = Array.from({ length: 4 }, () => spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] }));
    const own = await Promise.all(rivals.map(({ stdout }) => once(stdout, 'data').then(([said]) => JSON.parse(String(said)) as number[])));
    for (const rival of rivals) rival.kill('SIGKILL');
    expect(own.flat().toSorted((a, b) => a - b)).to.deep.equal(Array.from({ length: wanted }, (_, n) => n));
  }).timeout(30_000);

  it('work under a lock is done by one at a time', async () => {
    const order: string[] = [];
    const work = (name: string) => withLock(file, () => order.push(`${name} waits`), async () => {
      order.push(`${name} begins`);
      await new Promise((resolve) => { setTimeout(resolve, 50); });
      order.push(`${name} ends`);
    });
    await Promise.all([work('a'), work('b')]);
    expect(order).to.deep.equal(['a begins', 'b waits', 'a ends', 'b begins', 'b ends']);
  });
});
