import { createHmac, timingSafeEqual } from 'node:crypto';

/** Texts that leave the house and must come back unchanged: cursors, messages in cookies. */
export interface Signer {
  /** The text in base64url with its signature; safe in addresses and cookies. */
  sign(text: string): string;
  /** The text, or null when it was not signed here for this purpose. */
  verify(signed: string): string | null;
  /** The signature alone, in base64url: what only this house can say of a text, without showing it. */
  mark(text: string): string;
}

const SIGNATURE_BYTES = 16;

/** `purpose` keeps a text signed for one place from being taken at another. */
export function createSigner(secret: string, purpose: string): Signer {
  const signature = (body: string): Buffer =>
    createHmac('sha256', secret).update(purpose).update('\0').update(body).digest().subarray(0, SIGNATURE_BYTES);
  return {
    sign(text) {
      const body = Buffer.from(text, 'utf8').toString('base64url');
      return `${body}.${signature(body).toString('base64url')}`;
    },
    verify(signed) {
      const [body, mark, ...rest] = signed.split('.');
      if (body === undefined || mark === undefined || rest.length > 0) return null;
      const given = Buffer.from(mark, 'base64url');
      if (given.length !== SIGNATURE_BYTES || !timingSafeEqual(given, signature(body))) return null;
      return Buffer.from(body, 'base64url').toString('utf8');
    },
    mark: (text) => signature(text).toString('base64url'),
  };
}
