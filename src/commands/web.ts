import { createServer, type Server } from 'node:http';
import { createChecks, createProbes } from '../features/health/index.ts';
import { createClamd } from '../platform/clamd.ts';
import { createDatabase } from '../platform/database.ts';
import { logStanding } from '../platform/database-roles/index.ts';
import { refuseDemoAccounts } from '../platform/demo-accounts.ts';
import { createAccessJournal, startCarryingOver } from '../platform/http/access-journal.ts';
import { createApp, journalFolder } from '../platform/http/app.ts';
import { createSignInRules } from '../platform/http/sign-in-rules.ts';
import { startTidying } from '../platform/http/tidy.ts';
import { createLogger } from '../platform/logging.ts';
import { createMetrics } from '../platform/metrics.ts';
import { createRequestContext } from '../platform/request-context.ts';
import { createRules } from '../platform/rules.ts';
import { createTemporalClient } from '../platform/temporal/connection.ts';
import { caseQueue } from '../platform/temporal/queues.ts';
import { commandConfig } from './context.ts';
import { features } from './features.ts';
import { runUntilStopped } from './running.ts';
import type { Run } from './index.ts';

/** Longer than an act may take, so that a page that is being answered gets its answer. */
const DRAIN_MS = 12_000;

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => { server.off('error', reject); resolve(); });
  });
}

/** Takes no new request, lets those under way end, and cuts off what is left after `DRAIN_MS`. */
async function drain(server: Server): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearTimeout(cut);
}

export const run: Run = async () => {
  const config = commandConfig();
  const requestContext = createRequestContext();
  const logger = createLogger({ level: config.logLevel, process: 'web', context: requestContext });
  const metrics = createMetrics('web');
  const knex = createDatabase(config.databaseUrl, { applicationName: 'xinzhi-web', poolMax: 20 });
  const temporal = createTemporalClient(config);
  try {
    if (config.mode === 'production') await refuseDemoAccounts(knex);
    void logStanding(knex, logger);
    const checks = createChecks({ knex, connection: temporal.connection, namespace: config.temporalNamespace, taskQueue: caseQueue, smtpUrl: config.smtpUrl });
    const rules = createRules(knex);
    const journal = createAccessJournal(journalFolder(config), knex, logger);
    const app = createApp({
      config,
      knex,
      logger,
      requestContext,
      probes: createProbes({ checks, metrics, logger, scanner: config.scanner && createClamd(config.scanner).ping }),
      features: features({ config, knex, logger, client: temporal.client }),
      signInRules: createSignInRules(rules),
      onAnswered: metrics.request,
      journal,
    });
    const server = createServer(app);
    await listen(server, config.port, config.host);
    logger.info({ host: config.host, port: config.port }, 'listening');
    const stopTidying = startTidying(knex, rules, logger);
    const stopCarryingOver = startCarryingOver(journal, logger);
    await runUntilStopped(async () => {
      logger.info('stopping');
      stopTidying();
      await drain(server);
      await stopCarryingOver();
    });
  } finally {
    await temporal.close();
    await knex.destroy();
  }
};
