import type { Knex } from 'knex';

/**
 * Subjects and what is recorded about them. A record, like a case, is a file of events (`record_event`) with a keyed
 * hash chain; `record` holds what they fold to and the columns by which records are found. What a case does to records
 * is appended to their files in the case's own transaction.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table subject (
      id             uuid primary key,
      kind           text not null check (kind in ('organisation', 'person')),
      uscc           text,
      name           text not null,
      standing       text not null default 'living' check (standing in ('living', 'deregistered', 'revoked', 'merged')),
      representative text,
      sealed         uuid unique references sealed_identity,
      frozen         boolean not null default false,
      version        integer not null default 1,
      created_at     timestamptz not null default now(),
      search         tsvector not null,
      check ((kind = 'organisation') = (uscc is not null)),
      check ((kind = 'person') = (sealed is not null))
    );
    -- Not unique: one code on two living firms is a fault of the registry, which is shown and freezes both (重码).
    create index subject_uscc on subject (uscc) where uscc is not null;
    create index subject_search on subject using gin (search);
    comment on column subject.name is 'of a person the masked form';
    comment on column subject.representative is 'legal representative; later replacement does not move a record to the new one';

    create table subject_change (
      id         bigint generated always as identity primary key,
      subject_id uuid not null references subject,
      at         timestamptz not null default now(),
      person_id  uuid,
      before     jsonb not null,
      after      jsonb not null,
      reason     text not null
    );
    create index subject_change_subject on subject_change (subject_id, id desc);

    create table subject_relation (
      subject_id uuid not null references subject,
      other      uuid not null references subject,
      relation   text not null check (relation in ('mergedInto', 'sameCode')),
      at         timestamptz not null default now(),
      reason     text not null,
      primary key (subject_id, other, relation),
      check (subject_id <> other)
    );
    create index subject_relation_other on subject_relation (other);

    create table record_event (
      record_id     uuid not null,
      seq           integer not null check (seq > 0),
      key           text not null,
      at            timestamptz not null,
      recorded_at   timestamptz not null,
      actor         json,
      request_id    text,
      type          text not null,
      what          json not null,
      previous_hash bytea not null,
      hash          bytea not null,
      primary key (record_id, seq)
    );
    create index record_event_key on record_event (record_id, key);

    create function record_event_is_append_only() returns trigger language plpgsql as $$
    begin
      raise exception 'record_event is append-only (record %, event %)', old.record_id, old.seq;
    end $$;
    create trigger record_event_append_only before update or delete on record_event
      for each row execute function record_event_is_append_only();
    create trigger record_event_no_truncate before truncate on record_event
      for each statement execute function record_event_is_append_only();

    create table record (
      id             uuid primary key,
      subject_id     uuid not null references subject,
      kind           text not null,
      unit           text not null,
      document_no    text not null,
      decided_on     date not null,
      class          text not null check (class in ('MINOR', 'GENERAL', 'SERIOUS')),
      domain         text not null,
      standing       text not null check (standing in
                       ('stored', 'published', 'marked', 'suspended', 'shielded', 'ended', 'repaired', 'withdrawn')),
      -- Shown to everybody until the midnight that ends this day; null: not shown, or until cured.
      public         boolean not null,
      public_until   date,
      repairable_from date,
      performed      boolean not null,
      frozen         boolean not null default false,
      version        integer not null,
      stored_at      timestamptz not null,
      published_at   timestamptz,
      changed_at     timestamptz not null,
      head_seq       integer not null,
      head_hash      bytea not null,
      state          json not null,
      search         tsvector not null
    );
    -- The same document about the same subject again is a correction of it, not a second record.
    create unique index record_document on record (unit, document_no, decided_on, subject_id);
    create index record_subject on record (subject_id, decided_on desc, id);
    create index record_decided on record (decided_on desc, id);
    create index record_unit on record (unit, decided_on desc, id);
    create index record_standing on record (standing, decided_on desc, id);
    create index record_ends on record (public_until, id) where public;
    create index record_public on record (published_at desc, id) where public;
    create index record_search on record using gin (search);

    -- Units that applied a measure because of a record and are to be told when it is gone.
    create table record_use (
      record_id   uuid not null references record,
      unit        text not null,
      measure     text not null,
      legal_basis text not null,
      since       timestamptz not null,
      primary key (record_id, unit)
    );
    create index record_use_unit on record_use (unit, since desc);

    -- Who asked about a subject; he may read it. Kept at least five years.
    create table subject_query (
      id         bigint generated always as identity primary key,
      at         timestamptz not null default now(),
      subject_id uuid not null references subject,
      person_id  uuid,
      unit       text,
      reason     text not null
    );
    create index subject_query_subject on subject_query (subject_id, id desc);

    -- Reports that were printed, so that a number on paper can be checked on the public site.
    create table subject_report (
      number     text primary key,
      subject_id uuid not null references subject,
      made_at    timestamptz not null default now(),
      person_id  uuid,
      digest     bytea not null
    );
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table subject_report, subject_query, record_use, record, record_event, subject_relation, subject_change, subject;
    drop function record_event_is_append_only();
  `);
}
