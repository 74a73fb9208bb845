import { join } from 'node:path';
import { seedApplications } from '../demo/applications.ts';
import { readCast } from '../demo/cast.ts';
import { seedDoubleCode } from '../demo/double-code.ts';
import { seedIncidents } from '../demo/incidents.ts';
import { seedRecords } from '../demo/records.ts';
import { seedCalendar } from '../features/calendar/index.ts';
import { seedPeople } from '../features/demo/people.ts';
import { seedRules } from '../features/rules/index.ts';
import { createDatabase } from '../platform/database.ts';
import { createReadLaw } from '../platform/law.ts';
import { createLogger } from '../platform/logging.ts';
import { createSeal } from '../platform/seal.ts';
import { createFolderStorage } from '../platform/storage.ts';
import { createActivities } from './activities.ts';
import { commandConfig } from './context.ts';
import type { Run } from './index.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Rules and calendar, and the demo city where it is asked for. What is there already is left as it is. */
export const run: Run = async () => {
  const config = commandConfig(['databaseUrl']);
  const knex = createDatabase(config.databaseUrl, { applicationName: 'xinzhi-seed' });
  try {
    if ((await seedRules(knex)) > 0) say('Rules loaded.');
    if (await seedCalendar(knex)) say('Calendar loaded.');
    if (config.seed !== 'demo') return;
    await seedPeople(knex, config.demoPassword);
    const logger = createLogger({ level: 'error', process: 'seed' });
    const { cases } = createActivities({ config, knex, logger });
    const law = await createReadLaw(knex)();
    const { calendar } = law;
    const cast = await readCast(knex);
    const known = new Set<string>(await knex('case_file').pluck('id'));
    const now = Date.now();
    const told = (what: string, step: number) => (written: number, total: number): void => {
      if (written % step === 0 || written === total) say(`${written} of ${total} ${what} written.`);
    };
    await seedIncidents({ activities: cases, cast, calendar, publicUrl: config.publicUrl, now, has: (caseId) => known.has(caseId), progress: told('incidents', 10) });
    const seal = createSeal({ key: config.secrets.seal, cipher: config.cipher, hash: config.hash });
    const chain = { hash: config.hash, key: config.secrets.chain };
    const storage = createFolderStorage(join(config.dataFolder, 'files'));
    await seedRecords({ knex, law, chain, seal, storage, cast, calendar, now, progress: told('records', 100) });
    await seedApplications({ knex, activities: cases, cast, law, chain, seal, storage, now, progress: told('applications and objections', 11) });
    await seedDoubleCode({ knex, seal });
  } finally {
    await knex.destroy();
  }
};
