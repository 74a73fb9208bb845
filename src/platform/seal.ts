import { createHmac, hkdfSync, randomBytes, randomUUID, type KeyObject } from 'node:crypto';
import type { Knex } from 'knex';
import { decrypt, encrypt, type SealCipher } from './cipher.ts';

/** A person named in a case, as the ID card has him. */
export interface SubjectIdentity {
  readonly name: string;
  /** 18 characters, checked and cleaned before. */
  readonly idNumber: string;
}

/** Who reported, and where he wants to hear what became of it. */
export interface ReporterIdentity {
  readonly name: string | null;
  /** Null for one who is told otherwise. */
  readonly mail: string | null;
}

/**
 * Identities of persons, each sealed with a key of its own that is wrapped by the installation's key. Cases and
 * events carry only the id; to erase a person is to destroy his key. A backup that was made before has it still (decision 6).
 */
export interface Seal {
  /** Seals a person named in a case; the same ID number gives the same id again, whoever asks. */
  subject(db: Knex, person: SubjectIdentity): Promise<string>;
  /** The same for many, in a handful of statements: ID number to id. */
  subjects(db: Knex, persons: readonly SubjectIdentity[]): Promise<ReadonlyMap<string, string>>;
  /** Seals the reporter of a case; a case has one, so its id is the case's. */
  reporter(db: Knex, caseId: string, reporter: ReporterIdentity): Promise<string>;
  /** Removes the reporter of a case that will never be recorded. */
  forgetReporter(db: Knex, caseId: string): Promise<void>;
  /** Seals what somebody on the portal says he is, under his request's id, until it is decided: it finds nobody, and nobody finds it. */
  claimant(db: Knex, requestId: string, person: SubjectIdentity): Promise<void>;
  /** Who somebody says he is; undefined once his request was decided. */
  openClaimant(db: Knex, requestId: string): Promise<SubjectIdentity | undefined>;
  forgetClaimant(db: Knex, requestId: string): Promise<void>;
  /** Seals the secret of a second factor under its id. */
  secret(db: Knex, id: string, text: string): Promise<void>;
  openSecret(db: Knex, id: string): Promise<string | undefined>;
  forgetSecret(db: Knex, id: string): Promise<void>;
  /** The id of a person with this ID number, or null. */
  find(db: Knex, idNumber: string): Promise<string | null>;
  /** The same for many: ID number to id; who is not known is missing. */
  findMany(db: Knex, idNumbers: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Identities by id; who was erased, or never was, is missing. */
  openSubjects(db: Knex, ids: readonly string[]): Promise<ReadonlyMap<string, SubjectIdentity>>;
  /** Mail addresses of reporters by id; who left none, was erased, or never was, is missing. */
  unsealReporters(db: Knex, ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Names of reporters, so that no text for others holds them; who gave none, or was erased, is missing. */
  reporterNames(db: Knex, ids: readonly string[]): Promise<string[]>;
  /** Destroys the person's key and everything that leads from an ID number to him. False when there is no such id, or no key any more. */
  erase(db: Knex, id: string): Promise<boolean>;
}

export interface SealOptions {
  /** 32 bytes: wraps the persons' keys and keys the digests. */
  readonly key: KeyObject;
  readonly cipher: SealCipher;
  /** Of the digest. Changed later, persons sealed before are no longer found by their number. */
  readonly hash: 'sha256' | 'sm3';
}

interface SealedRow {
  id: string;
  purpose: 'subject' | 'reporter' | 'claimant' | 'secondFactor';
  wrapped_key: Buffer | null;
  sealed: Buffer;
}

export function createSeal({ key, cipher, hash }: SealOptions): Seal {
  const secret = key.export();
  const derived = (name: string): Buffer => Buffer.from(hkdfSync(hash, secret, '', `xinzhi seal ${name}`, 32));
  const wrapping = derived('wrap');
  const digesting = derived('digest');
  const digestOf = (idNumber: string): Buffer => createHmac(hash, digesting).update(idNumber).digest();
  const place = (purpose: string, id: string): string => `${purpose}:${id}`;

  function rowOf(purpose: SealedRow['purpose'], id: string, content: object): SealedRow {
    const own = randomBytes(32);
    const at = place(purpose, id);
    return {
      id,
      purpose,
      wrapped_key: encrypt(cipher, wrapping, `${at}:key`, own),
      sealed: encrypt(cipher, own, at, Buffer.from(JSON.stringify(content), 'utf8')),
    };
  }

  async function read<T>(db: Knex, purpose: SealedRow['purpose'], ids: readonly string[]): Promise<Map<string, T>> {
    if (ids.length === 0) return new Map();
    const rows = await db<SealedRow>('sealed_identity').whereIn('id', [...ids]).where({ purpose }).whereNotNull('wrapped_key');
    return new Map(rows.flatMap(({ id, wrapped_key: wrapped, sealed }): [string, T][] => {
      if (wrapped === null) return [];
      const at = place(purpose, id);
      const own = decrypt(wrapping, `${at}:key`, wrapped);
      return [[id, JSON.parse(decrypt(own, at, sealed).toString('utf8')) as T]];
    }));
  }

  const findMany = async (db: Knex, idNumbers: readonly string[]): Promise<ReadonlyMap<string, string>> => {
    if (idNumbers.length === 0) return new Map();
    const byDigest = new Map(idNumbers.map((idNumber) => [digestOf(idNumber).toString('hex'), idNumber]));
    const rows: { id: string; digest: Buffer }[] = await db('sealed_identity')
      .whereRaw('digest = any(?::bytea[])', [[...byDigest.keys()].map((digest) => `\\x${digest}`)]).select('id', 'digest');
    return new Map(rows.map(({ id, digest }) => [byDigest.get(digest.toString('hex')) ?? '', id]));
  };
  const find = async (db: Knex, idNumber: string): Promise<string | null> => (await findMany(db, [idNumber])).get(idNumber) ?? null;

  const subjects = async (db: Knex, persons: readonly SubjectIdentity[]): Promise<ReadonlyMap<string, string>> => {
    const numbers = persons.map(({ idNumber }) => idNumber);
    const known = await findMany(db, numbers);
    const missing = new Map(persons.filter(({ idNumber }) => !known.has(idNumber)).map((person) => [person.idNumber, person]));
    if (missing.size === 0) return known;
    const rows = [...missing.values()].map(({ name, idNumber }) => ({ ...rowOf('subject', randomUUID(), { name, idNumber }), digest: digestOf(idNumber) }));
    // In one order, so that two that seal the same persons wait for each other and not crosswise.
    rows.sort((a, b) => a.digest.compare(b.digest));
    await db('sealed_identity').insert(rows).onConflict('digest').ignore();
    return findMany(db, numbers);
  };

  return {
    find,
    findMany,
    subjects,
    async subject(db, person) {
      const id = (await subjects(db, [person])).get(person.idNumber);
      if (id === undefined) throw new Error('a sealed identity vanished while it was made');
      return id;
    },
    async reporter(db, caseId, { name, mail }) {
      await db('sealed_identity').insert(rowOf('reporter', caseId, { name, mail })).onConflict('id').merge(['wrapped_key', 'sealed']);
      return caseId;
    },
    async forgetReporter(db, caseId) {
      await db('sealed_identity').where({ id: caseId, purpose: 'reporter' }).delete();
    },
    async claimant(db, requestId, { name, idNumber }) {
      await db('sealed_identity').insert(rowOf('claimant', requestId, { name, idNumber })).onConflict('id').ignore();
    },
    openClaimant: async (db, requestId) => (await read<SubjectIdentity>(db, 'claimant', [requestId])).get(requestId),
    async forgetClaimant(db, requestId) {
      await db('sealed_identity').where({ id: requestId, purpose: 'claimant' }).delete();
    },
    async secret(db, id, text) {
      await db('sealed_identity').insert(rowOf('secondFactor', id, { secret: text }));
    },
    openSecret: async (db, id) => (await read<{ secret: string }>(db, 'secondFactor', [id])).get(id)?.secret,
    async forgetSecret(db, id) {
      await db('sealed_identity').where({ id, purpose: 'secondFactor' }).delete();
    },
    openSubjects: (db, ids) => read<SubjectIdentity>(db, 'subject', ids),
    async unsealReporters(db, ids) {
      const reporters = await read<ReporterIdentity>(db, 'reporter', ids);
      return new Map([...reporters].flatMap(([id, { mail }]): [string, string][] => (mail === null ? [] : [[id, mail]])));
    },
    async reporterNames(db, ids) {
      const reporters = await read<ReporterIdentity>(db, 'reporter', ids);
      return [...reporters.values()].flatMap(({ name }) => (name === null ? [] : [name]));
    },
    async erase(db, id) {
      const changed = await db('sealed_identity').where({ id }).whereNotNull('wrapped_key')
        .update({ wrapped_key: null, digest: null, sealed: Buffer.alloc(0), erased_at: db.fn.now() });
      return changed > 0;
    },
  };
}
