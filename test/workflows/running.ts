import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { Knex } from 'knex';
import { createLawActivities } from '../../src/activities/recompute.ts';
import { createActivities } from '../../src/commands/activities.ts';
import type { Config } from '../../src/config.ts';
import { seedCalendar } from '../../src/features/calendar/index.ts';
import { writeCalendar } from '../../src/features/calendar/write.ts';
import { seedRules } from '../../src/features/rules/index.ts';
import { readEvents } from '../../src/platform/casefile/events.ts';
import { createCaseGateway, Refused, workflowId, type CaseGateway, type Receipt } from '../../src/platform/casefile/gateway.ts';
import type { ChainedEvent } from '../../src/platform/chain.ts';
import { createLogger } from '../../src/platform/logging.ts';
import { createWorkers } from '../../src/platform/temporal/worker.ts';
import type { Act, Acting, Command } from '../../src/rules/casefile/commands.ts';
import type { CaseActivities, NewCase } from '../../src/rules/casefile/ports.ts';
import type { CaseKind, CaseState, Form, Said } from '../../src/rules/casefile/types.ts';
import { command, complete, formOf, newIncident, taskIds } from '../support/cases.ts';
import { everybody } from '../support/people.ts';
import { quietTemporal } from '../support/quiet-temporal.ts';
import { createTestDatabase, createTestTemporal, testConfig, testWorkflowBundle } from '../support/stack.ts';

/** Day 20,454 of a calendar is 2026-01-01, a Thursday. */
const thursday = 20_454;

/** Many cases begin at once here: a machine that is slow is not a part that is away. */
const PATIENCE_MS = 30_000;

/** Makes the days of the calendar in force last `dayMs` milliseconds: Thursday 2026-01-01 begins at `startMs`, and only weekends are off. */
export async function quickDays(knex: Knex, dayMs: number, version = 1, startMs = Date.now()): Promise<void> {
  await knex.transaction(async (trx) => {
    await trx('calendar').update({ active: false });
    await writeCalendar(trx, {
      calendar: { version, name: 'quick', source: 'test', day_ms: dayMs, anchor_ms: startMs - thursday * dayMs, opens_minute: 0, closes_minute: 1440, active: true },
      years: [2025, 2026, 2027].map((year) => ({ year, source_notice: 'test' })),
      days: [],
    });
  });
}

/** The units and persons of the tests, so that mail finds its way. */
export async function seedEverybody(knex: Knex): Promise<void> {
  const units = [...new Set([...everybody.map(({ unit }) => unit), 'suyu'])];
  const kinds: Record<string, string> = { xyb: 'creditOffice', fz: 'legal', zx: 'publicity', suyu: 'region' };
  await knex('unit').insert(units.map((id) => ({ id, name: id, short_name: id, name_en: id, kind: kinds[id] ?? 'department', mailbox: `${id}@unit.example` })));
  await knex('person').insert(
    everybody.map(({ id, name }) => ({ id, username: name, name, name_en: name, mail: `${name}@person.example`, password_hash: '-' })),
  );
  await knex('person_role').insert(everybody.flatMap(({ id, roles }) => roles.map(({ unit, role }) => ({ person_id: id, unit_id: unit, role }))));
}

export interface CasesOptions {
  /** Length of a day, for tests in which time passes; else the delivered calendar. */
  dayMs?: number;
  /** Other settings, as the address of a Temporal server of one's own. */
  config?: Partial<Config>;
  timeoutMs?: number;
  /** Stands between the process and its record. */
  wrap?: (cases: CaseActivities) => CaseActivities;
}

/** Running cases on the real servers, with a database and a task queue of their own. */
export interface RunningCases {
  readonly knex: Knex;
  readonly client: Client;
  readonly gateway: CaseGateway;
  readonly config: Config;
  readonly taskQueue: string;
  /** The record itself, for what another hand writes to a file. */
  readonly activities: CaseActivities;
  /** Opens a case, an incident if nothing else is said, and waits for its first task. */
  open(opening?: NewCase): Promise<string>;
  act(caseId: string, by: Acting, act: Act, change?: Partial<Command>): Promise<Receipt>;
  /** Completes a task as soon as it is open. */
  done(caseId: string, by: Acting, task: string, outcome: string, form?: Form): Promise<Receipt>;
  /** The sentence with which an act is refused. */
  refused(caseId: string, by: Acting, act: Act, change?: Partial<Command>): Promise<Said>;
  state(caseId: string): Promise<CaseState>;
  events(caseId: string): Promise<ChainedEvent[]>;
  /** Looks every 10 ms until the case is as wanted. */
  until(caseId: string, wanted: (state: CaseState) => boolean, timeoutMs?: number): Promise<CaseState>;
  /** Waits until just these tasks are open. */
  opened(caseId: string, ...tasks: string[]): Promise<CaseState>;
  handle(caseId: string): WorkflowHandle;
  startWorkers(): Promise<void>;
  stopWorkers(): Promise<void>;
  close(): Promise<void>;
}

export async function startCases(options: CasesOptions = {}): Promise<RunningCases> {
  quietTemporal();
  const database = await createTestDatabase();
  const { knex } = database;
  const config = testConfig({ databaseUrl: database.url, mailRate: 1000, ...options.config });
  const temporal = createTestTemporal(config);
  const { client, taskQueue } = temporal;
  await seedRules(knex);
  await (options.dayMs === undefined ? seedCalendar(knex) : quickDays(knex, options.dayMs));
  await seedEverybody(knex);
  const { cases, mail } = createActivities({ config, knex, logger: createLogger({ level: 'silent', process: 'test' }) });
  const gateway = createCaseGateway({ client, knex, taskQueue, timeoutMs: options.timeoutMs ?? PATIENCE_MS });
  const bundlePath = await testWorkflowBundle();

  let workers: { shutdown(): void; ended: Promise<void> } | null = null;
  const kinds = new Map<string, CaseKind>();
  const kindOf = (caseId: string): CaseKind => kinds.get(caseId) ?? 'incident';
  const handle = (caseId: string): WorkflowHandle => client.workflow.getHandle(workflowId(kindOf(caseId), caseId));

  async function startWorkers(): Promise<void> {
    const law = createLawActivities({ knex, gateway });
    const started = await createWorkers({ config, cases: options.wrap?.(cases) ?? cases, mail, law, bundlePath, taskQueue });
    workers = { shutdown: () => started.shutdown(), ended: started.run() };
  }

  async function stopWorkers(): Promise<void> {
    workers?.shutdown();
    await workers?.ended;
    workers = null;
  }

  async function state(caseId: string): Promise<CaseState> {
    const row = await knex<{ id: string; state: CaseState }>('case_file').where({ id: caseId }).first('state');
    if (!row) throw new Error(`there is no case ${caseId}`);
    return row.state;
  }

  async function until(caseId: string, wanted: (state: CaseState) => boolean, timeoutMs = PATIENCE_MS): Promise<CaseState> {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const row = await knex<{ id: string; state: CaseState }>('case_file').where({ id: caseId }).first('state');
      if (row && wanted(row.state)) return row.state;
      if (Date.now() > end) throw new Error(`not within ${timeoutMs} ms; open are ${row ? taskIds(row.state).join(', ') : 'none: no case'}`);
      await delay(10);
    }
  }

  const act = (caseId: string, by: Acting, what: Act, change: Partial<Command> = {}): Promise<Receipt> => gateway.act(kindOf(caseId), caseId, command(by, what, change));

  await startWorkers();
  return {
    knex,
    client,
    gateway,
    config,
    taskQueue,
    activities: cases,
    state,
    until,
    act,
    handle,
    startWorkers,
    stopWorkers,
    async open(opening = newIncident()) {
      const caseId = randomUUID();
      kinds.set(caseId, opening.kind);
      await gateway.open(caseId, opening);
      await until(caseId, (now) => Object.keys(now.tasks).length > 0);
      return caseId;
    },
    async done(caseId, by, task, outcome, form = formOf(kindOf(caseId), task)) {
      await until(caseId, (now) => now.tasks[task]?.status === 'open');
      return act(caseId, by, complete(task, outcome, form));
    },
    async refused(caseId, by, what, change) {
      try {
        await act(caseId, by, what, change);
      } catch (error) {
        if (error instanceof Refused) return error.said;
        throw error;
      }
      throw new Error(`${what.type} was not refused`);
    },
    events: (caseId) => readEvents(knex, caseId),
    opened(caseId, ...tasks) {
      const wanted = [...tasks].sort().join(' ');
      return until(caseId, (now) => taskIds(now).sort().join(' ') === wanted);
    },
    async close() {
      // Runs that nobody works on any more would be a load on the server for the suites after this one.
      for await (const { workflowId: id } of client.workflow.list({ query: `TaskQueue = '${taskQueue}' and ExecutionStatus = 'Running'` })) {
        await client.workflow.getHandle(id).terminate().catch(() => undefined);
      }
      await stopWorkers();
      await temporal.close();
      await database.drop();
    },
  };
}
