import { createServer, type Server } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Request, Response } from 'express';
import type { Knex } from 'knex';
import { pino } from 'pino';
import { createActivities } from '../../src/commands/activities.ts';
import { features } from '../../src/commands/features.ts';
import type { Config } from '../../src/config.ts';
import { seedCalendar } from '../../src/features/calendar/index.ts';
import { seedPeople } from '../../src/features/demo/people.ts';
import { seedRules } from '../../src/features/rules/index.ts';
import { createApp } from '../../src/platform/http/app.ts';
import { pathOnly } from '../../src/platform/http/paths.ts';
import { routeOf } from '../../src/platform/http/request-log.ts';
import { createI18n } from '../../src/platform/i18n.ts';
import { createRequestContext } from '../../src/platform/request-context.ts';
import { createWorkers } from '../../src/platform/temporal/worker.ts';
import { quietTemporal } from './quiet-temporal.ts';
import { createTestDatabase, createTestTemporal, testConfig, testWorkflowBundle } from './stack.ts';
import { DEMO_PASSWORD } from './web.ts';

/** The whole of Xinzhi for one suite: web on a port, worker, a database with the demo city's people and no case. */
export interface TestCity {
  readonly url: string;
  readonly knex: Knex;
  readonly config: Config;
  /** Words that were asked for and are missing, as `locale key`. */
  readonly missingWords: ReadonlySet<string>;
  /** The pattern of the route that last answered at this path, as it is declared; undefined where none did. */
  routeOf(path: string): string | undefined;
  close(): Promise<void>;
}

export async function startCity(): Promise<TestCity> {
  quietTemporal();
  const database = await createTestDatabase();
  const { knex } = database;
  const dataFolder = mkdtempSync(join(tmpdir(), 'xinzhi-city-'));
  const server: Server = createServer();
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = testConfig({ databaseUrl: database.url, dataFolder, seed: 'demo', publicUrl: url, mailRate: 1000 });
  const temporal = createTestTemporal(config);
  const { client, taskQueue } = temporal;
  const logger = pino({ level: config.logLevel });

  await seedRules(knex);
  await seedCalendar(knex);
  await seedPeople(knex, DEMO_PASSWORD);
  const workers = await createWorkers({ config, ...createActivities({ config, knex, logger }), bundlePath: await testWorkflowBundle(), taskQueue });
  const working = workers.run();
  const missingWords = new Set<string>();
  const routes = new Map<string, string>();
  const app = createApp({
    config,
    knex,
    logger,
    requestContext: createRequestContext(),
    i18n: createI18n({ onMissing: (locale, key) => missingWords.add(`${locale} ${key}`) }),
    features: features({ config, knex, logger, client, taskQueue }),
  });
  server.on('request', (req: Request, res) => {
    const path = pathOnly(req.url);
    res.once('finish', () => {
      const route = routeOf(req);
      if (route === 'none') routes.delete(path);
      else routes.set(path, route);
    });
    app(req, res as Response);
  });
  return {
    url,
    knex,
    config,
    missingWords,
    routeOf: (path) => routes.get(path),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => { server.close(resolve); });
      workers.shutdown();
      await working;
      await temporal.close();
      rmSync(dataFolder, { recursive: true, force: true });
      await database.drop();
    },
  };
}
