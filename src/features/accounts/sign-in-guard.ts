import type { Knex } from 'knex';
import type { SignInRules } from '../../platform/http/feature.ts';
import type { Place } from '../../platform/http/sign-ins.ts';

/** What is guessed at: a password, or the code that is asked for after it. */
export type Guessed = 'password' | 'code';

export type Admission =
  /** Counted as failed until it is cleared; `left` tries remain after it, none when `lockedUntil` says so. */
  | { readonly kind: 'admitted'; readonly left: number; readonly lockedUntil: Date | null }
  /** Too many wrong ones from this place. */
  | { readonly kind: 'locked'; readonly until: Date }
  /** Too many wrong ones for this account from places that are not its owner's. */
  | { readonly kind: 'slowed'; readonly until: Date };

export interface SignInGuard {
  /** Counts a try before it is looked at, so that many at once are not more than the same ones in a row. */
  admit(what: Guessed, username: string, place: Place): Promise<Admission>;
  /** The try was right: what went wrong before in this place is forgotten. */
  clear(what: Guessed, username: string, place: Place): Promise<void>;
}

/** So long a device or an address from which somebody has signed in stays his. */
const USUAL_DAYS = 90;

const USUAL = `
  select exists (select from sign_in s where s.person_id = p.id and s.device = :device and s.at > now() - interval '${USUAL_DAYS} days') as device,
         exists (select from sign_in s where s.person_id = p.id and s.address = :address and s.at > now() - interval '${USUAL_DAYS} days') as address
  from person p where p.username = :username`;

/** No row while the place is locked. Wrong tries are forgotten after as long as a lock lasts. */
const RESERVE = `
  insert into sign_in_failure as f (what, username, source, usual, tries, last_at, locked_until)
  values (:what, :username, :source, :usual, 1, now(), case when :attempts = 1 then now() + :minutes * interval '1 minute' end)
  on conflict (what, username, source) do update set
    usual = excluded.usual,
    last_at = now(),
    tries = case when f.locked_until is null and f.last_at > now() - :minutes * interval '1 minute' then f.tries + 1 else 1 end,
    locked_until = case when f.locked_until is null and f.last_at > now() - :minutes * interval '1 minute' and f.tries + 1 >= :attempts
                        then now() + :minutes * interval '1 minute' end
  where f.locked_until is null or f.locked_until <= now()
  returning tries, locked_until`;

/** From places that are not the owner's, within an hour: how many, and when the next is let through. */
const STRANGERS = `
  select coalesce(sum(tries), 0)::int as tries, max(last_at) + :seconds * interval '1 second' as next_at,
         coalesce(max(last_at) + :seconds * interval '1 second' > now(), false) as waits
  from sign_in_failure where what = :what and username = :username and not usual and last_at > now() - interval '1 hour'`;

interface Usual {
  device: boolean;
  address: boolean;
}

/**
 * Limits guessing without giving strangers a way to lock an account: a lock holds for one account in one place alone. A
 * place is a network address, or a browser with which the owner has signed in before (OWASP's device cookies), so that
 * whoever sits behind the same address does not lock him either. Against guessing from many addresses an account is
 * slowed down, but not in places from which its owner has signed in. Names that no account has are treated alike.
 */
export function createSignInGuard(knex: Knex, rules: () => Promise<SignInRules>): SignInGuard {
  const usualOf = async (db: Knex, username: string, { address, device }: Place): Promise<Usual> => {
    const { rows: [found] } = await db.raw<{ rows: Usual[] }>(USUAL, { username, address, device });
    return found ?? { device: false, address: false };
  };
  const sourceOf = ({ address, device }: Place, usual: Usual): string => (usual.device && device !== null ? `device:${device.toString('hex')}` : address);

  return {
    async admit(what, username, place) {
      const { attempts, lockMinutes, accountAttempts, accountDelaySeconds } = await rules();
      return knex.transaction(async (trx): Promise<Admission> => {
        // One try after the other for an account, so that none is missed in the count.
        await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`${what}:${username}`]);
        const usual = await usualOf(trx, username, place);
        const source = sourceOf(place, usual);
        if (!usual.device && !usual.address) {
          const { rows: [strangers] } = await trx.raw<{ rows: { tries: number; next_at: Date; waits: boolean }[] }>(STRANGERS, { what, username, seconds: accountDelaySeconds });
          if (strangers && strangers.tries >= accountAttempts && strangers.waits) return { kind: 'slowed', until: strangers.next_at };
        }
        const { rows: [reserved] } = await trx.raw<{ rows: { tries: number; locked_until: Date | null }[] }>(
          RESERVE, { what, username, source, usual: usual.device || usual.address, attempts, minutes: lockMinutes },
        );
        if (reserved) return { kind: 'admitted', left: Math.max(attempts - reserved.tries, 0), lockedUntil: reserved.locked_until };
        const locked: { locked_until: Date } | undefined = await trx('sign_in_failure').where({ what, username, source }).first('locked_until');
        return { kind: 'locked', until: locked?.locked_until ?? new Date() };
      });
    },
    async clear(what, username, place) {
      const source = sourceOf(place, await usualOf(knex, username, place));
      await knex('sign_in_failure').where({ what, username, source }).delete();
    },
  };
}

/** An administrator or a new password opens every place again. */
export async function forgetFailures(db: Knex, username: string): Promise<void> {
  await db('sign_in_failure').where({ username }).delete();
}
