import type { Request } from 'express';
import type { Knex } from 'knex';
import { createMoments } from '../../platform/http/moments.ts';
import type { Place } from '../../platform/http/sign-ins.ts';
import { SESSION_PERSON, type SessionPerson } from '../../platform/session-person.ts';
import { hashPassword, passwordMatches } from './passwords.ts';
import type { Admission, SignInGuard } from './sign-in-guard.ts';

/** Why a try was refused. */
export type SignInRefusal =
  /** `left` tries remain before the account is locked here. */
  | { readonly kind: 'wrong'; readonly left: number }
  | Exclude<Admission, { kind: 'admitted' }>;

/** What became of one try to sign in. */
export type SignInOutcome = { readonly kind: 'right'; readonly person: SessionPerson } | SignInRefusal;

export type TrySignIn = (username: string, password: string, place: Place) => Promise<SignInOutcome>;

/** A user name as it is stored. */
export const usernameOf = (typed: string): string => typed.trim().toLowerCase();

/** What an admitted try that was wrong is told. */
export const refusalOf = ({ left, lockedUntil }: Extract<Admission, { kind: 'admitted' }>): SignInRefusal =>
  (lockedUntil ? { kind: 'locked', until: lockedUntil } : { kind: 'wrong', left });

/**
 * Checks names and passwords. A name that does not exist takes the same time, is counted and is
 * locked like one that does: nothing tells a stranger which names there are.
 */
export function createSignIn(knex: Knex, guard: SignInGuard): TrySignIn {
  const nobodysHash = hashPassword('no account has this password');

  return async (typed, password, place) => {
    const username = usernameOf(typed);
    const admission = await guard.admit('password', username, place);
    if (admission.kind !== 'admitted') return admission;
    const { rows: [account] } = await knex.raw<{ rows: { password_hash: string; person: SessionPerson }[] }>(
      `select p.password_hash, ${SESSION_PERSON} as person from person p where p.username = ? and p.active`, [username],
    );
    const right = await passwordMatches(account?.password_hash ?? await nobodysHash, password);
    if (!account || !right) return refusalOf(admission);
    await guard.clear('password', username, place);
    return { kind: 'right', person: account.person };
  };
}

/** Why a password or a code was refused. */
export function refusalText(req: Request, refusal: SignInRefusal, words: 'accounts:signIn' | 'security:code', lockMinutes: number, now: Date): string {
  return refusal.kind === 'wrong'
    ? req.t(`${words}.wrong`, { count: refusal.left, minutes: lockMinutes })
    : req.t(`${words}.${refusal.kind}`, { until: createMoments(req.t).shortTime(refusal.until, now).text });
}
