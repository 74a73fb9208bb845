import type { Knex } from 'knex';

/**
 * What departments that keep a copy are told (共享): one row for each thing that happened to what the public sees of a
 * record, in an order that a reader can follow without missing anything. `record_change_told` writes them, in the
 * transaction of what happened, whoever wrote it.
 *
 * A sequence does not give such an order: its numbers are taken before transactions end, and a reader that has seen 6
 * would never see the 5 that is committed after it. So rows are ordered by `xact`, and a reader goes no further than
 * below the oldest transaction that still writes (`pg_snapshot_xmin`): what that one will add comes after him. `xact` is
 * the writer's own transaction, or a later one that had ended when it wrote: so two rows of one record stand in the
 * order in which they were written, whichever of their transactions began first.
 *
 * Transaction numbers belong to one server and one history of it. After a restore from a dump, or back to an earlier
 * hour, they begin another `era`, and whoever reads with a cursor of the era before is told to take the whole again.
 *
 * The token of an account may be made for pushing applications for repair; without that it can't.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table record_era (
      n       integer generated always as identity primary key,
      -- The server by its identifier, and the timeline of its history.
      cluster text not null unique,
      since   timestamptz not null default now()
    );

    create function record_era_now() returns integer language plpgsql as $$
    declare
      here text := (select system_identifier from pg_control_system()) || '/' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8);
      era integer;
    begin
      select n into era from record_era where cluster = here;
      if era is null then
        insert into record_era (cluster) values (here) on conflict (cluster) do nothing;
        select n into era from record_era where cluster = here;
      end if;
      return era;
    end $$;

    create table record_change (
      era       integer not null references record_era,
      xact      bigint not null,
      id        bigint generated always as identity,
      record_id uuid not null,
      what      text not null,
      -- When it happened, which may be before it was written.
      at        timestamptz not null,
      primary key (era, xact, id)
    );

    create function record_change_xact() returns bigint language sql volatile as $$
      select greatest(pg_current_xact_id()::text::bigint, pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1)
    $$;

    -- All but what the public does not see of it: one event too many costs a reader a look, one too few a copy that is wrong.
    create function record_event_told() returns trigger language plpgsql as $$
    declare
      this_era integer := record_era_now();
      this_xact bigint := record_change_xact();
    begin
      insert into record_change (era, xact, record_id, what, at)
      select this_era, this_xact, record_id, substr(type, 8), at from added
      where type not in ('record.stored', 'record.performed', 'record.used', 'record.released', 'record.served')
      order by record_id, seq;
      return null;
    end $$;
    create trigger record_event_told after insert on record_event
      referencing new table as added for each statement execute function record_event_told();

    -- The name and code of a subject stand in its records; one that is frozen has none that is shown.
    create function subject_change_told() returns trigger language plpgsql as $$
    declare
      this_era integer := record_era_now();
      this_xact bigint := record_change_xact();
    begin
      insert into record_change (era, xact, record_id, what, at)
      select this_era, this_xact, r.id, 'subject', c.at from added c join record r on r.subject_id = c.subject_id
      where r.published_at is not null and jsonb_exists_any(c.after, array['name', 'uscc', 'frozen', 'representative'])
      order by c.id, r.id;
      return null;
    end $$;
    create trigger subject_change_told after insert on subject_change
      referencing new table as added for each statement execute function subject_change_told();

    insert into record_change (era, xact, record_id, what, at)
    select record_era_now(), record_change_xact(), told.record_id, told.what, told.at from (
      select record_id, substr(type, 8) as what, at, recorded_at, seq from record_event
      where type not in ('record.stored', 'record.performed', 'record.used', 'record.released', 'record.served')
    ) told order by told.recorded_at, told.record_id, told.seq;

    -- Applications that the upstream platform pushed, by its own number: pushed twice, one is answered with the same case.
    create table repair_push (
      number    text primary key,
      record_id uuid not null references record,
      -- The case that it became or, as one was open already, was added to.
      case_id   uuid not null,
      -- Whether that case was open before.
      merged    boolean not null,
      pushed_at timestamptz not null,
      person_id uuid not null references person
    );
    create index repair_push_case on repair_push (case_id);

    alter table api_token add column pushes_repairs boolean not null default false;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table api_token drop column pushes_repairs;
    drop table repair_push;
    drop trigger subject_change_told on subject_change;
    drop trigger record_event_told on record_event;
    drop function subject_change_told;
    drop function record_event_told;
    drop function record_change_xact;
    drop table record_change;
    drop function record_era_now;
    drop table record_era;
  `);
}
