import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { pino } from 'pino';
import { run } from '../../src/commands/account.ts';
import { createAccounts } from '../../src/features/accounts/index.ts';
import { createApp } from '../../src/platform/http/app.ts';
import { createRequestContext } from '../../src/platform/request-context.ts';
import { said } from '../support/said.ts';
import { createTestDatabase, testConfig, type TestDatabase } from '../support/stack.ts';
import { TestBrowser } from '../support/web.ts';

describe('xinzhi account, on an installation in which nobody can sign in yet', () => {
  let database: TestDatabase;
  let dataFolder: string;
  const environment = { ...process.env };
  before(async () => {
    database = await createTestDatabase();
    dataFolder = mkdtempSync(join(tmpdir(), 'xinzhi-account-'));
    Object.assign(process.env, { DATABASE_URL: database.url, XINZHI_DATA: dataFolder, NODE_ENV: 'test' });
  });
  after(async () => {
    process.env = environment;
    rmSync(dataFolder, { recursive: true, force: true });
    await database.drop();
  });

  const account = (role: string, ...more: string[]): Promise<string> =>
    said(() => run(['create', '--user', `first.${role}`, '--name', '蔡鹏', '--mail', 'first@suqian.example', '--role', role, ...more]));
  const refusal = (work: Promise<string>) => work.then(() => null, (error: unknown) => (error as Error).message);

  it('asks for the city, as nothing can stand below none', async () => {
    expect(await refusal(account('systemAdmin'))).to.contain('--city');
    expect(await database.knex('person')).to.deep.equal([]);
  });

  it('makes the city and an administrator, whose password is good for one sign-in', async () => {
    const password = (await account('systemAdmin', '--city', '宿迁市')).trim();
    const { knex } = database;
    const app = createApp({
      config: testConfig({ databaseUrl: database.url, dataFolder, seed: 'none' }), knex, logger: pino({ level: 'silent' }), requestContext: createRequestContext(), features: [createAccounts],
    });
    const browser = new TestBrowser(app);
    expect((await browser.signIn('first.systemAdmin', password)).headers['location']).to.equal('/settings');
    const { headers } = await browser.get('/admin/people').expect(303);
    expect(headers['location'], 'a new password comes first').to.contain('/settings');
    expect(await knex('access_log').whereIn('kind', ['unitAdded', 'personAdded'])).to.have.length(2);
  });

  it('makes the other two beside him, in the same city', async () => {
    await account('securityAdmin');
    await account('auditAdmin', '--city', '另一个市');
    expect(await database.knex('unit').pluck('name')).to.deep.equal(['宿迁市']);
    expect(await database.knex('person_role').orderBy('role').pluck('role')).to.deep.equal(['auditAdmin', 'securityAdmin', 'systemAdmin']);
  });

  it('resets the password of one whom no second administrator can help, and his second factor where asked, and the log says so', async () => {
    const { knex } = database;
    const { id } = await knex('person').where({ username: 'first.systemadmin' }).first<{ id: string }>('id');
    await knex('person').where({ id }).update({ has_second_factor: true });
    await knex('passkey').insert({ person_id: id, credential_id: Buffer.from('1'), public_key: Buffer.from('2'), counter: 0, transports: [], name: '办公电脑', added_at: new Date() });
    const reset = (...more: string[]) => said(() => run(['reset', '--user', 'first.systemAdmin', ...more]));
    const password = (await reset()).trim();
    expect((await knex('person').where({ id }).first<{ has_second_factor: boolean }>('has_second_factor')).has_second_factor).to.equal(true);
    expect(await knex('passkey')).to.have.length(1);
    await reset('--second-factor');
    expect((await knex('person').where({ id }).first<{ has_second_factor: boolean }>('has_second_factor')).has_second_factor).to.equal(false);
    expect(await knex('passkey')).to.have.length(0);
    const lines: { kind: string; detail: Record<string, unknown> }[] = await knex('access_log').where({ subject_id: id }).whereIn('kind', ['passwordReset', 'secondFactorReset']).orderBy('id').select('kind', 'detail');
    expect(lines.map(({ kind, detail }) => [kind, detail['by']])).to.deep.equal(['passwordReset', 'passwordReset', 'secondFactorReset'].map((kind) => [kind, 'xinzhi account reset']));
    expect(JSON.stringify(lines)).not.to.contain(password);
    expect(await knex('mail').where({ person_id: id }).orderBy('id').pluck('template')).to.have.members(['passwordReset', 'passwordReset', 'secondFactorReset']);
    expect(await refusal(said(() => run(['reset', '--user', 'nobody'])))).to.contain('no active user');
  });

  it('gives nobody business rights, and says what is wrong', async () => {
    expect(await refusal(account('handler'))).to.match(/^Usage:/);
    expect(await refusal(account('systemAdmin'))).to.contain('taken');
    expect(await refusal(account('systemAdmin', '--mail', 'nowhere'))).to.equal('Not well-formed: mail.');
  });
});
