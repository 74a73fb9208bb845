import { isIP } from 'node:net';
import {
  generateAuthenticationOptions, generateRegistrationOptions, verifyAuthenticationResponse, verifyRegistrationResponse,
  type PublicKeyCredentialCreationOptionsJSON, type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import type { Knex } from 'knex';
import { z } from 'zod';
import { SESSION_PERSON, type SessionPerson } from '../../platform/session-person.ts';

/** So long a challenge may be answered. */
export const CHALLENGE_MINUTES = 5;

/** Where passkeys hold: the name that they are bound to, and the one origin from which they are used. */
export interface PasskeySite {
  readonly rpId: string;
  readonly origin: string;
}

/** Null where browsers have no passkeys: at an address of figures and, but on one's own machine, without https. */
export function passkeySiteOf(publicUrl: string): PasskeySite | null {
  const { protocol, hostname, origin } = new URL(publicUrl);
  if (isIP(hostname.replaceAll(/[[\]]/g, '')) !== 0) return null;
  return protocol === 'https:' || /(?:^|\.)localhost$/.test(hostname) ? { rpId: hostname, origin } : null;
}

/** One passkey as its owner sees it. */
export interface Passkey {
  readonly id: string;
  readonly name: string;
  readonly addedAt: Date;
  readonly lastUsedAt: Date | null;
}

/** Why an answer of a browser counts for nothing. */
export class PasskeyRefused extends Error {
  override readonly name = 'PasskeyRefused';
  /** `unknown`: no open account has this passkey. */
  readonly why: 'unknown' | 'refused';
  /** User name of whose passkey it would be; empty where it is nobody's. */
  readonly username: string;

  constructor(why: PasskeyRefused['why'], username: string, cause: unknown) {
    super(`the passkey is ${why}`, { cause });
    this.why = why;
    this.username = username;
  }
}

export interface Passkeys {
  of(personId: string): Promise<Passkey[]>;
  /** What the browser is asked, to make a new passkey for this person; none on a device that holds one already. */
  askToMake(person: SessionPerson, siteName: string): Promise<PublicKeyCredentialCreationOptionsJSON>;
  /** Keeps what the browser made. @throws PasskeyRefused when it does not answer the challenge, comes from elsewhere or is kept already. */
  keep(trx: Knex.Transaction, personId: string, made: { challenge: string; answer: string; name: string; now: Date }): Promise<void>;
  /** What a browser is asked of which nobody knows yet whose it is. */
  askWho(): Promise<PublicKeyCredentialRequestOptionsJSON>;
  /** Whose passkey answered. @throws PasskeyRefused when none of an open account did, or its counter shows that it was copied. */
  whoAnswered(shown: { challenge: string; answer: string; now: Date }): Promise<SessionPerson>;
  /** False when it was gone already. */
  remove(trx: Knex.Transaction, personId: string, id: string): Promise<boolean>;
}

const encoded = z.string().max(20_000).regex(/^[\w-]+$/);
const transports = z.array(z.string().regex(/^[a-z-]{1,20}$/)).max(10);
const common = { id: encoded, rawId: encoded, type: z.literal('public-key') };
const madeAnswer = z.object({ ...common, response: z.object({ clientDataJSON: encoded, attestationObject: encoded, transports }) });
const shownAnswer = z.object({
  ...common, response: z.object({ clientDataJSON: encoded, authenticatorData: encoded, signature: encoded, userHandle: encoded }),
});

function readAnswer<T>(schema: z.ZodType<T>, answer: string): T {
  try {
    return schema.parse(JSON.parse(answer));
  } catch (error) {
    throw new PasskeyRefused('refused', '', error);
  }
}

/** What the library says by an error of no kind of its own: the answer is not what it was to be. */
async function verified<T extends { verified: boolean }>(checking: Promise<T>, username: string): Promise<T> {
  const checked = await checking.catch((error: unknown) => { throw new PasskeyRefused('refused', username, error); });
  if (!checked.verified) throw new PasskeyRefused('refused', username, 'the signature is not that of the key');
  return checked;
}

/** The person's id, by which a device tells the passkeys of several people apart; it names nobody. */
const handleOf = (personId: string) => new Uint8Array(Buffer.from(personId.replaceAll('-', ''), 'hex'));

interface FoundRow {
  id: string;
  public_key: Buffer;
  counter: string;
  person: SessionPerson;
}

/** Passkeys of the people of the house at one site. */
export function createPasskeys(knex: Knex, { rpId, origin }: PasskeySite): Passkeys {
  const expected = { expectedOrigin: origin, expectedRPID: rpId, requireUserVerification: true } as const;
  const timeout = CHALLENGE_MINUTES * 60_000;

  return {
    async of(personId) {
      const rows: { id: string; name: string; added_at: Date; last_used_at: Date | null }[] =
        await knex('passkey').where({ person_id: personId }).orderBy(['added_at', 'id']).select('id', 'name', 'added_at', 'last_used_at');
      return rows.map(({ id, name, added_at, last_used_at }) => ({ id, name, addedAt: added_at, lastUsedAt: last_used_at }));
    },
    async askToMake(person, siteName) {
      const held: { credential_id: Buffer; transports: string[] }[] = await knex('passkey').where({ person_id: person.id }).select('credential_id', 'transports');
      return generateRegistrationOptions({
        rpID: rpId, rpName: siteName, userID: handleOf(person.id), userName: person.username, userDisplayName: person.locale === 'en' ? person.nameEn : person.name,
        attestationType: 'none', timeout,
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        excludeCredentials: held.map((one) => ({ id: one.credential_id.toString('base64url'), transports: one.transports })),
      });
    },
    async keep(trx, personId, { challenge, answer, name, now }) {
      const response = readAnswer(madeAnswer, answer);
      const checked = await verified(verifyRegistrationResponse({ ...expected, response: { ...response, clientExtensionResults: {} }, expectedChallenge: challenge }), '');
      if (!checked.registrationInfo) throw new Error('a passkey that was verified has no key');
      const { id, publicKey, counter } = checked.registrationInfo.credential;
      const kept = await trx('passkey').insert({
        person_id: personId, credential_id: Buffer.from(id, 'base64url'), public_key: Buffer.from(publicKey), counter, transports: response.response.transports, name, added_at: now,
      }).onConflict('credential_id').ignore().returning<{ id: string }[]>('id');
      if (kept.length === 0) throw new PasskeyRefused('refused', '', 'the passkey is kept already');
    },
    askWho: () => generateAuthenticationOptions({ rpID: rpId, userVerification: 'required', timeout }),
    async whoAnswered({ challenge, answer, now }) {
      const response = readAnswer(shownAnswer, answer);
      const { rows: [found] } = await knex.raw<{ rows: FoundRow[] }>(
        `select k.id, k.public_key, k.counter, ${SESSION_PERSON} as person from person p join passkey k on k.person_id = p.id where k.credential_id = ? and p.active`,
        [Buffer.from(response.id, 'base64url')],
      );
      if (!found) throw new PasskeyRefused('unknown', '', 'no open account has it');
      const { username } = found.person;
      if (!Buffer.from(response.response.userHandle, 'base64url').equals(handleOf(found.person.id))) throw new PasskeyRefused('refused', username, 'it names another person');
      const { authenticationInfo: { newCounter } } = await verified(verifyAuthenticationResponse({
        ...expected, response: { ...response, clientExtensionResults: {} }, expectedChallenge: challenge,
        credential: { id: response.id, publicKey: new Uint8Array(found.public_key), counter: Number(found.counter) },
      }), username);
      // Of two answers with the same count, from a device and its copy, one is taken.
      const counted = await knex('passkey').where({ id: found.id }).where((one) => one.where('counter', '<', newCounter).orWhere({ counter: 0 }))
        .update({ counter: newCounter, last_used_at: now });
      if (counted === 0) throw new PasskeyRefused('refused', username, 'its counter was taken, or it is gone');
      return found.person;
    },
    remove: async (trx, personId, id) => (await trx('passkey').where({ person_id: personId }).whereRaw('id::text = ?', [id]).delete()) > 0,
  };
}
