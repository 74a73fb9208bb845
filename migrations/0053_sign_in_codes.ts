import type { Knex } from 'knex';

/** A link to the portal carries a code as well, which can be typed in the browser that asked for it. Links of before have none. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table sign_in_link
      add column code bytea,
      add column code_attempts integer not null default 0;
    create index sign_in_link_browser on sign_in_link (browser, created_at desc);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index sign_in_link_browser; alter table sign_in_link drop column code, drop column code_attempts');
}
