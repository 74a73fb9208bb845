import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Knex } from 'knex';
import { changeRecords, storeRecords, type NewRecord, type Writing } from '../../../src/platform/records/append.ts';
import { endPublicity } from '../../../src/platform/records/ends.ts';
import { correctSubject, lockSubject, settleCodes } from '../../../src/platform/records/subjects.ts';
import { verifyRecords } from '../../../src/platform/records/verify.ts';
import type { RecordDraft } from '../../../src/rules/records/changes.ts';
import type { RecordSubject } from '../../../src/rules/records/facts.ts';
import type { ReleaseDue } from '../../../src/rules/release/due.ts';
import { fine, insertFirm, recordLaw } from '../../support/record-law.ts';
import { createTestDatabase, testConfig, type TestDatabase } from '../../support/stack.ts';

describe('release orders are due with what takes a record away', () => {
  let database: TestDatabase;
  let knex: Knex;
  let firm: RecordSubject;
  const law = recordLaw();
  const { hash, secrets } = testConfig();
  const chain = { hash, key: secrets.chain };

  beforeEach(async () => {
    database = await createTestDatabase();
    ({ knex } = database);
    firm = await insertFirm(knex);
  });
  afterEach(() => database.drop());

  const writing = (day: string): Writing => ({ law, chain, at: `${day}T02:00:00.000Z`, actor: null, requestId: null });
  const change = (day: string, key: string, record: string, ...drafts: RecordDraft[]) =>
    knex.transaction((trx) => changeRecords(trx, { ...writing(day), key, changes: drafts.map((draft) => ({ record, draft })) }));
  const used = (unit: string): RecordDraft => ({ type: 'record.used', unit, measure: '列为重点监管对象', legalBasis: '信用条例第二十条' });
  const end = (day: string): Promise<number> => endPublicity({ knex, chain, readLaw: async () => law, now: () => new Date(`${day}T02:00:00Z`) });
  const due = async (): Promise<{ record_id: string; cause: string; units: string[] }[]> => {
    const rows: { record_id: string; opening: ReleaseDue['opening'] }[] = await knex('case_due').where({ kind: 'release' }).orderBy('at').orderBy('case_id').select('record_id', 'opening');
    return rows.map(({ record_id, opening }) => ({ record_id, cause: opening.cause, units: opening.used.map(({ unit }) => unit) }));
  };

  async function inUse(no = 1, subject = firm): Promise<string> {
    const id = randomUUID();
    await knex.transaction((trx) => storeRecords(trx, [{ id, source: 'form', facts: fine(subject, { documentNo: `宿市监处罚〔2026〕${no}号` }) }], writing('2026-06-01')));
    await change('2026-06-02', 'used', id, used('zx'), used('hbj'));
    return id;
  }

  it('situation 13: the job that ends the term writes them, once, with the units of that moment', async () => {
    const id = await inUse();
    await end('2027-06-01');
    await end('2027-06-01');
    expect(await due()).to.deep.equal([{ record_id: id, cause: 'ended', units: ['hbj', 'zx'] }]);
  });

  it('what is rolled back makes nothing due, and a step that is recorded again makes it due once', async () => {
    const id = await inUse();
    const withdrawn: RecordDraft = { type: 'record.withdrawn', because: null, reason: '处罚决定被撤销' };
    await knex.transaction(async (trx) => {
      await changeRecords(trx, { ...writing('2026-07-01'), key: 'w', changes: [{ record: id, draft: withdrawn }] });
      throw new Error('the connection is gone');
    }).catch(() => undefined);
    expect(await due()).to.deep.equal([]);
    await change('2026-07-01', 'w', id, withdrawn);
    await change('2026-07-01', 'w', id, withdrawn);
    expect((await due()).map(({ cause }) => cause)).to.deep.equal(['withdrawn']);
  });

  it('a unit that uses it in the same moment is told, or does not use it', async () => {
    const id = await inUse();
    await Promise.all([
      change('2026-07-01', 'held', id, { type: 'record.held', hold: 'stay', because: 'a', reason: '裁定停止执行' }),
      change('2026-07-01', 'late', id, used('rsj')),
    ]);
    const uses: string[] = await knex('record_use').where({ record_id: id }).orderBy('unit').pluck('unit');
    expect((await due())[0]?.units).to.deep.equal(uses);
  });

  it('situation 24: two firms with one code: units that use records of either are told, and told again when it is mended', async () => {
    const acting = { person: null, reason: '登记机关确认两家存续' };
    const id = await inUse();
    const ended = await inUse(2);
    await change('2026-06-05', 'gone', ended, { type: 'record.withdrawn', because: null, reason: '重复' });
    const other = await insertFirm(knex, { name: '宿迁别家商贸有限公司' });
    await knex.transaction((trx) => settleCodes(trx, ['91321300MA1TE8T08T'], acting));
    await knex.transaction(async (trx) => correctSubject(trx, (await lockSubject(trx, other.id))!, { standing: 'deregistered' }, acting));
    const rows = await due();
    expect(rows.filter(({ record_id }) => record_id === id).map(({ cause }) => cause).toSorted()).to.deep.equal(['frozen', 'unfrozen']);
    expect(rows.filter(({ record_id }) => record_id === ended).map(({ cause }) => cause)).to.deep.equal(['withdrawn']);
  });

  it('of a thousand that end on one day just those that are used make something due, in the same few statements', async function () {
    this.timeout(60_000);
    const news = Array.from({ length: 1000 }, (_, n): NewRecord => ({ id: randomUUID(), source: 'spreadsheet', facts: fine(firm, { documentNo: `宿市监处罚〔2026〕${n + 1}号` }) }));
    for (let from = 0; from < news.length; from += 500) await knex.transaction((trx) => storeRecords(trx, news.slice(from, from + 500), writing('2026-06-01')));
    for (const { id } of news.slice(0, 7)) await change('2026-06-02', 'used', id, used('hbj'));
    const statements: string[] = [];
    knex.on('query', ({ sql }: { sql: string }) => statements.push(sql));
    expect(await end('2027-06-01')).to.equal(1000);
    expect(await due()).to.have.length(7);
    expect(statements.filter((sql) => sql.includes('insert into case_due')), 'none for a batch in which nobody uses one').to.have.length.of.at.most(2);
    const details: string[] = [];
    for await (const { findings } of verifyRecords(knex, chain)) details.push(...findings.map(({ detail }) => detail));
    expect(details).to.deep.equal([]);
  });
});
