import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import pg from 'pg';
import { from } from 'pg-copy-streams';
import { createDatabase, migrateTo } from '../database.ts';
import { OperatorError } from '../operator-error.ts';
import { hashOfFile, tableFile, type Manifest } from './manifest.ts';
import { columnList, quoted, tablesOf } from './tables.ts';

/** @throws OperatorError when somebody's data is there already. */
export async function refuseInhabited(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: [there] } = await client.query<{ person: string | null }>(`select to_regclass('public.person')::text as person`);
    if (there?.person === null) return;
    const { rows: [people] } = await client.query<{ count: number }>('select count(*)::int as count from person');
    if (people!.count > 0) throw new OperatorError(`The database holds a city already (${people!.count} accounts). A backup is restored into an empty one.`);
  } finally {
    await client.end();
  }
}

/** @throws OperatorError naming the first table that is not what was written. */
export async function checkTables(folder: string, manifest: Manifest): Promise<void> {
  for (const { name, sha256 } of manifest.tables) {
    const found = await hashOfFile(join(folder, tableFile(name))).catch(() => null);
    if (found === null) throw new OperatorError(`The backup lacks ${tableFile(name)}.`);
    if (found !== sha256) throw new OperatorError(`${tableFile(name)} is not what was backed up: its hash differs.`);
  }
}

interface ForeignKey {
  readonly table: string;
  readonly name: string;
  readonly definition: string;
}

const foreignKeys = `select conrelid::regclass::text as table, conname as name, pg_get_constraintdef(oid) as definition
  from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace order by 1, 2`;

/**
 * Puts a backup into an empty database: the schema that it was made under, the rows, and what the sequences had given
 * out; all or nothing. References are checked when everything is there; no trigger hears of it.
 * @throws OperatorError when this program does not know the schema.
 */
export async function loadDatabase(url: string, folder: string, manifest: Manifest, onTable: (name: string) => void): Promise<void> {
  const knex = createDatabase(url, { applicationName: 'xinzhi-restore', statementTimeoutMs: 0 });
  try {
    await migrateTo(knex, manifest.migrations);
  } finally {
    await knex.destroy();
  }
  const client = new pg.Client({ connectionString: url, application_name: 'xinzhi-restore' });
  await client.connect();
  try {
    await client.query('begin');
    const tables = await tablesOf(client);
    const missing = manifest.tables.find(({ name }) => !tables.some((table) => table.name === name));
    if (missing) throw new OperatorError(`The backup has a table ${missing.name} that this schema lacks.`);
    const { rows: keys } = await client.query<ForeignKey>(foreignKeys);
    for (const { table, name } of keys) await client.query(`alter table ${table} drop constraint ${quoted(name)}`);
    for (const { name } of tables) await client.query(`alter table ${quoted(name)} disable trigger user`);
    // Migrations may have written rows of their own.
    await client.query(`truncate ${tables.map(({ name }) => quoted(name)).join(', ')}`);
    for (const table of manifest.tables) {
      onTable(table.name);
      const target = client.query(from(`copy ${quoted(table.name)} (${columnList(table)}) from stdin`));
      await pipeline(createReadStream(join(folder, tableFile(table.name))), createGunzip(), target);
      if (target.rowCount !== table.rows) throw new OperatorError(`${table.name} should have ${table.rows} rows and has ${target.rowCount}.`);
    }
    for (const { name } of tables) await client.query(`alter table ${quoted(name)} enable trigger user`);
    for (const { table, name, definition } of keys) await client.query(`alter table ${table} add constraint ${quoted(name)} ${definition}`);
    for (const { name, last } of manifest.sequences) {
      if (last !== null) await client.query('select setval($1::regclass, $2::bigint)', [quoted(name), last]);
    }
    await client.query('commit');
    await client.query('analyze');
  } finally {
    await client.end();
  }
}
