import type { Knex } from 'knex';
import type { Attempt } from '../../platform/identity.ts';
import { tokenDigest } from './keys.ts';

/** So long somebody may take at the provider's page. */
export const attemptMinutes = 20;

interface Begun {
  readonly attempt: Attempt;
  /** The cookie of the browser that begins. */
  readonly browser: string;
  /** Where the visitor wanted to go. */
  readonly back: string | null;
  readonly now: Date;
}

export async function keepAttempt(knex: Knex, { attempt, browser, back, now }: Begun): Promise<void> {
  await knex('identity_attempt').insert({
    state: tokenDigest(attempt.state),
    browser: tokenDigest(browser),
    nonce: attempt.nonce,
    verifier: attempt.verifier,
    back,
    expires_at: new Date(now.getTime() + attemptMinutes * 60_000),
  });
}

export type AttemptFate =
  | { readonly fate: 'taken'; readonly attempt: Attempt; readonly back: string | null }
  /** `unknown` also for one that was taken before: an answer is redeemed once. */
  | { readonly fate: 'unknown' | 'expired' | 'otherBrowser' };

interface Row {
  browser: Buffer;
  nonce: string;
  verifier: string;
  back: string | null;
  expires_at: Date;
}

/** Takes an attempt away by the state that came back. Another browser takes nothing away from the right one. */
export async function takeAttempt(knex: Knex, state: string, browser: string | undefined, now: Date): Promise<AttemptFate> {
  return knex.transaction(async (trx) => {
    const at = { state: tokenDigest(state) };
    const row = (await trx('identity_attempt').where(at).forUpdate().first()) as Row | undefined;
    if (!row) return { fate: 'unknown' };
    if (browser === undefined || !tokenDigest(browser).equals(row.browser)) return { fate: 'otherBrowser' };
    await trx('identity_attempt').where(at).delete();
    if (row.expires_at <= now) return { fate: 'expired' };
    return { fate: 'taken', attempt: { state, nonce: row.nonce, verifier: row.verifier }, back: row.back };
  });
}
