import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { createActivities } from '../../src/commands/activities.ts';
import { seedCalendar } from '../../src/features/calendar/index.ts';
import { seedRules } from '../../src/features/rules/index.ts';
import { rebuildCase, verifyAll, verifyCase } from '../../src/platform/casefile/verify.ts';
import { createLogger } from '../../src/platform/logging.ts';
import type { Finding } from '../../src/platform/proof.ts';
import type { Draft } from '../../src/rules/casefile/events.ts';
import { opened } from '../../src/rules/casefile/decide.ts';
import { newIncident } from '../support/cases.ts';
import { asOwner, behindTheTriggers, createTestDatabase, testConfig, type TestDatabase } from '../support/stack.ts';

describe('verify: the chain of a case and the rows made from it', () => {
  let database: TestDatabase;
  let settings: { hash: 'sha256' | 'sm3'; key: ReturnType<typeof testConfig>['secrets']['chain'] };
  let caseNo: string;
  let caseId: string;

  before(async () => {
    database = await createTestDatabase();
    const config = testConfig({ databaseUrl: database.url });
    settings = { hash: config.hash, key: config.secrets.chain };
    await seedRules(database.knex);
    await seedCalendar(database.knex);
  });
  after(() => database.drop());

  /** A case of four events, written through the one way in. */
  beforeEach(async () => {
    const { knex } = database;
    const { cases } = createActivities({ config: testConfig({ databaseUrl: database.url }), knex, logger: createLogger({ level: 'silent', process: 'test' }) });
    caseId = randomUUID();
    const { title, opening, actor } = newIncident();
    const steps: [string, Draft[]][] = [
      [caseId, [{ type: 'case.opened', kind: 'incident', definition: 1, title, opening, files: [] }]],
      ['open:verify#1', [opened({ stage: 'verify', audience: { unit: 'xyb', role: 'handler' }, rule: 'incident.verify' }, 1)]],
      [randomUUID(), [{ type: 'task.claimed', task: 'verify#1' }, { type: 'task.commented', task: 'verify#1', text: '已电话联系当事人。' }]],
    ];
    let after = 0;
    for (const [key, drafts] of steps) {
      const { events } = await cases.record({ caseId, after, key, command: key === caseId, actor, drafts, at: null, requestId: null });
      after = events.at(-1)!.seq;
    }
    const row: { case_no: string } = await knex('case_file').where({ id: caseId }).first('case_no');
    caseNo = row.case_no;
  });

  const verify = async (): Promise<Finding[]> => (await verifyCase(database.knex, settings, caseNo)) ?? [];

  /** What somebody can do who has the database by its owner, and not the key. */
  const tamper = (sql: string, ...bindings: string[]): Promise<void> => behindTheTriggers(database.knex, ['case_event'], (owner) => owner.raw(sql, bindings));

  it('a file that was only written through the record proves itself', async () => {
    expect(await verify()).to.deep.equal([]);
  });

  it('an event can be neither changed nor deleted by a statement', async () => {
    for (const sql of ["update case_event set type = 'x'", 'delete from case_event', 'truncate case_event']) {
      await asOwner(database.knex, (owner) => owner.raw(sql)).then(() => expect.fail(sql), (error: unknown) => expect(String(error)).to.contain('append-only'));
    }
  });

  it('a changed word is found, and the event is named', async () => {
    await tamper(`update case_event set what = replace(what::text, '电话', '书面')::json where case_id = ? and seq = 4`, caseId);
    expect((await verify()).map(({ kind, seq }) => [kind, seq])).to.deep.include(['chain', 4]);
  });

  it('another actor, another hour, another request are found too', async () => {
    for (const change of [`actor = '{"person":"x","name":"y","unit":"z"}'`, "at = at - interval '1 hour'", "request_id = 'other'", "key = 'other'"]) {
      await tamper(`update case_event set ${change} where case_id = ? and seq = 3`, caseId);
      expect((await verify())[0]?.kind, change).to.equal('chain');
      expect((await verify())[0]?.seq, change).to.equal(3);
    }
  });

  it('an event taken out of the middle leaves a gap; a tail cut off is missed at the head', async () => {
    await tamper('delete from case_event where case_id = ? and seq = 4', caseId);
    expect((await verify())[0]).to.include({ kind: 'head', seq: 4 });
    await tamper('delete from case_event where case_id = ? and seq = 2', caseId);
    expect((await verify())[0]).to.include({ kind: 'gap', seq: 2 });
  });

  it('a row that was changed behind the events is named with its column, and is mended by a rebuild', async () => {
    const { knex } = database;
    await knex('case_task').where({ case_id: caseId }).update({ unit: 'scjg', deadline_at: null });
    await knex('incident').where({ case_id: caseId }).update({ title: '别的标题' });
    await knex('case_party').insert({ case_id: caseId, unit: 'rsj', opened_at: new Date() });
    const details = (await verify()).map(({ detail }) => detail).join('\n');
    for (const wrong of ['case_task', 'column unit', 'column deadline_at', 'column title', 'follows from no event']) expect(details).to.contain(wrong);
    await rebuildCase(knex, caseId);
    expect(await verify()).to.deep.equal([]);
  });

  it('events whose case was removed are found when all are looked at', async () => {
    const { knex } = database;
    for (const table of ['incident', 'case_task', 'case_party', 'case_subject']) await knex(table).where({ case_id: caseId }).delete();
    await knex('case_file').where({ id: caseId }).delete();
    const kinds: string[] = [];
    for await (const { findings } of verifyAll(knex, settings)) kinds.push(...findings.filter((f) => f.id === caseId).map(({ kind }) => kind));
    expect(kinds).to.deep.equal(['noFile']);
  });
});
