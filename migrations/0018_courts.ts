import type { Knex } from 'knex';

/** A court is a unit of its own kind: its entries (失信被执行人) are shown here and decided there. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table unit drop constraint unit_kind_check;
    alter table unit add constraint unit_kind_check check (kind in
      ('city', 'creditOffice', 'department', 'region', 'zone', 'legal', 'publicity', 'court'));
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table unit drop constraint unit_kind_check;
    alter table unit add constraint unit_kind_check check (kind in
      ('city', 'creditOffice', 'department', 'region', 'zone', 'legal', 'publicity'));
  `);
}
