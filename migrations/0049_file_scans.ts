import type { Knex } from 'knex';

/** Contents of uploads that a scanner has yet to look into, or has found infected; others were passed when they came. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table file_scan (
      -- SHA-256, as it is stored under.
      hash       text primary key,
      status     text not null check (status in ('checking', 'clean', 'infected')),
      name       text not null,
      -- Who sent it: a person of the house, or an account of the portal.
      person_id  uuid references person on delete set null,
      account_id uuid,
      at         timestamptz not null default now(),
      scanned_at timestamptz,
      -- What was found, in the scanner's words.
      signature  text,
      -- The content is gone.
      removed_at timestamptz
    );
    create index file_scan_waiting on file_scan (at) where status = 'checking' or (status = 'infected' and removed_at is null);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table file_scan');
}
