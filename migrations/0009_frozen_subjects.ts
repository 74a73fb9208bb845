import type { Knex } from 'knex';

/** The few subjects of which nothing is shown, for the pages that leave their records out. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('create index subject_frozen on subject (id) where frozen');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index subject_frozen');
}
