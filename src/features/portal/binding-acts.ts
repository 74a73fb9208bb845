import type { Knex } from 'knex';
import { maskedPerson } from '../../platform/records/subjects.ts';
import { indexTerms } from '../../rules/search/tokens.ts';
import type { Seal, SubjectIdentity } from '../../platform/seal.ts';
import type { FileRef } from '../../rules/casefile/types.ts';
import type { Binding, BindingEnding, BindingSource } from './bindings.ts';

/** Whom an account wants to speak for. */
export type Claimed = { readonly kind: 'organisation'; readonly uscc: string; readonly name: string } | ({ readonly kind: 'person' } & SubjectIdentity);

/** As pages and letters name it: of a person the masked form. */
export const shownName = (claimed: Claimed): string => (claimed.kind === 'organisation' ? claimed.name : maskedPerson(claimed.name, claimed.idNumber));

export interface AskedBinding {
  /** Made with the form, so that one sent twice is one request. */
  readonly id: string;
  readonly account: string;
  readonly claimed: Claimed;
  readonly agent: boolean;
  readonly proof: readonly FileRef[];
  readonly source: BindingSource;
  readonly at: Date;
}

/** `standing`: the account is bound to it, or asked before and waits. */
export type Asking = 'asked' | 'standing';

/** Asks for a binding once. A person's name and number are sealed under the request until it is decided. */
export async function askBinding(trx: Knex.Transaction, seal: Seal, { id, account, claimed, agent, proof, source, at }: AskedBinding): Promise<Asking> {
  const whom = claimed.kind === 'organisation'
    ? { kind: claimed.kind, uscc: claimed.uscc, search: trx.raw('array_to_tsvector(?::text[])', [indexTerms(claimed.name, claimed.uscc)]) }
    : { kind: claimed.kind };
  const made: { id: string }[] = await trx('portal_binding')
    .insert({ id, account_id: account, ...whom, name: shownName(claimed), agent, proof: JSON.stringify(proof), source, asked_at: at }).onConflict().ignore().returning('id');
  if (made.length === 0) return (await trx('portal_binding').where({ id, account_id: account }).first('id')) === undefined ? 'standing' : 'asked';
  if (claimed.kind === 'person') await seal.claimant(trx, id, claimed);
  return 'asked';
}

export interface BindingDecision {
  readonly state: 'confirmed' | 'refused';
  readonly subject: string | null;
  /** Null for the provider's word. */
  readonly person: string | null;
  readonly at: Date;
  readonly reason: string | null;
}

/**
 * Letters about a subject's cases go to who opened them while he speaks for it, else to who does so last; to nobody when
 * there is none: the unit tells the subject itself.
 */
async function readdress(trx: Knex.Transaction, seal: Seal, subject: string): Promise<void> {
  const of = (kind: string): Knex.QueryBuilder => trx(kind).where({ subject_id: subject }).whereNotNull('applicant').select('case_id', 'applicant');
  const cases = (await Promise.all([of('repair'), of('objection')])).flat() as { case_id: string; applicant: string }[];
  if (cases.length === 0) return;
  const standing = await trx('portal_binding').where({ subject_id: subject, state: 'confirmed' }).orderBy('decided_at', 'desc').pluck<string[]>('account_id');
  const addresses = await seal.unsealReporters(trx, standing);
  for (const { case_id: id, applicant } of cases) {
    const mail = addresses.get(standing.includes(applicant) ? applicant : (standing[0] ?? ''));
    if (mail === undefined) await seal.forgetReporter(trx, id);
    else await seal.reporter(trx, id, { name: null, mail });
  }
}

/** Decides a request that waits; what the person said he is goes with it. False when somebody else was quicker. */
export async function decideBinding(trx: Knex.Transaction, seal: Seal, id: string, { state, subject, person, at, reason }: BindingDecision): Promise<boolean> {
  const changed = await trx('portal_binding').where({ id, state: 'asked' }).update({ state, subject_id: subject, decided_by: person, decided_at: at, reason });
  if (changed > 0) await seal.forgetClaimant(trx, id);
  if (changed > 0 && subject !== null) await readdress(trx, seal, subject);
  return changed > 0;
}

export interface BindingEnd {
  readonly how: BindingEnding;
  /** Of the office. */
  readonly person: string | null;
  readonly at: Date;
  readonly reason: string | null;
}

/** Ends a binding that stands. False when it does not, or no longer. */
export async function endBinding(trx: Knex.Transaction, seal: Seal, id: string, { how, person, at, reason }: BindingEnd): Promise<boolean> {
  const [ended]: { subject_id: string }[] = await trx('portal_binding').where({ id, state: 'confirmed' })
    .update({ state: 'ended', ended_at: at, ended_how: how, ended_by: person, end_reason: reason }).returning('subject_id');
  if (ended) await readdress(trx, seal, ended.subject_id);
  return ended !== undefined;
}

/** Takes a request back that nobody has decided yet. False when it was decided meanwhile. */
export async function dropAsked(trx: Knex.Transaction, seal: Seal, { id, account }: Pick<Binding, 'id' | 'account'>): Promise<boolean> {
  const gone = await trx('portal_binding').where({ id, account_id: account, state: 'asked' }).delete();
  if (gone > 0) await seal.forgetClaimant(trx, id);
  return gone > 0;
}

/** The officer has nothing to decide here from now on. */
export async function recuse(knex: Knex, id: string, { person, reason, at }: { person: string; reason: string; at: Date }): Promise<void> {
  await knex('portal_binding_recusal').insert({ binding_id: id, person_id: person, reason, at }).onConflict().ignore();
}
