import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Knex } from 'knex';
import { madeUpUscc } from '../../src/demo/firms.ts';
import { seedPeople } from '../../src/features/demo/people.ts';
import { describeDataFolder } from '../../src/launcher/data-folder.ts';
import { readRecord } from '../../src/launcher/processes.ts';
import { localDatabaseSecrets } from '../../src/launcher/secrets.ts';
import { createDatabase } from '../../src/platform/database.ts';
import { perform, Untold, type Attempt, type Job } from '../support/crew.ts';
import { eventually } from '../support/eventually.ts';
import { startOwnLauncher, type OwnLauncher } from '../support/own-launcher.ts';
import { withoutSecondFactor } from '../support/second-factor.ts';
import { makeSmallDisk, type SmallDisk } from '../support/small-disk.ts';
import { NoAnswer, textOf, Visitor } from '../support/visitor.ts';
import { DEMO_PASSWORD } from '../support/web.ts';

const reporters = ['scjg.handler', 'suyu.handler', 'hbj.handler'];
const FULL_MS = 20_000;

const report = (n: number): Job['fields'] => ({
  field: 'commerce', area: 'foodHygiene', title: `第 ${n} 起`, what: `群众反映的第 ${n} 起事件。`, region: 'suyu', place: `江山大道 ${n} 号`, occurredOn: '2026-01-05',
  'subjects[0][kind]': 'organisation', 'subjects[0][name]': `宿迁第${n}食品有限公司`, 'subjects[0][code]': madeUpUscc(Math.random),
});

/** @param reserve megabytes that acts leave free; without any, what is under way meets the end of the disk itself. */
const onFullDisk = (reserve: number) => function full(this: Mocha.Suite): void {
  this.timeout(400_000);
  let disk: SmallDisk | undefined;
  let launcher: OwnLauncher;
  let knex: Knex;
  let visitors: Visitor[];
  let running: Record<string, number | undefined>;
  const attempts: Attempt[] = [];
  const jobs: Job[] = [];
  const told: string[] = [];

  const pids = (): Record<string, number | undefined> => {
    const { run } = describeDataFolder(join(disk!.folder, 'data'));
    return Object.fromEntries(['web', 'worker', 'inbox', 'temporal', 'postgres'].map((name) => [name, readRecord(join(run, `${name}.json`))?.pid]));
  };

  before(async function prepare() {
    const made = makeSmallDisk(600);
    if (typeof made === 'string') {
      for (const test of this.test!.parent!.tests) test.title += ` (no filesystem can be mounted here: ${made})`;
      this.skip();
    }
    disk = made;
    launcher = await startOwnLauncher({ XINZHI_DATA: join(made.folder, 'data'), XINZHI_DISK_RESERVE_MB: String(reserve), XINZHI_MAIL_RATE: '1000', LOG_LEVEL: 'warn' });
    knex = createDatabase(launcher.databaseUrl, { applicationName: 'xinzhi-test' });
    await seedPeople(knex, DEMO_PASSWORD);
    await withoutSecondFactor(knex);
    visitors = await Promise.all(reporters.map((name) => new Visitor(launcher.url, name).signIn()));
  });
  after(async () => {
    disk?.empty();
    await knex?.destroy();
    await launcher?.close();
    disk?.remove();
  });

  /**
   * PostgreSQL ends itself where it has no room to begin another segment of its log, of 16 MB, whatever the application does: that
   * is what the reserve is for. So that it does not depend on chance here, one is begun just before.
   */
  async function beginLogSegment(): Promise<void> {
    const url = new URL(launcher.databaseUrl);
    [url.username, url.password, url.pathname] = ['xinzhi', localDatabaseSecrets(describeDataFolder(join(disk!.folder, 'data')).databaseSecrets).superuser, '/postgres'];
    const superuser = createDatabase(url.href, { applicationName: 'xinzhi-test' });
    try {
      await superuser.raw('select pg_switch_wal()');
      await superuser.raw('checkpoint');
    } finally {
      await superuser.destroy();
    }
  }

  const reporting = (who: Visitor, n: number): Job => ({ who, page: '/incidents/new', action: '/incidents', fields: report(n), event: 'case.opened', slug: null });

  /** As somebody who does not give up, and waits a little when he was refused often. */
  async function insist(job: Job): Promise<void> {
    for (;;) {
      try {
        await perform(job, (attempt) => attempts.push(attempt));
        return;
      } catch (error) {
        if (!(error instanceof Untold) || !error.message.includes('was not recorded in')) throw error;
        await sleep(500);
      }
    }
  }

  /** Reads pages for a while, as the people who do not act. */
  async function lookAround(): Promise<void> {
    const clerk = new Visitor(launcher.url, 'xyb.handler');
    const end = Date.now() + FULL_MS;
    while (Date.now() < end) {
      for (const look of [() => visitors[0]!.get('/incidents'), () => visitors[0]!.get('/incidents/new'), () => clerk.get('/login'), () => clerk.get('/public')]) {
        const answer = await look().catch((error: unknown) => { if (error instanceof NoAnswer) return error; throw error; });
        told.push(answer instanceof NoAnswer ? `${answer.message}: ${String(answer.cause)}` : String(answer.status));
        if (!(answer instanceof NoAnswer)) expect(textOf(answer.html)).to.not.match(/ENOSPC|No space left|\bat .*\.ts:/u);
      }
      const live = await fetch(`${launcher.url}/health/live`).then((answer) => answer.status, () => 0);
      expect(live, launcher.lines.slice(-10).join('\n')).to.equal(200);
      disk!.fill();
      await sleep(300);
    }
  }

  it('refuses acts with the truth, lets people read, and no process ends', async () => {
    const state = { over: false };
    let n = 0;
    const failures: unknown[] = [];
    const work = Promise.all(visitors.map(async (who) => {
      while (!state.over) {
        const job = reporting(who, n++);
        jobs.push(job);
        await insist(job).catch((error: unknown) => failures.push(error));
      }
    }));
    await eventually('acts under way', async () => attempts.length >= 6);
    running = pids();
    await beginLogSegment();
    disk!.fill();
    try {
      await lookAround();
    } finally {
      state.over = true;
      disk!.empty();
    }
    await work;
    expect(failures.map(String), launcher.unforeseen().join('\n')).to.deep.equal([]);
    expect([...new Set(told)].filter((status) => !['200', '303', '503'].includes(status))).to.deep.equal([]);
    expect(attempts.filter((attempt) => attempt.told === 'notRecorded').length, 'refused for want of room').to.be.greaterThan(0);
    expect(pids(), launcher.lines.slice(-10).join('\n')).to.deep.equal(running);
  });

  it('goes on by itself when there is room again', async () => {
    await eventually('all ready', async () => (await fetch(`${launcher.url}/health/ready`)).status === 200, 90_000, 200);
    const job = reporting(visitors[0]!, 9999);
    jobs.push(job);
    await perform(job, (attempt) => attempts.push(attempt));
    expect(attempts.at(-1)!.told).to.be.oneOf(['recorded', 'lookedRecorded']);
    await eventually('a task in every case', async () => {
      const idle = await knex('case_file as f').whereNotExists(knex('case_task as t').whereRaw('t.case_id = f.id').where({ status: 'open' })).pluck('case_no');
      return idle.length === 0;
    }, 90_000);
  });

  it('no acknowledged act is lost or doubled, and none that was refused is there', async () => {
    const rows: { key: string; type: string }[] = await knex('case_event').where({ command: true }).select('key', 'type');
    const inFile = (id: string): string[] => rows.filter(({ key }) => key === id).map(({ type }) => type);
    const recorded = attempts.filter((one) => one.told === 'recorded' || one.told === 'lookedRecorded');
    for (const { commandId, job } of recorded) expect(inFile(commandId), job.action).to.deep.equal([job.event]);
    for (const { commandId, told: what } of attempts.filter((one) => !recorded.includes(one))) expect(inFile(commandId), what).to.deep.equal([]);
    for (const job of jobs) expect(recorded.filter((one) => one.job === job)).to.have.length(1);
    expect(rows).to.have.length(recorded.length);
  });

  it('every chain proves itself, every row follows from its events, and every file is what it was', async () => {
    const { status, said } = await launcher.run('verify', '--files');
    expect(status, said).to.equal('status 0');
  });
};

describe('npm start on a disk that is filled to the last byte while people work', onFullDisk(20));
describe('npm start on such a disk, where nothing was reserved', onFullDisk(0));
