import type { Knex } from 'knex';
import { eventually } from './eventually.ts';

/**
 * Resolves when every transaction that writes anywhere on the server has ended: other suites use the same server, and what
 * is told of records waits for them too.
 */
export async function settled(knex: Knex): Promise<void> {
  const { rows: [now] }: { rows: { xmax: string }[] } = await knex.raw('select pg_snapshot_xmax(pg_current_snapshot())::text as xmax');
  await eventually('the transactions of others have ended', async () => {
    const { rows: [found] }: { rows: { over: boolean }[] } = await knex.raw('select pg_snapshot_xmin(pg_current_snapshot())::text::bigint >= ?::bigint as over', [now!.xmax]);
    return found!.over;
  });
}
