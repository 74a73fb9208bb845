import type { Request } from 'express';
import type { Knex } from 'knex';
import { Conflict } from '../../platform/http/errors.ts';
import { endSessions } from '../../platform/http/sign-ins.ts';
import { roleConflict, roleFitsUnit, type Role, type RoleConflict, type UnitKind } from '../../rules/people.ts';
import type { PersonFields } from './forms.ts';
import { hashPassword, oneTimePassword, setPassword } from './passwords.ts';
import type { Account } from './people-queries.ts';
import { forgetFailures } from './sign-in-guard.ts';

function hasCode(error: unknown, code: string, constraint?: string): boolean {
  if (!(error instanceof Error) || !('code' in error) || error.code !== code) return false;
  return constraint === undefined || ('constraint' in error && error.constraint === constraint);
}

/** Adds an account with a one-time password; null when the user name is taken. */
export async function addPerson(
  db: Knex,
  { username, name, nameEn, mail, locale }: PersonFields & { username: string },
): Promise<{ id: string; password: string } | null> {
  const password = oneTimePassword();
  try {
    const [row]: { id: string }[] = await db('person')
      .insert({ username, name, name_en: nameEn, mail, locale, password_hash: await hashPassword(password), must_change_password: true })
      .returning('id');
    if (!row) throw new Error('the new account returned no row');
    return { id: row.id, password };
  } catch (error) {
    if (hasCode(error, '23505')) return null;
    throw error;
  }
}

/** @throws Conflict when the account was changed since `version` was read. */
export async function changePerson(db: Knex, id: string, version: number, { name, nameEn, mail, locale }: PersonFields): Promise<void> {
  const changed = await db('person').where({ id, version })
    .update({ name, name_en: nameEn, mail, locale, version: version + 1 });
  if (changed === 0) throw new Conflict('accounts:person.changedMeanwhile');
}

/** An inactive person is signed out at once and cannot sign in; what he did stays. */
export async function setActive(db: Knex, { id, username }: Pick<Account, 'id' | 'username'>, active: boolean, req: Request): Promise<void> {
  await db('person').where({ id }).update({ active, version: db.raw('version + 1') });
  await forgetFailures(db, username);
  if (active) return;
  await db('api_token').where({ person_id: id }).whereNull('revoked_at').update({ revoked_at: db.fn.now() });
  await endSessions(db, id, { how: 'closed', req });
}

/** A new one-time password; ends the account's locks and its sessions. */
export async function resetPassword(db: Knex, { id, username }: Pick<Account, 'id' | 'username'>, req: Pick<Request, 'ip' | 'sessionID'>): Promise<string> {
  const password = oneTimePassword();
  await setPassword(db, id, await hashPassword(password), true);
  await forgetFailures(db, username);
  await endSessions(db, id, { how: 'password', req });
  return password;
}

export type RoleRefusal = { readonly kind: 'wrongUnit' } | RoleConflict;

/** Why somebody who holds these roles cannot have this one in the unit, or null. */
export function roleRefusal(held: readonly Role[], unit: { kind: UnitKind }, role: Role): RoleRefusal | null {
  return roleFitsUnit(role, unit.kind) ? roleConflict([...held, role]) : { kind: 'wrongUnit' };
}

/** Gives a role, or says why it cannot be held together with the others; within a transaction, as it locks the person. */
export async function giveRole(trx: Knex.Transaction, personId: string, unit: { id: string; kind: UnitKind }, role: Role): Promise<RoleRefusal | null> {
  await trx('person').where({ id: personId }).forUpdate().select('id');
  const held: { role: Role }[] = await trx('person_role').where({ person_id: personId }).select('role');
  const refusal = roleRefusal(held.map((one) => one.role), unit, role);
  if (refusal !== null) return refusal;
  await trx('person_role').insert({ person_id: personId, unit_id: unit.id, role }).onConflict().ignore();
  return null;
}

export async function takeRole(db: Knex, personId: string, unitId: string, role: Role): Promise<boolean> {
  return (await db('person_role').where({ person_id: personId, unit_id: unitId, role }).delete()) > 0;
}
