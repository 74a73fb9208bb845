import { createHmac, hkdfSync, randomBytes, type KeyObject } from 'node:crypto';
import type { Knex } from 'knex';
import { createSeal } from '../../platform/seal.ts';
import type { Config } from '../../config.ts';
import { newTotpSecret, totpStep } from './totp.ts';

/** How a person stands with his second factor. */
export interface SecondFactorState {
  readonly confirmedAt: Date | null;
  readonly recoveryCodesLeft: number;
}

/** Codes of an app and recovery codes of the people of the house. */
export interface SecondFactors {
  stateOf(personId: string): Promise<SecondFactorState>;
  /** A new secret for an app, in place of one that was begun and never proved. */
  begin(personId: string): Promise<void>;
  /** The secret that waits to be proved; null when none does. */
  begun(personId: string): Promise<string | null>;
  /** Proves that the app has the secret, which from now on is asked for; the new recovery codes, or null for a wrong code. */
  confirm(trx: Knex.Transaction, personId: string, code: string, now: Date): Promise<string[] | null>;
  /** Whether this is a code of the person's app that was not taken before. */
  takes(personId: string, code: string, now: Date): Promise<boolean>;
  /** Uses up a recovery code; how many are left, or null when it is none. */
  useRecoveryCode(trx: Knex.Transaction, personId: string, code: string): Promise<number | null>;
  /** New recovery codes; those of before are worth nothing any more. */
  newRecoveryCodes(trx: Knex.Transaction, personId: string): Promise<string[]>;
  remove(trx: Knex.Transaction, personId: string): Promise<void>;
  /** Takes away whatever a person shows beside his password, passkeys too: for somebody who has lost it. */
  reset(trx: Knex.Transaction, personId: string): Promise<void>;
}

const CODES = 10;
/** Without the signs that are taken for one another; five bits each, 80 in a code. */
const LETTERS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
const GROUPS = 4;
const GROUP = 4;

function newCode(): string {
  const signs = [...randomBytes(GROUPS * GROUP)].map((byte) => LETTERS.charAt(byte % LETTERS.length)).join('');
  return signs.replace(/.{4}(?=.)/g, '$&-');
}

/** As it was shown, whatever blanks, hyphens and small letters it is typed with. */
export const clearedCode = (code: string): string => code.normalize('NFKC').toUpperCase().replace(/[^0-9A-Z]/g, '');

/** What only this house can compute, so that a stolen table opens nothing. */
function digester({ key, hash }: { key: KeyObject; hash: 'sha256' | 'sm3' }): (personId: string, code: string) => Buffer {
  const own = Buffer.from(hkdfSync(hash, key.export(), '', 'xinzhi recovery codes', 32));
  return (personId, code) => createHmac(hash, own).update(`${personId}\0${clearedCode(code)}`).digest();
}

export function createSecondFactors(knex: Knex, { secrets, cipher, hash }: Pick<Config, 'secrets' | 'cipher' | 'hash'>): SecondFactors {
  const seal = createSeal({ key: secrets.seal, cipher, hash });
  const digestOf = digester({ key: secrets.seal, hash });

  const find = async (db: Knex, personId: string, confirmed: boolean): Promise<{ id: string; secret: string } | null> => {
    const row: { id: string } | undefined = await db('second_factor').where({ person_id: personId })
      .where((one) => (confirmed ? one.whereNotNull('confirmed_at') : one.whereNull('confirmed_at'))).first('id');
    const secret = row && await seal.openSecret(db, row.id);
    return row && secret !== undefined ? { id: row.id, secret } : null;
  };
  /** Of two requests with the same code one takes the step. */
  const takeStep = async (db: Knex, id: string, step: number): Promise<boolean> =>
    (await db('second_factor').where({ id }).where('last_step', '<', step).update({ last_step: step })) > 0;
  const forget = async (trx: Knex, rows: readonly { id: string }[]): Promise<void> => {
    for (const { id } of rows) await seal.forgetSecret(trx, id);
  };
  const newRecoveryCodes: SecondFactors['newRecoveryCodes'] = async (trx, personId) => {
    const codes = Array.from({ length: CODES }, newCode);
    await trx('recovery_code').where({ person_id: personId }).delete();
    await trx('recovery_code').insert(codes.map((code) => ({ person_id: personId, digest: digestOf(personId, code) })));
    return codes;
  };

  const remove: SecondFactors['remove'] = async (trx, personId) => {
    await forget(trx, await trx('second_factor').where({ person_id: personId }).delete().returning('id'));
    await trx('recovery_code').where({ person_id: personId }).delete();
    await trx('person').where({ id: personId }).update({ has_second_factor: false });
  };

  return {
    newRecoveryCodes,
    remove,
    async reset(trx, personId) {
      await remove(trx, personId);
      await trx('passkey').where({ person_id: personId }).delete();
    },
    async stateOf(personId) {
      const [factor, left] = await Promise.all([
        knex('second_factor').where({ person_id: personId }).whereNotNull('confirmed_at').first('confirmed_at') as Promise<{ confirmed_at: Date } | undefined>,
        knex('recovery_code').where({ person_id: personId }).whereNull('used_at').count<{ n: string }[]>('* as n').first(),
      ]);
      return { confirmedAt: factor?.confirmed_at ?? null, recoveryCodesLeft: Number(left?.n ?? 0) };
    },
    begin: (personId) => knex.transaction(async (trx) => {
      await trx('person').where({ id: personId }).forUpdate().select('id');
      await forget(trx, await trx('second_factor').where({ person_id: personId }).whereNull('confirmed_at').delete().returning('id'));
      const [row]: { id: string }[] = await trx('second_factor').insert({ person_id: personId }).returning('id');
      if (!row) throw new Error('a second factor returned no row');
      await seal.secret(trx, row.id, newTotpSecret());
    }),
    begun: async (personId) => (await find(knex, personId, false))?.secret ?? null,
    async confirm(trx, personId, code, now) {
      await trx('person').where({ id: personId }).forUpdate().select('id');
      const begun = await find(trx, personId, false);
      const step = begun && totpStep(begun.secret, code, now);
      if (!begun || step === null) return null;
      await forget(trx, await trx('second_factor').where({ person_id: personId }).whereNotNull('confirmed_at').delete().returning('id'));
      await trx('second_factor').where({ id: begun.id }).update({ confirmed_at: now, last_step: step });
      await trx('person').where({ id: personId }).update({ has_second_factor: true });
      return newRecoveryCodes(trx, personId);
    },
    async takes(personId, code, now) {
      const factor = await find(knex, personId, true);
      const step = factor && totpStep(factor.secret, code, now);
      return factor !== null && step !== null && takeStep(knex, factor.id, step);
    },
    async useRecoveryCode(trx, personId, code) {
      const used = await trx('recovery_code').where({ person_id: personId, digest: digestOf(personId, code) }).whereNull('used_at').update({ used_at: trx.fn.now() });
      if (used === 0) return null;
      const left = await trx('recovery_code').where({ person_id: personId }).whereNull('used_at').count<{ n: string }[]>('* as n').first();
      return Number(left?.n ?? 0);
    },
  };
}
