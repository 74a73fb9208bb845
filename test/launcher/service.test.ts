import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { createProgress } from '../../src/launcher/progress.ts';
import { isRunning, recordOf, writeRecord } from '../../src/launcher/processes.ts';
import { keepRunning, stopInOrder, type ServiceDefinition, type ServiceName } from '../../src/launcher/service.ts';

describe('services of the launcher', () => {
  const folder = mkdtempSync(join(tmpdir(), 'xinzhi-service-'));
  const lines: string[] = [];
  const progress = createProgress((line) => lines.push(line));
  const signal = new AbortController().signal;
  beforeEach(() => { lines.length = 0; });
  after(() => rmSync(folder, { recursive: true }));

  const definition = (name: ServiceName, script: string): ServiceDefinition => ({
    name,
    recordFile: join(folder, `${name}.json`),
    spawn: () => spawn(process.execPath, ['-e', script], { stdio: 'ignore', detached: true }),
    ready: async (child) => { await sleep(150); return child.exitCode === null; },
    explain: () => 'the end of its log',
    stopSignal: 'SIGTERM',
    patienceMs: 2000,
  });
  const lasting = 'setInterval(() => undefined, 1000)';

  async function until(condition: () => boolean): Promise<void> {
    for (let tries = 0; !condition(); tries += 1) {
      if (tries > 100) throw new Error(`not reached: ${lines.join('; ')}`);
      await sleep(50);
    }
  }

  it('one that is killed is started again, and says so', async () => {
    const service = await keepRunning(definition('web', lasting), progress, signal);
    const first = service.pid();
    process.kill(first as number, 'SIGKILL');
    await until(() => lines.includes('The web process runs again'));
    expect(lines[0]).to.include('signal SIGKILL');
    expect(service.pid()).to.be.a('number').that.does.not.equal(first);
    await service.stop();
    expect(service.pid()).to.equal(undefined);
  });

  it('one that hangs is killed and started again; one that is only busy is left alone', async () => {
    const beating = (script: string): ServiceDefinition => ({
      ...definition('worker', script),
      spawn: () => spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], detached: true }),
      silentMs: 1000,
    });
    const well = await keepRunning(beating(`setInterval(() => process.send('heartbeat'), 100); setTimeout(() => { const end = Date.now() + 600; while (Date.now() < end); }, 300)`), progress, signal);
    const pid = well.pid();
    await sleep(2500);
    expect(well.pid()).to.equal(pid);
    process.kill(pid as number, 'SIGSTOP');
    await until(() => lines.includes('The worker runs again'));
    expect(lines[0]).to.equal('The worker hangs: nothing was heard of it for 1 s; it is killed');
    expect(well.pid()).to.be.a('number').that.does.not.equal(pid);
    await well.stop();
  });

  it('one that does not come up fails with the end of its log', async () => {
    const broken: ServiceDefinition = {
      ...definition('worker', 'process.exit(3)'),
      ready: (child) => new Promise((resolve) => { child.once('exit', () => resolve(false)); }),
    };
    const failure: unknown = await keepRunning(broken, progress, signal).catch((error: unknown) => error);
    expect(failure).to.be.an('error').with.property('message', 'The worker did not start: the end of its log');
  });

  it('what a killed launcher left behind is ended first', async () => {
    const old = spawn(process.execPath, ['-e', lasting], { stdio: 'ignore', detached: true });
    const record = recordOf(old.pid as number);
    const web = definition('web', lasting);
    writeRecord(web.recordFile, record);
    const service = await keepRunning(web, progress, signal);
    expect(isRunning(record)).to.equal(false);
    await service.stop();
  });

  it('a start that is given up leaves no process', async () => {
    const giveUp = new AbortController();
    let pid: number | undefined;
    const never: ServiceDefinition = { ...definition('web', lasting), ready: (child) => { pid = child.pid; return new Promise(() => undefined); } };
    setTimeout(() => giveUp.abort(), 100);
    await keepRunning(never, progress, giveUp.signal).catch(() => undefined);
    expect(pid).to.be.a('number');
    expect(() => process.kill(pid as number, 0)).to.throw('ESRCH');
  });

  it('those that use another one are stopped first', async () => {
    const services = await Promise.all((['postgres', 'web', 'temporal'] as const).map((name) => keepRunning(definition(name, lasting), progress, signal)));
    const stopped: string[] = [];
    await stopInOrder(services, (title) => stopped.push(title));
    expect(stopped).to.deep.equal(['The web process', 'Temporal', 'PostgreSQL']);
  });
});
