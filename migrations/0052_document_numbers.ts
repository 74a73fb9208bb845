import type { Knex } from 'knex';

/**
 * What a unit's documents bear: the sign before their number, and by name the body that reconsiders its decisions and the
 * court that hears suits against them. Serials are counted by unit and year within the transaction that issues a document.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table unit
      add column document_prefix text unique check (document_prefix <> ''),
      add column review_body text check (review_body <> ''),
      add column court text check (court <> '');

    create table document_serial (
      unit_id text not null references unit,
      year    integer not null,
      last    integer not null check (last > 0),
      primary key (unit_id, year)
    );
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table document_serial;
    alter table unit drop column document_prefix, drop column review_body, drop column court;
  `);
}
