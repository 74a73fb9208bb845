import { expect } from 'chai';
import type { Knex } from 'knex';
import { seedCalendar } from '../../src/features/calendar/index.ts';
import { seedRules } from '../../src/features/rules/index.ts';
import { createCalendars, NoActiveCalendar } from '../../src/platform/calendar.ts';
import { createRules } from '../../src/platform/rules.ts';
import { NoRuleValid } from '../../src/rules/limits/index.ts';
import { asOwner, createTestDatabase, type TestDatabase } from '../support/stack.ts';

/** Counts the statements a piece of work sends. */
async function statements(knex: Knex, work: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const counter = (): void => { count += 1; };
  knex.on('query', counter);
  await work();
  knex.removeListener('query', counter);
  return count;
}

describe('rules and calendars out of the tables', () => {
  let database: TestDatabase;
  before(async () => { database = await createTestDatabase(); });
  after(() => database.drop());

  it('without a seed nothing with a deadline can be done, and that is said', async () => {
    let caught: unknown;
    await createCalendars(database.knex).current().catch((error: unknown) => { caught = error; });
    expect(caught).to.be.instanceOf(NoActiveCalendar);
  });

  it('the seed is written once', async () => {
    expect(await seedCalendar(database.knex)).to.equal(true);
    expect(await seedCalendar(database.knex)).to.equal(false);
    expect(await seedRules(database.knex)).to.be.above(30);
    expect(await seedRules(database.knex)).to.equal(0);
  });

  it('the calendar that was read counts as the table says', async () => {
    const calendar = await createCalendars(database.knex).current();
    expect(calendar.isWorkday('2026-10-10')).to.equal(true);
    expect(calendar.isWorkday('2026-10-07')).to.equal(false);
    expect(calendar.publishedYears.at(-1)).to.equal(2026);
    expect(calendar).to.include({ version: 1, dayMs: 86_400_000, anchorMs: -28_800_000 });
  });

  it('a hot path asks the tables nothing, a strict one a single small question', async () => {
    const calendars = createCalendars(database.knex);
    const rules = createRules(database.knex);
    await Promise.all([calendars.current(), rules.current()]);
    expect(await statements(database.knex, async () => {
      for (let n = 0; n < 20; n += 1) await Promise.all([calendars.current(60_000), rules.current(60_000)]);
    })).to.equal(0);
    expect(await statements(database.knex, () => calendars.current(0))).to.equal(1);
    expect(await statements(database.knex, () => rules.current(0))).to.equal(1);
  });

  it('another process sees a new calendar at its next look', async () => {
    const here = createCalendars(database.knex);
    expect((await here.current()).version).to.equal(1);
    await database.knex('calendar').insert({ version: 2, name: '演示', source: '演示', day_ms: 10_000, anchor_ms: 0 });
    await database.knex('calendar').where({ version: 1 }).update({ active: false });
    await database.knex('calendar').where({ version: 2 }).update({ active: true });
    expect((await here.current(60_000)).version).to.equal(1);
    expect((await here.current(0)).version).to.equal(2);
    expect((await here.version(1))?.dayMs).to.equal(86_400_000);
    expect(await here.version(99)).to.equal(undefined);
  });

  it('the rule book answers by date, and a code it does not have is an error', async () => {
    const book = await createRules(database.knex).current();
    expect(book.on('incident.first-report', '2026-09-24')).to.include({ value: 3, unit: 'workday' });
    expect(book.numberOn('ladder.remind-at', '2026-09-24')).to.equal(80);
    expect(() => book.on('incident.verify', '2018-05-15')).to.throw(NoRuleValid);
    expect(() => book.on('incident.unheard-of', '2026-09-24')).to.throw(NoRuleValid);
  });

  it('a version of a rule cannot be edited or deleted by any statement', async () => {
    for (const change of [
      (owner: Knex) => owner('rule_version').where({ code: 'incident.verify' }).update({ value: 9 }),
      (owner: Knex) => owner('rule_version').where({ code: 'incident.verify' }).update({ status: 'rejected' }),
      (owner: Knex) => owner('rule_version').where({ code: 'incident.verify' }).del(),
    ]) {
      let refused: unknown;
      await asOwner(database.knex, change).catch((error: unknown) => { refused = error; });
      expect(refused).to.be.instanceOf(Error);
    }
  });
});
