import type { Knex } from 'knex';
import { OperatorError } from './operator-error.ts';

/**
 * Demo accounts have a password that everybody can read, so an installation in production must have none.
 * @throws with their names.
 */
export async function refuseDemoAccounts(knex: Knex): Promise<void> {
  const names = await knex('person').where({ is_demo: true, active: true }).orderBy('username').pluck<string[]>('username');
  if (names.length === 0) return;
  throw new OperatorError(`This database has demo accounts (${names.join(', ')}). In production they must be removed or made inactive first.`);
}
