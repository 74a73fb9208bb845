import { resumeCases } from '../platform/casefile/resume.ts';
import { createDatabase } from '../platform/database.ts';
import { createTemporalClient } from '../platform/temporal/connection.ts';
import { caseQueue } from '../platform/temporal/queues.ts';
import { commandConfig } from './context.ts';
import type { Run } from './index.ts';

const everyMs = 2000;

/** Starts again what Temporal does not know: after its data was lost, or when old cases were taken over. */
export const run: Run = async () => {
  const config = commandConfig(['databaseUrl', 'temporalAddress']);
  const knex = createDatabase(config.databaseUrl, { applicationName: 'xinzhi-resume' });
  const temporal = createTemporalClient(config);
  try {
    let told = Date.now();
    const { taken, running } = await resumeCases({ knex, client: temporal.client, taskQueue: caseQueue }, (so) => {
      if (Date.now() - told < everyMs) return;
      told = Date.now();
      process.stdout.write(`${so.taken} taken up …\n`);
    });
    process.stdout.write(`${taken} cases taken up, ${running} were running.\n`);
  } finally {
    await temporal.close();
    await knex.destroy();
  }
};
