import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Knex } from 'knex';
import { changeRecords, storeRecords, type Writing } from '../../../src/platform/records/append.ts';
import { endPublicity } from '../../../src/platform/records/ends.ts';
import { correctSubject, lockSubject } from '../../../src/platform/records/subjects.ts';
import { latestPlace, readTold, type Place } from '../../../src/platform/records/told.ts';
import type { RecordDraft } from '../../../src/rules/records/changes.ts';
import type { RecordFacts } from '../../../src/rules/records/facts.ts';
import { fine, insertFirm, recordLaw } from '../../support/record-law.ts';
import { settled } from '../../support/settled.ts';
import { asOwner, createTestDatabase, testConfig, type TestDatabase } from '../../support/stack.ts';

describe('what departments that keep a copy are told', () => {
  let database: TestDatabase;
  let knex: Knex;
  let firm: RecordFacts['subject'];
  const law = recordLaw();
  const { hash, secrets } = testConfig();
  const chain = { hash, key: secrets.chain };
  let documents = 0;
  let start: Place;

  before(async () => {
    database = await createTestDatabase();
    ({ knex } = database);
    firm = await insertFirm(knex);
    // Two who publish a firm's first record at once wait for each other; what is told here is of firms that had one before.
    await alone((trx) => store(trx));
  });
  after(() => database.drop());
  beforeEach(async () => {
    await settled(knex);
    start = await latestPlace(knex);
  });

  const writing = (day: string): Writing => ({ law, chain, at: `${day}T02:00:00.000Z`, actor: null, requestId: null });
  async function store(db: Knex.Transaction, facts: Partial<RecordFacts> = {}, day = '2026-06-01'): Promise<string> {
    documents += 1;
    const [stored] = await storeRecords(db, [{ id: randomUUID(), source: 'api', facts: fine(firm, { documentNo: `宿市监罚〔2026〕${documents}号`, ...facts }) }], writing(day));
    return stored!.id;
  }
  const change = (db: Knex.Transaction, record: string, draft: RecordDraft, day = '2026-06-02') =>
    changeRecords(db, { ...writing(day), key: randomUUID(), changes: [{ record, draft }] });
  const alone = <T>(work: (trx: Knex.Transaction) => Promise<T>): Promise<T> => knex.transaction(work);

  /** What is told from a place on at this moment, and where the next call goes on. */
  async function look(from: Place, limit = 100): Promise<{ told: string[]; next: Place }> {
    const found = await readTold(knex, from, limit);
    if (!found) throw new Error('the place is of another era');
    return { told: found.changes.map(({ record, what }) => `${what} ${record}`), next: found.next };
  }

  /** The same once nobody writes any more. */
  async function follow(from: Place): Promise<{ told: string[]; next: Place }> {
    await settled(knex);
    return look(from);
  }

  it('a transaction that began first and ends last is not missed by one who reads between', async () => {
    const slow = await knex.transaction();
    const first = await store(slow);
    const second = await alone((trx) => store(trx));
    const between = await look(start);
    // The second has ended, and waits nevertheless: what the first will add comes before it.
    expect(between.told).to.deep.equal([]);
    await slow.commit();
    const then = await follow(between.next);
    expect(then.told).to.deep.equal([`published ${first}`, `published ${second}`]);
    expect((await follow(then.next)).told).to.deep.equal([]);
  });

  it('a transaction that was rolled back is not told, and holds nobody up', async () => {
    const given = await knex.transaction();
    await store(given);
    const kept = await alone((trx) => store(trx));
    await given.rollback();
    expect((await follow(start)).told).to.deep.equal([`published ${kept}`]);
  });

  it('what two transactions did to one record comes in the order in which they did it, whichever began first', async () => {
    const record = await alone((trx) => store(trx));
    const slow = await knex.transaction();
    // It has its number of a writer from here on.
    const other = await store(slow);
    await alone((trx) => change(trx, record, { type: 'record.marked', mark: 'lawsuit', because: '（2026）苏13行初15号' }));
    await change(slow, record, { type: 'record.withdrawn', because: null, reason: '决定被撤销' });
    await slow.commit();
    const { told } = await follow(start);
    expect(told).to.have.length(4);
    expect(told.filter((one) => one.endsWith(record))).to.deep.equal([`published ${record}`, `marked ${record}`, `withdrawn ${record}`]);
    expect(told).to.include(`published ${other}`);
  });

  it('many writers at once and one who reads all the time: each change once', async () => {
    const written: string[] = [];
    const seen: string[] = [];
    let at = start;
    let busy = true;
    const reading = (async () => {
      for (;;) {
        const { told, next } = await look(at, 3);
        seen.push(...told);
        at = next;
        if (!busy && seen.length >= written.length) return;
      }
    })();
    await Promise.all(Array.from({ length: 6 }, async (_, n) => {
      for (let round = 0; round < 4; round += 1) {
        const trx = await knex.transaction();
        const id = await store(trx);
        await trx.raw('select pg_sleep(?)', [((n * 7 + round * 3) % 5) / 100]);
        if ((n + round) % 5 === 0) await trx.rollback();
        else {
          await trx.commit();
          written.push(`published ${id}`);
        }
      }
    }));
    busy = false;
    await reading;
    expect(seen).to.have.members(written);
    expect(new Set(seen).size).to.equal(seen.length);
  });

  it('the end at midnight is told with its midnight, when it is written', async () => {
    const record = await alone((trx) => store(trx));
    await endPublicity({ knex, chain, readLaw: async () => law, now: () => new Date('2027-06-01T03:00:00Z') });
    await settled(knex);
    const told = await readTold(knex, start, 100);
    const own = told!.changes.filter((one) => one.record === record);
    expect(own.map(({ what, at }) => [what, at.toISOString()])).to.deep.equal([
      ['published', '2026-06-01T02:00:00.000Z'],
      ['ended', '2027-05-31T16:00:00.000Z'],
    ]);
  });

  it('what nobody ever saw is not told; used, performed and released are not either', async () => {
    const record = await alone((trx) => store(trx));
    await alone((trx) => change(trx, record, { type: 'record.used', unit: 'hbj', measure: '列为重点监管对象', legalBasis: '条例第三十条' }));
    await alone((trx) => change(trx, record, { type: 'record.performed', reason: '罚款已缴清' }));
    const minor = await alone((trx) => store(trx, { penaltyKinds: ['warning'], summaryProcedure: true, fine: 0 }));
    await alone((trx) => change(trx, minor, { type: 'record.withdrawn', because: null, reason: '录入有误' }));
    expect((await follow(start)).told).to.deep.equal([`published ${record}`]);
  });

  it('a subject that is renamed is told of each of its records that were shown', async () => {
    const renamed = await insertFirm(knex);
    const [shown] = await alone((trx) => storeRecords(trx, [{ id: randomUUID(), source: 'api', facts: fine(renamed, { documentNo: '宿市监罚〔2026〕改名号' }) }], writing('2026-06-01')));
    const from = (await follow(start)).next;
    await alone(async (trx) => {
      const subject = await lockSubject(trx, renamed.id);
      await correctSubject(trx, subject!, { name: '宿迁更名后食品有限公司' }, { person: null, reason: '更名' });
    });
    expect((await follow(from)).told).to.include(`subject ${shown!.id}`);
  });

  it('a place beyond all that was told is of a history that is no more', async () => {
    expect(await readTold(knex, { ...start, xact: start.xact + 1_000_000 }, 10)).to.equal(null);
  });

  it('after the server was set back, or moved by a dump, an old place leads nowhere; the beginning has everything', async () => {
    const record = await alone((trx) => store(trx));
    const { next } = await follow(start);
    // As a dump that is read into another server: its rows are there, with numbers of a history that is not this one's.
    await asOwner(knex, async (owner) => {
      await owner('record_change').update({ xact: owner.raw('xact + 1000000') });
      await owner('record_era').update({ cluster: 'another server' });
    });
    expect(await readTold(knex, next, 10)).to.equal(null);
    const again = await alone((trx) => store(trx));
    await settled(knex);
    const all = await readTold(knex, null, 1000);
    expect(all!.changes.map((one) => one.record).slice(-2)).to.deep.equal([record, again]);
    expect(await readTold(knex, all!.next, 10)).to.include({ more: false });
  });
});
