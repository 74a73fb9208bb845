import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { ruleNumber } from './sign-in-rules.ts';
import type { Rules } from '../rules.ts';

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

/** Months that lines of the access log are kept where no rule says so, and at least: article 21 (3) of 网络安全法. */
const LOG_MONTHS = 6;
const LINES = 10_000;

/**
 * Deletes lines of the access log after so many months, whole stretches that were anchored together: what an anchor
 * covers is there from end to end, or not at all. What was not anchored stays.
 */
export async function tidyAccessLog(knex: Knex, months: number): Promise<number> {
  const { rows: [old] }: { rows: { seq: string | null }[] } = await knex.raw(
    `select max(l.seq) as seq from anchor_leaf l
     where l.kind = 'accessLog' and l.position < (select max(a.size) from anchor a where a.taken_at < now() - ? * interval '1 month' - interval '1 day')`,
    [Math.max(months, LOG_MONTHS)],
  );
  if (!old || old.seq === null) return 0;
  for (let count = 0; ;) {
    const deleted = await knex('access_log').whereIn('id', knex('access_log').select('id').where('id', '<=', old.seq).orderBy('id').limit(LINES)).delete();
    count += deleted;
    if (deleted < LINES) return count;
  }
}

/**
 * Tidies every ten minutes until the returned function is called. Any number of web processes may do
 * so at once; a failure is logged and tried again next time.
 */
export function startTidying(knex: Knex, rules: Rules, logger: Logger): () => void {
  const tidy = async (): Promise<void> => {
    await tidyWeb(knex);
    await tidyAccessLog(knex, await ruleNumber(rules, 'access-log.keep-months', LOG_MONTHS));
  };
  const timer = setInterval(() => {
    tidy().catch((error: unknown) => logger.warn({ err: error }, 'tidying failed'));
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
