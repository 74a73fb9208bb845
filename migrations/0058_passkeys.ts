import type { Knex } from 'knex';

/** Passkeys of the people of the house (WebAuthn), and what sign-ins by them are called. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table passkey (
      id            uuid primary key default gen_random_uuid(),
      person_id     uuid not null references person on delete cascade,
      credential_id bytea not null unique,
      -- COSE_Key; nothing here is secret, as the private half never leaves the device.
      public_key    bytea not null,
      -- As the device last said it; devices that share a passkey always say 0.
      counter       bigint not null,
      -- By what ways the browser reaches the device.
      transports    text[] not null,
      -- What its owner calls the device.
      name          text not null,
      added_at      timestamptz not null,
      last_used_at  timestamptz
    );
    create index passkey_person on passkey (person_id);
    alter table sign_in drop constraint sign_in_way_check, add constraint sign_in_way_check check (way in ('password', 'identity', 'passkey'));
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    update sign_in set way = 'password' where way = 'passkey';
    alter table sign_in drop constraint sign_in_way_check, add constraint sign_in_way_check check (way in ('password', 'identity'));
    drop table passkey;
  `);
}
