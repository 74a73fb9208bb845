import type { Knex } from 'knex';

/**
 * Who signed in when, from where and how; what went wrong before, by account and address; the passwords of before;
 * and what a token of the API is for.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Sessions without a row in sign_in could not be ended one by one.
    delete from session where person_id is not null;

    -- A row for each sign-in; it is open while its session is.
    create table sign_in (
      id         uuid primary key default gen_random_uuid(),
      person_id  uuid not null references person on delete cascade,
      at         timestamptz not null default now(),
      address    text not null,
      user_agent text not null,
      way        text not null check (way in ('password')),
      -- What was asked for after it.
      second     text check (second in ('code', 'recoveryCode')),
      -- Digest of what this browser is known by: a cookie that outlives its sessions.
      device     bytea,
      -- Of the session that it began; no key, as sessions are deleted.
      sid        varchar,
      ended_at   timestamptz,
      ended_how  text check (ended_how in ('signedOut', 'replaced', 'ended', 'password', 'closed')),
      check ((ended_at is null) = (ended_how is null))
    );
    create index sign_in_person on sign_in (person_id, at desc, id);
    create index sign_in_sid on sign_in (sid) where ended_at is null;
    create index sign_in_at on sign_in (at);

    -- Wrong passwords and codes, by account and address. Names that no account has are counted alike, so that nobody learns which there are.
    create table sign_in_failure (
      what         text not null check (what in ('password', 'code')),
      username     text not null,
      -- Of the network, or of a browser that its owner has signed in with before.
      source       text not null,
      -- The owner has signed in from there before: what goes wrong there does not slow the account down elsewhere.
      usual        boolean not null,
      tries        integer not null,
      last_at      timestamptz not null,
      locked_until timestamptz,
      primary key (what, username, source)
    );
    create index sign_in_failure_last on sign_in_failure (last_at);

    alter table person drop column failed_attempts, drop column locked_until;

    create table password_history (
      id            bigint generated always as identity primary key,
      person_id     uuid not null references person on delete cascade,
      password_hash text not null,
      at            timestamptz not null default now()
    );
    create index password_history_person on password_history (person_id, id desc);

    alter table api_token add column purpose text not null default '';
    drop index api_token_person;
    create index api_token_person on api_token (person_id, created_at desc);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index api_token_person;
    create index api_token_person on api_token (person_id);
    alter table api_token drop column purpose;
    drop table password_history, sign_in_failure, sign_in;
    alter table person add column failed_attempts integer not null default 0, add column locked_until timestamptz;
  `);
}
