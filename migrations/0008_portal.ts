import type { Knex } from 'knex';

/**
 * The applicant's portal: accounts that are a verified mail address and nothing else, their sessions, the firms they
 * speak for, and forms they have not sent yet. An address is sealed as a reporter's is (`sealed_identity` under the
 * account's id) and found again by a keyed digest; links and sessions are known by the digest of what the browser holds.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table portal_account (
      id           uuid primary key,
      mail_digest  bytea not null unique,
      -- Enough to recognise the address by, too little to write to.
      masked       text not null,
      locale       text not null check (locale in ('zh-CN', 'en')),
      created_at   timestamptz not null default now(),
      -- The first time a link that was sent there was opened.
      confirmed_at timestamptz
    );

    create index portal_account_unconfirmed on portal_account (created_at) where confirmed_at is null;

    create table sign_in_link (
      digest     bytea primary key,
      account_id uuid not null references portal_account on delete cascade,
      -- Of the cookie of the browser that asked for it.
      browser    bytea not null,
      back       text,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null,
      used_at    timestamptz
    );
    create index sign_in_link_account on sign_in_link (account_id);
    create index sign_in_link_expires on sign_in_link (expires_at);

    create table portal_session (
      digest     bytea primary key,
      account_id uuid not null references portal_account on delete cascade,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null
    );
    create index portal_session_account on portal_session (account_id);
    create index portal_session_expires on portal_session (expires_at);

    create table portal_binding (
      id           uuid primary key,
      account_id   uuid not null references portal_account,
      -- As the account wrote it; whether there is such a subject is looked up when it is confirmed, and told to nobody before.
      uscc         text not null,
      name         text not null,
      agent        boolean not null,
      proof        json not null,
      state        text not null default 'asked' check (state in ('asked', 'confirmed', 'refused')),
      subject_id   uuid references subject,
      asked_at     timestamptz not null,
      decided_at   timestamptz,
      decided_by   uuid references person,
      reason       text,
      check ((state = 'confirmed') = (subject_id is not null)),
      check ((state = 'asked') = (decided_at is null))
    );
    create unique index portal_binding_standing on portal_binding (account_id, uscc) where state <> 'refused';
    create index portal_binding_account on portal_binding (account_id, asked_at desc);
    create index portal_binding_subject on portal_binding (subject_id, account_id) where state = 'confirmed';
    create index portal_binding_asked on portal_binding (asked_at, id) where state = 'asked';
    create index portal_binding_decided on portal_binding (decided_at desc, id) where state <> 'asked';

    create table portal_draft (
      account_id uuid not null references portal_account on delete cascade,
      record_id  uuid not null references record,
      kind       text not null check (kind in ('repair', 'objection')),
      fields     json not null,
      files      json not null,
      saved_at   timestamptz not null,
      primary key (account_id, record_id, kind)
    );
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table portal_draft, portal_binding, portal_session, sign_in_link, portal_account');
}
