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
  /** A database that may create others; the tests never write to it. */
  readonly databaseUrl: string;
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

async function migrateAt(url: string): Promise<void> {
  const knex = createDatabase(url);
  try {
    await migrate(knex);
  } finally {
    await knex.destroy();
  }
}

/** Migrates under another name and renames at the end, so a template that exists is complete. */
async function ensureTemplate(admin: Knex, adminUrl: string): Promise<string> {
  const name = templateName();
  if (await databaseExists(admin, name)) return name;
  await admin.transaction(async (lock) => {
    await lock.raw('select pg_advisory_xact_lock(?)', [TEMPLATE_LOCK]);
    if (await databaseExists(admin, name)) return;
    const draft = `xinzhi_draft_${randomBytes(6).toString('hex')}`;
    await admin.raw('create database ??', [draft]);
    try {
      await migrateAt(withDatabase(adminUrl, draft));
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
  readonly url: string;
  readonly knex: Knex;
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
  const adminUrl = testStack().databaseUrl;
  const admin = createDatabase(adminUrl, { poolMax: 3, applicationName: 'xinzhi-test' });
  const name = `xinzhi_test_${randomBytes(6).toString('hex')}`;
  try {
    await admin.raw('create database ?? template ??', [name, await ensureTemplate(admin, adminUrl)]);
  } catch (error) {
    await admin.destroy();
    throw error;
  }
  const url = withDatabase(adminUrl, name);
  const knex = createDatabase(url, { applicationName: 'xinzhi-test' });
  return {
    url,
    knex,
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
