import type { Knex } from 'knex';

/**
 * Views of cases, records and files, exports and reads of the API stand in the access log, with what they were about.
 * They come out of journals, a file of each web process, some time after they happened: so a line says when it was
 * written as well, and a journal's row says how much of it was carried over.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Lines of before have neither; their digests in the anchors stay what they are.
    alter table access_log add column about text, add column written_at timestamptz;
    alter table access_log alter column written_at set default now();
    create index access_log_about on access_log (about, id desc) where about is not null;
    create index access_log_subject on access_log (subject_id, id desc) where subject_id is not null;
    create index access_log_username on access_log (username, id desc) where person_id is null;

    create table access_journal (
      name  text primary key,
      -- Bytes of the file whose lines are in the log.
      taken bigint not null default 0
    );

    create or replace function access_log_protect() returns trigger language plpgsql as $$
    begin
      if tg_op = 'UPDATE' or greatest(old.at, old.written_at) > now() - interval '6 months' then
        raise exception 'access_log is append-only for six months' using errcode = 'check_violation';
      end if;
      return old;
    end $$;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    create or replace function access_log_protect() returns trigger language plpgsql as $$
    begin
      if tg_op = 'UPDATE' or old.at > now() - interval '6 months' then
        raise exception 'access_log is append-only for six months' using errcode = 'check_violation';
      end if;
      return old;
    end $$;
    drop index access_log_subject, access_log_username;
    drop table access_journal;
    alter table access_log drop column written_at, drop column about;
  `);
}
