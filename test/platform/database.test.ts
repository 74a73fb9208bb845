import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import type { Knex } from 'knex';
import { createDatabase, migrate } from '../../src/platform/database.ts';
import { createTestDatabase, ownerUrlOf, type TestDatabase } from '../support/stack.ts';

describe('the database', () => {
  let database: TestDatabase;
  before(async () => { database = await createTestDatabase(); });
  after(() => database.drop());

  async function value(sql: string): Promise<unknown> {
    const result: { rows: { v: unknown }[] } = await database.knex.raw(`select ${sql} as v`);
    return result.rows[0]?.v;
  }

  it('a date is its text, so that no time zone moves it', async () => {
    expect(await value("date '2026-03-29'")).to.equal('2026-03-29');
  });

  it('an instant is a Date', async () => {
    expect(await value("timestamptz '2026-09-24 17:30+08'")).to.deep.equal(new Date('2026-09-24T09:30:00Z'));
  });

  it('a count is a number', async () => {
    expect(await value('count(*)')).to.equal(1);
  });

  it('a number too large to be exact stays text', async () => {
    expect(await value('9007199254740993::bigint')).to.equal('9007199254740993');
  });

  it('sorts Chinese by pinyin, whatever the locale of the host is', async () => {
    const result: { rows: { name: string }[] } = await database.knex.raw("select name from unnest(array['张三','李四','王五','陈六']) as name order by name");
    expect(result.rows.map(({ name }) => name)).to.deep.equal(['陈六', '李四', '王五', '张三']);
  });

  it('a table to which may only be added is not emptied by one statement either', async () => {
    const { rows }: { rows: { name: string; kept: boolean }[] } = await database.knex.raw(`
      select t.tgrelid::regclass::text as name, exists (select from pg_trigger o where o.tgrelid = t.tgrelid and o.tgtype & 32 <> 0) as kept
      from pg_trigger t join pg_proc p on p.oid = t.tgfoid
      where not t.tgisinternal and t.tgtype & 1 = 1 and t.tgtype & 2 = 2 and t.tgtype & 24 <> 0 and p.prosrc ~ 'append-only|is never'`);
    expect(rows.length).to.be.greaterThan(3);
    expect(rows.filter(({ kept }) => !kept).map(({ name }) => name)).to.deep.equal([]);
  });
});

describe('migrations', () => {
  let database: TestDatabase;
  let owner: Knex;
  let folder: string;

  before(async () => {
    database = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'xinzhi-migrations-'));
    // These have no names of the product's schema; a database that is empty but for the product's tables takes them.
    owner = createDatabase(ownerUrlOf(database));
    await owner.raw('drop table schema_migration, schema_migration_lock');
    await writeFile(join(folder, '0001_one.ts'), 'export const up = (knex) => knex.raw("create table one (n int)"); export const down = (knex) => knex.raw("drop table one");');
    await writeFile(join(folder, '0002_two.ts'), 'export const up = (knex) => knex.raw("create table two (n int)"); export const down = (knex) => knex.raw("drop table two");');
  });

  after(async () => {
    await owner.destroy();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  const at = () => pathToFileURL(`${folder}/`);

  it('two processes that start at once apply each of them once', async () => {
    const others = [1, 2, 3].map(() => createDatabase(ownerUrlOf(database)));
    const applied = await Promise.all(others.map((knex) => migrate(knex, { folder: at() })));
    await Promise.all(others.map((knex) => knex.destroy()));
    expect(applied.flat()).to.deep.equal(['0001_one', '0002_two']);
  });

  it('a lock left behind by a killed process does not stop the next one', async () => {
    await owner('schema_migration_lock').update({ is_locked: 1 });
    expect(await migrate(owner, { folder: at() })).to.deep.equal([]);
  });
});
