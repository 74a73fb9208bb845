import type { Knex } from 'knex';

/**
 * Names that a unit had before, each until a day on which it was called so no more. `unit_named` says how a unit was
 * called on a day: what it issued keeps the name of its day.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table former_unit_name (
      unit_id    text not null references unit,
      name       text not null,
      short_name text not null,
      name_en    text not null,
      since      date,
      until      date not null,
      primary key (unit_id, until),
      check (since is null or since < until)
    );

    create view unit_named as
      select unit_id, name, short_name, name_en, coalesce(since, '-infinity'::date) as since, until from former_unit_name
      union all
      select u.id, u.name, u.short_name, u.name_en,
             coalesce((select max(f.until) from former_unit_name f where f.unit_id = u.id), '-infinity'::date), 'infinity'::date
      from unit u;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop view unit_named; drop table former_unit_name');
}
