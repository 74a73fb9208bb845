import { createHmac, hkdfSync } from 'node:crypto';
import type { Knex } from 'knex';
import type { Config } from '../../config.ts';
import { SESSION_PERSON, type SessionPerson } from '../../platform/session-person.ts';

/** Which account at the identity provider is whose here. Made by the person himself, who has signed in both here and there. */
export interface Identities {
  /** The open account of the house that this one at the provider is linked with. */
  personOf(subject: string): Promise<SessionPerson | null>;
  linkedAt(personId: string): Promise<Date | null>;
  /** `taken` when it is linked with somebody else already. */
  link(trx: Knex.Transaction, personId: string, subject: string): Promise<'linked' | 'taken'>;
  /** False when there was none. */
  unlink(trx: Knex.Transaction, personId: string): Promise<boolean>;
}

export function createIdentities(knex: Knex, { secrets, hash }: Pick<Config, 'secrets' | 'hash'>, issuer: string): Identities {
  const key = Buffer.from(hkdfSync(hash, secrets.seal.export(), '', 'xinzhi staff identities', 32));
  const digestOf = (subject: string): Buffer => createHmac(hash, key).update(`${issuer}\0${subject}`).digest();
  return {
    async personOf(subject) {
      const { rows: [row] } = await knex.raw<{ rows: { person: SessionPerson }[] }>(
        `select ${SESSION_PERSON} as person from person p join person_identity i on i.person_id = p.id where i.issuer = ? and i.subject = ? and p.active`,
        [issuer, digestOf(subject)],
      );
      return row?.person ?? null;
    },
    async linkedAt(personId) {
      const row: { linked_at: Date } | undefined = await knex('person_identity').where({ person_id: personId, issuer }).first('linked_at');
      return row?.linked_at ?? null;
    },
    async link(trx, personId, subject) {
      const digest = digestOf(subject);
      // Two who link one account at the same moment come one after the other.
      await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`person_identity:${digest.toString('hex')}`]);
      const others: unknown = await trx('person_identity').where({ issuer, subject: digest }).whereNot({ person_id: personId }).first('person_id');
      if (others) return 'taken';
      await trx('person_identity').insert({ person_id: personId, issuer, subject: digest }).onConflict('person_id').merge({ issuer, subject: digest, linked_at: trx.fn.now() });
      return 'linked';
    },
    async unlink(trx, personId) {
      return (await trx('person_identity').where({ person_id: personId }).delete()) > 0;
    },
  };
}
