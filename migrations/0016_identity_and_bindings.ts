import type { Knex } from 'knex';

/**
 * Accounts that an identity provider vouches for, beside those of a mail address; natural persons, who see their own
 * record; bindings that end; and who of the credit office has nothing to decide about whom.
 *
 * The name and number a person gives are sealed under the binding's id until it is decided (`sealed_identity` with the
 * purpose `claimant`, without a digest): what anybody may type is not mixed with what the house knows.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table portal_account alter column mail_digest drop not null;
    -- Of the provider and of what it calls the account; the same again at each sign-in.
    alter table portal_account add column identity_digest bytea unique;
    alter table portal_account add constraint portal_account_known_by check (num_nonnulls(mail_digest, identity_digest) = 1);
    alter table portal_session add column via text not null default 'mail' check (via in ('mail', 'identity'));

    -- A sign-in that was begun at the provider. Taken away by the answer, so that none is taken twice.
    create table identity_attempt (
      state      bytea primary key,
      -- Of the cookie of the browser that began it.
      browser    bytea not null,
      nonce      text not null,
      verifier   text not null,
      back       text,
      expires_at timestamptz not null
    );
    create index identity_attempt_expires on identity_attempt (expires_at);

    alter table sealed_identity drop constraint sealed_identity_purpose_check;
    alter table sealed_identity add constraint sealed_identity_purpose_check check (purpose in ('subject', 'reporter', 'claimant'));

    alter table portal_binding
      add column kind text not null default 'organisation' check (kind in ('organisation', 'person')),
      -- What it rests on: papers that somebody looked at, or the provider's word.
      add column source text not null default 'papers' check (source in ('papers', 'identity')),
      -- Index terms of an organisation's name and code; nobody is searched for who is a person.
      add column search tsvector,
      add column ended_at timestamptz,
      add column ended_how text check (ended_how in ('self', 'office', 'identity')),
      add column ended_by uuid references person,
      add column end_reason text,
      alter column uscc drop not null,
      drop constraint portal_binding_state_check,
      drop constraint portal_binding_check,
      drop constraint portal_binding_check1,
      add constraint portal_binding_state_check check (state in ('asked', 'confirmed', 'refused', 'ended')),
      add constraint portal_binding_subject_known check ((state in ('confirmed', 'ended')) = (subject_id is not null)),
      add constraint portal_binding_when_decided check ((state = 'asked') = (decided_at is null)),
      add constraint portal_binding_when_ended check ((state = 'ended') = (ended_at is not null and ended_how is not null)),
      add constraint portal_binding_code check ((kind = 'organisation') = (uscc is not null));

    drop index portal_binding_standing, portal_binding_asked, portal_binding_decided;
    create unique index portal_binding_standing on portal_binding (account_id, uscc) where state in ('asked', 'confirmed') and kind = 'organisation';
    -- An account is one person's.
    create unique index portal_binding_person on portal_binding (account_id) where state in ('asked', 'confirmed') and kind = 'person';
    create index portal_binding_state on portal_binding (state, asked_at, id);
    create index portal_binding_search on portal_binding using gin (search);

    update portal_binding set search = array_to_tsvector(array(
      select distinct substr(name, at, size) from generate_series(1, char_length(name)) at, (values (1), (2)) sizes (size) where at + size - 1 <= char_length(name)
    ) || array[lower(uscc)]);

    -- Somebody of the credit office who must not decide about a binding: he said so.
    create table portal_binding_recusal (
      binding_id uuid not null references portal_binding on delete cascade,
      person_id  uuid not null references person,
      reason     text not null,
      at         timestamptz not null,
      primary key (binding_id, person_id)
    );
  `);
}

/** Accounts, bindings and persons that the columns before cannot hold are gone afterwards. */
export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table portal_binding_recusal, identity_attempt;
    delete from portal_binding where kind = 'person' or state = 'ended' or account_id in (select id from portal_account where mail_digest is null);
    delete from sealed_identity where purpose = 'claimant' or id in (select id from portal_account where mail_digest is null);
    delete from portal_account where mail_digest is null;
    drop index portal_binding_standing, portal_binding_person, portal_binding_state, portal_binding_search;
    alter table portal_binding
      drop constraint portal_binding_state_check, drop constraint portal_binding_subject_known, drop constraint portal_binding_when_decided,
      drop constraint portal_binding_when_ended, drop constraint portal_binding_code,
      drop column kind, drop column source, drop column search, drop column ended_at, drop column ended_how, drop column ended_by, drop column end_reason,
      alter column uscc set not null,
      add constraint portal_binding_state_check check (state in ('asked', 'confirmed', 'refused')),
      add constraint portal_binding_check check ((state = 'confirmed') = (subject_id is not null)),
      add constraint portal_binding_check1 check ((state = 'asked') = (decided_at is null));
    create unique index portal_binding_standing on portal_binding (account_id, uscc) where state <> 'refused';
    create index portal_binding_asked on portal_binding (asked_at, id) where state = 'asked';
    create index portal_binding_decided on portal_binding (decided_at desc, id) where state <> 'asked';
    alter table sealed_identity drop constraint sealed_identity_purpose_check;
    alter table sealed_identity add constraint sealed_identity_purpose_check check (purpose in ('subject', 'reporter'));
    alter table portal_session drop column via;
    alter table portal_account drop constraint portal_account_known_by, drop column identity_digest, alter column mail_digest set not null;
  `);
}
