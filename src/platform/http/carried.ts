import { hkdfSync } from 'node:crypto';
import { z } from 'zod';
import { decrypt, encrypt, type SealCipher } from '../cipher.ts';

/** Takes what must not be read in an address from one page to the next. */
export interface Carrier {
  /** The text in letters that an address may have. */
  carry(text: string, person: string): string;
  /** The text; null when it is another person's, is too old, or was never carried. */
  open(carried: unknown, person: string): string | null;
}

/** As long as a page asked for may stay open before it is asked for anew. */
const minutes = 10;
const content = z.object({ text: z.string(), until: z.number() });

/** Sealed for one person and some minutes: an address stands in histories and in the logs of what lies between. */
export function createCarrier({ secret, cipher, purpose, clock }: { secret: string; cipher: SealCipher; purpose: string; clock: () => Date }): Carrier {
  const key = Buffer.from(hkdfSync('sha256', secret, '', `carried ${purpose}`, 32));
  return {
    carry: (text, person) => encrypt(cipher, key, person, Buffer.from(JSON.stringify({ text, until: clock().getTime() + minutes * 60_000 }), 'utf8')).toString('base64url'),
    open(carried, person) {
      if (typeof carried !== 'string' || carried.length > 2000) return null;
      try {
        const { text, until } = content.parse(JSON.parse(decrypt(key, person, Buffer.from(carried, 'base64url')).toString('utf8')));
        return clock().getTime() <= until ? text : null;
      } catch {
        return null;
      }
    },
  };
}
