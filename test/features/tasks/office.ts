import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { Knex } from 'knex';
import type { Response } from 'supertest';
import { createActivities } from '../../../src/commands/activities.ts';
import { createAccounts } from '../../../src/features/accounts/index.ts';
import { seedCalendar } from '../../../src/features/calendar/index.ts';
import { codeCorrectionPages } from '../../../src/features/code-corrections/index.ts';
import { takedownPages } from '../../../src/features/takedowns/index.ts';
import { incidentPages } from '../../../src/features/incidents/index.ts';
import { objectionPages, objections } from '../../../src/features/objections/index.ts';
import { releasePages, releases } from '../../../src/features/releases/index.ts';
import { repairPages, repairs } from '../../../src/features/repairs/index.ts';
import { seedRules } from '../../../src/features/rules/index.ts';
import { tasks } from '../../../src/features/tasks/index.ts';
import { createCaseGateway, type CaseGateway } from '../../../src/platform/casefile/gateway.ts';
import { createFiles } from '../../../src/platform/files.ts';
import { createReadLaw } from '../../../src/platform/law.ts';
import { createLogger } from '../../../src/platform/logging.ts';
import { createSeal } from '../../../src/platform/seal.ts';
import { createFolderStorage } from '../../../src/platform/storage.ts';
import { createWorkers } from '../../../src/platform/temporal/worker.ts';
import type { NewCase } from '../../../src/rules/casefile/ports.ts';
import type { CaseState, Form } from '../../../src/rules/casefile/types.ts';
import type { IncidentOpening } from '../../../src/rules/incident/facts.ts';
import { incidentFacts } from '../../support/cases.ts';
import { createTestTemporal, testConfig, testWorkflowBundle } from '../../support/stack.ts';
import { createTestWeb, type TestBrowser } from '../../support/web.ts';

try {
  // The SDK's own log, of which a process has one.
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'ERROR', forward: {} } } });
} catch {
  // Another suite of this process has installed it.
}

export type Fields = Record<string, string | string[]>;

/** One person at his desk: pages are opened, their forms filled in and sent. */
export class Desk {
  readonly browser: TestBrowser;

  constructor(browser: TestBrowser) {
    this.browser = browser;
  }

  async read(path: string): Promise<string> {
    const { text } = await this.browser.get(path).expect(200);
    return text;
  }

  /** The hidden fields of the form on a page that is sent to this address. */
  hiddenOf(html: string, action: string): Fields {
    const form = new RegExp(`<form[^>]*action="${action.replaceAll('/', '\\/')}"[\\s\\S]*?</form>`).exec(html)?.[0];
    if (form === undefined) throw new Error(`the page has no form for ${action}`);
    return Object.fromEntries([...form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [name!, value!]));
  }

  /** Opens a task and sends one of its forms. */
  async send(slug: string, act: string, fields: Fields = {}): Promise<Response> {
    const action = `/tasks/${slug}/${act}`;
    const hidden = this.hiddenOf(await this.read(`/tasks/${slug}`), action);
    return this.post(action, { ...hidden, ...fields });
  }

  async post(action: string, fields: Fields): Promise<Response> {
    return this.browser.agent.post(action).type('form').send(fields);
  }

  /** Completes a task, which must be taken. Gives the address where one lands. */
  async complete(slug: string, fields: Fields): Promise<string> {
    const response = await this.send(slug, 'complete', fields);
    if (response.status !== 303) throw new Error(`${slug} answered ${response.status}: ${errorsIn(response.text).join(' ')}`);
    return String(response.headers['location']);
  }
}

/** The messages of the error summary and the notices of a page. */
export function errorsIn(html: string): string[] {
  const summary = /class="error-summary"[\s\S]*?<\/div>/.exec(html)?.[0] ?? '';
  const notices = [...html.matchAll(/class="notice [^>]*>[\s\S]*?<\/div>\s*<\/div>/g)].map(([notice]) => notice);
  return [summary, ...notices].map(plain).filter((text) => text !== '');
}

/** The text of a piece of HTML on one line. */
export const plain = (html: string): string =>
  html.replace(/<[^>]+>/g, ' ').replaceAll('&#34;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&').replace(/\s+/g, ' ').trim();

/** Real people at real desks: web, PostgreSQL, Temporal and a worker. */
export interface Office {
  readonly knex: Knex;
  readonly gateway: CaseGateway;
  /** A person's desk, signed in once. */
  desk(username: string): Promise<Desk>;
  /** The same person at another browser. */
  newDesk(username: string): Promise<Desk>;
  /** Opens an incident and waits for its first task; gives the case's number. */
  open(change?: Partial<IncidentOpening>, title?: string): Promise<string>;
  /** Opens a case of another kind and waits for its first task; gives the case's number. */
  openCase(opening: NewCase, firstStage: string): Promise<string>;
  /** The address of an open task, as soon as there is one. */
  slug(caseNo: string, stage: string, unit?: string): Promise<string>;
  state(caseNo: string): Promise<CaseState>;
  startWorkers(): Promise<void>;
  stopWorkers(): Promise<void>;
  close(): Promise<void>;
}

export async function openOffice({ timeoutMs = 8000 } = {}): Promise<Office> {
  const temporal = createTestTemporal();
  const { client, taskQueue } = temporal;
  let gateway: CaseGateway | null = null;
  const web = await createTestWeb({
    features: [
      createAccounts,
      (ground) => {
        gateway = createCaseGateway({ client, knex: ground.knex, taskQueue, timeoutMs });
        const files = createFiles(createFolderStorage(`${ground.config.dataFolder}/files`), ground.config.secrets.session);
        const { secrets, cipher, hash } = ground.config;
        const parts = { gateway, readLaw: createReadLaw(ground.knex), files, seal: createSeal({ key: secrets.seal, cipher, hash }) };
        return [
          tasks({ ...parts, pages: { incident: incidentPages, repair: repairPages, objection: objectionPages, release: releasePages, codeCorrection: codeCorrectionPages, takedown: takedownPages } }),
          repairs(parts),
          objections(parts),
          releases(parts),
        ].flatMap((feature) => feature(ground));
      },
    ],
  });
  const { knex } = web;
  // A colleague at the same desk, so that two can be after the same task.
  await knex.raw(`
    with second as (
      insert into person (username, name, name_en, mail, locale, password_hash)
      select 'xyb.second', '许二', 'Xu Er', 'second@person.example', locale, password_hash from person where username = 'xyb.handler' returning id)
    insert into person_role (person_id, unit_id, role) select id, 'xyb', 'handler' from second`);
  await seedRules(knex);
  await seedCalendar(knex);
  const config = testConfig({ mailRate: 1000 });
  const { cases, mail } = createActivities({ config, knex, logger: createLogger({ level: 'silent', process: 'test' }) });
  const bundlePath = await testWorkflowBundle();
  let workers: { shutdown(): void; ended: Promise<void> } | null = null;
  const desks = new Map<string, Promise<Desk>>();

  async function startWorkers(): Promise<void> {
    const started = await createWorkers({ config, cases, mail, bundlePath, taskQueue });
    workers = { shutdown: () => started.shutdown(), ended: started.run() };
  }

  async function stopWorkers(): Promise<void> {
    workers?.shutdown();
    await workers?.ended;
    workers = null;
  }

  async function until<T>(look: () => Promise<T | undefined>, what: string): Promise<T> {
    const end = Date.now() + 10_000;
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      if (Date.now() > end) throw new Error(`there is no ${what}`);
      await delay(15);
    }
  }

  const slug = (caseNo: string, stage: string, unit?: string): Promise<string> =>
    until(async () => {
      const row: { slug: string } | undefined = await knex('case_task').where({ case_no: caseNo, stage, status: 'open', ...(unit ? { unit } : {}) }).first('slug');
      return row?.slug;
    }, `open ${stage} in ${caseNo}`);

  async function state(caseNo: string): Promise<CaseState> {
    const row: { state: CaseState } = await knex('case_file').where({ case_no: caseNo }).first('state');
    return row.state;
  }

  async function newDesk(username: string): Promise<Desk> {
    const browser = web.browser();
    await browser.signIn(username);
    return new Desk(browser);
  }

  await startWorkers();
  return {
    newDesk,
    knex,
    gateway: gateway!,
    slug,
    state,
    startWorkers,
    stopWorkers,
    desk(username) {
      const known = desks.get(username);
      if (known) return known;
      const made = newDesk(username);
      desks.set(username, made);
      return made;
    },
    async open(change = {}, title = '宿迁某食品有限公司使用过期原料') {
      const reporter: { id: string; name: string } = await knex('person').where({ username: 'xyb.handler' }).first('id', 'name');
      const { caseNo } = await gateway!.open(randomUUID(), {
        kind: 'incident',
        title,
        opening: incidentFacts(change) as unknown as Form,
        files: [],
        actor: { person: reporter.id, name: reporter.name, unit: 'xyb' },
        requestId: 'test',
      });
      await slug(caseNo, 'verify');
      return caseNo;
    },
    async openCase(opening, firstStage) {
      const { caseNo } = await gateway!.open(randomUUID(), opening);
      await slug(caseNo, firstStage);
      return caseNo;
    },
    async close() {
      for await (const { workflowId } of client.workflow.list({ query: `TaskQueue = '${taskQueue}' and ExecutionStatus = 'Running'` })) {
        await client.workflow.getHandle(workflowId).terminate().catch(() => undefined);
      }
      await stopWorkers();
      await temporal.close();
      await web.close();
    },
  };
}
