import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { Knex } from 'knex';
import type { Response, Test } from 'supertest';
import { createActivities } from '../../../src/commands/activities.ts';
import type { Config } from '../../../src/config.ts';
import { features } from '../../../src/commands/features.ts';
import { seedCalendar } from '../../../src/features/calendar/index.ts';
import { seedRules } from '../../../src/features/rules/index.ts';
import { createApiToken } from '../../../src/platform/api-tokens.ts';
import { createCaseOpener } from '../../../src/platform/casefile/open-due.ts';
import { createLogger } from '../../../src/platform/logging.ts';
import { createSeal, type Seal } from '../../../src/platform/seal.ts';
import { createWorkers } from '../../../src/platform/temporal/worker.ts';
import type { Draft } from '../../../src/rules/casefile/events.ts';
import type { CaseActivities } from '../../../src/rules/casefile/ports.ts';
import type { Actor, CaseState, FileRef, Form, Instant } from '../../../src/rules/casefile/types.ts';
import type { IncidentOpening } from '../../../src/rules/incident/facts.ts';
import { processes } from '../../../src/rules/processes.ts';
import { incidentFacts } from '../../support/cases.ts';
import { createTestTemporal, testConfig, testWorkflowBundle } from '../../support/stack.ts';
import { createTestWeb, hidden, type TestBrowser } from '../../support/web.ts';

/** A code that checks (the sample of GB 32100's arithmetic) and one whose last character is wrong. */
export const goodCode = '91321300MA1TE8T08T';
export const wrongCode = '91321300MA1TE8T08U';
/** The sample of GB 11643. */
export const goodId = '11010519491231002X';

export type Fields = Record<string, string | string[]>;

/** A report that is complete and true as far as anybody can check; days lie well before any test's clock. */
export const report: Readonly<Record<string, string>> = {
  field: 'commerce', area: 'foodHygiene', title: '某食品有限公司使用过期原料', what: '群众反映该公司使用过期原料。', region: 'suyu', place: '江山大道 1 号',
  occurredOn: '2026-01-05', 'subjects[0][kind]': 'organisation', 'subjects[0][name]': '宿迁某食品有限公司', 'subjects[0][code]': goodCode,
};

/** The text of a piece of HTML on one line. */
export const plain = (html: string): string =>
  html.replace(/<[^>]+>/g, ' ').replaceAll('&#34;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&').replace(/\s+/g, ' ').trim();

/** The sentences of the error summary. */
export function errorsIn(html: string): string[] {
  const summary = /class="error-summary"[\s\S]*?<\/div>/.exec(html)?.[0] ?? '';
  return [...summary.matchAll(/<li>([\s\S]*?)<\/li>/g)].map(([, item]) => plain(item!));
}

export const noticesIn = (html: string): string[] => [...html.matchAll(/class="notice [^>]*>[\s\S]*?<\/div>\s*<\/div>/g)].map(([notice]) => plain(notice));

/** Somebody who reports and reads incidents in a browser of his own. */
export class Clerk {
  readonly browser: TestBrowser;
  constructor(browser: TestBrowser) {
    this.browser = browser;
  }

  get(path: string): Test {
    return this.browser.get(path);
  }

  async page(path: string): Promise<string> {
    return (await this.get(path).expect(200)).text;
  }

  /** A form of a page, as it would be sent: its hidden fields, and these. */
  async form(path: string, action: string): Promise<Fields> {
    return formOf(await this.page(path), action);
  }

  post(action: string, fields: Fields): Test {
    return this.browser.agent.post(action).type('form').send(fields);
  }

  /** The empty form of a report: its token and the id of the case it would become. */
  async blank(): Promise<Fields> {
    const html = await this.page('/incidents/new');
    return { _csrf: hidden(html, '_csrf'), commandId: hidden(html, 'commandId') };
  }

  async send(change: Fields = {}, files: { name: string; content: Buffer }[] = []): Promise<Response> {
    const fields: Fields = { ...(await this.blank()), ...report, ...change };
    if (files.length === 0) return this.post('/incidents', fields);
    let request = this.browser.agent.post('/incidents');
    for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) request = request.field(name, one);
    for (const { name, content } of files) request = request.attach('files', content, name);
    return request;
  }

  /** Reports whatever similar there is, and gives the number of the case. */
  async reportNevertheless(change: Fields = {}): Promise<string> {
    let answer = await this.send(change);
    if (answer.status === 200) answer = await this.post('/incidents', { ...formOf(answer.text, '/incidents'), do: 'nevertheless' });
    const caseNo = /^\/incidents\/(XZ-\d{4}-\d{6})$/.exec(String(answer.headers['location']))?.[1];
    if (caseNo === undefined) throw new Error(`answered ${answer.status}: ${errorsIn(answer.text).join(' ')}`);
    return caseNo;
  }
}

/** The part of a page that is the form sent to this address. */
function formIn(html: string, action: string): string {
  const form = new RegExp(`<form[^>]*action="${action.replaceAll('/', '\\/')}"[\\s\\S]*?</form>`).exec(html)?.[0];
  if (form === undefined) throw new Error(`the page has no form for ${action}`);
  return form;
}

/** A choice of several that is made before anybody made it; undefined where there is none. */
export const choiceMade = (html: string, action: string): string | undefined =>
  [...formIn(html, action).matchAll(/<input[^>]* type="radio"[^>]* name="([^"]+)" value="([^"]*)"[^>]*? checked/g)].map(([, name, value]) => `${name}=${value}`)[0];

/** The hidden fields of the form that is sent to this address. */
export function formOf(html: string, action: string): Fields {
  const form = formIn(html, action);
  const fields: Record<string, string[]> = {};
  for (const [, name, value] of form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)) {
    (fields[name!] ??= []).push(value!.replaceAll('&#34;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'));
  }
  return Object.fromEntries(Object.entries(fields).map(([name, values]) => [name, values.length === 1 && !name.endsWith('[]') ? values[0]! : values]));
}

/** The SDK's own log, of which a process has one: another suite may have installed it. */
function quietly(): void {
  try {
    Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'ERROR', forward: {} } } });
  } catch {
    // It is installed.
  }
}

/** The web with all its features, on PostgreSQL; with `workers` also Temporal and a worker. */
export interface Bureau {
  readonly knex: Knex;
  readonly dataFolder: string;
  readonly seal: Seal;
  clerk(username: string): Promise<Clerk>;
  token(username: string): Promise<string>;
  agent(): TestBrowser['agent'];
  /** Writes the opening of a case into its file, without any process on it; gives its number. */
  file(of?: { opening?: Partial<IncidentOpening>; title?: string; by?: string; at?: Instant; files?: FileRef[]; more?: Draft[] }): Promise<string>;
  state(caseNo: string): Promise<CaseState>;
  /** Waits for an open task of the case. */
  task(caseNo: string, stage: string, unit?: string): Promise<string>;
  /** Opens a task of the case and completes it, which must be taken. */
  complete(username: string, caseNo: string, stage: string, fields: Fields, unit?: string): Promise<void>;
  /** Opens the cases that something in the tables calls for, as the worker does now and then. */
  openDue(): Promise<number>;
  startWorkers(): Promise<void>;
  stopWorkers(): Promise<void>;
  close(): Promise<void>;
}

export async function openBureau({ workers: wanted = false, timeoutMs = 8000, clock, settings = {} }: { workers?: boolean; timeoutMs?: number; clock?: () => Date; settings?: Partial<Config> } = {}): Promise<Bureau> {
  const temporal = createTestTemporal();
  const { client, taskQueue } = temporal;
  const web = await createTestWeb({
    ...(clock ? { clock } : {}),
    // As the web command puts them together: a feature that it forgot is missing here too.
    features: [(ground) => features({ config: { ...ground.config, actTimeoutMs: timeoutMs }, knex: ground.knex, logger: ground.logger, client, taskQueue }).flatMap((feature) => feature(ground))],
  }, settings);
  const { knex } = web;
  await seedRules(knex);
  await seedCalendar(knex);
  const config = testConfig({ mailRate: 1000 });
  const { cases, mail } = createActivities({ config, knex, logger: createLogger({ level: 'silent', process: 'test' }) });
  const { record }: Pick<CaseActivities, 'record'> = cases;
  let running: { shutdown(): void; ended: Promise<void> } | null = null;
  const clerks = new Map<string, Promise<Clerk>>();

  async function startWorkers(): Promise<void> {
    // Two of them would leave one that nobody stops, and the process with it.
    if (running) return;
    quietly();
    const started = await createWorkers({ config, cases, mail, bundlePath: await testWorkflowBundle(), taskQueue });
    running = { shutdown: () => started.shutdown(), ended: started.run() };
  }

  async function stopWorkers(): Promise<void> {
    running?.shutdown();
    await running?.ended;
    running = null;
  }

  const actorOf = async (username: string): Promise<Actor> => {
    const row: { id: string; name: string; unit_id: string } = await knex('person as p').join('person_role as r', 'r.person_id', 'p.id').where({ username }).first('p.id', 'p.name', 'r.unit_id');
    return { person: row.id, name: row.name, unit: row.unit_id };
  };

  const task: Bureau['task'] = async (caseNo, stage, unit) => {
    const end = Date.now() + 10_000;
    for (;;) {
      const row: { slug: string } | undefined = await knex('case_task').where({ case_no: caseNo, stage, status: 'open', ...(unit === undefined ? {} : { unit }) }).first('slug');
      if (row) return row.slug;
      if (Date.now() > end) throw new Error(`there is no open ${stage} in ${caseNo}`);
      await delay(15);
    }
  };

  const clerk: Bureau['clerk'] = (username) => {
    const known = clerks.get(username);
    if (known) return known;
    const made = (async () => {
      const browser = web.browser();
      await browser.signIn(username);
      return new Clerk(browser);
    })();
    clerks.set(username, made);
    return made;
  };

  if (wanted) await startWorkers();
  return {
    task,
    clerk,
    async complete(username, caseNo, stage, fields, unit) {
      const by = await clerk(username);
      const path = `/tasks/${await task(caseNo, stage, unit)}`;
      const html = await by.page(path);
      const chosen = choiceMade(html, `${path}/complete`);
      if (chosen !== undefined) throw new Error(`${stage} comes with a choice made: ${chosen}`);
      const answer = await by.post(`${path}/complete`, { ...formOf(html, `${path}/complete`), ...fields });
      if (answer.status !== 303) throw new Error(`${stage} answered ${answer.status}: ${errorsIn(answer.text).join(' ')}`);
    },
    knex,
    seal: createSeal({ key: testConfig().secrets.seal, cipher: testConfig().cipher, hash: testConfig().hash }),
    dataFolder: web.dataFolder,
    openDue: () => createCaseOpener({ knex, client, taskQueue })(),
    startWorkers,
    stopWorkers,
    agent: () => web.browser().agent,
    async token(username) {
      const { id }: { id: string } = await knex('person').where({ username }).first('id');
      return createApiToken(knex, id);
    },
    async file({ opening = {}, title = '宿迁某食品有限公司使用过期原料', by = 'xyb.handler', at = null as Instant | null, files = [], more = [] } = {}) {
      const caseId = randomUUID();
      const { events } = await record({
        caseId, after: 0, key: caseId, command: true, actor: await actorOf(by), at, requestId: null,
        drafts: [{ type: 'case.opened', kind: 'incident', definition: processes.incident.version, title, opening: incidentFacts(opening) as unknown as Form, files }, ...more],
      });
      const [opened] = events;
      return opened?.what.type === 'case.opened' ? opened.what.caseNo : '';
    },
    async state(caseNo) {
      const row: { state: CaseState } = await knex('case_file').where({ case_no: caseNo }).first('state');
      return row.state;
    },
    async close() {
      if (wanted) {
        for await (const { workflowId } of client.workflow.list({ query: `TaskQueue = '${taskQueue}' and ExecutionStatus = 'Running'` })) {
          await client.workflow.getHandle(workflowId).terminate().catch(() => undefined);
        }
      }
      await stopWorkers();
      await temporal.close();
      await web.close();
    },
  };
}

/** A file as a case holds it, by its content. */
export const fileRef = (name: string, content: string, mime = 'text/plain'): FileRef => ({
  hash: createHash('sha256').update(content).digest('hex'), name, mime, bytes: Buffer.byteLength(content),
});
