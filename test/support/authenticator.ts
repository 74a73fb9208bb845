import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isoCBOR } from '@simplewebauthn/server/helpers';

const [PRESENT, VERIFIED, HAS_KEY] = [0x01, 0x04, 0x40];

const sha256 = (data: string | Buffer): Buffer => createHash('sha256').update(data).digest();

/** What a test bends of an honest answer. */
interface Bent {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  /** Base64url. */
  readonly userHandle?: string;
  readonly isVerified?: boolean;
}

/** A device with one passkey (ES256), and the browser before it: answers what a page asks, as JSON. */
export class SoftAuthenticator {
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly #id = randomBytes(32);
  readonly #site: { readonly origin: string; readonly rpId: string };
  #userHandle = '';
  /** How often it has been used, as it says. */
  counter = 0;

  constructor(site: { origin: string; rpId: string }) {
    this.#site = site;
  }

  /** Makes its passkey for what a page asked. */
  make({ challenge, user }: { challenge: string; user: { id: string } }, bent: Bent = {}): string {
    this.#userHandle = user.id;
    const { x, y } = this.#keys.publicKey.export({ format: 'jwk' });
    const key = new Map<number, number | Uint8Array>([[1, 2], [3, -7], [-1, 1], [-2, Buffer.from(x!, 'base64url')], [-3, Buffer.from(y!, 'base64url')]]);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.#id.length);
    const authData = Buffer.concat([this.#data(bent, HAS_KEY), Buffer.alloc(16), length, this.#id, isoCBOR.encode(key)]);
    const attestation = isoCBOR.encode(new Map<string, unknown>([['fmt', 'none'], ['attStmt', new Map()], ['authData', new Uint8Array(authData)]]) as never);
    return this.#answer({
      clientDataJSON: this.#client('webauthn.create', challenge, bent).toString('base64url'), attestationObject: Buffer.from(attestation).toString('base64url'), transports: ['internal'],
    });
  }

  /** Shows its passkey. */
  show({ challenge }: { challenge: string }, bent: Bent = {}): string {
    this.counter += 1;
    const authData = this.#data(bent, 0);
    const client = this.#client('webauthn.get', challenge, bent);
    return this.#answer({
      clientDataJSON: client.toString('base64url'),
      authenticatorData: authData.toString('base64url'),
      signature: sign('sha256', Buffer.concat([authData, sha256(client)]), this.#keys.privateKey).toString('base64url'),
      userHandle: bent.userHandle ?? this.#userHandle,
    });
  }

  #data({ rpId = this.#site.rpId, isVerified = true }: Bent, more: number): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(this.counter);
    return Buffer.concat([sha256(rpId), Buffer.from([PRESENT | (isVerified ? VERIFIED : 0) | more]), counter]);
  }

  #client(type: string, asked: string, { challenge = asked, origin = this.#site.origin }: Bent): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  }

  #answer(response: Readonly<Record<string, unknown>>): string {
    const id = this.#id.toString('base64url');
    return JSON.stringify({ id, rawId: id, type: 'public-key', response });
  }
}
