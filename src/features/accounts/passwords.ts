import { randomInt } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';

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
