import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { createActivities } from '../../../src/commands/activities.ts';
import { seedApplications } from '../../../src/demo/applications.ts';
import { readCast } from '../../../src/demo/cast.ts';
import { seedDoubleCode } from '../../../src/demo/double-code.ts';
import { seedIncidents } from '../../../src/demo/incidents.ts';
import { seedRecords } from '../../../src/demo/records.ts';
import { seedPeople } from '../../../src/features/demo/people.ts';
import { createReadLaw } from '../../../src/platform/law.ts';
import { createLogger } from '../../../src/platform/logging.ts';
import { createSeal } from '../../../src/platform/seal.ts';
import { createFolderStorage } from '../../../src/platform/storage.ts';
import { startCity, type TestCity } from '../../support/city.ts';
import { asSuperuser } from '../../support/stack.ts';
import { DEMO_PASSWORD } from '../../support/web.ts';

/** The demo city with its incidents, records and applications, on a database made for the net. */
export async function startFullCity(): Promise<TestCity> {
  const city = await startCity();
  const { knex, config } = city;
  const { cases } = createActivities({ config, knex, logger: createLogger({ level: 'silent', process: 'seed' }) });
  const law = await createReadLaw(knex)();
  const { calendar } = law;
  const cast = await readCast(knex);
  const now = Date.now();
  const progress = (): void => undefined;
  const seal = createSeal({ key: config.secrets.seal, cipher: config.cipher, hash: config.hash });
  const chain = { hash: config.hash, key: config.secrets.chain };
  const storage = createFolderStorage(join(config.dataFolder, 'files'));
  await seedIncidents({ activities: cases, cast, calendar, publicUrl: config.publicUrl, now, has: () => false, progress });
  await seedRecords({ knex, law, chain, seal, storage, cast, calendar, now, progress });
  await seedApplications({ knex, activities: cases, cast, law, chain, seal, storage, now, progress });
  await seedDoubleCode({ knex, seal });
  return city;
}

/** Everybody can sign in again, whatever was done to the accounts meanwhile. */
export async function restorePeople(knex: Knex): Promise<void> {
  await seedPeople(knex, DEMO_PASSWORD);
  await knex('person').where({ is_demo: true }).update({ active: true });
  await knex('rate_limit').delete();
}

/** The account with this address speaks for the firm that has most records. */
export async function bindApplicant(knex: Knex, account: string): Promise<void> {
  const firm: { id: string; uscc: string; name: string } = await knex('subject as s').join('record as r', 'r.subject_id', 's.id')
    .where('s.kind', 'organisation').whereNotNull('s.uscc').groupBy('s.id', 's.uscc', 's.name').orderByRaw('count(*) desc, s.id').first('s.id', 's.uscc', 's.name');
  await knex('portal_binding').insert({
    id: randomUUID(), account_id: account, uscc: firm.uscc, name: firm.name, agent: false, proof: '[]', state: 'confirmed', subject_id: firm.id,
    asked_at: knex.fn.now(), decided_at: knex.fn.now(),
  });
}

/** A hundred and twenty letters without a place to break, in the middle of a name. */
const UNBROKEN = 'Wuzhongzhan'.repeat(11).slice(0, 120);
const LONG_NAME = '宿迁市洋河新区'.repeat(29).slice(0, 200);

interface TextColumn {
  table_name: string;
  column_name: string;
  data_type: string;
}

/**
 * Makes the data of the city hostile where they stand, in every table that has them: each firm has a name with a long
 * word that cannot be broken, each case its title, and people and units have names of 200 characters. Chains no longer
 * prove themselves afterwards; the pages must hold all the same.
 */
export async function makeHostile(knex: Knex): Promise<void> {
  const { rows } = await knex.raw<{ rows: TextColumn[] }>(`
    select c.table_name, c.column_name, c.data_type from information_schema.columns c
    join information_schema.tables t using (table_schema, table_name)
    where table_schema = 'public' and t.table_type = 'BASE TABLE' and c.is_generated = 'NEVER' and c.data_type in ('text', 'character varying', 'json', 'jsonb')
    order by 1, 2`);
  await asSuperuser(knex, (superuser) => superuser.transaction(async (trx) => {
    // Without triggers: what may only be appended to is changed here.
    await trx.raw('set local session_replication_role = replica');
    for (const { table_name: table, column_name: column, data_type: type } of rows) {
      // A column with a rule of its own keeps what it has.
      await trx.transaction((inner) => inner.raw(
        `update ?? set ?? = replace(??::text, '有限公司', ?)::${type} where ??::text like '%有限公司%'`, [table, column, column, `${UNBROKEN}有限公司`, column],
      )).catch(() => undefined);
    }
    const reached: unknown = await trx('incident').whereLike('title', `%${UNBROKEN}%`).first('case_id');
    if (!reached) throw new Error('no title was made hostile');
    await trx('unit').update({ name: LONG_NAME, short_name: LONG_NAME.slice(0, 60), name_en: UNBROKEN });
    await trx('person').where({ is_demo: true }).update({ name: LONG_NAME, name_en: `${UNBROKEN}${UNBROKEN}`.slice(0, 200) });
  }));
}
