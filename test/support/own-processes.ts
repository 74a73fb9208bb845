import type { ChildProcess } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Knex } from 'knex';
import { commandConfig } from '../../src/commands/context.ts';
import type { Config } from '../../src/config.ts';
import { seedCalendar } from '../../src/features/calendar/index.ts';
import { seedPeople } from '../../src/features/demo/people.ts';
import { seedRules } from '../../src/features/rules/index.ts';
import { lastLines } from '../../src/launcher/log-file.ts';
import { saysReady, spawnCommand } from '../../src/launcher/own-process.ts';
import { createPorts } from '../../src/launcher/ports.ts';
import { whenEnded } from '../../src/launcher/service.ts';
import { ensureNamespace } from '../../src/platform/temporal/namespace.ts';
import { createTestDatabase, testStack, testWorkflowBundle } from './stack.ts';
import { Visitor } from './visitor.ts';
import { DEMO_PASSWORD } from './web.ts';

/** Ports of the fault tests lie apart from those of the test servers and of `npm start`. */
const ports = createPorts(undefined, { web: 21_000, temporal: 21_300, postgres: 21_400 });

export const freePort = (name: 'web' | 'temporal' | 'postgres'): Promise<number> => ports.choose(name);

/** A command of ours that runs as a process of its own. */
export interface OwnProcess {
  readonly pid: number;
  /** Resolves with how it ended. */
  readonly ended: Promise<string>;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** The real processes on a database with the demo city's people and no case; they are started one by one. */
export interface OwnCity {
  readonly url: string;
  readonly knex: Knex;
  /** As the processes have it. */
  readonly config: Config;
  start(name: 'web' | 'worker', change?: NodeJS.ProcessEnv): Promise<OwnProcess>;
  /** Runs a command to its end. */
  run(...args: string[]): Promise<{ status: string; said: string }>;
  /** Signed in once, through a web process that must be running. */
  visitor(username: string): Promise<Visitor>;
  close(): Promise<void>;
}

export interface OwnCityOptions {
  /** A server of the test's own; else a namespace of its own on the shared one. */
  readonly temporal?: { readonly address: string; readonly namespace: string };
  /** Settings of all its processes, given the address of the database. */
  readonly env?: (databaseUrl: string) => NodeJS.ProcessEnv;
}

export async function openOwnCity({ temporal, env: settings }: OwnCityOptions = {}): Promise<OwnCity> {
  const stack = testStack();
  const database = await createTestDatabase();
  const { knex } = database;
  const dataFolder = mkdtempSync(join(tmpdir(), 'xinzhi-faults-'));
  const port = await freePort('web');
  const url = `http://127.0.0.1:${port}`;
  const namespace = temporal?.namespace ?? `faults-${port}-${process.pid}`;
  const address = temporal?.address ?? stack.temporalAddress;
  if (!temporal) await ensureNamespace(address, namespace, { own: true, timeoutMs: 30_000, signal: new AbortController().signal });
  const env: NodeJS.ProcessEnv = {
    PATH: process.env['PATH'], HOME: process.env['HOME'], TZ: process.env['TZ'],
    LOG_LEVEL: 'warn', XINZHI_DATA: dataFolder, XINZHI_SEED: 'demo', PORT: String(port), XINZHI_MAIL_RATE: '1000',
    DATABASE_URL: database.url, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace, SMTP_URL: stack.smtpUrl,
    ...settings?.(database.url),
  };
  const config = commandConfig(undefined, env);
  // So that a worker is up at once.
  const bundle = await testWorkflowBundle();
  mkdirSync(join(dataFolder, 'workflows'));
  copyFileSync(bundle, join(dataFolder, 'workflows', basename(bundle)));
  await seedRules(knex);
  await seedCalendar(knex);
  await seedPeople(knex, DEMO_PASSWORD);
  const running = new Set<{ child: ChildProcess; end(signal: NodeJS.Signals): Promise<void> }>();
  const visitors = new Map<string, Promise<Visitor>>();

  return {
    url,
    knex,
    config,
    async start(name, change = {}) {
      const log = join(dataFolder, `${name}.log`);
      const child = spawnCommand([name], { ...env, ...change }, log);
      const ended = whenEnded(child);
      const one = {
        child,
        async end(signal: NodeJS.Signals) {
          running.delete(one);
          child.kill(signal);
          await ended;
        },
      };
      running.add(one);
      if (!await saysReady(child)) throw new Error(`${name} did not start: ${lastLines(log)}`);
      return { pid: child.pid!, ended, kill: () => one.end('SIGKILL'), stop: () => one.end('SIGTERM') };
    },
    async run(...args) {
      const log = join(dataFolder, `${args[0]}-${Date.now()}.log`);
      const status = await whenEnded(spawnCommand(args, env, log));
      return { status, said: lastLines(log) };
    },
    visitor(username) {
      const known = visitors.get(username) ?? new Visitor(url, username).signIn();
      visitors.set(username, known);
      return known;
    },
    async close() {
      await Promise.all([...running].map((one) => one.end('SIGKILL')));
      rmSync(dataFolder, { recursive: true, force: true });
      await database.drop();
    },
  };
}
