import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { Vouched } from '../../platform/identity.ts';
import { subjectsNamed } from '../../platform/records/subjects.ts';
import type { Seal } from '../../platform/seal.ts';
import { checkResidentId, checkUscc } from '../../rules/codes/index.ts';
import { maskEmail, maskName } from '../../rules/masking/index.ts';
import type { Locale } from '../../rules/people.ts';
import { askBinding, decideBinding, dropAsked, endBinding, shownName, type Claimed } from './binding-acts.ts';
import { todayOf, type Portal } from './parts.ts';

/** Who signed in, and how he reads. */
export interface Entering {
  readonly issuer: string;
  readonly vouched: Vouched;
  readonly locale: Locale;
  readonly now: Date;
  readonly requestId: string;
}

/** What is shown of an account that has neither address nor name. */
const NAMELESS = '****';

/**
 * The account of somebody whom the provider knows, made when there is none. It is not that of a mail address, even of the
 * same one: who can read a mailbox has not proved what the provider's account proves.
 */
export async function identityAccount(trx: Knex.Transaction, { keys, seal }: Pick<Portal, 'keys' | 'seal'>, { issuer, vouched, locale, now }: Entering): Promise<string> {
  const { mail, name } = vouched;
  const masked = mail !== null ? maskEmail(mail) : name !== null ? maskName(name) : NAMELESS;
  const [row]: { id: string }[] = await trx('portal_account')
    .insert({ id: randomUUID(), identity_digest: keys.identityDigest(issuer, vouched.subject), masked, locale, confirmed_at: now })
    .onConflict('identity_digest').merge(['masked', 'locale']).returning('id');
  if (!row) throw new Error('an account of the identity provider was not made');
  if (mail !== null) await seal.reporter(trx, row.id, { name: null, mail });
  return row.id;
}

/** Whom the token names, with codes that check. */
function claimedBy({ firm, person }: Vouched, today: string): Claimed[] {
  const claimed: Claimed[] = [];
  if (firm) {
    const check = checkUscc(firm.uscc);
    if (check.verdict !== 'bad') claimed.push({ kind: 'organisation', uscc: check.code, name: firm.name });
  }
  if (person) {
    const check = checkResidentId(person.idNumber, today);
    if (check.verdict !== 'bad') claimed.push({ kind: 'person', idNumber: check.code, name: person.name });
  }
  return claimed;
}

/**
 * Binds the account to whom a token of sufficient level names, without staff, and ends what such a token named before
 * and does not now. A code that the house knows under another name, or that two living firms carry, waits for an officer.
 * @returns the letters to be sent.
 */
export async function bindByIdentity(trx: Knex.Transaction, portal: Portal, account: string, of: Entering): Promise<(string | null)[]> {
  if (!of.vouched.assured) return [];
  const claimed = claimedBy(of.vouched, todayOf(of.now));
  const mails = await endUnnamed(trx, portal, account, claimed, of);
  for (const one of claimed) mails.push(...await bindOne(trx, portal, account, one, of));
  return mails;
}

async function endUnnamed(trx: Knex.Transaction, { seal, letters, ground: { i18n } }: Portal, account: string, claimed: readonly Claimed[], { now, requestId, locale }: Entering): Promise<(string | null)[]> {
  const named = claimed.flatMap((one) => (one.kind === 'organisation' ? [one.uscc] : []));
  const gone: { id: string; name: string }[] = await trx('portal_binding')
    .where({ account_id: account, source: 'identity', kind: 'organisation', state: 'confirmed' }).whereNotIn('uscc', named).select('id', 'name');
  const mails: (string | null)[] = [];
  for (const { id, name } of gone) {
    if (!(await endBinding(trx, seal, id, { how: 'identity', person: null, at: now, reason: null }))) continue;
    mails.push(await letters.binding(trx, { id, account, name }, 'ended', { reason: i18n.translator(locale)('portal:ending.identity'), requestId }));
  }
  return mails;
}

async function bindOne(trx: Knex.Transaction, { seal, letters, ground: { i18n } }: Portal, account: string, claimed: Claimed, { now, requestId }: Entering): Promise<(string | null)[]> {
  const whom = claimed.kind === 'organisation' ? { kind: claimed.kind, uscc: claimed.uscc } : { kind: claimed.kind };
  const standing: { id: string; state: string } | undefined = await trx('portal_binding').where({ account_id: account, ...whom }).whereIn('state', ['asked', 'confirmed']).forUpdate().first('id', 'state');
  if (standing?.state === 'confirmed') return [];
  const subject = await subjectOf(trx, seal, claimed, i18n.translator('zh-CN')('portal:identity.made'));
  // What was asked for with papers goes on waiting where the token alone does not decide.
  if (subject === null && standing) return [];
  if (standing) await dropAsked(trx, seal, { id: standing.id, account });
  const id = randomUUID();
  // Signed in twice in one moment: the other one has bound it.
  if ((await askBinding(trx, seal, { id, account, claimed, agent: false, proof: [], source: 'identity', at: now })) === 'standing') return [];
  if (subject === null) return letters.bindingAsked(trx, { id, name: shownName(claimed) }, requestId);
  await decideBinding(trx, seal, id, { state: 'confirmed', subject, person: null, at: now, reason: null });
  return [await letters.binding(trx, { id, account, name: shownName(claimed) }, 'confirmed', { reason: null, requestId })];
}

/** The subject that a token names; null where an officer has to look: another name under the code, or a code given twice. */
async function subjectOf(trx: Knex.Transaction, seal: Seal, claimed: Claimed, reason: string): Promise<string | null> {
  const [found] = await subjectsNamed(trx, seal, [claimed], { person: null, reason });
  if (!found || !('subject' in found)) return null;
  const { frozen }: { frozen: boolean } = await trx('subject').where({ id: found.subject.id }).first('frozen');
  return frozen ? null : found.subject.id;
}
