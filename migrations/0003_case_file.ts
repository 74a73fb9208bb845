import type { Knex } from 'knex';

/**
 * The case file (`case_event`) and its projections. `json`, not `jsonb`, holds what the fold returns, as the order
 * of its keys is part of it.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table case_event (
      case_id uuid not null,
      seq integer not null check (seq > 0),
      key text not null,
      command boolean not null,
      at timestamptz not null,
      recorded_at timestamptz not null,
      actor json,
      request_id text,
      type text not null,
      what json not null,
      previous_hash bytea not null,
      hash bytea not null,
      primary key (case_id, seq)
    );

    create function case_event_is_append_only() returns trigger language plpgsql as $$
    begin
      raise exception 'case_event is append-only (case %, event %)', old.case_id, old.seq;
    end $$;
    create trigger case_event_append_only before update or delete on case_event
      for each row execute function case_event_is_append_only();
    create trigger case_event_no_truncate before truncate on case_event
      for each statement execute function case_event_is_append_only();

    create table case_number (
      prefix text not null,
      year integer not null,
      last integer not null,
      primary key (prefix, year)
    );

    -- Whether a person's command was recorded, or given up before it was: whichever row comes first decides.
    create table command (
      id text primary key,
      case_id uuid not null,
      outcome text not null check (outcome in ('recorded', 'void')),
      seq integer,
      at timestamptz not null default now()
    );

    create table case_file (
      id uuid primary key,
      kind text not null,
      definition integer not null,
      case_no text not null unique,
      title text not null,
      status text not null check (status in ('open', 'closed')),
      live boolean not null,
      head_seq integer not null,
      head_hash bytea not null,
      state json not null,
      opened_at timestamptz not null,
      closed_at timestamptz,
      reopen_until timestamptz
    );
    create index case_file_live on case_file (kind, id) where live;

    create table case_task (
      case_id uuid not null references case_file,
      task_id text not null,
      slug text not null unique,
      kind text not null,
      case_no text not null,
      title text not null,
      stage text not null,
      side boolean not null,
      status text not null check (status in ('open', 'done', 'cancelled')),
      unit text not null,
      role text not null,
      assignee uuid,
      assignee_name text,
      excluded uuid[] not null,
      deadline_at timestamptz,
      provisional boolean not null,
      opened_at timestamptz not null,
      done_at timestamptz,
      done_by uuid,
      outcome text,
      late boolean not null,
      urged integer not null,
      primary key (case_id, task_id)
    );
    create index case_task_mine on case_task (assignee, deadline_at) where status = 'open';
    create index case_task_claimable on case_task (unit, role, deadline_at) where status = 'open' and assignee is null;
    create index case_task_due on case_task (deadline_at, slug) where status = 'open';
    create index case_task_unit_due on case_task (unit, deadline_at) where status = 'open';
    create index case_task_done on case_task (done_by, done_at desc) where status = 'done';

    create table case_party (
      unit text not null,
      case_id uuid not null references case_file,
      opened_at timestamptz not null,
      primary key (unit, case_id)
    );
    create index case_party_case on case_party (case_id);
    create index case_party_opened on case_party (unit, opened_at desc, case_id);

    create table case_recusal (
      person uuid not null,
      case_id uuid not null references case_file,
      primary key (person, case_id)
    );
    create index case_recusal_case on case_recusal (case_id);

    create table case_subject (
      case_id uuid not null references case_file,
      number integer not null,
      kind text not null check (kind in ('organisation', 'person')),
      uscc text,
      name text not null,
      sealed uuid,
      opened_at timestamptz not null,
      primary key (case_id, number)
    );
    create index case_subject_uscc on case_subject (uscc, opened_at desc) where uscc is not null;
    create index case_subject_sealed on case_subject (sealed, opened_at desc) where sealed is not null;

    create table case_link (
      case_id uuid not null references case_file,
      other uuid not null,
      relation text not null,
      primary key (case_id, other, relation)
    );
    create index case_link_other on case_link (other);

    create table disclosure (
      number text primary key,
      case_id uuid not null references case_file,
      disclosure_id text not null,
      case_no text not null,
      unit text not null,
      title text not null,
      text text not null,
      basis text not null,
      channel text not null,
      status text not null check (status in ('published', 'withdrawn', 'ended')),
      published_at timestamptz not null,
      until timestamptz not null,
      reason text,
      changed_at timestamptz not null,
      search tsvector not null,
      unique (case_id, disclosure_id)
    );
    create index disclosure_shown on disclosure (published_at desc, number) where status in ('published', 'withdrawn');
    create index disclosure_search on disclosure using gin (search);

    create table incident (
      case_id uuid primary key references case_file,
      case_no text not null,
      title text not null,
      status text not null,
      step text,
      level text,
      field text not null,
      area text not null,
      region text not null,
      accountable_unit text,
      occurred_on date not null,
      due_at timestamptz,
      answered boolean not null,
      outcome text,
      opened_at timestamptz not null,
      closed_at timestamptz,
      search tsvector not null
    );
    create index incident_opened on incident (opened_at desc, case_id);
    create index incident_step on incident (step, opened_at desc, case_id) where status = 'open';
    create index incident_area on incident (area, region, opened_at desc, case_id);
    create index incident_level on incident (level, opened_at desc, case_id);
    create index incident_unit on incident (accountable_unit, opened_at desc, case_id);
    create index incident_due on incident (due_at, case_id) where status = 'open';
    create index incident_no on incident (case_no text_pattern_ops);
    create index incident_search on incident using gin (search);

    -- Identities of persons named in cases, each sealed with a key of its own; to erase one is to destroy its key.
    create table sealed_identity (
      id uuid primary key,
      purpose text not null check (purpose in ('subject', 'reporter')),
      digest bytea unique,
      wrapped_key bytea,
      sealed bytea not null,
      created_at timestamptz not null default now(),
      erased_at timestamptz
    );
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table sealed_identity, incident, disclosure, case_link, case_subject, case_recusal, case_party, case_task,
      case_file, command, case_number, case_event;
    drop function case_event_is_append_only();
  `);
}
