import { createHash, createHmac, hkdfSync, type KeyObject } from 'node:crypto';
import { createCodeWord, type CodeWord } from '../../platform/code-word.ts';

/** What only this house can compute of an address or a case. */
export interface PortalKeys {
  /** An account is found by it; it does not lead back to the address. */
  mailDigest(address: string): Buffer;
  /** The same for an account of an identity provider. */
  identityDigest(issuer: string, subject: string): Buffer;
  /** Of a code of six digits that one browser may type: it can't be found by trying all of them. */
  signInCode(browser: string, code: string): Buffer;
  readonly codeWord: CodeWord;
}

/** Addresses that differ in case alone are one. */
export const sameAddress = (address: string): string => address.trim().toLowerCase();

export function createPortalKeys({ key, hash }: { key: KeyObject; hash: 'sha256' | 'sm3' }): PortalKeys {
  const secret = key.export();
  const derived = (name: string): Buffer => Buffer.from(hkdfSync(hash, secret, '', `xinzhi portal ${name}`, 32));
  const [mail, identity, signIn] = [derived('mail'), derived('identity'), derived('sign-in code')];
  return {
    mailDigest: (address) => createHmac(hash, mail).update(sameAddress(address)).digest(),
    identityDigest: (issuer, subject) => createHmac(hash, identity).update(`${issuer}\0${subject}`).digest(),
    signInCode: (browser, code) => createHmac(hash, signIn).update(`${browser}\0${code}`).digest(),
    codeWord: createCodeWord({ key, hash }),
  };
}

/** Of a random token, which is long enough to need no key. */
export const tokenDigest = (token: string): Buffer => createHash('sha256').update(token).digest();
