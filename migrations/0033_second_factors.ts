import type { Knex } from 'knex';

/** Second factors: codes of an app (RFC 6238), whose secrets are sealed as personal data is, and recovery codes. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Kept beside what it is made of, as every request asks for it.
    alter table person add column has_second_factor boolean not null default false;

    create table second_factor (
      -- Its secret is in sealed_identity under this id.
      id           uuid primary key default gen_random_uuid(),
      person_id    uuid not null references person on delete cascade,
      created_at   timestamptz not null default now(),
      -- Null while the person has yet to prove that his app has the secret.
      confirmed_at timestamptz,
      -- The last time step whose code was taken: no code is taken twice.
      last_step    bigint not null default 0
    );
    create unique index second_factor_confirmed on second_factor (person_id) where confirmed_at is not null;
    create unique index second_factor_begun on second_factor (person_id) where confirmed_at is null;

    create table recovery_code (
      person_id uuid not null references person on delete cascade,
      -- Keyed by the installation's key.
      digest    bytea not null,
      made_at   timestamptz not null default now(),
      used_at   timestamptz,
      primary key (person_id, digest)
    );

    alter table sealed_identity drop constraint sealed_identity_purpose_check;
    alter table sealed_identity add constraint sealed_identity_purpose_check check (purpose in ('subject', 'reporter', 'claimant', 'secondFactor'));
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    delete from sealed_identity where purpose = 'secondFactor';
    alter table sealed_identity drop constraint sealed_identity_purpose_check;
    alter table sealed_identity add constraint sealed_identity_purpose_check check (purpose in ('subject', 'reporter', 'claimant'));
    drop table recovery_code, second_factor;
    alter table person drop column has_second_factor;
  `);
}
