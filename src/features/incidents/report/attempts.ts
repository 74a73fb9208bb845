import type { Knex } from 'knex';

/** What became of the ids under which something may have been registered, tried in this order. */
export interface Attempts {
  /** The id under which it is registered. */
  readonly recorded: string | null;
  /** The first one that can still be used. */
  readonly free: string | null;
}

/**
 * An id that was given up while the process was away is never recorded. What has no form to be made anew, a row of a
 * spreadsheet or a request with a key, so has several ids and takes the next.
 */
export const mostAttempts = 5;

export function attemptsAmong(fates: ReadonlyMap<string, 'recorded' | 'void'>, ids: readonly string[]): Attempts {
  return {
    recorded: ids.find((id) => fates.get(id) === 'recorded') ?? null,
    free: ids.find((id) => !fates.has(id)) ?? null,
  };
}

/** What became of commands, as far as anything did. One statement. */
export async function readFates(knex: Knex, ids: readonly string[]): Promise<ReadonlyMap<string, 'recorded' | 'void'>> {
  const rows: { id: string; outcome: 'recorded' | 'void' }[] = await knex('command').whereRaw('id = any(?::text[])', [[...ids]]).select('id', 'outcome');
  return new Map(rows.map(({ id, outcome }) => [id, outcome]));
}
