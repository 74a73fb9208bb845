import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import type { Knex } from 'knex';
import { changeRecords, storeRecords, type Writing } from '../../../src/platform/records/append.ts';
import { correctSubject, lockSubject, subjectsNamed } from '../../../src/platform/records/subjects.ts';
import { rebuildRecord, verifyRecord, verifyRecords } from '../../../src/platform/records/verify.ts';
import { createSeal } from '../../../src/platform/seal.ts';
import { publicityOf } from '../../../src/rules/records/publicity.ts';
import type { RecordDraft } from '../../../src/rules/records/changes.ts';
import type { RecordFacts, RecordSubject } from '../../../src/rules/records/facts.ts';
import { fine, recordLaw } from '../../support/record-law.ts';
import { createTestDatabase, testConfig, type TestDatabase } from '../../support/stack.ts';

const codes = ['91321300MA1TE8T08T', '91320100134775688Y', '91110000100000040H'];

describe('the organisations that everybody finds by name', () => {
  let database: TestDatabase;
  let knex: Knex;
  const law = recordLaw();
  const { hash, cipher, secrets } = testConfig();
  const chain = { hash, key: secrets.chain };
  const seal = createSeal({ key: secrets.seal, cipher, hash });
  const acting = { person: null, reason: '依据登记机关通知。' };
  const writing: Writing = { law, chain, at: '2026-06-01T02:00:00.000Z', actor: null, requestId: null };

  beforeEach(async () => {
    database = await createTestDatabase();
    ({ knex } = database);
  });
  afterEach(() => database.drop());

  const firms = async (): Promise<RecordSubject[]> => {
    const found = await knex.transaction((trx) => subjectsNamed(trx, seal, codes.map((uscc, n) => ({ kind: 'organisation', uscc, name: `宿迁第${'甲乙丙'[n]}有限公司` })), acting));
    return found.map((one) => ('subject' in one ? one.subject : expect.fail(JSON.stringify(one))));
  };
  const store = async (subject: RecordSubject, change: Partial<RecordFacts> = {}): Promise<string> => {
    const id = randomUUID();
    await knex.transaction((trx) => storeRecords(trx, [{ id, source: 'form', facts: fine(subject, { documentNo: `宿市监处罚〔2026〕${id}号`, ...change }) }], writing));
    return id;
  };
  const warning = { penaltyKinds: ['warning'], summaryProcedure: true, fine: 0 } as const;
  const change = async (record: string, ...drafts: RecordDraft[]): Promise<void> => {
    await knex.transaction((trx) => changeRecords(trx, { ...writing, key: randomUUID(), changes: drafts.map((draft) => ({ record, draft })) }));
  };
  const published: RecordDraft = { type: 'record.published', by: 'person', reason: '社会影响大。' };
  const correctedTo = async (record: string, subject: RecordSubject): Promise<RecordDraft> => {
    const row = await knex('record').where({ id: record }).first<{ state: { facts: RecordFacts } }>('state');
    const facts = { ...row!.state.facts, subject };
    return { type: 'record.corrected', facts, publicity: publicityOf(facts, law.rules, law.calendar), reason: '主体有误。' };
  };
  const findable = (): Promise<string[]> => knex('published_subject as p').join('subject as s', 's.id', 'p.subject_id').whereRaw('p.search = s.search').orderBy('s.name').pluck('s.id');
  const sound = async (): Promise<string[]> => {
    const details: string[] = [];
    for await (const { findings } of verifyRecords(knex, chain)) details.push(...findings.map(({ detail }) => detail));
    return details;
  };

  it('are those of which a record was ever published, by the rule or by persons, and no person is among them', async () => {
    const [a, b] = await firms();
    const [person] = await knex.transaction((trx) => subjectsNamed(trx, seal, [{ kind: 'person', name: '张三', idNumber: '11010519491231002X' }], acting));
    await store(a!);
    const kept = await store(b!, warning);
    if (person && 'subject' in person) await store(person.subject);
    expect(await findable()).to.deep.equal([a!.id]);
    await change(kept, published);
    expect(await findable()).to.have.members([a!.id, b!.id]);
    expect(await sound()).to.deep.equal([]);
  });

  it('a firm that is missing, or whose old terms were left, is named by verify and mended by a rebuild', async () => {
    const [a] = await firms();
    const id = await store(a!);
    for (const harm of ['delete from published_subject', `update published_subject set search = 'x'`]) {
      await knex.raw(harm);
      expect((await verifyRecord(knex, chain, id))!.map(({ kind, detail }) => [kind, detail.startsWith(`published_subject: row ${a!.id}`)])).to.deep.equal([['row', true]]);
      await rebuildRecord(knex, id);
      expect(await verifyRecord(knex, chain, id)).to.deep.equal([]);
    }
  });

  it('a firm that is renamed while its first record is stored is found by its new name', async () => {
    const [a] = await firms();
    const rename = (): Promise<unknown> => knex.transaction(async (trx) => correctSubject(trx, (await lockSubject(trx, a!.id))!, { name: '宿迁新名有限公司' }, acting));
    await Promise.all([store(a!), rename(), store(a!, { documentNo: '另一号' })]);
    expect(await findable()).to.deep.equal([a!.id]);
  });

  it('whatever happens to records and names, in whatever order: nobody is missing and nobody’s terms are old', async function () {
    this.timeout(30_000);
    const all = await firms();
    const which = fc.nat(2);
    const act = fc.oneof(
      fc.record({ act: fc.constantFrom('store', 'storeKept', 'rename', 'code' as const), firm: which, other: which }),
      fc.record({ act: fc.constantFrom('publish', 'correct', 'withdraw', 'repair' as const), firm: which, other: which }),
    );
    const records: string[] = [];
    let n = 0;
    const doing: Record<string, (firm: RecordSubject, other: RecordSubject, record: string | undefined) => Promise<unknown>> = {
      store: async (firm) => records.push(await store(firm)),
      storeKept: async (firm) => records.push(await store(firm, warning)),
      rename: (firm) => knex.transaction(async (trx) => correctSubject(trx, (await lockSubject(trx, firm.id))!, { name: `宿迁第${n}次改名有限公司` }, acting)),
      code: (firm, other) => knex.transaction(async (trx) => correctSubject(trx, (await lockSubject(trx, firm.id))!, { uscc: other.kind === 'organisation' ? other.uscc : null }, acting)),
      publish: async (_firm, _other, record) => record && change(record, published),
      correct: async (firm, _other, record) => record && change(record, await correctedTo(record, firm)),
      withdraw: async (_firm, _other, record) => record && change(record, { type: 'record.withdrawn', because: null, reason: '撤销。' }),
      repair: async (_firm, _other, record) => record && change(record, { type: 'record.repaired', because: randomUUID() }),
    };
    await fc.assert(fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 8 }), async (acts) => {
      for (const { act: kind, firm, other } of acts) {
        n += 1;
        await doing[kind]!(all[firm]!, all[other]!, records.at(-1 - (n % 3)));
      }
      expect(await sound()).to.deep.equal([]);
      const expected: string[] = await knex('record as r').join('subject as s', 's.id', 'r.subject_id').whereNotNull('r.published_at').distinct('s.id').pluck('s.id');
      expect(await findable()).to.include.members(expected);
    }), { numRuns: 15 });
  });
});
