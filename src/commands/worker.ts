import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createLawActivities } from '../activities/recompute.ts';
import { startAlerting } from '../features/accounts/index.ts';
import { startAnchoring } from '../features/chain/index.ts';
import { createTellInfected } from '../features/portal/index.ts';
import { startImporting } from '../features/records/index.ts';
import { createCaseGateway } from '../platform/casefile/gateway.ts';
import { startGivingBack } from '../platform/casefile/giving-back.ts';
import { startOpeningCases } from '../platform/casefile/open-due.ts';
import { startFoldingCounts } from '../platform/counts.ts';
import { createDatabase } from '../platform/database.ts';
import { logStanding } from '../platform/database-roles/index.ts';
import { refuseDemoAccounts } from '../platform/demo-accounts.ts';
import { createClamd } from '../platform/clamd.ts';
import { createFiles } from '../platform/files.ts';
import { createI18n } from '../platform/i18n.ts';
import { createReadLaw } from '../platform/law.ts';
import { createLogger } from '../platform/logging.ts';
import { createMetrics } from '../platform/metrics.ts';
import { startEnding } from '../platform/records/ends.ts';
import { startWithholding } from '../platform/records/minors.ts';
import { startWithdrawalClock } from '../platform/records/withdrawal-clock.ts';
import { createRules } from '../platform/rules.ts';
import { createScanning, startScanningWaiting } from '../platform/scanning.ts';
import { createSeal } from '../platform/seal.ts';
import { createFolderStorage } from '../platform/storage.ts';
import { cachedBundle } from '../platform/temporal/bundle.ts';
import { createTemporalClient } from '../platform/temporal/connection.ts';
import { caseQueue } from '../platform/temporal/queues.ts';
import { logTemporalTo } from '../platform/temporal/runtime-log.ts';
import { createWorkers } from '../platform/temporal/worker.ts';
import { createActivities } from './activities.ts';
import { commandConfig } from './context.ts';
import { createUnitDirectory } from '../platform/units.ts';
import { announceReady, whenAskedToStop } from './running.ts';
import { serveWorkerMetrics } from './worker-metrics.ts';
import type { Run } from './index.ts';

export const run: Run = async () => {
  const config = commandConfig();
  const logger = createLogger({ level: config.logLevel, process: 'worker' });
  logTemporalTo(logger);
  const metrics = createMetrics('worker');
  const knex = createDatabase(config.databaseUrl, { applicationName: 'xinzhi-worker', poolMax: 20 });
  const server = await serveWorkerMetrics(config, metrics);
  try {
    if (config.mode === 'production') await refuseDemoAccounts(knex);
    void logStanding(knex, logger);
    const temporal = createTemporalClient(config);
    const gateway = createCaseGateway({ client: temporal.client, knex, taskQueue: caseQueue, timeoutMs: config.actTimeoutMs });
    const { cases, mail } = createActivities({ config, knex, logger, onMailAttempt: metrics.mail });
    const workers = await createWorkers({ config, cases, mail, law: createLawActivities({ knex, gateway }), bundlePath: await cachedBundle(join(config.dataFolder, 'workflows')) });
    void whenAskedToStop().then(() => {
      logger.info('stopping');
      workers.shutdown();
    });
    const running = workers.run();
    const beside = { knex, chain: { hash: config.hash, key: config.secrets.chain }, readLaw: createReadLaw(knex) };
    const seal = createSeal({ key: config.secrets.seal, cipher: config.cipher, hash: config.hash });
    const stopEnding = startEnding(beside, logger);
    const i18n = createI18n({ onMissing: (locale, key) => logger.error({ locale, key }, 'words are missing') });
    const stopWithholding = startWithholding({ ...beside, seal }, logger);
    const storage = createFolderStorage(join(config.dataFolder, 'files'));
    const scanner = config.scanner ? createClamd(config.scanner) : null;
    const stopImporting = startImporting({
      ...beside,
      seal,
      files: createFiles(storage, config.secrets.session, createScanning(knex, scanner, logger)),
      i18n,
    }, logger);
    const deliver = async (mails: readonly string[]): Promise<void> => {
      await temporal.client.workflow.start('redelivery', { workflowId: `redelivery-${randomUUID()}`, taskQueue: caseQueue, args: [mails] });
    };
    const stopAnchoring = startAnchoring({ ...beside, config, i18n, deliver }, logger);
    const stopAlerting = startAlerting({ knex, config, i18n, rules: createRules(knex), deliver }, logger);
    const stopReminding = startWithdrawalClock({ knex, config, i18n, readLaw: beside.readLaw, deliver }, logger);
    const tell = createTellInfected({ config, i18n, units: createUnitDirectory(knex) });
    const stopScanning = scanner ? startScanningWaiting({ knex, scanner, storage, tell, deliver, logger }) : () => Promise.resolve();
    const stopOpening = startOpeningCases({ knex, client: temporal.client, taskQueue: caseQueue }, logger);
    const stopGivingBack = startGivingBack({ knex, gateway }, logger);
    const stopFolding = startFoldingCounts(knex, logger);
    announceReady();
    logger.info({ namespace: config.temporalNamespace }, 'working');
    await running.finally(async () => {
      await Promise.all([stopEnding(), stopWithholding(), stopImporting(), stopAnchoring(), stopAlerting(), stopScanning(), stopReminding(), stopOpening(), stopGivingBack(), stopFolding()]);
      await temporal.close();
    });
  } finally {
    await server?.close();
    await knex.destroy();
    if (process.connected) process.disconnect();
  }
};
