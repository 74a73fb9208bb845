import { createHmac, hkdfSync, type KeyObject } from 'node:crypto';

/** Without the signs that are taken for one another when they are read out. */
const LETTERS = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const LENGTH = 8;

/** With the number of a case it opens the case's progress to whoever was told it: eight letters and figures that only this house can compute. */
export type CodeWord = (id: string) => string;

/** @param id the case's, or that of the command by which somebody joined it. */
export function createCodeWord({ key, hash }: { key: KeyObject; hash: 'sha256' | 'sm3' }): CodeWord {
  const secret = Buffer.from(hkdfSync(hash, key.export(), '', 'xinzhi portal code word', 32));
  return (id) => {
    const bytes = createHmac(hash, secret).update(id).digest().subarray(0, LENGTH);
    return [...bytes].map((byte) => LETTERS.charAt(byte % LETTERS.length)).join('');
  };
}
