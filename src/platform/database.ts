import knexFactory, { type Knex } from 'knex';
import pg from 'pg';
import { readdir } from 'node:fs/promises';
import { grantAhead, grantRights } from './database-roles/index.ts';
import { OperatorError } from './operator-error.ts';

/** Where the migration files are, as `NNNN_name.ts`. */
export const MIGRATIONS_FOLDER = new URL('../../migrations/', import.meta.url);

/** What a pool may be told. */
export interface DatabaseOptions {
  /** Most connections held at once; default 10. */
  readonly poolMax?: number;
  /** Shown in `pg_stat_activity`, so an operator sees which process holds a lock. */
  readonly applicationName?: string;
  /** A statement that runs longer is ended by the server; default 30,000 ms, 0 for no limit. */
  readonly statementTimeoutMs?: number;
}

const DATE = 1082;
const INT8 = 20;

/**
 * Numbers beyond 2^53 would be rounded without a word, so they stay text and fail visibly
 * where arithmetic is done on them. Everything the schema counts is far below.
 */
function int8(text: string): number | string {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : text;
}

/** `date` columns stay 'YYYY-MM-DD': a JavaScript Date would carry the host's zone into them. */
const types: Knex.PgCustomTypesConfig = {
  getTypeParser(oid: number, format: string): unknown {
    if (oid === DATE) return (text: string) => text;
    if (oid === INT8) return int8;
    return pg.types.getTypeParser(oid, format === 'binary' ? 'binary' : 'text');
  },
};

/**
 * Pages ask for a few rows and are many at once: helpers of one statement take the cores of the others, and the plans
 * that count on them walk further. Measured over a million subjects: 12 ms for a page of a frequent character, not 350.
 */
const serial = '-c max_parallel_workers_per_gather=0';

/** `pipeline`: what is asked on a connection goes out at once, and not when the question before it is answered. Knex's types do not know it. */
function connectionOf(url: string, applicationName: string, statementTimeoutMs: number): Knex.PgConnectionConfig & { pipeline: true } {
  return {
    connectionString: url,
    application_name: applicationName,
    statement_timeout: statementTimeoutMs,
    options: serial,
    keepAlive: true,
    pipeline: true,
    types,
  };
}

/** A pool of connections to one PostgreSQL database. The caller ends it with `destroy()`. */
export function createDatabase(url: string, options: DatabaseOptions = {}): Knex {
  const { poolMax = 10, applicationName = 'xinzhi', statementTimeoutMs = 30_000 } = options;
  return knexFactory({
    client: 'pg',
    connection: connectionOf(url, applicationName, statementTimeoutMs),
    pool: { min: 0, max: poolMax, idleTimeoutMillis: 30_000, acquireTimeoutMillis: 10_000 },
    acquireConnectionTimeout: 10_000,
  });
}

interface MigrationModule {
  up(knex: Knex): Promise<void>;
  down(knex: Knex): Promise<void>;
}

function isMigration(module: unknown): module is MigrationModule {
  return typeof module === 'object' && module !== null && 'up' in module && 'down' in module;
}

const MIGRATION_FILE = /^(\d{4}_[a-z0-9_]+)\.ts$/;

function migrationSource(folder: URL): Knex.MigrationSource<string> {
  return {
    async getMigrations() {
      const names: string[] = [];
      for (const file of await readdir(folder)) {
        const name = MIGRATION_FILE.exec(file)?.[1];
        if (name !== undefined) names.push(name);
      }
      return names.toSorted();
    },
    getMigrationName: (name) => name,
    async getMigration(name) {
      const module: unknown = await import(new URL(`${name}.ts`, folder).href);
      if (!isMigration(module)) throw new Error(`Migration ${name} does not export up and down.`);
      return module;
    },
  };
}

/** Any fixed number: the advisory lock under which one process at a time migrates. */
const MIGRATION_LOCK = 4_711_001;

/** What a migration may be told. */
export interface MigrateOptions {
  /** The role that the application's processes have, where it is not the one that migrates: it is given its rights. */
  readonly application?: string | undefined;
  /** For tests. */
  readonly folder?: URL;
}

/**
 * Brings the schema up to date and returns the names of the migrations that were applied now. The pool's role owns the
 * schema.
 *
 * Two processes may call this at once: one waits for the other. Knex's own lock is a row that stays
 * behind after a kill −9; the advisory lock ends with its connection, so under it that row is freed.
 */
export async function migrate(knex: Knex, { application, folder = MIGRATIONS_FOLDER }: MigrateOptions = {}): Promise<string[]> {
  return migrateBy(knex, migrationSource(folder), application);
}

/**
 * Brings an empty schema to where these migrations led, as data made under them needs it. The application has no rights
 * in it until it was brought up to date.
 * @throws OperatorError when this program does not know one of them.
 */
export async function migrateTo(knex: Knex, names: readonly string[]): Promise<void> {
  const source = migrationSource(MIGRATIONS_FOLDER);
  const known = new Set(await source.getMigrations([]));
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined) throw new OperatorError(`This version does not know the migration ${unknown}: the data is of a newer one.`);
  await migrateBy(knex, { ...source, getMigrations: async () => [...names] });
}

async function migrateBy(knex: Knex, source: Knex.MigrationSource<string>, application?: string): Promise<string[]> {
  const config = { migrationSource: source, tableName: 'schema_migration' };
  return knex.transaction(async (lock) => {
    await lock.raw('set local statement_timeout = 0');
    await lock.raw('select pg_advisory_xact_lock(?)', [MIGRATION_LOCK]);
    await knex.migrate.forceFreeMigrationsLock(config);
    if (application !== undefined) await grantAhead(knex, application);
    const [, applied] = await knex.migrate.latest(config) as [number, string[]];
    if (application !== undefined) await grantRights(knex, application);
    return applied;
  });
}
