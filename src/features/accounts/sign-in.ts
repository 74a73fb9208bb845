import type { Knex } from 'knex';
import type { Counters } from '../../platform/http/rate-limit.ts';
import type { SignInRules } from '../../platform/http/feature.ts';
import { SESSION_PERSON, type SessionPerson } from '../../platform/session-person.ts';
import { hashPassword, passwordMatches } from './passwords.ts';

/** What became of one try to sign in. */
export type SignInOutcome =
  | { readonly kind: 'signedIn'; readonly person: SessionPerson }
  /** `left` tries remain before the account is locked. */
  | { readonly kind: 'wrong'; readonly left: number }
  | { readonly kind: 'locked'; readonly until: Date };

export type TrySignIn = (username: string, password: string) => Promise<SignInOutcome>;

export interface SignInParts {
  readonly knex: Knex;
  readonly counters: Counters;
  readonly rules: () => Promise<SignInRules>;
}

interface Account {
  id: string;
  password_hash: string;
}

interface Reserved {
  failed_attempts: number;
  locked_until: Date | null;
}

const MINUTE_MS = 60_000;

/**
 * Counts the try before the password is looked at, so that many tries at once are not more than the
 * same tries one after the other. No row when the account is locked.
 */
const RESERVE = `
  update person p set
    failed_attempts = counted.tries,
    locked_until = case when counted.tries >= :attempts then now() + :minutes * interval '1 minute' end
  from (
    select id, case when locked_until is null then failed_attempts else 0 end + 1 as tries
    from person where id = :id and (locked_until is null or locked_until <= now()) for update
  ) counted
  where p.id = counted.id
  returning p.failed_attempts, p.locked_until`;

/**
 * Checks names and passwords. A name that does not exist takes the same time, is counted and is
 * locked like one that does: nothing tells a stranger which names there are.
 */
export function createSignIn({ knex, counters, rules }: SignInParts): TrySignIn {
  const nobodysHash = hashPassword('no account has this password');

  const tryUnknown = async (username: string, password: string): Promise<SignInOutcome> => {
    const { attempts, lockMinutes } = await rules();
    const key = `sign-in-name:${username}`;
    const before = await counters.peek(key);
    if (before !== null && before.hits >= attempts) return { kind: 'locked', until: before.resetAt };
    const { hits, resetAt } = await counters.hit(key, lockMinutes * MINUTE_MS);
    await passwordMatches(await nobodysHash, password);
    return hits >= attempts ? { kind: 'locked', until: resetAt } : { kind: 'wrong', left: attempts - hits };
  };

  const tryKnown = async (account: Account, password: string): Promise<SignInOutcome> => {
    const { attempts, lockMinutes } = await rules();
    const { rows }: { rows: Reserved[] } = await knex.raw(RESERVE, { id: account.id, attempts, minutes: lockMinutes });
    const [reserved] = rows;
    if (!reserved) {
      const locked: { locked_until: Date | null } | undefined = await knex('person').where({ id: account.id }).first('locked_until');
      return { kind: 'locked', until: locked?.locked_until ?? new Date() };
    }
    if (!(await passwordMatches(account.password_hash, password))) {
      return reserved.locked_until ? { kind: 'locked', until: reserved.locked_until } : { kind: 'wrong', left: attempts - reserved.failed_attempts };
    }
    const signedIn: { rows: { person: SessionPerson }[] } = await knex.raw(
      `update person p set failed_attempts = 0, locked_until = null where p.id = ? and p.active returning ${SESSION_PERSON} as person`,
      [account.id],
    );
    const person = signedIn.rows[0]?.person;
    return person ? { kind: 'signedIn', person } : { kind: 'wrong', left: attempts };
  };

  return async (typed, password) => {
    const username = typed.trim().toLowerCase();
    const account: Account | undefined = await knex('person').where({ username, active: true }).first('id', 'password_hash');
    return account ? tryKnown(account, password) : tryUnknown(username, password);
  };
}
