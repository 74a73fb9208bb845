import type { Knex } from 'knex';
import { z } from 'zod';
import type { Locale, Role } from '../../rules/people.ts';

/** A person as the administration shows him. */
export interface Account {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly nameEn: string;
  readonly mail: string;
  readonly locale: Locale;
  readonly active: boolean;
  readonly lockedUntil: Date | null;
  readonly mustChangePassword: boolean;
  /** He has an app whose code is asked for. */
  readonly hasSecondFactor: boolean;
  /** How many. */
  readonly passkeys: number;
  readonly createdAt: Date;
  readonly lastSignIn: Date | null;
  readonly version: number;
  readonly roles: readonly { readonly unit: string; readonly role: Role }[];
}

/** Whether he has what an administrator can reset: an app or passkeys. */
export const hasFactor = ({ hasSecondFactor, passkeys }: Pick<Account, 'hasSecondFactor' | 'passkeys'>): boolean => hasSecondFactor || passkeys > 0;

export interface PeopleFilter {
  /** Part of name, English name, user name or mail. */
  readonly search: string;
  readonly unit: string;
  readonly state: 'active' | 'inactive' | 'all';
}

interface AccountRow {
  id: string;
  username: string;
  name: string;
  name_en: string;
  mail: string;
  locale: Locale;
  active: boolean;
  locked_until: Date | null;
  must_change_password: boolean;
  has_second_factor: boolean;
  passkeys: number;
  created_at: Date;
  last_sign_in: Date | null;
  version: number;
  roles: { unit: string; role: Role }[];
}

export const PAGE_SIZE = 50;

/** The list is sorted by user name, which is unique. */
export const peoplePosition = z.string().max(40);

const like = (search: string): string => `%${search.replace(/[\\%_]/g, '\\$&')}%`;

function toAccount(row: AccountRow): Account {
  return {
    id: row.id,
    username: row.username,
    name: row.name,
    nameEn: row.name_en,
    mail: row.mail,
    locale: row.locale,
    active: row.active,
    lockedUntil: row.locked_until,
    mustChangePassword: row.must_change_password,
    hasSecondFactor: row.has_second_factor,
    passkeys: row.passkeys,
    createdAt: row.created_at,
    lastSignIn: row.last_sign_in,
    version: row.version,
    roles: row.roles,
  };
}

const ACCOUNT = `
  select p.id, p.username, p.name, p.name_en, p.mail, p.locale, p.active, p.must_change_password, p.has_second_factor, p.created_at, p.version,
         (select max(f.locked_until) from sign_in_failure f where f.what = 'password' and f.username = p.username and f.locked_until > now()) as locked_until,
         (select count(*)::int from passkey k where k.person_id = p.id) as passkeys,
         (select max(s.at) from sign_in s where s.person_id = p.id) as last_sign_in,
         coalesce((select json_agg(json_build_object('unit', r.unit_id, 'role', r.role) order by r.unit_id, r.role)
                   from person_role r where r.person_id = p.id), '[]') as roles
  from person p`;

/** The empty text stands for "whatever". */
const MATCHES = `
  (:state = 'all' or p.active = (:state = 'active'))
  and (:unit = '' or exists (select 1 from person_role r where r.person_id = p.id and r.unit_id = :unit))
  and (:search = '' or p.name ilike :like or p.name_en ilike :like or p.username ilike :like or p.mail ilike :like)`;

const bindingsOf = ({ search, unit, state }: PeopleFilter) => ({ search, unit, state, like: like(search) });

/** One page of people after a user name, and whether there are more. */
export async function findPeople(knex: Knex, filter: PeopleFilter, after?: string): Promise<{ people: Account[]; more: boolean }> {
  const { rows } = await knex.raw<{ rows: AccountRow[] }>(
    `${ACCOUNT} where ${MATCHES} and (:after = '' or p.username > :after) order by p.username limit :limit`,
    { ...bindingsOf(filter), after: after ?? '', limit: PAGE_SIZE + 1 },
  );
  return { people: rows.slice(0, PAGE_SIZE).map(toAccount), more: rows.length > PAGE_SIZE };
}

export async function countPeople(knex: Knex, filter: PeopleFilter): Promise<number> {
  const { rows } = await knex.raw<{ rows: { count: number }[] }>(`select count(*)::int as count from person p where ${MATCHES}`, bindingsOf(filter));
  return rows[0]?.count ?? 0;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export async function findPerson(knex: Knex, id: string): Promise<Account | null> {
  if (!UUID.test(id)) return null;
  const { rows: [row] } = await knex.raw<{ rows: AccountRow[] }>(`${ACCOUNT} where p.id = ?`, [id]);
  return row ? toAccount(row) : null;
}
