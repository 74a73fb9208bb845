import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Knex } from 'knex';
import { seedPeople } from '../../src/features/demo/people.ts';
import { createDatabase } from '../../src/platform/database.ts';
import { lookUp, perform, type Attempt, type Job } from '../support/crew.ts';
import { eventually } from '../support/eventually.ts';
import { startOwnLauncher, type OwnLauncher } from '../support/own-launcher.ts';
import { formOf, textOf, Visitor } from '../support/visitor.ts';
import { DEMO_PASSWORD } from '../support/web.ts';

const MB = 1024 ** 2;

const report = (n: number) => ({
  field: 'commerce', area: 'foodHygiene', title: `第 ${n} 起`, what: `群众反映的第 ${n} 起事件。`, region: 'suyu', place: `江山大道 ${n} 号`, occurredOn: '2026-01-05',
  'subjects[0][kind]': 'organisation', 'subjects[0][name]': '宿迁某食品有限公司', 'subjects[0][code]': '91321300MA1TE8T08T',
});

/** A disk of its own, which only root can make; null where that is not allowed. */
function smallDisk(): { readonly folder: string; readonly remove: () => void } | null {
  const folder = mkdtempSync(join(tmpdir(), 'xinzhi-small-disk-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  if (process.getuid?.() !== 0 || spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=600m,mode=711', 'tmpfs', folder]).status !== 0) {
    remove();
    return null;
  }
  return { folder, remove: () => { spawnSync('umount', [folder]); remove(); } };
}

describe('the disk that everything stands on is full', function () {
  this.timeout(240_000);
  const disk = smallDisk();
  let launcher: OwnLauncher;
  let knex: Knex;
  let clerk: Visitor;
  let n = 0;
  const attempts: Attempt[] = [];

  before(async function () {
    // Nothing else fills a disk as a full disk does; where none can be made, the refusal alone is tested, by the pages' tests.
    if (disk === null) return this.skip();
    launcher = await startOwnLauncher({ XINZHI_DATA: join(disk.folder, 'data'), XINZHI_DISK_RESERVE_MB: '60', LOG_LEVEL: 'warn' });
    knex = createDatabase(launcher.databaseUrl, { applicationName: 'xinzhi-test' });
    await seedPeople(knex, DEMO_PASSWORD);
    clerk = await new Visitor(launcher.url, 'scjg.handler').signIn();
    chmodSync(disk.folder, 0o711);
  });
  after(async () => {
    await knex?.destroy();
    await launcher?.close();
    disk?.remove();
  });

  const freeMb = (): number => {
    const { bavail, bsize } = statfsSync(disk!.folder);
    return Math.floor((bavail * bsize) / MB);
  };

  /** Writes until so much is left; 0: until nothing more goes. */
  function fill(leave: number): void {
    const handle = openSync(join(disk!.folder, 'filler'), 'a');
    const piece = Buffer.alloc(MB);
    try {
      for (let more = true; more; more = leave === 0 || freeMb() > leave) writeSync(handle, piece);
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).to.equal('ENOSPC');
    } finally {
      closeSync(handle);
    }
  }
  const makeRoom = (): void => rmSync(join(disk!.folder, 'filler'));

  async function reporting(): Promise<Attempt> {
    n += 1;
    const job: Job = { who: clerk, page: '/incidents/new', action: '/incidents', fields: report(n), event: 'case.opened', slug: null };
    let last: Attempt | undefined;
    await perform(job, (attempt) => { last = attempt; attempts.push(attempt); });
    return last!;
  }

  it('an act is refused with the truth before the disk is full, and pages are read as ever', async () => {
    expect((await reporting()).told).to.equal('recorded');
    fill(40);
    const form = formOf((await clerk.get('/incidents/new')).html, '/incidents');
    await eventually('the web has seen it', async () => {
      const answer = await clerk.post('/incidents', { ...form, ...report(90) });
      return answer.status === 503 && textOf(answer.html).includes('磁盘空间不足');
    });
    expect((await clerk.get('/incidents')).status).to.equal(200);
    expect(await knex('case_file').count('*')).to.deep.equal([{ count: 1 }]);
    makeRoom();
  });

  it('nothing that was said to be recorded is lost when it fills up to the last byte', async () => {
    fill(0);
    const failing = reporting();
    await new Promise((resolve) => { setTimeout(resolve, 3000); });
    makeRoom();
    await failing;
    await eventually('all is well again', async () => (await fetch(`${launcher.url}/health/ready`, { signal: AbortSignal.timeout(5000) })).status === 200, 90_000, 500);
    expect((await reporting()).told).to.be.oneOf(['recorded', 'lookedRecorded']);
    for (const attempt of attempts.filter(({ told }) => told !== 'refused')) {
      const said = ['recorded', 'lookedRecorded'].includes(attempt.told);
      expect(await knex('case_event').where({ key: attempt.commandId }).first() !== undefined, attempt.told).to.equal(said);
      if (attempt.told.startsWith('looked')) expect(await lookUp(attempt)).to.equal(said);
    }
    const { status, said } = await launcher.run('verify');
    expect(said).to.include('Every chain proves itself');
    expect(status).to.equal('status 0');
  });
});
