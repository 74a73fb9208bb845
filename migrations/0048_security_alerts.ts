import type { Knex } from 'knex';

/** What the security administrator is to hear of at once; made of lines of the access log. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table security_alert (
      id        bigint generated always as identity primary key,
      kind      text not null check (kind in ('lockOut', 'refusals', 'reset', 'export', 'infected')),
      -- The same news is one alert: a line, or an account and an hour.
      key       text not null,
      at        timestamptz not null,
      -- The latest line that tells of it.
      line      bigint not null,
      -- How often, or how many rows.
      number    bigint not null default 1,
      mailed_at timestamptz,
      unique (kind, key)
    );
    create index security_alert_unmailed on security_alert (kind, id) where mailed_at is null;
    create index security_alert_mailed on security_alert (kind, mailed_at desc);

    -- Lines up to here have been looked at.
    create table security_watch (
      single boolean primary key default true check (single),
      line bigint not null
    );
    -- What happened before there were alerts is no news.
    insert into security_watch (line) select coalesce(max(id), 0) from access_log;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table security_watch, security_alert');
}
