import type { Knex } from 'knex';

const ref = `check (kind in ('record', 'correction', 'commitment', 'opinion'))`;

/**
 * 紧急下架: a published text that one person took off at once, and the case in which another decides whether it stays off.
 * `taken_off` is written in the act itself, so that every surface that asks `off_now` is without the text when the act is
 * answered, whether or not anything else of the city is there; the case is opened from `case_due` like any other.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table taken_off (
      -- Of the case in which it is decided.
      case_id   uuid primary key,
      kind      text not null ${ref},
      -- Id of the record, number of the opinion, case and number of the correction, case of the commitment.
      ref       text not null,
      at        timestamptz not null,
      person_id uuid references person
    );
    create index taken_off_text on taken_off (kind, ref);

    create table takedown (
      case_id   uuid primary key references case_file,
      case_no   text not null,
      title     text not null,
      status    text not null,
      step      text,
      outcome   text,
      -- What was decided last, also while it is decided anew; null before.
      verdict   text check (verdict in ('staysOff', 'putBack')),
      kind      text not null ${ref},
      ref       text not null,
      unit      text not null,
      due_at    timestamptz,
      opened_at timestamptz not null,
      closed_at timestamptz,
      search    tsvector not null
    );
    create index takedown_opened on takedown (opened_at desc, case_id);
    create index takedown_step on takedown (step, opened_at desc, case_id) where status = 'open';
    create index takedown_unit on takedown (unit, opened_at desc, case_id);
    create index takedown_due_at on takedown (due_at, case_id) where status = 'open';
    create index takedown_text on takedown (kind, ref);
    create index takedown_no on takedown (case_no text_pattern_ops);
    create index takedown_search on takedown using gin (search);

    -- The one question of every surface: which texts are off.
    create view off_now as
      select o.case_id, o.kind, o.ref, o.at from taken_off o
      where not exists (select from takedown t where t.case_id = o.case_id and t.verdict = 'putBack');

    alter table case_due drop constraint case_due_about;
    alter table case_due add constraint case_due_about check (num_nonnulls(record_id, uscc) = case kind when 'takedown' then 0 else 1 end);

    -- Who keeps a copy deletes it, and takes it again.
    create function taken_off_told() returns trigger language plpgsql as $$
    begin
      if new.kind = 'record' then
        insert into record_change (era, xact, record_id, what, at)
        select record_era_now(), record_change_xact(), r.id, 'takenOff', new.at from record r where r.id = new.ref::uuid;
      end if;
      return null;
    end $$;
    create trigger taken_off_told after insert on taken_off for each row execute function taken_off_told();

    create function put_back_told() returns trigger language plpgsql as $$
    begin
      if new.kind = 'record' and new.verdict = 'putBack' and old.verdict is distinct from new.verdict then
        insert into record_change (era, xact, record_id, what, at)
        select record_era_now(), record_change_xact(), r.id, 'putBack', now() from record r where r.id = new.ref::uuid;
      end if;
      return null;
    end $$;
    create trigger put_back_told after update on takedown for each row execute function put_back_told();
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table rule_version disable trigger user;
    delete from rule_version where code like 'takedown.%';
    alter table rule_version enable trigger user;
    delete from record_change where what in ('takenOff', 'putBack');
    delete from case_due where kind = 'takedown';
    alter table case_due drop constraint case_due_about;
    alter table case_due add constraint case_due_about check ((record_id is null) <> (uscc is null));
    drop view off_now;
    drop table takedown, taken_off;
    drop function put_back_told;
    drop function taken_off_told;
  `);
}
