import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Express } from 'express';
import type { Knex } from 'knex';
import { pino } from 'pino';
import request, { type Agent, type Response } from 'supertest';
import type { Config } from '../../src/config.ts';
import { createAccounts } from '../../src/features/accounts/index.ts';
import { seedPeople } from '../../src/features/demo/people.ts';
import { createApp, type AppParts } from '../../src/platform/http/app.ts';
import { defaultSignInRules } from '../../src/platform/http/feature.ts';
import { createI18n } from '../../src/platform/i18n.ts';
import { createRequestContext } from '../../src/platform/request-context.ts';
import { createTestDatabase, testConfig } from './stack.ts';

export const DEMO_PASSWORD = 'Xinzhi-demo-2026';

/** The web of one suite, on a database of its own with the demo city's people. */
export interface TestWeb {
  readonly app: Express;
  readonly knex: Knex;
  /** Where the application keeps its files. */
  readonly dataFolder: string;
  /** A browser with its own cookies. */
  browser(): TestBrowser;
  /** Another application on the same database, as a second web process would be. */
  another(parts?: Partial<AppParts>): Express;
  close(): Promise<void>;
}

/** Reads a field of the first form that has it. */
export function hidden(html: string, name: string): string {
  const found = new RegExp(`name="${name}" value="([^"]*)"`).exec(html);
  if (!found) throw new Error(`the page has no field ${name}`);
  return found[1]!.replaceAll('&#34;', '"').replaceAll('&amp;', '&');
}

/** The session cookie that an answer sets, as a browser would send it back. */
export function sessionCookie(response: Response): string {
  const cookies: unknown = response.headers['set-cookie'];
  const found = Array.isArray(cookies) ? cookies.map(String).find((one) => one.startsWith('xinzhi.sid=')) : undefined;
  if (found === undefined) throw new Error('the answer sets no session cookie');
  return found;
}

export class TestBrowser {
  readonly agent: Agent;

  constructor(app: Express) {
    this.agent = request.agent(app);
  }

  get(path: string): request.Test {
    return this.agent.get(path);
  }

  /** Opens a page, fills its form in and sends it, token and hidden fields included. */
  async submit(page: string, fields: Record<string, string | string[]>, action = page): Promise<Response> {
    const { text } = await this.agent.get(page).expect(200);
    return this.post(action, hidden(text, '_csrf'), fields);
  }

  async post(action: string, token: string, fields: Record<string, string | string[]> = {}): Promise<Response> {
    return this.agent.post(action).type('form').send({ _csrf: token, ...fields });
  }

  async signIn(username: string, password = DEMO_PASSWORD, next = '/settings'): Promise<Response> {
    return this.submit('/login', { username, password, next });
  }
}

/** Words that are missing fail the test that asked for them. */
const i18n = createI18n({ onMissing: (locale, key) => { throw new Error(`no words for ${key} in ${locale}`); } });

export async function createTestWeb(parts: Partial<AppParts> = {}, settings: Partial<Config> = {}): Promise<TestWeb> {
  const database = await createTestDatabase();
  const dataFolder = mkdtempSync(join(tmpdir(), 'xinzhi-web-'));
  const config = testConfig({ databaseUrl: database.url, dataFolder, seed: 'demo', ...settings });
  await seedPeople(database.knex, DEMO_PASSWORD);
  const another = (more: Partial<AppParts> = {}): Express => createApp({
    config,
    knex: database.knex,
    logger: pino({ level: config.logLevel }),
    requestContext: createRequestContext(),
    i18n,
    features: [createAccounts],
    // Most suites sign the same account in in several browsers.
    signInRules: () => Promise.resolve({ ...defaultSignInRules, sessionsAPerson: 10 }),
    ...parts,
    ...more,
  });
  const app = another();
  return {
    app,
    knex: database.knex,
    dataFolder,
    browser: () => new TestBrowser(app),
    another,
    async close() {
      rmSync(dataFolder, { recursive: true, force: true });
      await database.drop();
    },
  };
}
