import type { Knex } from 'knex';

/**
 * Records whose subject has still to be told how they may be repaired (两书同达): those that decisions made and that
 * are published, as none of them has a service in its file yet.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table record add column awaits_notice boolean not null default false;
    update record set awaits_notice = true
      where standing in ('published', 'marked', 'suspended', 'shielded') and kind in ('penalty', 'seriousList', 'abnormalOperation');
    create index record_awaits_notice on record (decided_on desc, id) where awaits_notice;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table record drop column awaits_notice');
}
