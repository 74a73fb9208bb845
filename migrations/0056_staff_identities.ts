import type { Knex } from 'knex';

/** Accounts of people at the house's identity provider, and what sign-ins by it are called. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table person_identity (
      person_id uuid primary key references person on delete cascade,
      issuer    text not null,
      -- Of what the provider calls the account, keyed by the installation's key: it may be a number that names somebody.
      subject   bytea not null,
      linked_at timestamptz not null default now(),
      unique (issuer, subject)
    );
    alter table sign_in drop constraint sign_in_way_check, add constraint sign_in_way_check check (way in ('password', 'identity'));
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    update sign_in set way = 'password' where way = 'identity';
    alter table sign_in drop constraint sign_in_way_check, add constraint sign_in_way_check check (way in ('password'));
    drop table person_identity;
  `);
}
