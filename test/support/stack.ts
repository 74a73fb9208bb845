import { createHash, createSecretKey, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Knex } from 'knex';
import { completeConfig, readSettings, type Config } from '../../src/config.ts';
import { createDatabase, migrate, MIGRATIONS_FOLDER } from '../../src/platform/database.ts';
import { createTemporalClient, type TemporalClient } from '../../src/platform/temporal/connection.ts';
import { createInboxClient, type InboxClient } from './inbox.ts';

/** The servers that the test runner has brought up; it writes this to the file `XINZHI_TEST_STACK`. */
export interface TestStack {
  /** A database that no test writes to, by the role that the application has in production. */
  readonly databaseUrl: string;
  /** The same by the role that owns the schema. */
  readonly ownerUrl: string;
  /** By the one that may make databases. */
  readonly superuserUrl: string;
  readonly temporalAddress: string;
  readonly temporalNamespace: string;
  /** The `temporal` executable, for tests that start and kill a server of their own. */
  readonly temporalExecutable: string;
  readonly smtpUrl: string;
  readonly inboxUrl: string;
  /** The Chromium executable; undefined when no browser test is to run. */
  readonly chromium: string | undefined;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Where compiled workflows are kept between runs. */
export const BUNDLES_FOLDER = `${ROOT}node_modules/.cache/xinzhi`;
const LASTING_STACK = `${ROOT}.data/test-stack.json`;

/**
 * The servers of this test run.
 * @throws when none are up, with the two ways to get them.
 */
export function testStack(): TestStack {
  const file = process.env['XINZHI_TEST_STACK'] ?? LASTING_STACK;
  if (!existsSync(file)) {
    throw new Error('This test needs PostgreSQL, Temporal and the inbox. Run it with `npm test -- FILE`, or leave `npm run test:stack` running and run mocha yourself.');
  }
  return JSON.parse(readFileSync(file, 'utf8')) as TestStack;
}

const fixedKey = (name: string) => createSecretKey(createHash('sha256').update(name).digest());

/** A complete configuration on the test servers; pass the database of your suite as `databaseUrl`. */
export function testConfig(overrides: Partial<Config> = {}): Config {
  const stack = testStack();
  const settings = readSettings({ NODE_ENV: 'test', LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'silent' }, ROOT);
  const config = completeConfig(settings, {
    addresses: { databaseUrl: stack.databaseUrl, temporalAddress: stack.temporalAddress, smtpUrl: stack.smtpUrl },
    secrets: {
      session: 'a session secret that only the tests use',
      payload: [fixedKey('payload')],
      chain: fixedKey('chain'),
      seal: fixedKey('seal'),
    },
    port: 3000,
    publicUrl: 'http://127.0.0.1:3000',
  });
  return Object.freeze({ ...config, temporalNamespace: stack.temporalNamespace, ...overrides });
}

function withDatabase(url: string, name: string): string {
  const other = new URL(url);
  other.pathname = `/${name}`;
  return other.href;
}

const TEMPLATE_LOCK = 4_711_002;

/** Changes with every migration, so a stack that stays up never hands out an old schema. */
function templateName(): string {
  const hash = createHash('sha256');
  const folder = fileURLToPath(MIGRATIONS_FOLDER);
  for (const file of readdirSync(folder).toSorted()) {
    if (file.endsWith('.ts')) hash.update(file).update('\0').update(readFileSync(`${folder}${file}`));
  }
  return `xinzhi_template_${hash.digest('hex').slice(0, 12)}`;
}

async function databaseExists(admin: Knex, name: string): Promise<boolean> {
  const found: { rows: unknown[] } = await admin.raw('select 1 from pg_database where datname = ?', [name]);
  return found.rows.length > 0;
}

async function migrateAt(name: string): Promise<void> {
  const { databaseUrl, ownerUrl } = testStack();
  const knex = createDatabase(withDatabase(ownerUrl, name));
  try {
    await migrate(knex, { application: new URL(databaseUrl).username });
  } finally {
    await knex.destroy();
  }
}

const ownerName = (): string => new URL(testStack().ownerUrl).username;

/** Migrates under another name and renames at the end, so a template that exists is complete. */
async function ensureTemplate(admin: Knex): Promise<string> {
  const name = templateName();
  if (await databaseExists(admin, name)) return name;
  await admin.transaction(async (lock) => {
    await lock.raw('select pg_advisory_xact_lock(?)', [TEMPLATE_LOCK]);
    if (await databaseExists(admin, name)) return;
    const draft = `xinzhi_draft_${randomBytes(6).toString('hex')}`;
    await admin.raw('create database ?? owner ??', [draft, ownerName()]);
    try {
      await migrateAt(draft);
      await admin.raw('alter database ?? rename to ??', [draft, name]);
    } catch (error) {
      await admin.raw('drop database if exists ?? with (force)', [draft]);
      throw error;
    }
  });
  return name;
}

/** A database of one suite. */
export interface TestDatabase {
  /** By the application's role, as `knex`: what it may not do in production it may not do here. */
  readonly url: string;
  readonly knex: Knex;
  readonly name: string;
  /** Closes the pool and removes the database; call it in `after`. */
  drop(): Promise<void>;
}

/**
 * A fresh database with all migrations applied and no rows, copied from a template in some tenths of a second.
 *
 * ```ts
 * before(async () => { database = await createTestDatabase(); });
 * after(() => database.drop());
 * ```
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { databaseUrl, superuserUrl } = testStack();
  const admin = createDatabase(superuserUrl, { poolMax: 3, applicationName: 'xinzhi-test' });
  const name = `xinzhi_test_${randomBytes(6).toString('hex')}`;
  try {
    await admin.raw('create database ?? template ?? owner ??', [name, await ensureTemplate(admin), ownerName()]);
    // Of a database, unlike of what is in it, rights are not copied.
    await admin.raw('revoke all on database ?? from public', [name]);
    await admin.raw('grant connect on database ?? to ??', [name, new URL(databaseUrl).username]);
  } catch (error) {
    await admin.destroy();
    throw error;
  }
  const url = withDatabase(databaseUrl, name);
  const knex = createDatabase(url, { applicationName: 'xinzhi-test' });
  return {
    url,
    knex,
    name,
    async drop() {
      await knex.destroy();
      try {
        await admin.raw('drop database if exists ?? with (force)', [name]);
      } finally {
        await admin.destroy();
      }
    },
  };
}

/** The address of a suite's database by the role that owns its schema. */
export const ownerUrlOf = ({ name }: TestDatabase): string => withDatabase(testStack().ownerUrl, name);

async function byAnother<T>(roleUrl: string, knex: Knex, work: (other: Knex) => Promise<T>): Promise<T> {
  const { rows: [here] }: { rows: { name: string }[] } = await knex.raw('select current_database() as name');
  const other = createDatabase(withDatabase(roleUrl, here!.name), { poolMax: 3, applicationName: 'xinzhi-test' });
  try {
    return await work(other);
  } finally {
    await other.destroy();
  }
}

/** What somebody does to a suite's database who has its owner's password, and no program of ours has. */
export const asOwner = <T>(knex: Knex, work: (owner: Knex) => Promise<T>): Promise<T> => byAnother(testStack().ownerUrl, knex, work);

/** What the owner of the schema may not do either: `session_replication_role`. */
export const asSuperuser = <T>(knex: Knex, work: (superuser: Knex) => Promise<T>): Promise<T> => byAnother(testStack().superuserUrl, knex, work);

/** What the owner can do though triggers keep these tables from being changed: he turns them off. All or nothing. */
export const behindTheTriggers = (knex: Knex, tables: readonly string[], work: (owner: Knex) => PromiseLike<unknown>): Promise<void> => asOwner(knex, (owner) => owner.transaction(async (trx) => {
  for (const table of tables) await trx.raw('alter table ?? disable trigger user', [table]);
  await work(trx);
  for (const table of tables) await trx.raw('alter table ?? enable trigger user', [table]);
}));

/** Temporal as one suite sees it: the shared server, a task queue of its own. */
export interface TestTemporal extends TemporalClient {
  readonly taskQueue: string;
}

/** A client with the payload codec of `testConfig()`, and a task queue that no other suite uses. */
export function createTestTemporal(config: Config = testConfig()): TestTemporal {
  return { ...createTemporalClient(config), taskQueue: `test-${randomBytes(6).toString('hex')}` };
}

/**
 * The compiled workflows as a file, for `Worker.create({ workflowBundle: { codePath } })`. Made once for the
 * sources as they are; the test runner has done it before.
 */
export async function testWorkflowBundle(): Promise<string> {
  const { cachedBundle } = await import('../../src/platform/temporal/bundle.ts');
  return cachedBundle(BUNDLES_FOLDER);
}

/** The mails that were delivered to the test inbox. */
export function testInbox(): InboxClient {
  return createInboxClient(testStack().inboxUrl);
}
