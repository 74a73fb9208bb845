import { expect } from 'chai';
import type { Knex } from 'knex';
import { madeUpUscc } from '../../src/demo/firms.ts';
import { seedPeople } from '../../src/features/demo/people.ts';
import { createDatabase } from '../../src/platform/database.ts';
import { lookUp, perform, type Attempt, type Job } from '../support/crew.ts';
import { eventually } from '../support/eventually.ts';
import { createInboxClient } from '../support/inbox.ts';
import { startOwnLauncher, type OwnLauncher } from '../support/own-launcher.ts';
import { mailSettled } from '../support/received.ts';
import { withoutSecondFactor } from '../support/second-factor.ts';
import { Visitor } from '../support/visitor.ts';
import { DEMO_PASSWORD } from '../support/web.ts';

const inTurn = ['worker', 'web', 'temporal', 'postgres'] as const;
const acts = 200;
/** Each reports two cases before the first kill. */
const reporters = ['scjg.handler', 'suyu.handler', 'shuyang.handler', 'hbj.handler'];
const crew = [...reporters, 'scjg.leader', 'suyu.leader', 'xyb.handler', 'xyb.supervisor', 'xyb.leader'];

/** Of firms of their own: another report of the same firm would have to be looked at before one is verified. */
const report = (n: number) => ({
  field: 'commerce', area: 'foodHygiene', title: `第 ${n} 起`, what: `群众反映的第 ${n} 起事件。`, region: 'suyu', place: `江山大道 ${n} 号`, occurredOn: '2026-01-05',
  'subjects[0][kind]': 'organisation', 'subjects[0][name]': `宿迁第${n}食品有限公司`, 'subjects[0][code]': madeUpUscc(Math.random),
});

describe('npm start, while 200 acts are done and each of its processes is killed in turn', function () {
  this.timeout(300_000);
  let launcher: OwnLauncher;
  let knex: Knex;
  let visitors: ReadonlyMap<string, Visitor>;
  let cases: { caseNo: string; reporter: string }[];
  const jobs: Job[] = [];
  const attempts: Attempt[] = [];

  before(async () => {
    launcher = await startOwnLauncher({ XINZHI_MAIL_RATE: '1000', LOG_LEVEL: 'warn' });
    knex = createDatabase(launcher.databaseUrl, { applicationName: 'xinzhi-test' });
    await seedPeople(knex, DEMO_PASSWORD);
    await withoutSecondFactor(knex);
    visitors = new Map(await Promise.all(crew.map(async (name): Promise<[string, Visitor]> => [name, await new Visitor(launcher.url, name).signIn()])));
    await Promise.all(reporters.map(async (name, n) => {
      for (const more of [0, 4]) await perform(reporting(name, n + more), () => undefined);
    }));
    cases = await eventually('every case at its first task', async () => {
      const rows: { caseNo: string; reporter: string }[] = await knex('case_file as f').join('case_task as t', 't.case_id', 'f.id')
        .where({ 't.status': 'open', 't.stage': 'verify' }).orderBy('f.case_no').select('f.case_no as caseNo', knex.raw(`f.state -> 'openedBy' ->> 'unit' as reporter`));
      return rows.length === 8 && rows;
    });
    plan();
  });
  after(async () => {
    await knex?.destroy();
    await launcher?.close();
  });

  const as = (name: string): Visitor => visitors.get(name)!;
  const reporting = (name: string, n: number): Job =>
    ({ who: as(name), page: '/incidents/new', action: '/incidents', fields: report(n), event: 'case.opened', slug: null });
  function onTask(name: string, slug: string, act: 'claim' | 'comment' | 'urge' | 'complete', fields: Job['fields']): Job {
    const event = { claim: 'task.claimed', comment: 'task.commented', urge: 'task.urged', complete: 'task.completed' }[act];
    return { who: as(name), page: `/tasks/${slug}`, action: `/tasks/${slug}/${act}`, fields, event, slug };
  }

  /** Each person does his own one after the other; the order is that in which they stand here. */
  function plan(): void {
    let n = 100;
    const comment = (name: string, slug: string): void => void jobs.push(onTask(name, slug, 'comment', { text: `说明 ${n++}` }));
    for (const round of [1, 2, 3]) {
      for (const { caseNo, reporter } of cases) {
        const slug = `${caseNo}-1`;
        comment(`${reporter}.handler`, slug);
        comment('xyb.leader', slug);
        jobs.push(onTask('xyb.supervisor', slug, 'urge', { text: `第 ${round} 次催办` }));
        if (round === 1) jobs.push(onTask('xyb.handler', slug, 'claim', {}));
        if (round === 2) comment('xyb.handler', slug);
        if (round === 3) jobs.push(onTask('xyb.handler', slug, 'complete', { outcome: 'founded', finding: '属实。', apart: '是另一事件。' }));
        if (reporter === 'scjg' || reporter === 'suyu') comment(`${reporter}.leader`, slug);
      }
    }
    for (let next = 0; jobs.length < acts; next += 1) jobs.push(reporting(reporters[next % reporters.length]!, n++));
  }

  const answered = (...told: Attempt['told'][]): Attempt[] => attempts.filter((attempt) => told.includes(attempt.told));

  it('every person is told what became of each act, while worker, web, Temporal and PostgreSQL die one after the other', async () => {
    expect(jobs).to.have.length(acts);
    const failures: unknown[] = [];
    const work = Promise.all([...visitors.values()].map(async (who) => {
      for (const job of jobs.filter((one) => one.who === who)) await perform(job, (attempt) => attempts.push(attempt)).catch((error: unknown) => failures.push(error));
    }));
    let over = false;
    void work.then(() => { over = true; });
    for (const [n, name] of inTurn.entries()) {
      await eventually(`work before ${name} is killed`, async () => over || answered('recorded').length >= 25 + 40 * n, 120_000, 5);
      expect(over, `acts are under way when ${name} is killed`).to.equal(false);
      await launcher.killAndWait(name);
    }
    await work;
    expect(failures.map(String), launcher.unforeseen().join('\n')).to.deep.equal([]);
    for (const title of ['The worker', 'The web process', 'Temporal', 'PostgreSQL']) {
      expect(launcher.lines.some((line) => line === `${title} runs again`), title).to.equal(true);
    }
  });

  it('some acts met a fault, and most were answered at once', () => {
    expect(answered('notRecorded', 'lookedRecorded', 'lookedNotRecorded').length).to.be.greaterThan(0);
    expect(answered('recorded').length).to.be.greaterThan(acts / 2);
  });

  it('every acknowledged act is in the file once, and no other', async () => {
    const rows: { key: string; type: string }[] = await knex('case_event').where({ command: true }).select('key', 'type');
    const inFile = (id: string): string[] => rows.filter(({ key }) => key === id).map(({ type }) => type);
    for (const { commandId, job } of answered('recorded', 'lookedRecorded')) expect(inFile(commandId), job.action).to.deep.equal([job.event]);
    for (const { commandId, job, told } of answered('refused', 'notRecorded', 'lookedNotRecorded')) expect(inFile(commandId), `${job.action} ${told}`).to.deep.equal([]);
    for (const job of jobs) expect(attempts.filter((one) => one.job === job && ['recorded', 'lookedRecorded'].includes(one.told)).length, job.action).to.be.at.most(1);
    // Nothing was written that nobody was told of: the cases of before stand for themselves.
    expect(rows).to.have.length(answered('recorded', 'lookedRecorded').length + cases.length);
  });

  it('the page of each act that met a fault says the same as the file, and goes on saying so', async () => {
    for (const attempt of answered('notRecorded', 'lookedRecorded', 'lookedNotRecorded')) {
      expect(await lookUp(attempt), attempt.commandId).to.equal(attempt.told === 'lookedRecorded');
    }
  });

  it('every case has its next task before it', async () => {
    await eventually('an open task in every case', async () => {
      const idle = await knex('case_file as f').whereNotExists(knex('case_task as t').whereRaw('t.case_id = f.id').where({ status: 'open' })).pluck('case_no');
      return idle.length === 0;
    });
  });

  it('no mail went out twice, and none that was sent is missing', async () => {
    await mailSettled(knex, 120_000);
    const mails = await knex('mail').select<{ status: string; message_id: string }[]>('status', 'message_id');
    const arrived = (await createInboxClient(launcher.inboxUrl).messages()).map(({ messageId }) => messageId ?? '');
    expect(new Set(arrived).size).to.equal(arrived.length);
    for (const { status, message_id: id } of mails) {
      // Killed while the server was taking it: nobody can know, so it is shown to the administrator and not sent again.
      expect(status).to.be.oneOf(['sent', 'uncertain']);
      if (status === 'sent') expect(arrived).to.include(id);
    }
    expect(mails.filter(({ status }) => status === 'uncertain').length).to.be.below(inTurn.length);
  });

  it('every chain proves itself, and every row follows from its events', async () => {
    const { status, said } = await launcher.run('verify');
    expect(status, said).to.equal('status 0');
  });
});
