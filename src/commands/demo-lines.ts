import { createDatabase } from '../platform/database.ts';

interface DemoAccount {
  readonly username: string;
  readonly name: string;
  readonly unit: string;
}

/** Who can sign in to the demo city, for the text of a start. */
export async function demoLines(databaseUrl: string, password: string): Promise<string[]> {
  const knex = createDatabase(databaseUrl, { applicationName: 'xinzhi-start' });
  try {
    const accounts: DemoAccount[] = await knex('person as p')
      .join('person_role as r', 'r.person_id', 'p.id')
      .join('unit as u', 'u.id', 'r.unit_id')
      .where({ 'p.is_demo': true, 'p.active': true })
      .groupBy('p.username', 'p.name')
      .orderByRaw('min(u.position), min(u.id), p.username')
      .select('p.username', 'p.name', knex.raw('min(u.short_name) as unit'));
    if (accounts.length === 0) return [];
    const width = Math.max(...accounts.map(({ username }) => username.length));
    return [
      `Demo accounts, all with the password ${password}:`,
      ...accounts.map(({ username, name, unit }) => `  ${username.padEnd(width)}  ${unit} ${name}`),
    ];
  } finally {
    await knex.destroy();
  }
}
