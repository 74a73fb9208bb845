import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { createLogger } from '../../src/platform/logging.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

async function logged(error: unknown): Promise<string> {
  const destination = new PassThrough();
  createLogger({ level: 'info', process: 'test', destination }).error({ err: error }, 'it failed');
  destination.end();
  return text(destination);
}

describe('the log', () => {
  const refused = (): Error => Object.assign(new Error('duplicate key value violates unique constraint "subject_uscc"'), {
    code: '23505', table: 'subject', detail: 'Key (name)=(张三丰) already exists.', where: 'COPY person, line 3: "李四"',
  });

  it('says what a database refused, without the row', async () => {
    const line = await logged(refused());
    expect(line).to.include('23505').and.include('subject_uscc');
    expect(line).to.not.match(/张三丰|李四/u);
  });

  it('nor where it is one of several, or the cause of another', async () => {
    expect(await logged(new AggregateError([refused()], 'several'))).to.include('several').and.not.match(/张三丰|李四/u);
    expect(await logged(new Error('outer', { cause: refused() }))).to.include('outer').and.not.match(/张三丰|李四/u);
  });
});

describe('the log of a process on a disk that is full', () => {
  /** Runs a script whose output goes to a device that takes nothing; how it ended. */
  function onFullDisk(script: string): number | null {
    const full = openSync('/dev/full', 'w');
    try {
      return spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { cwd: ROOT, stdio: ['ignore', full, full], timeout: 15_000, killSignal: 'SIGKILL' }).status;
    } finally {
      closeSync(full);
    }
  }

  it('loses lines, and the process goes on', () => {
    expect(onFullDisk(`
      import { createLogger } from './src/platform/logging.ts';
      const logger = createLogger({ level: 'info', process: 'test' });
      for (let n = 0; n < 3; n += 1) { logger.error(new Error('no room'), 'first'); await new Promise((resolve) => setTimeout(resolve, 50)); }
      process.exit(7);`)).to.equal(7);
  });

  it('nor does what packages write to the output themselves end a process that is up', () => {
    expect(onFullDisk(`
      import { announceReady } from './src/commands/running.ts';
      announceReady();
      for (let n = 0; n < 3; n += 1) { console.error('of a package'); console.log('of a package'); await new Promise((resolve) => setTimeout(resolve, 50)); }
      process.exit(7);`)).to.equal(7);
  });
});
