import type { Knex } from 'knex';
import type { Acting } from '../rules/casefile/commands.ts';
import type { Audience } from '../rules/casefile/types.ts';
import type { Role } from '../rules/people.ts';

/** The people of the demo city, found by unit and role. */
export interface Cast {
  /** @throws when nobody in the unit holds the role. */
  find(unit: string, role: Audience['role']): Acting;
}

export async function readCast(knex: Knex): Promise<Cast> {
  const rows: { id: string; name: string; unit_id: string; role: Role }[] = await knex('person as p')
    .join('person_role as r', 'r.person_id', 'p.id')
    .where({ 'p.is_demo': true })
    .orderBy('p.username')
    .select('p.id', 'p.name', 'r.unit_id', 'r.role');
  return {
    find(unit, role) {
      const row = rows.find((r) => r.unit_id === unit && r.role === role);
      if (!row) throw new Error(`the demo city has no ${role} in ${unit}`);
      const roles = rows.filter((r) => r.id === row.id).map((r) => ({ unit: r.unit_id, role: r.role }));
      return { id: row.id, name: row.name, unit, roles };
    },
  };
}
