import { randomBytes, randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { maskEmail } from '../../rules/masking/index.ts';
import type { Locale } from '../../rules/people.ts';
import type { Seal } from '../../platform/seal.ts';
import { sameAddress, tokenDigest, type PortalKeys } from './keys.ts';

/** Half an hour is enough to find a letter, and short for whoever finds it later. */
export const linkMinutes = 30;

export interface Asking {
  readonly address: string;
  readonly locale: Locale;
  /** The cookie of the browser that asks. */
  readonly browser: string;
  /** Where the visitor wanted to go. */
  readonly back: string | null;
  readonly now: Date;
}

export interface NewLink {
  readonly token: string;
  readonly account: string;
  readonly masked: string;
}

/** The account of an address, made when there is none: an address is known to be somebody's once its link was opened. */
async function accountOf(trx: Knex.Transaction, seal: Seal, keys: PortalKeys, { address, locale }: Asking): Promise<{ id: string; masked: string }> {
  const mail = sameAddress(address);
  const digest = keys.mailDigest(mail);
  const id = randomUUID();
  const masked = maskEmail(mail);
  const made: { id: string }[] = await trx('portal_account').insert({ id, mail_digest: digest, masked, locale }).onConflict('mail_digest').ignore().returning('id');
  if (made.length > 0) {
    await seal.reporter(trx, id, { name: null, mail });
    return { id, masked };
  }
  const row: { id: string; masked: string } = await trx('portal_account').where({ mail_digest: digest }).first('id', 'masked');
  await trx('portal_account').where({ id: row.id }).update({ locale });
  return row;
}

export async function makeLink(trx: Knex.Transaction, seal: Seal, keys: PortalKeys, asking: Asking): Promise<NewLink> {
  const account = await accountOf(trx, seal, keys, asking);
  const token = randomBytes(32).toString('base64url');
  await trx('sign_in_link').insert({
    digest: tokenDigest(token),
    account_id: account.id,
    browser: tokenDigest(asking.browser),
    back: asking.back,
    created_at: asking.now,
    expires_at: new Date(asking.now.getTime() + linkMinutes * 60_000),
  });
  return { token, account: account.id, masked: account.masked };
}

export type LinkFate =
  | { readonly fate: 'opened'; readonly account: string; readonly back: string | null }
  /** `unknown` also for what was never sent. */
  | { readonly fate: 'unknown' | 'expired' | 'used' | 'otherBrowser' };

interface LinkRow {
  account_id: string;
  browser: Buffer;
  back: string | null;
  expires_at: Date;
  used_at: Date | null;
}

/** Opens a link once. In another browser it is not used up: the letter may have been looked at by a machine on its way. */
export async function openLink(knex: Knex, token: string, browser: string | undefined, now: Date): Promise<LinkFate> {
  return knex.transaction(async (trx) => {
    const digest = tokenDigest(token);
    const link = (await trx('sign_in_link').where({ digest }).forUpdate().first()) as LinkRow | undefined;
    if (!link) return { fate: 'unknown' };
    if (link.used_at) return { fate: 'used' };
    if (link.expires_at <= now) return { fate: 'expired' };
    if (browser === undefined || !tokenDigest(browser).equals(link.browser)) return { fate: 'otherBrowser' };
    await trx('sign_in_link').where({ digest }).update({ used_at: now });
    await trx('portal_account').where({ id: link.account_id }).whereNull('confirmed_at').update({ confirmed_at: now });
    return { fate: 'opened', account: link.account_id, back: link.back };
  });
}
