import { readCast } from '../demo/cast.ts';
import { seedIncidents } from '../demo/incidents.ts';
import { seedCalendar } from '../features/calendar/index.ts';
import { seedPeople } from '../features/demo/people.ts';
import { seedRules } from '../features/rules/index.ts';
import { createDatabase } from '../platform/database.ts';
import { createReadLaw } from '../platform/law.ts';
import { createLogger } from '../platform/logging.ts';
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
    const { calendar } = await createReadLaw(knex)();
    const known = new Set<string>(await knex('case_file').pluck('id'));
    await seedIncidents({
      activities: cases,
      cast: await readCast(knex),
      calendar,
      publicUrl: config.publicUrl,
      now: Date.now(),
      has: (caseId) => known.has(caseId),
      progress: (written, total) => {
        if (written % 10 === 0 || written === total) say(`${written} of ${total} incidents written.`);
      },
    });
  } finally {
    await knex.destroy();
  }
};
