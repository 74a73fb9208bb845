import { expect } from 'chai';
import { seedRules } from '../../../src/features/rules/index.ts';
import { defaultSignInRules } from '../../../src/platform/http/feature.ts';
import { createSignInRules } from '../../../src/platform/http/sign-in-rules.ts';
import { createRules } from '../../../src/platform/rules.ts';
import { createTestDatabase, type TestDatabase } from '../../support/stack.ts';

describe('the rules of signing in', () => {
  let database: TestDatabase;
  before(async () => { database = await createTestDatabase(); });
  after(() => database.drop());
  const read = (now: string) => createSignInRules(createRules(database.knex), () => new Date(now))();

  it('have their usual values before any rule is loaded', async () => {
    expect(await read('2026-09-24T00:00:00Z')).to.deep.equal(defaultSignInRules);
  });

  it('are those delivered with the rules', async () => {
    await seedRules(database.knex);
    expect(await read('2026-09-24T00:00:00Z')).to.deep.equal(defaultSignInRules);
  });

  it('change with the day in Shanghai on which a new version begins', async () => {
    await database.knex('rule_version').where({ code: 'session.idle-minutes' }).update({ effective_to: '2026-09-24' });
    await database.knex('rule_version').insert({
      code: 'session.idle-minutes', value: 15, unit: 'none', legal_basis: 'x', effective_from: '2026-09-25', status: 'confirmed', reason: 'x', confirmed_at: new Date(),
    });
    expect((await read('2026-09-24T15:59:00Z')).idleMinutes).to.equal(20);
    expect((await read('2026-09-24T16:00:00Z')).idleMinutes).to.equal(15);
  });
});
