import { randomInt } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import type { Knex } from 'knex';
import { TooMany } from '../../platform/http/errors.ts';
import type { Ground } from '../../platform/http/feature.ts';

/** OWASP's recommendation for argon2id, which is the library's default kind: 19 MiB, two passes, one lane; some 30 ms on one core. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFC'), COST);
}

export function passwordMatches(stored: string, password: string): Promise<boolean> {
  return verify(stored, password.normalize('NFC'));
}

/** Figures and letters that are not mistaken for one another on paper. */
const KINDS = ['abcdefghijkmnpqrstuvwxyz', 'ABCDEFGHJKLMNPQRSTUVWXYZ', '23456789'] as const;
const LENGTH = 14;

/** A password to be used once: some 80 random bits, with at least one character of each kind. */
export function oneTimePassword(): string {
  const all = KINDS.join('');
  for (;;) {
    const password = Array.from({ length: LENGTH }, () => all[randomInt(all.length)]).join('');
    if (KINDS.every((kind) => [...kind].some((character) => password.includes(character)))) return password;
  }
}

/** So often a person may type his present password wrongly in this time, in whatever form asks for it. */
const CONFIRMATIONS = { tries: 10, windowMs: 600_000 } as const;

/** Whether this is the password of whoever is signed in. @throws TooMany where somebody at his desk guesses at it. */
export async function confirmsPassword({ knex, counters }: Pick<Ground, 'knex' | 'counters'>, personId: string, typed: string): Promise<boolean> {
  const key = `password:${personId}`;
  const { hits, resetAt } = await counters.hit(key, CONFIRMATIONS.windowMs);
  if (hits > CONFIRMATIONS.tries) throw new TooMany((resetAt.getTime() - Date.now()) / 1000);
  const stored: { password_hash: string } | undefined = await knex('person').where({ id: personId }).first('password_hash');
  const right = stored !== undefined && await passwordMatches(stored.password_hash, typed);
  if (right) await counters.undo(key);
  return right;
}

/** Whether a person had this password among so many before the present one. */
export async function hadPassword(knex: Knex, personId: string, password: string, among: number): Promise<boolean> {
  const hashes: string[] = await knex('password_history').where({ person_id: personId }).orderBy('id', 'desc').limit(among).pluck('password_hash');
  // One after the other: each takes the memory of one check.
  for (const one of hashes) if (await passwordMatches(one, password)) return true;
  return false;
}

/** Sets another password and remembers the one before; the tokens that act for the person end with it. */
export async function setPassword(trx: Knex, personId: string, newHash: string, mustChange: boolean): Promise<void> {
  await trx.raw('insert into password_history (person_id, password_hash) select id, password_hash from person where id = ? and not must_change_password', [personId]);
  await trx.raw('delete from password_history where person_id = :id and id not in (select id from password_history where person_id = :id order by id desc limit 24)', { id: personId });
  await trx('person').where({ id: personId }).update({ password_hash: newHash, must_change_password: mustChange });
  await trx('api_token').where({ person_id: personId }).whereNull('revoked_at').update({ revoked_at: trx.fn.now() });
}
