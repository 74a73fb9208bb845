import type { Knex } from 'knex';
import type { Logger } from 'pino';

const EVERY_MS = 10 * 60_000;

/** Deletes sessions, kept forms and counters whose time is over. */
export async function tidyWeb(knex: Knex): Promise<void> {
  await knex('session').where('expire', '<', knex.fn.now()).delete();
  await knex('kept_form').where('expires_at', '<', knex.fn.now()).delete();
  await knex('rate_limit').where('reset_at', '<', knex.fn.now()).delete();
}

/**
 * Tidies every ten minutes until the returned function is called. Any number of web processes may do
 * so at once; a failure is logged and tried again next time.
 */
export function startTidying(knex: Knex, logger: Logger): () => void {
  const timer = setInterval(() => {
    tidyWeb(knex).catch((error: unknown) => logger.warn({ err: error }, 'tidying failed'));
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
