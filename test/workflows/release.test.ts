import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { createCaseOpener } from '../../src/platform/casefile/open-due.ts';
import { verifyCase } from '../../src/platform/casefile/verify.ts';
import { createReadLaw } from '../../src/platform/law.ts';
import { createTemporalClient } from '../../src/platform/temporal/connection.ts';
import { changeRecords } from '../../src/platform/records/append.ts';
import { verifyRecord } from '../../src/platform/records/verify.ts';
import type { RecordDraft } from '../../src/rules/records/changes.ts';
import { command, complete, formOf } from '../support/cases.ts';
import { eventually } from '../support/eventually.ts';
import { people } from '../support/people.ts';
import { publicFine } from './applications.ts';
import { startCases, type RunningCases } from './running.ts';

describe('release orders: from the record to the last unit, on the real servers', () => {
  let cases: RunningCases;
  before(async function () {
    this.timeout(60_000);
    cases = await startCases();
  });
  after(() => cases.close());

  const change = async (record: string, draft: RecordDraft): Promise<void> => {
    const { knex, config } = cases;
    const law = await createReadLaw(knex)();
    const writing = { law, chain: { hash: config.hash, key: config.secrets.chain }, at: new Date().toISOString(), actor: null, requestId: null };
    await knex.transaction((trx) => changeRecords(trx, { ...writing, key: randomUUID(), changes: [{ record, draft }] }));
  };
  /** Each looks like a worker that has just started. */
  const open = (): Promise<number> => createCaseOpener(cases)();
  const casesOf = (record: string): Promise<{ case_id: string; cause: string; status: string }[]> =>
    cases.knex('release').where({ record_id: record }).orderBy('opened_at').select('case_id', 'cause', 'status');
  /** The case of a cause, as soon as it has its tasks. */
  async function caseOf(record: string, cause: string): Promise<string> {
    await eventually(`the case of ${cause}`, async () => {
      const found = (await casesOf(record)).find((one) => one.cause === cause);
      return found !== undefined && Object.keys((await cases.state(found.case_id)).tasks).length > 0;
    });
    return (await casesOf(record)).find((one) => one.cause === cause)!.case_id;
  }
  const answer = (caseId: string, by: Parameters<typeof command>[0], task: string, outcome: string) =>
    cases.gateway.act('release', caseId, command(by, complete(task, outcome, formOf('release', task))));

  it('withdrawn by its unit: one order a unit however often it is opened, and each answer releases the unit in its own transaction', async () => {
    const { record } = await publicFine(cases, ['hbj', 'zx']);
    await change(record.id, { type: 'record.withdrawn', because: null, reason: '处罚决定被撤销' });
    expect(await open()).to.equal(1);
    await Promise.all([open(), open()]);
    const caseId = await caseOf(record.id, 'withdrawn');
    expect(await open(), 'nothing waits any more').to.equal(0);
    expect(await casesOf(record.id)).to.have.length(1);

    await answer(caseId, people.ecology, 'release:hbj#1', 'released');
    const events = await cases.events(caseId);
    const [done, released] = events.slice(-2);
    expect([done?.what.type, released?.what.type, done?.command === released?.command]).to.deep.equal(['task.completed', 'records.changed', true]);
    expect(await cases.knex('record_use').where({ record_id: record.id }).pluck('unit')).to.deep.equal(['zx']);
    await answer(caseId, people.publicity, 'release:zx#1', 'nothingApplied');
    await cases.until(caseId, (state) => state.closings.length === 1);

    const mails = await cases.knex('mail').where({ case_id: caseId }).select('unit_id', 'template');
    expect(mails.toSorted((a: { unit_id: string }, b: { unit_id: string }) => (a.unit_id < b.unit_id ? -1 : 1))).to.deep.equal(['hbj', 'zx'].map((unit) => ({ unit_id: unit, template: 'assigned' })));
    const { hash, secrets } = cases.config;
    expect(await verifyCase(cases.knex, { hash, key: secrets.chain }, (await cases.state(caseId)).caseNo)).to.deep.equal([]);
    expect(await verifyRecord(cases.knex, { hash, key: secrets.chain }, record.id)).to.deep.equal([]);
  });

  it('situation 16: shielded, shown again as the plan failed, shielded again and final: each a case of its own, and a unit that lifted hears no more', async () => {
    const { record } = await publicFine(cases, ['hbj', 'zx']);
    const shield = (because: string): RecordDraft => ({ type: 'record.held', hold: 'shield', because, reason: '批准重整计划' });
    await change(record.id, shield('a'));
    await open();
    const suspended = await caseOf(record.id, 'shielded');
    await answer(suspended, people.ecology, 'suspend:hbj#1', 'suspended');
    await answer(suspended, people.publicity, 'suspend:zx#1', 'released');
    await change(record.id, { type: 'record.unheld', hold: 'shield', because: 'a', reason: '重整失败' });
    await open();
    const again = await caseOf(record.id, 'shownAgain');
    expect(Object.keys((await cases.state(again)).tasks)).to.deep.equal(['resume:hbj#1']);
    await answer(again, people.ecology, 'resume:hbj#1', 'resumed');
    await change(record.id, shield('b'));
    await change(record.id, { type: 'record.finalised', because: 'b', reason: '重整计划执行完毕' });
    await open();
    const final = await caseOf(record.id, 'finalised');
    await answer(final, people.ecology, 'release:hbj#1', 'released');
    expect((await casesOf(record.id)).map(({ cause }) => cause).toSorted()).to.deep.equal(['finalised', 'shielded', 'shielded', 'shownAgain']);
    expect(await cases.knex('record_use').where({ record_id: record.id })).to.deep.equal([]);
  });

  it('Temporal away: what is due stays due, and nothing is lost', async () => {
    const { record } = await publicFine(cases, ['hbj']);
    await change(record.id, { type: 'record.ended' });
    const away = createTemporalClient({ ...cases.config, temporalAddress: '127.0.0.1:9' });
    await away.client.withDeadline(Date.now() + 500, () => createCaseOpener({ ...cases, client: away.client })()).then(() => expect.fail('opened'), () => undefined);
    await away.close();
    expect(await cases.knex('case_due')).to.have.length.greaterThan(0);
    await open();
    await caseOf(record.id, 'ended');
  });
});
