import { expect } from 'chai';
import type { Knex } from 'knex';
import { ask } from '../../src/platform/prepared.ts';
import { createTestDatabase, type TestDatabase } from '../support/stack.ts';

describe('what a page asks in one go', () => {
  let database: TestDatabase;
  let knex: Knex;
  before(async () => {
    database = await createTestDatabase();
    knex = database.knex;
  });
  after(() => database.drop());

  it('goes out on one connection, in this order', async () => {
    const [first, second] = await Promise.all([
      ask<{ pid: number; at: Date }>(knex, knex.raw('select pg_backend_pid() as pid, clock_timestamp() as at')),
      ask<{ pid: number; at: Date }>(knex, knex.raw('select clock_timestamp() as at, pg_backend_pid() as pid')),
    ]);
    expect(first[0]!.pid).to.equal(second[0]!.pid);
    expect(first[0]!.at).to.be.at.most(second[0]!.at);
  });

  it('is planned once for all values, each text by its own name', async () => {
    const text = `select ?::integer as n, name from pg_prepared_statements where statement like '%of a test that looks%' -- of a test that looks`;
    await ask(knex, knex.raw(text, [1]));
    const found = await ask<{ n: number; name: string }>(knex, knex.raw(text, [2]));
    expect(found.map(({ n }) => n)).to.deep.equal([2]);
  });

  it('tells each asker of his own failure alone', async () => {
    const answers = await Promise.allSettled([
      ask(knex, knex.raw('select 1 as n')), ask(knex, knex.raw('select 1 / ? as n', [0])), ask(knex, knex.raw('select nothing from nowhere')), ask(knex, knex.raw('select 4 as n')),
    ]);
    expect(answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : (answer.reason as Error).message)))
      .to.deep.equal([[{ n: 1 }], 'division by zero', 'relation "nowhere" does not exist', [{ n: 4 }]]);
  });

  it('sees what its transaction has written, and nobody else does', async () => {
    const names = (db: Knex): Promise<{ name: string }[]> => ask(db, knex('access_journal').where({ name: 'ours' }).select('name'));
    await knex.transaction(async (trx) => {
      await trx('access_journal').insert({ name: 'ours' });
      const [inside, outside] = await Promise.all([names(trx), names(knex)]);
      expect(inside).to.deep.equal([{ name: 'ours' }]);
      expect(outside).to.deep.equal([]);
    });
  });
});
