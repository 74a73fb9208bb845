import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Knex } from 'knex';
import { createActivities } from '../../src/commands/activities.ts';
import { seedCalendar } from '../../src/features/calendar/index.ts';
import { seedPeople } from '../../src/features/demo/people.ts';
import { seedRules } from '../../src/features/rules/index.ts';
import { createSeal } from '../../src/platform/seal.ts';
import { createLogger } from '../../src/platform/logging.ts';
import type { Draft } from '../../src/rules/casefile/events.ts';
import type { CaseActivities } from '../../src/rules/casefile/ports.ts';
import type { CaseState, IssuedPaper } from '../../src/rules/casefile/types.ts';
import type { RepairOpening } from '../../src/rules/repair/facts.ts';
import { newRepair } from '../support/cases.ts';
import { Register } from '../features/public-records/records.ts';
import { createTestDatabase, testConfig, type TestDatabase } from '../support/stack.ts';

describe('numbers of documents', function () {
  this.timeout(60_000);
  let database: TestDatabase;
  let knex: Knex;
  let cases: CaseActivities;
  let about: Partial<RepairOpening>;
  before(async () => {
    database = await createTestDatabase();
    ({ knex } = database);
    await seedPeople(knex, 'Xinzhi-demo-2026');
    await seedRules(knex);
    await seedCalendar(knex);
    const { secrets, cipher, hash } = testConfig();
    const { id, facts } = await new Register(knex, createSeal({ key: secrets.seal, cipher, hash })).store({ kind: 'organisation', uscc: '91321300MA1TE8T08T', name: '宿迁恒泽食品有限公司' });
    about = { record: { id, documentNo: facts.documentNo, decidedOn: facts.decidedOn }, subject: facts.subject };
    ({ cases } = createActivities({ config: testConfig(), knex, logger: createLogger({ level: 'silent', process: 'test' }) }));
  });
  after(() => database.drop());

  const actor = { person: randomUUID() as string, name: '王海燕', unit: 'scjg' };
  const step = async (caseId: string, drafts: Draft[], at: string | null = null, after?: number): Promise<void> => {
    const stands = after ?? (await cases.load(caseId)).state.seq;
    await cases.record({ caseId, after: stands, key: randomUUID(), command: false, actor, drafts, at, requestId: null });
  };
  const opened = (round: number, unit = 'scjg'): Draft => ({
    type: 'task.opened', task: `accept#${round}`, stage: 'accept', key: null, round, audience: { unit, role: 'handler' }, assignee: null, excluded: [], brief: {}, limit: null,
  });
  const asked = (round: number): Draft => ({ type: 'task.completed', task: `accept#${round}`, outcome: 'supplement', form: { missing: ['授权委托书'], reason: '', lawOf: null } });

  async function open(unit = 'scjg', at: string | null = null): Promise<string> {
    const caseId = randomUUID();
    const { kind, title, opening } = newRepair(about);
    await step(caseId, [{ type: 'case.opened', kind, definition: 1, title, opening, files: [] }, opened(1, unit)], at, 0);
    return caseId;
  }
  const stateOf = async (caseId: string): Promise<CaseState> => (await cases.load(caseId)).state;
  const papersOf = async (caseId: string): Promise<IssuedPaper[]> => Object.values((await stateOf(caseId)).tasks).flatMap(({ papers = [] }) => papers);
  const serial = ({ number }: IssuedPaper): number => Number(/〔\d{4}〕(\d+)号$/u.exec(number ?? '')?.[1]);

  it('many at once, some of which come to nothing: no gap and no double', async () => {
    const ids = await Promise.all(Array.from({ length: 24 }, () => open()));
    // Every third is refused after its number was taken, and with it goes the number.
    const outcomes = await Promise.allSettled(ids.map((id, n) => step(id, n % 3 === 0 ? [asked(1), asked(9)] : [asked(1)])));
    expect(outcomes.filter(({ status }) => status === 'rejected')).to.have.length(8);
    const papers = (await Promise.all(ids.map(papersOf))).flat();
    expect(papers.map(serial).toSorted((a, b) => a - b)).to.deep.equal(Array.from({ length: 16 }, (_, n) => n + 1));
    const year = new Date().getFullYear();
    for (const { number, name, review, court } of papers) {
      expect(number).to.match(new RegExp(`^宿市监信〔${year}〕\\d+号$`, 'u'));
      expect({ name, review, court }).to.deep.equal({ name: 'supplement', review: '宿迁市人民政府', court: '宿迁市宿城区人民法院' });
    }
  });

  it('a second document of one case has a number of its own, each unit and each year counts for itself', async () => {
    const id = await open();
    await step(id, [asked(1), opened(2)]);
    await step(id, [asked(2)]);
    const [first, second] = await papersOf(id);
    expect(serial(second!) - serial(first!)).to.equal(1);
    const other = await open('rsj');
    await step(other, [asked(1)]);
    expect(serial((await papersOf(other))[0]!)).to.equal(1);
    const before = await open('scjg', '2024-03-01T02:00:00.000Z');
    await step(before, [asked(1)], '2024-03-04T02:00:00.000Z');
    expect((await papersOf(before))[0]!.number).to.equal('宿市监信〔2024〕1号');
  });

  it('a unit that has no sign yet issues without a number; what was issued keeps what it said', async () => {
    const id = await open('suyu');
    await step(id, [asked(1), opened(2, 'suyu')]);
    await knex('unit').where({ id: 'suyu' }).update({ document_prefix: '宿豫信', review_body: '宿迁市人民政府' });
    await step(id, [asked(2)]);
    expect(await papersOf(id)).to.deep.equal([
      { name: 'supplement', number: null, review: null, court: null },
      { name: 'supplement', number: `宿豫信〔${new Date().getFullYear()}〕1号`, review: '宿迁市人民政府', court: null },
    ]);
  });
});
