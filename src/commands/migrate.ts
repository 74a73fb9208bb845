import { createDatabase, migrate } from '../platform/database.ts';
import { commandConfig } from './context.ts';
import type { Run } from './index.ts';

export const run: Run = async () => {
  const knex = createDatabase(commandConfig(['databaseUrl']).databaseUrl, { applicationName: 'xinzhi-migrate' });
  try {
    const applied = await migrate(knex);
    process.stdout.write(applied.length === 0 ? 'The schema is up to date.\n' : `Applied: ${applied.join(', ')}\n`);
  } finally {
    await knex.destroy();
  }
};
