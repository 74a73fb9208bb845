import type { Knex } from 'knex';
import type { Role } from '../../../src/rules/people.ts';

const units = [
  { id: 'xyb', name: '市信用办', name_en: 'City Credit Office', kind: 'creditOffice', mailbox: 'xyb@example.cn' },
  { id: 'scjg', name: '市市场监督管理局', name_en: 'Market Supervision Bureau', kind: 'department', mailbox: 'scjg@example.cn' },
  { id: 'hbj', name: '市生态环境局', name_en: 'Ecology Bureau', kind: 'department', mailbox: null },
];

interface NewPerson {
  username: string;
  name: string;
  nameEn?: string;
  mail?: string;
  locale?: 'zh-CN' | 'en';
  active?: boolean;
  roles?: [unit: string, role: Role][];
}

/** The units of the mail tests. */
export async function addUnits(knex: Knex): Promise<void> {
  await knex('unit').insert(units.map((unit) => ({ ...unit, short_name: unit.name })));
}

/** A person with his roles; gives his id. */
export async function addPerson(knex: Knex, person: NewPerson): Promise<string> {
  const { username, name, nameEn = username, mail = `${username}@example.cn`, locale = 'zh-CN', active = true, roles = [] } = person;
  const [added]: { id: string }[] = await knex('person')
    .insert({ username, name, name_en: nameEn, mail, locale, active, password_hash: 'none' })
    .returning('id');
  const id = added!.id;
  if (roles.length > 0) await knex('person_role').insert(roles.map(([unit_id, role]) => ({ person_id: id, unit_id, role })));
  return id;
}
