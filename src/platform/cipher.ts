import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

/** How personal data is sealed: AES-256-GCM, or SM4 where commercial cryptography of the state is asked for. */
export type SealCipher = 'aes-256-gcm' | 'sm4';

/** The text was changed, or belongs to another key or place. */
export class NotGenuine extends Error {
  constructor() {
    super('a sealed text is not genuine');
    this.name = 'NotGenuine';
  }
}

/** First byte of a sealed text, so that one written under an earlier setting stays readable. */
const AES = 1;
const SM4 = 2;
/** NIST SP 800-38D: 96 bits is the length for which GCM needs no extra hashing of the vector. */
const GCM_NONCE = 12;
const GCM_TAG = 16;
const SM4_NONCE = 16;
const SM3_BYTES = 32;

const part = (key: Buffer, name: string, bytes: number): Buffer => Buffer.from(hkdfSync('sm3', key, '', name, bytes));

/**
 * OpenSSL 3.0 has SM4 without an authenticated mode, so the text is encrypted in counter mode (GB/T 32907,
 * GB/T 17964) and authenticated by HMAC-SM3 over place, nonce and text: encrypt, then sign.
 */
function sm4Mark(key: Buffer, place: Buffer, nonce: Buffer, text: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(place.length);
  return createHmac('sm3', part(key, 'mark', SM3_BYTES)).update(length).update(place).update(nonce).update(text).digest();
}

/**
 * Encrypts under a key of 32 bytes. `place` says where the text belongs and is not stored in it: moved elsewhere,
 * it does not open.
 */
export function encrypt(cipher: SealCipher, key: Buffer, place: string, plain: Buffer): Buffer {
  const at = Buffer.from(place, 'utf8');
  if (cipher === 'aes-256-gcm') {
    const nonce = randomBytes(GCM_NONCE);
    const gcm = createCipheriv('aes-256-gcm', key, nonce).setAAD(at);
    const text = Buffer.concat([gcm.update(plain), gcm.final()]);
    return Buffer.concat([Buffer.of(AES), nonce, gcm.getAuthTag(), text]);
  }
  const nonce = randomBytes(SM4_NONCE);
  const counter = createCipheriv('sm4-ctr', part(key, 'text', 16), nonce);
  const text = Buffer.concat([counter.update(plain), counter.final()]);
  return Buffer.concat([Buffer.of(SM4), nonce, sm4Mark(key, at, nonce, text), text]);
}

function decryptAes(key: Buffer, place: Buffer, sealed: Buffer): Buffer {
  const nonce = sealed.subarray(0, GCM_NONCE);
  const tag = sealed.subarray(GCM_NONCE, GCM_NONCE + GCM_TAG);
  try {
    const gcm = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: GCM_TAG }).setAAD(place).setAuthTag(tag);
    return Buffer.concat([gcm.update(sealed.subarray(GCM_NONCE + GCM_TAG)), gcm.final()]);
  } catch {
    throw new NotGenuine();
  }
}

function decryptSm4(key: Buffer, place: Buffer, sealed: Buffer): Buffer {
  const nonce = sealed.subarray(0, SM4_NONCE);
  const mark = sealed.subarray(SM4_NONCE, SM4_NONCE + SM3_BYTES);
  const text = sealed.subarray(SM4_NONCE + SM3_BYTES);
  if (mark.length !== SM3_BYTES || !timingSafeEqual(mark, sm4Mark(key, place, nonce, text))) throw new NotGenuine();
  const counter = createDecipheriv('sm4-ctr', part(key, 'text', 16), nonce);
  return Buffer.concat([counter.update(text), counter.final()]);
}

/** Opens what `encrypt` sealed, under whichever setting. @throws NotGenuine */
export function decrypt(key: Buffer, place: string, sealed: Buffer): Buffer {
  const at = Buffer.from(place, 'utf8');
  if (sealed[0] === AES) return decryptAes(key, at, sealed.subarray(1));
  if (sealed[0] === SM4) return decryptSm4(key, at, sealed.subarray(1));
  throw new NotGenuine();
}
