import type { Knex } from 'knex';

/** The public list of opinions by indexes alone: its order in both columns, and how many there are until when. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index disclosure_shown;
    create index disclosure_shown on disclosure (published_at desc, number desc) where status in ('published', 'withdrawn');
    create index disclosure_until on disclosure (until, number) where status in ('published', 'withdrawn');
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index disclosure_until;
    drop index disclosure_shown;
    create index disclosure_shown on disclosure (published_at desc, number) where status in ('published', 'withdrawn');
  `);
}
