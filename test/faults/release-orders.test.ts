import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { createReadLaw } from '../../src/platform/law.ts';
import { changeRecords, storeRecords } from '../../src/platform/records/append.ts';
import { newRepair } from '../support/cases.ts';
import { eventually } from '../support/eventually.ts';
import { openMortalCity, type MortalCity } from '../support/mortal-worker.ts';
import { mailSettled, received } from '../support/received.ts';
import { fine, insertFirm } from '../support/record-law.ts';
import { testStack } from '../support/stack.ts';
import { publicFine } from '../workflows/applications.ts';

const users = ['hbj', 'yjj', 'zx'];
const dayMs = 86_400_000;

/** Every unit has one order, one mail about it and one release, and no mail came twice. */
async function exactlyOnce({ city }: MortalCity, caseId: string): Promise<void> {
  const orders = await city.knex('case_task').where({ case_id: caseId, stage: 'release' }).orderBy('unit').pluck<string[]>('unit');
  expect(orders).to.deep.equal(users);
  const released = await city.knex('record_event').where({ type: 'record.released' }).select<{ what: { unit: string; because: string } }[]>('what');
  expect(released.filter(({ what }) => what.because === caseId).map(({ what }) => what.unit).toSorted()).to.deep.equal(users);

  await mailSettled(city.knex);
  const mails: { unit_id: string; status: string; message_id: string }[] = await city.knex('mail')
    .where({ case_id: caseId, template: 'assigned' }).whereIn('unit_id', users).select('unit_id', 'status', 'message_id');
  expect(mails.map(({ unit_id: unit }) => unit).toSorted()).to.deep.equal(users);
  // One that was under way when the worker died is not sent again blindly, but shown as uncertain.
  expect(mails.every(({ status }) => ['sent', 'uncertain'].includes(status)), mails.map(({ status }) => status).join()).to.equal(true);
  const arrived = await received(testStack().inboxUrl, caseId);
  expect(new Set(arrived.map(({ messageId }) => messageId)).size, 'no mail twice').to.equal(arrived.length);
}

describe('a worker that is killed on the way to the last release order', function () {
  this.timeout(240_000);
  let mortal: MortalCity;
  before(async () => { mortal = await openMortalCity(); });
  after(() => mortal.close());

  const ordersOf = async (caseId: string): Promise<string[]> => Object.keys((await mortal.state(caseId)).tasks).filter((id) => id.startsWith('release:'));

  it('a record whose term ended: every unit has exactly one order, one mail and one release, wherever it dies', async () => {
    const { city, cast, killedAt, startWorker, done } = mortal;
    const { knex, config } = city;
    const id = await overdueFine();
    const end = { record_id: id, type: 'record.ended' };

    await killedAt('record.ended', startWorker);
    expect(await knex('record_event').where(end)).to.have.length(1);
    expect(await knex('case_due').where({ record_id: id })).to.have.length(1);
    expect(await knex('release')).to.deep.equal([]);

    await killedAt('case.opened', startWorker);
    const [{ case_id: caseId }] = await knex('release').where({ record_id: id }).select('case_id') as [{ case_id: string }];
    await startWorker();
    await killedAt('record.released', () => done('release', caseId, cast.find('hbj', 'handler'), 'release:hbj#1', 'released'));
    await startWorker();
    await done('release', caseId, cast.find('zx', 'handler'), 'release:zx#1', 'nothingApplied');
    await done('release', caseId, cast.find('yjj', 'handler'), 'release:yjj#1', 'released');
    await eventually('closed', async () => (await mortal.state(caseId)).closings.length === 1, 60_000, 100);
    await eventually('forgotten', async () => (await knex('case_due')).length === 0, 20_000, 100);
    expect(await knex('release').pluck('case_id')).to.deep.equal([caseId]);
    expect(await knex('record_event').where(end)).to.have.length(1);
    expect(await knex('record_use').where({ record_id: id })).to.deep.equal([]);
    await exactlyOnce(mortal, caseId);

    /** A fine that the rule shows for three months from its publication, five months old, and used by three units. */
    async function overdueFine(): Promise<string> {
      const record = randomUUID();
      const long = Date.now() - 150 * dayMs;
      const day = new Date(long).toISOString().slice(0, 10);
      const subject = await insertFirm(knex);
      const writing = {
        law: await createReadLaw(knex)(), chain: { hash: config.hash, key: config.secrets.chain }, at: new Date(long + dayMs).toISOString(), actor: null, requestId: null,
      };
      await knex.transaction(async (trx) => {
        await storeRecords(trx, [{ id: record, source: 'form', facts: fine(subject, { decidedOn: day, publishedOn: day, domain: 'marketSupervision', fine: 3000 }) }], writing);
        await changeRecords(trx, {
          ...writing, key: 'used', changes: users.map((unit) => ({ record, draft: { type: 'record.used', unit, measure: '列为重点监管对象', legalBasis: '信用条例第二十条' } })),
        });
      });
      return record;
    }
  });

  it('a repair that was granted: likewise', async () => {
    const { city, cast, gateway, killedAt, startWorker } = mortal;
    const caseId = randomUUID();
    const done = (by: Parameters<MortalCity['done']>[2], task: string, outcome: string): Promise<void> => mortal.done('repair', caseId, by, task, outcome);
    await gateway.open(caseId, newRepair(await publicFine(city, users)));
    await done(cast.find('scjg', 'handler'), 'accept#1', 'accepted');
    await done(cast.find('scjg', 'handler'), 'check#1', 'checked');

    await killedAt('records:repaired', () => done(cast.find('scjg', 'head'), 'decide#1', 'granted'));
    expect((await mortal.state(caseId)).changed?.['repaired']?.units).to.deep.equal(users);
    expect(await ordersOf(caseId)).to.deep.equal([]);
    await killedAt('open:release:', startWorker);
    expect(await ordersOf(caseId)).to.have.length(3);

    await startWorker();
    await killedAt('records:released:hbj', () => done(cast.find('hbj', 'handler'), 'release:hbj#1', 'released'));
    await startWorker();
    await done(cast.find('zx', 'handler'), 'release:zx#1', 'nothingApplied');
    await done(cast.find('yjj', 'handler'), 'release:yjj#1', 'released');
    await eventually('follow-up open', async () => (await mortal.state(caseId)).tasks['follow-up#1']?.status === 'open', 60_000, 100);
    expect(await city.knex('record_event').where({ type: 'record.repaired' })).to.have.length(1);
    await exactlyOnce(mortal, caseId);
  });

  it('afterwards every chain proves itself', async () => {
    const { status, said } = await mortal.city.run('verify');
    expect(status, said).to.equal('status 0');
  });
});
