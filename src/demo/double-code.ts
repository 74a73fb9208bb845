import type { Knex } from 'knex';
import { subjectsNamed } from '../platform/records/subjects.ts';
import type { Seal } from '../platform/seal.ts';

/** The firm that says it has the code of another. */
const second = '宿迁市运河商贸有限公司';

/**
 * One code of two living firms (重码), as the entry of a record brings it to light; the worker opens the case for it.
 * The first is the last firm of the demo city about which there is no case, so that no application waits for its code.
 * Made once: a code that was corrected stays so.
 */
export async function seedDoubleCode({ knex, seal }: { knex: Knex; seal: Seal }): Promise<void> {
  if (await knex('subject').where({ name: second }).first('id')) return;
  const first: { uscc: string } | undefined = await knex('subject as s').join('record as r', 'r.subject_id', 's.id')
    .where({ 's.kind': 'organisation', 's.frozen': false, 's.standing': 'living', 'r.standing': 'published' })
    .whereNotExists(knex('repair as c').whereRaw('c.subject_id = s.id'))
    .whereNotExists(knex('objection as c').whereRaw('c.subject_id = s.id'))
    .orderBy('s.uscc', 'desc').first('s.uscc');
  if (!first) return;
  const named = { kind: 'organisation' as const, uscc: first.uscc, name: second, difference: 'another' as const };
  await knex.transaction((trx) => subjectsNamed(trx, seal, [named], { person: null, reason: '录入处罚信息时发现同一代码属于名称不同的另一单位。' }));
}
