import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Knex } from 'knex';
import { createLogger } from '../../../src/platform/logging.ts';
import { changeRecords, storeRecords, type Changed, type NewRecord, type Stored, type Writing } from '../../../src/platform/records/append.ts';
import { endPublicity, startEnding } from '../../../src/platform/records/ends.ts';
import { readRecordEvents } from '../../../src/platform/records/events.ts';
import { rebuildRecord, verifyRecord, verifyRecords } from '../../../src/platform/records/verify.ts';
import { publicRecords } from '../../../src/platform/visibility.ts';
import type { RecordDraft } from '../../../src/rules/records/changes.ts';
import type { RecordFacts } from '../../../src/rules/records/facts.ts';
import type { RecordState } from '../../../src/rules/records/file.ts';
import { fine, insertFirm, recordLaw } from '../../support/record-law.ts';
import { asOwner, behindTheTriggers, createTestDatabase, testConfig, type TestDatabase } from '../../support/stack.ts';

describe('the files of records', () => {
  let database: TestDatabase;
  let knex: Knex;
  let firm: RecordFacts['subject'];
  const law = recordLaw();
  const { hash, secrets } = testConfig();
  const chain = { hash, key: secrets.chain };
  const actor = { person: randomUUID(), name: '王海燕', unit: 'scjg' };

  beforeEach(async () => {
    database = await createTestDatabase();
    ({ knex } = database);
    firm = await insertFirm(knex);
  });
  afterEach(() => database.drop());

  const writing = (day: string): Writing => ({ law, chain, at: `${day}T02:00:00.000Z`, actor, requestId: 'r1' });
  const store = (day: string, ...news: NewRecord[]): Promise<Stored[]> => knex.transaction((trx) => storeRecords(trx, news, writing(day)));
  const storeOne = async (facts: Partial<RecordFacts> = {}, day = '2026-06-01'): Promise<string> => (await store(day, { id: randomUUID(), source: 'form', facts: fine(firm, facts) }))[0]!.id;
  const change = (day: string, key: string, ...changes: [string, RecordDraft][]): Promise<ReadonlyMap<string, Changed>> =>
    knex.transaction((trx) => changeRecords(trx, { ...writing(day), key, changes: changes.map(([record, draft]) => ({ record, draft })) }));
  const stateOf = async (id: string): Promise<RecordState> => (await knex('record').where({ id }).first<{ state: RecordState }>('state'))!.state;
  const typesOf = async (id: string): Promise<string[]> => (await readRecordEvents(knex, id)).map(({ what }) => what.type);
  const sound = async (): Promise<string[]> => {
    const details: string[] = [];
    for await (const { findings } of verifyRecords(knex, chain)) details.push(...findings.map(({ id, detail }) => `${id}: ${detail}`));
    return details;
  };
  const shownOn = async (today: string): Promise<string[]> => {
    const { sql, bindings } = publicRecords('r', today);
    return knex('record as r').whereRaw(sql, bindings).pluck('id');
  };
  const end = (day: string): Promise<number> => endPublicity({ knex, chain, readLaw: async () => law, now: () => new Date(`${day}T02:00:00Z`) });

  describe('storing', () => {
    it('a fine is stored and public at once, with its class, its dates and its reason in its first event', async () => {
      const id = await storeOne();
      expect(await typesOf(id)).to.deep.equal(['record.stored', 'record.published']);
      expect(await knex('record').where({ id }).first()).to.include({ class: 'GENERAL', standing: 'published', public: true, public_until: '2027-05-31', repairable_from: '2026-09-01', version: 1 });
      expect((await stateOf(id)).publicity).to.deep.include({ minUntil: '2026-08-31', because: { key: 'class.general' } });
      expect(await sound()).to.deep.equal([]);
    });

    it('market supervision counts from the day it is published here, and a file of years ago is not published anew', async () => {
      const today = await storeOne({ domain: 'marketSupervision' }, '2026-06-10');
      expect((await stateOf(today)).publicity).to.include({ startsAt: 'publication', start: '2026-06-10' });
      expect(await knex('record').where({ id: today }).first()).to.include({ public_until: '2027-06-10' });
      const old = await storeOne({ domain: 'marketSupervision', decidedOn: '2020-05-31', documentNo: '宿市监处罚〔2020〕1号' }, '2026-06-10');
      expect(await typesOf(old)).to.deep.equal(['record.stored']);
      expect(await sound()).to.deep.equal([]);
    });

    it('situation 11: a warning by summary procedure is stored, minor, and not public', async () => {
      const id = await storeOne({ penaltyKinds: ['warning'], summaryProcedure: true, fine: 0 });
      expect(await typesOf(id)).to.deep.equal(['record.stored']);
      expect(await knex('record').where({ id }).first()).to.include({ class: 'MINOR', standing: 'stored', public: false, public_until: null });
      expect(await shownOn('2026-06-01')).to.deep.equal([]);
    });

    it('the same form sent twice, and the same document about the same firm, are one record', async () => {
      const id = randomUUID();
      const news: NewRecord = { id, source: 'form', facts: fine(firm) };
      expect((await store('2026-06-01', news))[0]).to.include({ id, outcome: 'stored' });
      expect((await store('2026-06-02', news))[0]).to.include({ id, outcome: 'same' });
      expect((await store('2026-06-02', { ...news, id: randomUUID() }))[0]).to.include({ id, outcome: 'same' });
      expect((await store('2026-06-02', { ...news, id: randomUUID(), facts: fine(firm, { fine: 30_000 }) }))[0]).to.include({ id, outcome: 'other' });
      expect(await knex('record_event').count('* as n').first()).to.deep.equal({ n: 2 });
    });

    it('of two alike in one spreadsheet the first is stored, and the answers stand in the order of the rows', async () => {
      const [a, b, c] = [randomUUID(), randomUUID(), randomUUID()];
      const other = fine(firm, { documentNo: '宿市监处罚〔2026〕2号' });
      const answers = await store('2026-06-01', { id: a, source: 'spreadsheet', facts: fine(firm) }, { id: b, source: 'spreadsheet', facts: fine(firm) }, { id: c, source: 'spreadsheet', facts: other }, { id: c, source: 'spreadsheet', facts: other });
      expect(answers.map(({ id, outcome }) => [id, outcome])).to.deep.equal([[a, 'stored'], [a, 'same'], [c, 'stored'], [c, 'same']]);
      expect(await sound()).to.deep.equal([]);
    });

    it('what was over before it was entered is stored and never shown; where the rule keeps what is unpaid, it is shown', async () => {
      const old = await storeOne({ decidedOn: '2024-05-31' });
      const tax = await storeOne({ decidedOn: '2024-05-31', domain: 'tax', documentNo: '宿税处〔2024〕1号' });
      expect(await typesOf(old)).to.deep.equal(['record.stored']);
      await end('2026-06-01');
      expect(await typesOf(tax)).to.deep.equal(['record.stored', 'record.published', 'record.kept']);
      expect(await shownOn('2026-06-01')).to.deep.equal([tax]);
    });

    it('five hundred at once are four statements, and each of their chains proves itself', async () => {
      const statements: string[] = [];
      const news = Array.from({ length: 500 }, (_, n): NewRecord => ({ id: randomUUID(), source: 'spreadsheet', facts: fine(firm, { documentNo: `宿市监处罚〔2026〕${n + 1}号` }) }));
      await knex.transaction(async (trx) => {
        trx.on('query', ({ sql }: { sql: string }) => statements.push(sql));
        await storeRecords(trx, news, writing('2026-06-01'));
      });
      expect(statements.filter((sql) => !/^(begin|commit)/i.test(sql))).to.have.length(4);
      expect(await sound()).to.deep.equal([]);
    });
  });

  describe('changing', () => {
    it('a step that is recorded again under the same key writes nothing', async () => {
      const id = await storeOne();
      const mark: RecordDraft = { type: 'record.marked', mark: 'objection', because: randomUUID() };
      expect((await change('2026-06-02', 'step-1', [id, mark])).get(id)?.events).to.have.length(1);
      expect((await change('2026-06-02', 'step-1', [id, mark])).get(id)?.events).to.deep.equal([]);
      expect(await knex('record').where({ id }).first()).to.include({ standing: 'marked', public: true });
    });

    it('a unit that applied a measure has its row until it is released', async () => {
      const id = await storeOne();
      await change('2026-06-02', 'a', [id, { type: 'record.used', unit: 'rsj', measure: '限制参加评优', legalBasis: '《条例》第三十条' }]);
      expect(await knex('record_use').select('unit', 'measure')).to.deep.equal([{ unit: 'rsj', measure: '限制参加评优' }]);
      expect(await sound()).to.deep.equal([]);
      await change('2026-06-03', 'b', [id, { type: 'record.repaired', because: randomUUID() }], [id, { type: 'record.released', unit: 'rsj', because: randomUUID() }]);
      expect(await knex('record_use')).to.deep.equal([]);
      expect(await knex('record').where({ id }).first()).to.include({ standing: 'repaired', public: false, public_until: null });
      expect(await sound()).to.deep.equal([]);
    });

    it('a repair that is revoked gives back what was left of the term on the day of the repair', async () => {
      const id = await storeOne();
      await change('2026-09-02', 'grant', [id, { type: 'record.repaired', because: randomUUID() }]);
      await change('2027-01-10', 'revoke', [id, { type: 'record.restored', because: randomUUID() }]);
      // From 2026-09-02 to 2027-05-31 are 271 days.
      expect(await knex('record').where({ id }).first('standing', 'public_until')).to.deep.equal({ standing: 'published', public_until: '2027-10-08' });
      expect(await sound()).to.deep.equal([]);
    });

    it('a repair of a record whose publicity ended meanwhile is nothing, and no fault', async () => {
      const id = await storeOne();
      await end('2027-06-01');
      expect((await change('2027-06-02', 'late', [id, { type: 'record.repaired', because: randomUUID() }])).get(id)?.events).to.deep.equal([]);
    });

    it('a correction is a new version; the one before stays in the file', async () => {
      const id = await storeOne();
      const facts = fine(firm, { fine: 300_000, decision: '罚款300000元。' });
      const { publicity } = await stateOf(id);
      await change('2026-06-05', 'correct', [id, { type: 'record.corrected', facts, publicity: { ...publicity, class: 'SERIOUS', maxUntil: '2029-05-31' }, reason: '金额录入有误。' }]);
      expect(await knex('record').where({ id }).first()).to.include({ version: 2, class: 'SERIOUS', public_until: '2029-05-31' });
      expect((await readRecordEvents(knex, id))[0]?.what).to.have.nested.property('facts.fine', 20_000);
    });

    it('a record that does not exist stops the whole step', async () => {
      const id = await storeOne();
      const failed = await change('2026-06-02', 'x', [id, { type: 'record.performed', reason: '已缴' }], [randomUUID(), { type: 'record.performed', reason: '已缴' }]).catch((error: unknown) => String(error));
      expect(failed).to.include('there is no record');
      expect(await typesOf(id)).to.not.include('record.performed');
    });

    it('two steps on the same records at once wait for each other, whichever order they name them in', async () => {
      const ids = [await storeOne(), await storeOne({ documentNo: '宿市监处罚〔2026〕2号' })];
      const used = (unit: string): RecordDraft => ({ type: 'record.used', unit, measure: '重点监管', legalBasis: '《条例》' });
      await Promise.all([
        change('2026-06-02', 'a', [ids[0]!, used('rsj')], [ids[1]!, used('rsj')]),
        change('2026-06-02', 'b', [ids[1]!, used('hbj')], [ids[0]!, used('hbj')]),
      ]);
      expect(await knex('record_use')).to.have.length(4);
      expect(await sound()).to.deep.equal([]);
    });
  });

  describe('the end of publicity', () => {
    it('situation 13: at midnight it is gone from every page, with the job asleep; the job then writes when it ended', async () => {
      const id = await storeOne();
      expect(await shownOn('2027-05-31')).to.deep.equal([id]);
      expect(await shownOn('2027-06-01')).to.deep.equal([]);
      expect(await end('2027-05-31')).to.equal(0);
      expect(await end('2027-06-01')).to.equal(1);
      expect((await readRecordEvents(knex, id)).at(-1)).to.deep.include({ at: '2027-05-31T16:00:00.000Z', recordedAt: '2027-06-01T02:00:00.000Z', what: { type: 'record.ended' } });
      expect(await sound()).to.deep.equal([]);
    });

    it('situation 13: unpaid, in a field whose department keeps it: kept, with the rule written down, until it is paid', async () => {
      const id = await storeOne({ domain: 'tax' });
      await end('2027-06-01');
      const row = law.rules.on('publicity.keep-uncorrected', '2026-05-31', 'tax');
      expect((await stateOf(id)).keptBy).to.equal(`publicity.keep-uncorrected#${row.id}`);
      expect(await shownOn('2028-01-01')).to.deep.equal([id]);
      await change('2028-01-02', 'paid', [id, { type: 'record.performed', reason: '罚款已缴清。' }]);
      await end('2028-01-02');
      expect(await typesOf(id)).to.deep.equal(['record.stored', 'record.published', 'record.kept', 'record.performed', 'record.ended']);
    });

    it('situation 13: the same field, paid: it ends', async () => {
      const id = await storeOne({ domain: 'tax', performed: true });
      await end('2027-06-01');
      expect((await stateOf(id)).status).to.equal('ended');
    });

    it('a hold does not lengthen the term: what is stayed or shielded ends on its day, or is kept by the rule, like any other', async () => {
      const [stayed, kept] = [await storeOne(), await storeOne({ domain: 'tax', documentNo: '宿税处〔2026〕1号' })];
      const held: RecordDraft = { type: 'record.held', hold: 'stay', because: randomUUID(), reason: '裁定停止执行' };
      await change('2026-07-01', 'held', [stayed, held], [kept, held]);
      expect(await end('2027-05-31')).to.equal(0);
      expect(await end('2027-06-01')).to.equal(2);
      expect((await readRecordEvents(knex, stayed)).at(-1)).to.deep.include({ at: '2027-05-31T16:00:00.000Z', what: { type: 'record.ended' } });
      expect(await knex('record').where({ id: stayed }).first('standing')).to.deep.equal({ standing: 'ended' });
      expect([(await typesOf(kept)).at(-1), await knex('record').where({ id: kept }).first('standing')]).to.deep.equal(['record.kept', { standing: 'suspended' }]);
      expect(await end('2027-06-02'), 'once').to.equal(0);
      expect(await sound()).to.deep.equal([]);
    });

    it('an entry of abnormal operation has no last day and ends when it is cured', async () => {
      const id = await storeOne({ kind: 'abnormalOperation', penaltyKinds: [], fine: 0 });
      expect(await end('2030-01-01')).to.equal(0);
      await change('2030-01-01', 'cured', [id, { type: 'record.performed', reason: '已补报年报。' }]);
      expect(await end('2030-01-01')).to.equal(1);
      expect(await shownOn('2030-01-01')).to.deep.equal([]);
    });

    it('a worker that starts ends what is over at once, and stops only when it has', async () => {
      const id = await storeOne();
      const stop = startEnding({ knex, chain, readLaw: async () => law, now: () => new Date('2027-06-01T02:00:00Z') }, createLogger({ level: 'silent', process: 'test' }));
      await stop();
      expect((await stateOf(id)).status).to.equal('ended');
    });

    it('two thousand on one day are ended by two workers at once, each record once', async function () {
      this.timeout(60_000);
      const news = Array.from({ length: 2000 }, (_, n): NewRecord => ({ id: randomUUID(), source: 'spreadsheet', facts: fine(firm, { documentNo: `宿市监处罚〔2026〕${n + 1}号` }) }));
      for (let from = 0; from < news.length; from += 500) await store('2026-06-01', ...news.slice(from, from + 500));
      const counts = await Promise.all([end('2027-06-01'), end('2027-06-01')]);
      const rest = await end('2027-06-01');
      expect(counts[0]! + counts[1]! + rest).to.equal(2000);
      expect(await knex('record_event').where({ type: 'record.ended' }).count('* as n').first()).to.deep.equal({ n: 2000 });
      expect(await knex('record').where({ public: true })).to.deep.equal([]);
      expect(await sound()).to.deep.equal([]);
    });
  });

  describe('proving', () => {
    /** What somebody can do who has the database by its owner, and not the key. */
    const tamper = (sql: string, ...bindings: string[]): Promise<void> => behindTheTriggers(knex, ['record_event'], (owner) => owner.raw(sql, bindings));

    it('an event can be neither changed nor deleted by a statement', async () => {
      await storeOne();
      for (const sql of ["update record_event set type = 'x'", 'delete from record_event', 'truncate record_event']) {
        await asOwner(knex, (owner) => owner.raw(sql)).then(() => expect.fail(sql), (error: unknown) => expect(String(error)).to.contain('append-only'));
      }
    });

    it('a chain that was broken is found, and the record and the event are named', async () => {
      await storeOne({ documentNo: '宿市监处罚〔2026〕2号' });
      const id = await storeOne();
      await tamper(`update record_event set what = replace(what::text, '20000', '2000')::json where record_id = ? and seq = 1`, id);
      const findings = (await verifyRecord(knex, chain, id))!;
      expect(findings[0]).to.include({ file: 'record', id, number: '宿市监处罚〔2026〕1号', kind: 'chain', seq: 1 });
      expect((await sound()).every((line) => line.startsWith(id))).to.equal(true);
    });

    it('an event taken out, a tail cut off and a file without its row are found', async () => {
      const id = await storeOne();
      await tamper('delete from record_event where record_id = ? and seq = 2', id);
      expect((await verifyRecord(knex, chain, id))![0]).to.include({ kind: 'head', seq: 2 });
      await knex('record').where({ id }).delete();
      expect(await sound()).to.deep.equal([`${id}: events of ${id} have no row in record`]);
    });

    it('a row that says more than its events is named with its column, and mended by a rebuild', async () => {
      const id = await storeOne();
      await knex('record').where({ id }).update({ public_until: '2099-01-01', frozen: true });
      await knex('record_use').insert({ record_id: id, unit: 'rsj', measure: 'x', legal_basis: 'x', since: new Date() });
      const details = (await verifyRecord(knex, chain, id))!.map(({ detail }) => detail).join('\n');
      for (const wrong of ['column public_until', 'column frozen', 'record_use']) expect(details).to.contain(wrong);
      await rebuildRecord(knex, id);
      expect(await verifyRecord(knex, chain, id)).to.deep.equal([]);
    });
  });
});
