import { createDatabase, migrate } from '../platform/database.ts';
import { commandSchemaAccess } from './context.ts';
import type { Run } from './index.ts';

export const run: Run = async () => {
  const { ownerUrl, application } = commandSchemaAccess();
  const knex = createDatabase(ownerUrl, { applicationName: 'xinzhi-migrate' });
  try {
    const applied = await migrate(knex, { application });
    process.stdout.write(applied.length === 0 ? 'The schema is up to date.\n' : `Applied: ${applied.join(', ')}\n`);
  } finally {
    await knex.destroy();
  }
};
