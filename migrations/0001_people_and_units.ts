import type { Knex } from 'knex';

/**
 * People, units, roles; sessions, kept forms and rate limits of the web; tokens of the API;
 * and the log of sign-ins and refused accesses.
 *
 * The role rule (三员分立) stands here a second time, as a trigger: no road into the
 * database, a hand-typed statement included, gives one person two excluding roles.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table unit (
      id          text primary key check (id ~ '^[a-z][a-z0-9-]{1,30}$'),
      name        text not null,
      short_name  text not null,
      name_en     text not null,
      kind        text not null check (kind in
                    ('city', 'creditOffice', 'department', 'region', 'zone', 'legal', 'publicity')),
      region_code text,
      parent_id   text references unit,
      mailbox     text,
      active      boolean not null default true,
      position    integer not null default 0,
      version     integer not null default 1,
      check (parent_id <> id)
    );
    create index unit_parent on unit (parent_id);

    create table person (
      id                   uuid primary key default gen_random_uuid(),
      username             text not null unique check (username ~ '^[a-z0-9][a-z0-9._-]{1,39}$'),
      name                 text not null,
      name_en              text not null,
      mail                 text not null,
      locale               text not null default 'zh-CN' check (locale in ('zh-CN', 'en')),
      password_hash        text not null,
      must_change_password boolean not null default false,
      active               boolean not null default true,
      is_demo              boolean not null default false,
      failed_attempts      integer not null default 0,
      locked_until         timestamptz,
      created_at           timestamptz not null default now(),
      version              integer not null default 1
    );

    create table person_role (
      person_id uuid not null references person on delete cascade,
      unit_id   text not null references unit,
      role      text not null check (role in
                  ('handler', 'head', 'legalReviewer', 'supervisor', 'creditOfficeHead',
                   'systemAdmin', 'securityAdmin', 'auditAdmin')),
      primary key (person_id, unit_id, role)
    );
    create index person_role_unit on person_role (unit_id, role);

    create function person_role_separation() returns trigger language plpgsql as $$
    begin
      -- The lock makes two simultaneous grants to one person see each other.
      perform 1 from person where id = new.person_id for update;
      if exists (
        select 1 from person_role held
        where held.person_id = new.person_id
          and held.role <> new.role
          and (held.role in ('systemAdmin', 'securityAdmin', 'auditAdmin')
               or new.role in ('systemAdmin', 'securityAdmin', 'auditAdmin'))
      ) then
        raise exception 'role % excludes another role of person %', new.role, new.person_id
          using errcode = 'check_violation', constraint = 'person_role_separation';
      end if;
      return new;
    end $$;
    create trigger person_role_separation after insert or update on person_role
      for each row execute function person_role_separation();

    -- The shape connect-pg-simple expects; the person is read out of the session itself,
    -- so that a person's sessions can be found and ended, and joined in one statement.
    create table session (
      sid       varchar primary key,
      sess      json not null,
      expire    timestamptz not null,
      person_id uuid generated always as ((sess #>> '{passport,user}')::uuid) stored
    );
    create index session_expire on session (expire);
    create index session_person on session (person_id) where person_id is not null;

    create table kept_form (
      id         text primary key,
      person_id  uuid not null references person on delete cascade,
      sealed     bytea not null,
      expires_at timestamptz not null
    );
    create index kept_form_expires on kept_form (expires_at);

    -- Counters of minutes: lost with a crash of the server, and no harm done.
    create unlogged table rate_limit (
      key      text primary key,
      hits     integer not null,
      reset_at timestamptz not null
    );
    create index rate_limit_reset on rate_limit (reset_at);

    create table api_token (
      id           uuid primary key default gen_random_uuid(),
      person_id    uuid not null references person on delete cascade,
      token_hash   text not null unique,
      created_at   timestamptz not null default now(),
      last_used_at timestamptz,
      expires_at   timestamptz,
      revoked_at   timestamptz
    );
    create index api_token_person on api_token (person_id);

    create table access_log (
      id         bigint generated always as identity primary key,
      at         timestamptz not null default now(),
      kind       text not null,
      person_id  uuid,
      username   text,
      subject_id uuid,
      method     text,
      path       text,
      address    text,
      user_agent text,
      request_id text,
      detail     jsonb not null default '{}'
    );
    create index access_log_kind on access_log (kind, id desc);
    create index access_log_person on access_log (person_id, id desc);
    create index access_log_at on access_log (at);

    -- Network logs are kept at least six months (网络安全法 article 21); nothing in them is ever changed.
    create function access_log_protect() returns trigger language plpgsql as $$
    begin
      if tg_op = 'UPDATE' or old.at > now() - interval '6 months' then
        raise exception 'access_log is append-only for six months' using errcode = 'check_violation';
      end if;
      return old;
    end $$;
    create trigger access_log_protect before update or delete on access_log
      for each row execute function access_log_protect();
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table access_log, api_token, rate_limit, kept_form, session, person_role, person, unit;
    drop function access_log_protect;
    drop function person_role_separation;
  `);
}
