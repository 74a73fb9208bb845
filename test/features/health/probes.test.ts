import { createServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { expect } from 'chai';
import express from 'express';
import { pino } from 'pino';
import supertest from 'supertest';
import { createChecks, createProbes, type Part } from '../../../src/features/health/index.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { createTestDatabase, createTestTemporal, testConfig, type TestDatabase, type TestTemporal } from '../../support/stack.ts';

type Checks = ReturnType<typeof createChecks>;
const logger = pino({ level: 'silent' });

function appWith(checks: Checks) {
  const app = express();
  app.set('trust proxy', 1);
  app.use(createProbes({ checks, metrics: createMetrics('web'), logger }));
  return app;
}

const well = async () => undefined;
const allWell: Checks = { database: well, temporal: well, worker: well, mail: well };

describe('the probes', () => {
  it('live as long as the process answers, whatever else is away', async () => {
    const away = () => Promise.reject(new Error('away'));
    await supertest(appWith({ database: away, temporal: away, worker: away, mail: away })).get('/health/live').expect(200, { status: 'live' });
  });

  it('ready when every part is there', async () => {
    const { body } = await supertest(appWith(allWell)).get('/health/ready').expect(200);
    expect(body).to.deep.equal({ status: 'ready', parts: { database: 'ok', temporal: 'ok', worker: 'ok', mail: 'ok' }, away: [], scanner: 'notConfigured' });
  });

  it('ready while the scanner of files is away, and says so: files wait, all else goes on', async () => {
    for (const [scanner, said] of [[well, 'ok'], [() => Promise.reject(new Error('away')), 'away']] as const) {
      const app = express();
      app.use(createProbes({ checks: allWell, metrics: createMetrics('web'), logger, scanner }));
      expect((await supertest(app).get('/health/ready').expect(200)).body).to.include({ status: 'ready', scanner: said });
    }
  });

  for (const part of ['database', 'temporal', 'worker', 'mail'] as const satisfies readonly Part[]) {
    it(`names the ${part} when it is away`, async () => {
      const { body } = await supertest(appWith({ ...allWell, [part]: () => Promise.reject(new Error('away')) })).get('/health/ready').expect(503);
      expect(body.away).to.deep.equal([part]);
    });
  }

  it('a part that does not answer at all counts as away within seconds', async function () {
    this.timeout(6000);
    const { body } = await supertest(appWith({ ...allWell, temporal: () => new Promise(() => undefined) })).get('/health/ready').expect(503);
    expect(body.away).to.deep.equal(['temporal']);
  });

  it('many that ask at once cost one round of checks', async () => {
    let asked = 0;
    const app = appWith({ ...allWell, database: async () => { asked += 1; } });
    await Promise.all(Array.from({ length: 10 }, () => supertest(app).get('/health/ready').expect(200)));
    expect(asked).to.equal(1);
  });

  it('metrics are for the own network', async () => {
    const app = appWith(allWell);
    const { text } = await supertest(app).get('/metrics').set('X-Forwarded-For', '10.1.2.3').expect(200);
    expect(text).to.include('process_cpu_user_seconds_total');
    await supertest(app).get('/metrics').set('X-Forwarded-For', '203.0.113.9').expect(404);
    await supertest(app).get('/metrics').set('X-Forwarded-For', '2001:db8::1').expect(404);
  });
});

describe('the checks of the parts', () => {
  let database: TestDatabase;
  let temporal: TestTemporal;
  before(async () => {
    database = await createTestDatabase();
    temporal = createTestTemporal();
  });
  after(async () => {
    await temporal.close();
    await database.drop();
  });

  function checks(overrides: { smtpUrl?: string; namespace?: string } = {}): Checks {
    const config = testConfig();
    return createChecks({
      knex: database.knex, connection: temporal.connection, namespace: config.temporalNamespace, taskQueue: temporal.taskQueue, smtpUrl: config.smtpUrl, ...overrides,
    });
  }
  const outcome = (check: Promise<void>) => check.then(() => 'ok', () => 'away');
  const soon = () => AbortSignal.timeout(2000);

  it('PostgreSQL, Temporal and the mail server of this run are there', async () => {
    const { database: db, temporal: server, mail } = checks();
    expect(await Promise.all([db, server, mail].map((check) => outcome(check(soon()))))).to.deep.equal(['ok', 'ok', 'ok']);
  });

  it('a queue that no worker asks has no worker', async () => {
    expect(await outcome(checks().worker(soon()))).to.equal('away');
  });

  it('Temporal without our namespace is not ours', async () => {
    expect(await outcome(checks({ namespace: 'there-is-none' }).temporal(soon()))).to.equal('away');
  });

  it('a mail server that is not there is away, one that takes its time to greet is not', async () => {
    const slow = createTcpServer();
    await new Promise<void>((resolve) => { slow.listen(0, '127.0.0.1', resolve); });
    const port = (slow.address() as AddressInfo).port;
    expect(await outcome(checks({ smtpUrl: `smtp://127.0.0.1:${port}` }).mail(soon()))).to.equal('ok');
    await new Promise((resolve) => { slow.close(resolve); });
    expect(await outcome(checks({ smtpUrl: `smtp://127.0.0.1:${port}` }).mail(soon()))).to.equal('away');
  });

  it('all of them together answer over HTTP', async () => {
    const server = createServer(appWith(checks()));
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/health/ready`);
    expect((await response.json() as { away: Part[] }).away).to.deep.equal(['worker']);
    await new Promise((resolve) => { server.close(resolve); });
  });
});
