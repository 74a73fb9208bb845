import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Knex } from 'knex';
import pg from 'pg';
import { seedCalendar } from '../../src/features/calendar/index.ts';
import { seedPeople } from '../../src/features/demo/people.ts';
import { seedRules } from '../../src/features/rules/index.ts';
import { openDataFolder } from '../../src/launcher/data-folder.ts';
import { choosePlace } from '../../src/launcher/postgres-place.ts';
import { answers, initialise, spawnPostgres } from '../../src/launcher/postgres.ts';
import { localSecrets } from '../../src/launcher/secrets.ts';
import { whenEnded } from '../../src/launcher/service.ts';
import { createDatabase, migrate } from '../../src/platform/database.ts';
import { standingOf } from '../../src/platform/database-roles/index.ts';
import { perform } from '../support/crew.ts';
import { freePort } from '../support/own-processes.ts';
import { startOwnLauncher, type OwnLauncher } from '../support/own-launcher.ts';
import { Visitor } from '../support/visitor.ts';
import { DEMO_PASSWORD } from '../support/web.ts';

describe('a data folder of the time when the application was the superuser of its database', function () {
  this.timeout(240_000);
  const place = mkdtempSync(join(tmpdir(), 'xinzhi-former-'));
  const path = join(place, 'data');
  let launcher: OwnLauncher | undefined;
  let former: string;
  let port: number;
  let people: unknown[];

  /** As `npm start` did it: one role that the server was made with, one password, and everything is his. */
  before(async () => {
    chmodSync(place, 0o711);
    const folder = openDataFolder(path);
    former = localSecrets(folder.secrets).database;
    port = await freePort('postgres');
    const server = { place: choosePlace(folder.postgres, folder.postgresPlace), port, passwords: { superuser: former, owner: '', application: '' }, logFile: join(folder.logs, 'postgres.log') };
    initialise(server.place, former);
    const child = spawnPostgres(server);
    expect(await answers(child, server)).to.equal(true);
    const address = (name: string): string => `postgres://xinzhi:${former}@127.0.0.1:${port}/${name}`;
    const admin = createDatabase(address('postgres'));
    await admin.raw('create database xinzhi');
    await admin.destroy();
    const knex = createDatabase(address('xinzhi'));
    await migrate(knex);
    await seedRules(knex);
    await seedCalendar(knex);
    await seedPeople(knex, DEMO_PASSWORD);
    // Kinds of things that the schema has not, or not yet.
    await knex.raw(`
      create type mood as enum ('good', 'bad'); create domain short as text check (length(value) < 9); create type pair as (a int, b int);
      create table kept (n serial, m mood, s short); create sequence loose; create materialized view kept_now as select * from kept;
      create statistics kept_both on n, m from kept; create table kept_parts (n int) partition by range (n); create table kept_part partition of kept_parts default;
      create procedure nothing() language sql as 'select 1'; insert into kept (m, s) values ('good', 'abc')`);
    people = await knex('person').orderBy('id');
    await knex.destroy();
    child.kill('SIGINT');
    await whenEnded(child);
  });
  after(async () => {
    await launcher?.close();
    rmSync(place, { recursive: true, force: true });
  });

  async function withDatabase<T>(work: (knex: Knex) => Promise<T>): Promise<T> {
    const knex = createDatabase(launcher!.databaseUrl);
    try {
      return await work(knex);
    } finally {
      await knex.destroy();
    }
  }

  const ownedElsewhere = `
    select relname as name, pg_get_userbyid(relowner) as owner from pg_class where relnamespace = 'public'::regnamespace
    union all select proname, pg_get_userbyid(proowner) from pg_proc where pronamespace = 'public'::regnamespace
    union all select typname, pg_get_userbyid(typowner) from pg_type where typnamespace = 'public'::regnamespace
    union all select stxname, pg_get_userbyid(stxowner) from pg_statistic_ext
    union all select datname, pg_get_userbyid(datdba) from pg_database where datname = 'xinzhi'`;

  it('goes over to a role of its own by itself, and everything is there', async () => {
    launcher = await startOwnLauncher({ LOG_LEVEL: 'warn', XINZHI_DATA: path });
    expect(launcher.lines.filter((line) => line.includes('works under a role of its own'))).to.have.length(1);
    await withDatabase(async (knex) => {
      expect(await standingOf(knex)).to.deep.include({ role: 'xinzhi_app', superuser: false, beyond: [], owns: false });
      expect(await knex('person').orderBy('id')).to.deep.equal(people);
      expect(await knex('kept')).to.deep.equal([{ n: 1, m: 'good', s: 'abc' }]);
      const { rows }: { rows: { name: string; owner: string }[] } = await knex.raw(`select * from (${ownedElsewhere}) o where owner <> 'xinzhi_owner'`);
      expect(rows).to.deep.equal([]);
    });
  });

  it('people go on in it', async () => {
    const reporter = await new Visitor(launcher!.url, 'scjg.handler').signIn();
    await perform({
      who: reporter, page: '/incidents/new', action: '/incidents', event: 'case.opened', slug: null,
      fields: { field: 'commerce', area: 'foodHygiene', title: '换了角色之后', what: '群众反映的事件。', region: 'suyu', place: '江山大道 1 号', occurredOn: '2026-01-05', 'subjects[0][kind]': 'organisation', 'subjects[0][name]': '宿迁某食品有限公司', 'subjects[0][code]': '91321300MA1TE8T08T' },
    }, () => undefined);
    const { status, said } = await launcher!.run('verify');
    expect(status, said).to.equal('status 0');
  });

  it('the password that the application has is no longer the superuser\'s, whose own lies apart', async () => {
    const { port: now } = new URL(launcher!.databaseUrl);
    const client = new pg.Client({ connectionString: `postgres://xinzhi:${former}@127.0.0.1:${now}/postgres` });
    await client.connect().then(() => expect.fail('let in'), (error: unknown) => expect(error).to.include({ code: '28P01' }));
    const file = join(path, 'database-secrets.json');
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    const { superuser, owner } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
    for (const other of ['secrets.json', 'run/running.json']) {
      expect(readFileSync(join(path, other), 'utf8'), other).to.not.include(superuser).and.not.include(owner);
    }
    expect(readFileSync(join(path, 'logs', 'postgres.log'), 'utf8')).to.not.include(superuser!);
  });

  it('`xinzhi migrate` beside it changes the schema by the owner', async () => {
    expect((await launcher!.run('migrate')).said).to.include('The schema is up to date.');
  });

  it('the next start finds nothing to do', async () => {
    await withDatabase((knex) => knex('kept').insert({ m: 'bad', s: 'd' }));
    await launcher!.close();
    launcher = await startOwnLauncher({ LOG_LEVEL: 'warn', XINZHI_DATA: path });
    expect(launcher.lines.filter((line) => line.includes('role of its own'))).to.deep.equal([]);
    await withDatabase(async (knex) => expect(await knex('kept')).to.have.length(2));
  });
});
