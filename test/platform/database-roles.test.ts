import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import type { Knex } from 'knex';
import pg from 'pg';
import { pino } from 'pino';
import { applicationOnly } from '../../src/launcher/own-process.ts';
import { createDatabase, migrate } from '../../src/platform/database.ts';
import { logStanding, standingOf, warningOf } from '../../src/platform/database-roles/index.ts';
import { asOwner, asSuperuser, createTestDatabase, ownerUrlOf, testStack, type TestDatabase } from '../support/stack.ts';

const REFUSED = '42501';

/** The server's code for what it did not do; null when it did it. */
async function refusalOf(knex: Knex, sql: string): Promise<string | null> {
  try {
    await knex.raw(sql);
    return null;
  } catch (error) {
    return error instanceof pg.DatabaseError ? error.code ?? '' : String(error);
  }
}

describe('the role that the application has in the database', () => {
  let database: TestDatabase;
  let knex: Knex;
  before(async () => {
    database = await createTestDatabase();
    ({ knex } = database);
  });
  after(() => database.drop());

  it('is no superuser, makes neither databases nor roles, replicates nothing, passes by no policy, and is in no other role', async () => {
    const { rows: [role] }: { rows: object[] } = await knex.raw(`
      select rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls, (select count(*)::int from pg_auth_members where member = r.oid) as within
      from pg_roles r where rolname = current_user`);
    expect(role).to.deep.equal({ rolsuper: false, rolcreatedb: false, rolcreaterole: false, rolreplication: false, rolbypassrls: false, within: 0 });
    const standing = await standingOf(knex);
    expect(standing).to.deep.include({ superuser: false, beyond: [], owns: false });
    expect(warningOf(standing)).to.equal(null);
  });

  it('owns nothing, and may empty no table', async () => {
    const { rows }: { rows: object[] } = await knex.raw(`
      select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace
        and (c.relowner = current_user::regrole or (c.relkind = 'r' and has_table_privilege(c.oid, 'TRUNCATE')))
      union all select p.proname from pg_proc p where p.proowner = current_user::regrole
      union all select d.datname from pg_database d where d.datdba = current_user::regrole`);
    expect(rows).to.deep.equal([]);
  });

  for (const table of ['case_event', 'record_event', 'anchor', 'anchor_leaf', 'subject_change', 'subject_query', 'taken_off']) {
    it(`adds to ${table} and changes nothing in it`, async () => {
      const { rows: [column] }: { rows: { name: string }[] } = await knex.raw(`select attname as name from pg_attribute where attrelid = ?::regclass and attnum = 2`, [table]);
      for (const sql of [`update ${table} set ${column!.name} = ${column!.name}`, `delete from ${table}`, `truncate ${table}`]) {
        expect(await refusalOf(knex, sql), sql).to.equal(REFUSED);
      }
    });
  }

  it('may not change what a trigger keeps: every table that has one', async () => {
    const { rows }: { rows: { name: string; may: string[] }[] } = await knex.raw(`
      select t.tgrelid::regclass::text as name, array(select p from unnest(array['UPDATE', 'DELETE']) p where has_table_privilege(t.tgrelid, p)) as may
      from pg_trigger t join pg_proc p on p.oid = t.tgfoid
      where not t.tgisinternal and t.tgtype & 1 = 1 and t.tgtype & 2 = 2 and t.tgtype & 24 <> 0 and p.prosrc ~ 'append-only|is never' order by 1`);
    expect(Object.fromEntries(rows.map(({ name, may }) => [name, may]))).to.deep.equal({
      // After six months a line goes; a rule that was decided about ends. The triggers see to the rest.
      access_log: ['DELETE'], anchor: [], anchor_leaf: [], case_event: [], record_event: [], rule_version: ['UPDATE'],
    });
  });

  for (const sql of [
    'drop trigger case_event_append_only on case_event',
    'alter table case_event disable trigger case_event_append_only',
    'alter table case_event disable trigger all',
    'set session_replication_role = replica',
    'drop table case_event',
    'alter table person add column more text',
    'create table more (n int)',
    'create temporary table more (n int)',
    'create schema more',
    'create function access_log_protect() returns trigger language plpgsql as $$ begin return new; end $$',
    'create extension file_fdw',
    "copy person to program 'cat'",
    "copy person to '/tmp/people'",
    "select pg_read_file('postgresql.conf')",
    'create database more',
    'create role more superuser',
    'alter role current_user superuser',
    "alter system set log_statement = 'all'",
    'delete from schema_migration',
  ]) {
    it(`is refused: ${sql}`, async () => {
      expect(await refusalOf(knex, sql)).to.equal(REFUSED);
    });
  }

  it('cannot be the owner by saying so', async () => {
    expect(await refusalOf(knex, `set role ${new URL(testStack().ownerUrl).username}`)).to.equal(REFUSED);
  });
});

describe('a database whose address names too much', () => {
  let database: TestDatabase;
  before(async () => { database = await createTestDatabase(); });
  after(() => database.drop());

  async function logged(knex: Knex): Promise<string[]> {
    const lines: string[] = [];
    await logStanding(knex, pino({ level: 'warn' }, { write: (line) => { lines.push((JSON.parse(line) as { msg: string }).msg); } }));
    return lines;
  }

  it('is told in the log: the superuser', async () => {
    const [line, ...more] = await asSuperuser(database.knex, logged);
    expect(line).to.match(/^DATABASE_URL names \S+, a superuser of the database server/);
    expect(more).to.deep.equal([]);
  });

  it('is told in the log: who owns the tables', async () => {
    expect((await asOwner(database.knex, logged))[0]).to.include('owns the tables');
  });

  it('is told in the log: a role that may make others, or read files of the server', async () => {
    expect(warningOf({ role: 'x', superuser: false, beyond: ['CREATEROLE', 'pg_read_server_files'], owns: false })).to.include('CREATEROLE, pg_read_server_files');
  });

  it('is not told where it is as it should be', async () => {
    expect(await logged(database.knex)).to.deep.equal([]);
  });

  it('keeps the addresses by which the schema is changed from the processes of the application', () => {
    const env = applicationOnly({ DATABASE_URL: 'a', DATABASE_OWNER_URL: 'b', DATABASE_SUPERUSER_URL: 'c' });
    expect(JSON.parse(JSON.stringify(env))).to.deep.equal({ DATABASE_URL: 'a' });
  });
});

describe('what a migration makes', () => {
  let database: TestDatabase;
  let owner: Knex;
  let folder: string;
  const application = (): string => new URL(testStack().databaseUrl).username;

  before(async () => {
    database = await createTestDatabase();
    owner = createDatabase(ownerUrlOf(database));
    await owner.raw('drop table schema_migration, schema_migration_lock');
    folder = await mkdtemp(join(tmpdir(), 'xinzhi-migrations-'));
    // Rows are counted by a trigger, as the processes of before meet it: before the rights of the end are granted.
    await writeFile(join(folder, '0001_one.ts'), `
      export const up = (knex) => knex.raw(\`
        create table one (id int generated always as identity, n int);
        create view ones as select n from one;
        do $$ begin if not has_table_privilege('${application()}', 'one', 'INSERT') then raise exception 'not yet'; end if; end $$;\`);
      export const down = (knex) => knex.raw('drop view ones; drop table one');`);
  });
  after(async () => {
    await owner.destroy();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  it('is the application\'s to read and write at once, and no more', async () => {
    expect(await migrate(owner, { application: application(), folder: pathToFileURL(`${folder}/`) })).to.deep.equal(['0001_one']);
    await database.knex('one').insert({ n: 1 });
    expect(await database.knex('ones')).to.deep.equal([{ n: 1 }]);
    expect(await refusalOf(database.knex, 'delete from ones')).to.equal(REFUSED);
    expect(await refusalOf(database.knex, 'truncate one')).to.equal(REFUSED);
    expect(await refusalOf(database.knex, "select setval('one_id_seq', 1)")).to.equal(REFUSED);
  });

  it('gets its rights back where somebody gave more, or took some', async () => {
    await owner.raw('grant all on case_event to ??', [application()]);
    await owner.raw('revoke all on person from ??', [application()]);
    await migrate(owner, { application: application(), folder: pathToFileURL(`${folder}/`) });
    expect(await refusalOf(database.knex, 'delete from case_event')).to.equal(REFUSED);
    expect(await refusalOf(database.knex, 'select from person')).to.equal(null);
  });

  it('is granted to nobody where the role is not there', async () => {
    await migrate(owner, { application: 'nobody_there', folder: pathToFileURL(`${folder}/`) }).then(() => expect.fail('granted'), (error: unknown) => expect(String(error)).to.include('no role nobody_there'));
  });
});
