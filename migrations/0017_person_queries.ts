import type { Knex } from 'knex';

/** Who asks by an ID number says why before he learns whether there is such a person: one of whom nothing is on file is asked about too. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table subject_query alter subject_id drop not null, add sought text;
    alter table subject_query add check (subject_id is not null or sought is not null);
    comment on column subject_query.sought is 'the ID number that was asked for, masked';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    delete from subject_query where subject_id is null;
    alter table subject_query drop sought, alter subject_id set not null;
  `);
}
