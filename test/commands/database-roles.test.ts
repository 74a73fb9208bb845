import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { Knex } from 'knex';
import { whenEnded } from '../../src/launcher/service.ts';
import { createDatabase, migrate } from '../../src/platform/database.ts';
import { standingOf } from '../../src/platform/database-roles/index.ts';
import { testStack } from '../support/stack.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

describe('npx xinzhi database-roles', function () {
  this.timeout(60_000);
  const tag = randomBytes(4).toString('hex');
  const [database, owner, application] = [`roles_${tag}`, `owner_${tag}`, `app_${tag}`];
  // Signs that an address writes in another way.
  const password = `p@ss/wörd ${tag}`;
  const dataFolder = mkdtempSync(join(tmpdir(), 'xinzhi-roles-'));
  let superuser: Knex;
  let urls: Record<'DATABASE_URL' | 'DATABASE_OWNER_URL' | 'DATABASE_SUPERUSER_URL', string>;

  const at = (name: string | null, of = testStack().superuserUrl): string => {
    const url = new URL(of);
    url.pathname = `/${database}`;
    if (name !== null) Object.assign(url, { username: name, password });
    return url.href;
  };

  async function run(command: string, env: NodeJS.ProcessEnv = {}): Promise<{ status: string; said: string }> {
    const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', command], {
      cwd: ROOT, env: { PATH: process.env['PATH'], HOME: process.env['HOME'], XINZHI_DATA: dataFolder, ...urls, ...env }, stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => { said += String(chunk); });
    return { status: await whenEnded(child), said };
  }

  before(() => {
    superuser = createDatabase(testStack().superuserUrl);
    urls = { DATABASE_URL: at(application), DATABASE_OWNER_URL: at(owner), DATABASE_SUPERUSER_URL: testStack().superuserUrl };
  });
  after(async () => {
    await superuser.raw('drop database if exists ?? with (force)', [database]);
    await superuser.raw('drop role if exists ??', [application]);
    await superuser.raw('drop role if exists ??', [owner]);
    await superuser.destroy();
    rmSync(dataFolder, { recursive: true, force: true });
  });

  async function asApplication<T>(work: (knex: Knex) => Promise<T>): Promise<T> {
    const knex = createDatabase(urls.DATABASE_URL);
    try {
      return await work(knex);
    } finally {
      await knex.destroy();
    }
  }

  it('says what is missing, and refuses one role for two', async () => {
    expect((await run('database-roles', { DATABASE_SUPERUSER_URL: '' })).said).to.include('Set DATABASE_SUPERUSER_URL');
    expect((await run('database-roles', { DATABASE_OWNER_URL: urls.DATABASE_URL })).said).to.include('must name three roles');
    expect((await run('database-roles', { DATABASE_OWNER_URL: at(owner).replace(database, 'other') })).said).to.include('the same database');
    expect((await run('database-roles', { DATABASE_URL: urls.DATABASE_URL.replace(/:[^:@]*@/u, '@') })).said).to.include('a name and a password');
  });

  it('takes over a database that the superuser had made and filled, and the migration gives the application its rights', async () => {
    await superuser.raw('create database ??', [database]);
    const former = createDatabase(at(null));
    await migrate(former);
    await former('unit').insert({ id: 'xx', name: '某局', short_name: '某局', name_en: 'A bureau', kind: 'department' });
    await former.destroy();
    // A role that is there already and has too much.
    await superuser.raw('create role ?? superuser createdb in role pg_read_server_files', [application]);

    const first = await run('database-roles');
    expect(first.status, first.said).to.equal('status 0');
    expect(first.said).to.match(/owns the database roles_\w+, and \d+ tables and the like that were another's/);
    const migrated = await run('migrate', { DATABASE_SUPERUSER_URL: '' });
    expect(migrated.said).to.equal('The schema is up to date.\n');
    await asApplication(async (knex) => {
      expect(await standingOf(knex)).to.deep.equal({ role: application, superuser: false, beyond: [], owns: false });
      expect(await knex('unit').pluck('id')).to.deep.equal(['xx']);
      await knex('case_event').delete().then(() => expect.fail('deleted'), (error: unknown) => expect(error).to.include({ code: '42501' }));
    });
  });

  it('may be run again, and changes passwords alone', async () => {
    const again = await run('database-roles');
    expect(again.said).to.include(`owns the database ${database}. Now run`);
    await asApplication(async (knex) => expect(await knex('unit').pluck('id')).to.deep.equal(['xx']));
  });

  it('makes the database where there is none', async () => {
    await superuser.raw('drop database ?? with (force)', [database]);
    expect((await run('database-roles')).status).to.equal('status 0');
    expect((await run('migrate')).said).to.include('Applied: 0001_people_and_units');
    expect((await run('seed', { XINZHI_SEED: 'none', DATABASE_OWNER_URL: '', DATABASE_SUPERUSER_URL: '' })).status).to.equal('status 0');
    await asApplication(async (knex) => expect((await standingOf(knex)).owns).to.equal(false));
  });
});
