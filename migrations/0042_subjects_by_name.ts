import type { Knex } from 'knex';

/** Firms in reports are found by their names too, however these are written: who verifies one sees the other reports of the same firm. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`create index case_subject_name on case_subject (regexp_replace(folded(name), '\\s', '', 'g'), opened_at desc) where kind = 'organisation'`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index case_subject_name');
}
