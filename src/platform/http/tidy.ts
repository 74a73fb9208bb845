import type { Knex } from 'knex';
import type { Logger } from 'pino';

const EVERY_MS = 10 * 60_000;

/**
 * Deletes sessions, kept forms and counters whose time is over, sign-ins of more than a year ago, and addresses that somebody typed on the portal and
 * nobody ever proved to be his.
 */
export async function tidyWeb(knex: Knex): Promise<void> {
  await knex('session').where('expire', '<', knex.fn.now()).delete();
  await knex('kept_form').where('expires_at', '<', knex.fn.now()).delete();
  await knex('rate_limit').where('reset_at', '<', knex.fn.now()).delete();
  await knex('sign_in_failure').where('last_at', '<', knex.raw(`now() - interval '1 day'`)).where((row) => row.whereNull('locked_until').orWhere('locked_until', '<', knex.fn.now())).delete();
  await knex('sign_in').where('at', '<', knex.raw(`now() - interval '1 year'`)).delete();
  await knex('identity_attempt').where('expires_at', '<', knex.raw(`now() - interval '1 hour'`)).delete();
  // Kept for a day, so that a form that was open meanwhile becomes a draft of its author.
  await knex('portal_session').where('expires_at', '<', knex.raw(`now() - interval '1 day'`)).delete();
  // Kept for a day, so that who opens an old link still learns what is wrong with it.
  await knex('sign_in_link').where('expires_at', '<', knex.raw(`now() - interval '1 day'`)).delete();
  await knex.raw(`
    with gone as (delete from portal_account where confirmed_at is null and created_at < now() - interval '1 day' returning id)
    delete from sealed_identity where purpose = 'reporter' and id in (select id from gone)`);
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
