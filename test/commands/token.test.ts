import { expect } from 'chai';
import { run } from '../../src/commands/token.ts';
import { holderOfToken } from '../../src/platform/api-tokens.ts';
import { said } from '../support/said.ts';
import { createTestWeb, type TestWeb } from '../support/web.ts';

describe('xinzhi token', () => {
  let web: TestWeb;
  const environment = { ...process.env };
  before(async () => {
    web = await createTestWeb();
    const { connection } = (web.knex.client as { config: { connection: { connectionString: string } } }).config;
    Object.assign(process.env, { DATABASE_URL: connection.connectionString, XINZHI_DATA: web.dataFolder, NODE_ENV: 'test' });
  });
  after(async () => {
    process.env = environment;
    await web.close();
  });

  const token = (...args: string[]): Promise<string> => said(() => run(args));
  const refusal = (...args: string[]) => token(...args).then(() => null, (error: unknown) => (error as Error).message);

  it('makes one for a person, and writes nothing else to standard output', async () => {
    const made = await token('create', '--user', 'XYB.handler');
    expect(made).to.match(/^xz_[\w-]{43}\n$/);
    const holder = await holderOfToken(web.knex, made.trim());
    expect([holder?.person.username, holder?.pushesRepairs]).to.deep.equal(['xyb.handler', false]);
    expect(await web.knex('access_log').where({ kind: 'tokenCreated' })).to.have.length(1);
  });

  it('makes one that ends after a year unless it is told otherwise', async () => {
    await token('create', '--user', 'xyb.leader');
    const { days } = await web.knex('api_token').orderBy('created_at', 'desc').first<{ days: number }>(web.knex.raw('extract(epoch from expires_at - now())::float8 / 86400 as days'));
    expect(days).to.be.within(365.9, 366);
  });

  it('makes one that ends when it is told to', async () => {
    await token('create', '--user', 'xyb.leader', '--days', '30');
    const { days } = await web.knex('api_token').orderBy('created_at', 'desc').first<{ days: number }>(web.knex.raw('extract(epoch from expires_at - now())::float8 / 86400 as days'));
    expect(days).to.be.within(29.9, 30);
  });

  it('makes one for the upstream platform, which alone may push applications', async () => {
    const made = await token('create', '--user', 'xyb.handler', '--push-repairs');
    expect((await holderOfToken(web.knex, made.trim()))?.pushesRepairs).to.equal(true);
    expect((await web.knex('access_log').where({ kind: 'tokenCreated' }).orderBy('id', 'desc').first<{ detail: object }>('detail'))?.detail).to.include({ pushesRepairs: true });
  });

  it('says what is wrong', async () => {
    expect(await refusal('create')).to.match(/^Usage:/);
    expect(await refusal('destroy', '--user', 'audit')).to.match(/^Usage:/);
    expect(await refusal('create', '--user', 'nobody')).to.equal('There is no active user "nobody".');
    expect(await refusal('create', '--user', 'audit', '--days', '0')).to.contain('whole number from 1 to 3650');
    expect(await refusal('create', '--user', 'audit', '--for', 'ever')).to.contain('--for');
  });
});
