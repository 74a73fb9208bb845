import type { Knex } from 'knex';
import type { Translate } from '../../platform/i18n.ts';
import { roles, type Locale, type Role } from '../../rules/people.ts';

/** The demo accounts of one unit, as the sign-in page offers them. */
export interface DemoUnit {
  readonly unit: string;
  readonly accounts: readonly { readonly username: string; readonly name: string; readonly role: string }[];
}

interface DemoRow {
  username: string;
  name: string;
  name_en: string;
  unit_id: string;
  unit_name: string;
  unit_name_en: string;
  role: Role;
}

/** Demo accounts by unit, in the order of the units with the city's administrators last, and within one from the desk to the head. */
export async function readDemoAccounts(knex: Knex, locale: Locale, t: Translate): Promise<DemoUnit[]> {
  const rows: DemoRow[] = await knex('person as p')
    .join('person_role as r', 'r.person_id', 'p.id')
    .join('unit as u', 'u.id', 'r.unit_id')
    .where({ 'p.is_demo': true, 'p.active': true })
    .orderByRaw(`u.kind = 'city', u.position, u.id, p.username`)
    .select('p.username', 'p.name', 'p.name_en', 'r.unit_id', 'r.role', { unit_name: 'u.name', unit_name_en: 'u.name_en' });
  const english = locale === 'en';
  const byUnit = new Map<string, DemoRow[]>();
  for (const row of rows) {
    const list = byUnit.get(row.unit_id);
    if (list) list.push(row);
    else byUnit.set(row.unit_id, [row]);
  }
  return [...byUnit.values()].map((people) => ({
    unit: (english ? people[0]?.unit_name_en : people[0]?.unit_name) ?? '',
    accounts: people
      .toSorted((a, b) => roles.indexOf(a.role) - roles.indexOf(b.role))
      .map((row) => ({ username: row.username, name: english ? row.name_en : row.name, role: t(`common:role.${row.role}`) })),
  }));
}
