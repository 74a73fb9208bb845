import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { readCast, type Cast } from '../../src/demo/cast.ts';
import { createCaseGateway, type CaseGateway } from '../../src/platform/casefile/gateway.ts';
import { createTemporalClient, type TemporalClient } from '../../src/platform/temporal/connection.ts';
import { caseQueue } from '../../src/platform/temporal/queues.ts';
import type { Acting } from '../../src/rules/casefile/commands.ts';
import type { CaseState } from '../../src/rules/casefile/types.ts';
import { command, complete, formOf, newRepair } from '../support/cases.ts';
import { createCommitTrap, type CommitTrap } from '../support/commit-trap.ts';
import { eventually } from '../support/eventually.ts';
import { openOwnCity, type OwnCity, type OwnProcess } from '../support/own-processes.ts';
import { mailSettled, received } from '../support/received.ts';
import { testStack } from '../support/stack.ts';
import { publicFine } from '../workflows/application-paths.ts';

const users = ['hbj', 'yjj', 'zx'];

describe('a worker that is killed between "granted" and the last release order', function () {
  this.timeout(240_000);
  let city: OwnCity;
  let trap: CommitTrap;
  let worker: OwnProcess;
  let temporal: TemporalClient;
  let gateway: CaseGateway;
  let cast: Cast;
  const caseId = randomUUID();
  before(async () => {
    city = await openOwnCity();
    trap = await createCommitTrap(city.config.databaseUrl);
    temporal = createTemporalClient(city.config);
    gateway = createCaseGateway({ client: temporal.client, knex: city.knex, taskQueue: caseQueue, timeoutMs: 4000 });
    cast = await readCast(city.knex);
    await startWorker();
    await gateway.open(caseId, newRepair(await publicFine(city, users)));
  });
  after(async () => {
    await city.close();
    await trap.close();
    await temporal.close();
  });

  async function startWorker(): Promise<void> {
    worker = await city.start('worker', { DATABASE_URL: trap.url });
  }

  async function state(): Promise<CaseState> {
    return (await city.knex('case_file').where({ id: caseId }).first<{ state: CaseState }>('state')).state;
  }

  /** Sends the act again until it is taken: for some seconds Temporal offers the case to the worker that is dead. */
  async function done(by: Acting, task: string, outcome: string): Promise<void> {
    await eventually(`${task} done`, async () => {
      const { tasks } = await state();
      if (tasks[task]?.status === 'done') return true;
      if (tasks[task]?.status === 'open') await gateway.act('repair', caseId, command(by, complete(task, outcome, formOf('repair', task)))).catch(() => undefined);
      return false;
    }, 60_000, 100);
  }

  /** Has the next worker die as soon as the step is committed, before it hears of that. */
  async function killedAt(step: string, go: () => Promise<unknown>): Promise<void> {
    const committed = trap.spring(step);
    const going = go();
    await committed;
    await worker.kill();
    await going;
  }

  it('every unit has exactly one order, one mail and one release, wherever it dies', async () => {
    const [handler, head] = [cast.find('scjg', 'handler'), cast.find('scjg', 'head')];
    await done(handler, 'accept#1', 'accepted');
    await done(handler, 'check#1', 'checked');

    await killedAt('records:repaired', () => done(head, 'decide#1', 'granted'));
    const between = await state();
    expect(between.changed?.['repaired']?.units).to.deep.equal(users);
    expect(Object.keys(between.tasks).filter((id) => id.startsWith('release:'))).to.deep.equal([]);

    await killedAt('open:release:', startWorker);
    expect(Object.keys((await state()).tasks).filter((id) => id.startsWith('release:'))).to.have.length(3);

    await startWorker();
    await killedAt('records:released:hbj', () => done(cast.find('hbj', 'handler'), 'release:hbj#1', 'released'));
    await startWorker();
    await done(cast.find('zx', 'handler'), 'release:zx#1', 'nothingApplied');
    await done(cast.find('yjj', 'handler'), 'release:yjj#1', 'released');
    await eventually('follow-up open', async () => (await state()).tasks['follow-up#1']?.status === 'open', 60_000, 100);

    const orders = await city.knex('case_task').where({ case_id: caseId, stage: 'release' }).orderBy('unit').pluck<string[]>('unit');
    expect(orders).to.deep.equal(users);
    const released = await city.knex('record_event').where({ type: 'record.released' }).select<{ what: { unit: string } }[]>('what');
    expect(released.map(({ what }) => what.unit).toSorted()).to.deep.equal(users);
    expect(await city.knex('record_event').where({ type: 'record.repaired' })).to.have.length(1);

    await mailSettled(city.knex);
    const mails: { unit_id: string; status: string; message_id: string }[] = await city.knex('mail')
      .where({ case_id: caseId, template: 'assigned' }).whereIn('unit_id', users).select('unit_id', 'status', 'message_id');
    expect(mails.map(({ unit_id: unit }) => unit).toSorted()).to.deep.equal(users);
    // One that was under way when the worker died is not sent again blindly, but shown as uncertain.
    expect(mails.every(({ status }) => ['sent', 'uncertain'].includes(status)), mails.map(({ status }) => status).join()).to.equal(true);
    const arrived = await received(testStack().inboxUrl, caseId);
    expect(new Set(arrived.map(({ messageId }) => messageId)).size, 'no mail twice').to.equal(arrived.length);
  });

  it('afterwards every chain proves itself', async () => {
    const { status, said } = await city.run('verify');
    expect(status, said).to.equal('status 0');
  });
});
