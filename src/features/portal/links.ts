import { randomBytes, randomInt, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Knex } from 'knex';
import { maskEmail } from '../../rules/masking/index.ts';
import type { Locale } from '../../rules/people.ts';
import type { Seal } from '../../platform/seal.ts';
import { sameAddress, tokenDigest, type PortalKeys } from './keys.ts';

/** Half an hour is enough to find a letter, and short for whoever finds it later. */
export const linkMinutes = 30;

/** A code of six digits bears so few wrong ones; the link that came with it stays good. */
export const codeAttempts = 5;
/** So many wrong ones a day, over all letters to an address: after them none of its codes is taken, only links. */
const codeAttemptsADay = 20;
const dayMs = 24 * 3_600_000;

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
  /** Six digits, for those whose mail opens elsewhere. */
  readonly code: string;
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
  const code = String(randomInt(1_000_000)).padStart(6, '0');
  await trx('sign_in_link').insert({
    digest: tokenDigest(token),
    account_id: account.id,
    browser: tokenDigest(asking.browser),
    code: keys.signInCode(asking.browser, code),
    back: asking.back,
    created_at: asking.now,
    expires_at: new Date(asking.now.getTime() + linkMinutes * 60_000),
  });
  return { token, code, account: account.id, masked: account.masked };
}

/** Where the last link went that this browser asked for and has not used, and where its visitor wanted to go; null when there is none. */
export async function lastAsked(knex: Knex, seal: Seal, browser: string | undefined, now: Date): Promise<{ address: string; back: string | null } | null> {
  if (browser === undefined) return null;
  const link = (await knex('sign_in_link').where({ browser: tokenDigest(browser) }).orderBy('created_at', 'desc').first()) as LinkRow | undefined;
  if (!link || link.used_at || link.expires_at <= now) return null;
  const address = (await seal.unsealReporters(knex, [link.account_id])).get(link.account_id);
  return address === undefined ? null : { address, back: link.back };
}

export type LinkFate =
  | { readonly fate: 'opened'; readonly account: string; readonly back: string | null }
  /** `unknown` also for what was never sent. */
  | { readonly fate: 'unknown' | 'expired' | 'used' | 'otherBrowser' };

interface LinkRow {
  digest: Buffer;
  code: Buffer | null;
  code_attempts: number;
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
    return use(trx, link, now);
  });
}

async function use(trx: Knex.Transaction, { digest, account_id: account, back }: LinkRow, now: Date): Promise<LinkFate & { fate: 'opened' }> {
  await trx('sign_in_link').where({ digest }).update({ used_at: now });
  await trx('portal_account').where({ id: account }).whereNull('confirmed_at').update({ confirmed_at: now });
  return { fate: 'opened', account, back };
}

export type CodeFate =
  | (LinkFate & { readonly fate: 'opened' })
  | { readonly fate: 'wrong'; readonly left: number }
  /** There is nothing that this browser could type a code for: it asked for none, used it up, or too long ago. */
  | { readonly fate: 'none' | 'dead' };

/** Opens the last link that this browser asked for by its code, which is used up with it. */
export async function openByCode(knex: Knex, keys: PortalKeys, code: string, browser: string | undefined, now: Date): Promise<CodeFate> {
  if (browser === undefined) return { fate: 'none' };
  return knex.transaction(async (trx) => {
    const link = (await trx('sign_in_link').where({ browser: tokenDigest(browser) }).orderBy('created_at', 'desc').forUpdate().first()) as LinkRow | undefined;
    if (!link?.code || link.used_at || link.expires_at <= now) return { fate: 'none' };
    // Whoever tries codes for a stranger's address tries them letter by letter.
    const ofAddress: { tried: string | null } | undefined = await trx('sign_in_link').where({ account_id: link.account_id })
      .where('created_at', '>', new Date(now.getTime() - dayMs)).first(trx.raw('sum(code_attempts) as tried'));
    if (link.code_attempts >= codeAttempts || Number(ofAddress?.tried ?? 0) >= codeAttemptsADay) return { fate: 'dead' };
    if (timingSafeEqual(keys.signInCode(browser, code), link.code)) return use(trx, link, now);
    await trx('sign_in_link').where({ digest: link.digest }).update({ code_attempts: link.code_attempts + 1 });
    const left = codeAttempts - link.code_attempts - 1;
    return left > 0 ? { fate: 'wrong', left } : { fate: 'dead' };
  });
}
