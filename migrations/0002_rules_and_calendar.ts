import type { Knex } from 'knex';

/**
 * The regulation as data: versions of every limit, and calendars of working days.
 *
 * Nothing here is edited in place. A rule's version is proposed by one person and decided by another, a calendar is
 * imported by one and activated by another; the constraints hold this whatever road a statement comes by.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table rule_version (
      id             integer generated always as identity primary key,
      code           text not null check (code ~ '^[a-z]+([.-][a-z0-9]+)+$'),
      value          numeric check (value >= 0),
      unit           text not null check (unit in ('workday', 'day', 'month', 'hour', 'none')),
      domain         text,
      legal_basis    text not null check (length(legal_basis) > 0),
      effective_from date not null,
      effective_to   date,
      status         text not null default 'proposed' check (status in ('proposed', 'confirmed', 'rejected')),
      reason         text not null,
      proposed_by    uuid references person,
      proposed_at    timestamptz not null default now(),
      confirmed_by   uuid references person,
      confirmed_at   timestamptz,
      decision_note  text,
      check (value is not null or unit = 'none'),
      check (effective_to is null or effective_to >= effective_from),
      check (proposed_by <> confirmed_by),
      check ((status = 'proposed') = (confirmed_at is null))
    );
    comment on column rule_version.effective_to is 'last day of validity, included';
    comment on column rule_version.value is 'null: the rule says that there is no limit';
    comment on column rule_version.proposed_by is 'null: delivered with the program';
    comment on column rule_version.confirmed_by is 'who decided, confirming or rejecting; null: delivered with the program';

    create unique index rule_version_confirmed on rule_version (code, coalesce(domain, ''), effective_from)
      where status = 'confirmed';
    create unique index rule_version_open on rule_version (code, coalesce(domain, ''))
      where status = 'confirmed' and effective_to is null;
    create unique index rule_version_pending on rule_version (code, coalesce(domain, ''))
      where status = 'proposed';

    create function rule_version_protect() returns trigger language plpgsql as $$
    begin
      if tg_op = 'DELETE' then
        raise exception 'a version of a rule is never deleted' using errcode = 'check_violation';
      end if;
      if (new.id, new.code, new.value, new.unit, new.domain, new.legal_basis, new.effective_from, new.reason,
          new.proposed_by, new.proposed_at)
         is distinct from
         (old.id, old.code, old.value, old.unit, old.domain, old.legal_basis, old.effective_from, old.reason,
          old.proposed_by, old.proposed_at)
         or (old.status <> 'proposed' and new.status <> old.status)
         or (old.status <> 'proposed' and new.effective_to is distinct from old.effective_to
             and (old.effective_to is not null or old.status <> 'confirmed'))
      then
        raise exception 'a version of a rule is never edited, a new one takes its place' using errcode = 'check_violation';
      end if;
      return new;
    end $$;
    create trigger rule_version_protect before update or delete on rule_version
      for each row execute function rule_version_protect();

    create table calendar (
      version           integer primary key,
      name              text not null,
      source            text not null,
      day_ms            bigint not null default 86400000 check (day_ms >= 1000),
      anchor_ms         bigint not null default -28800000,
      opens_minute      integer not null default 540,
      closes_minute     integer not null default 1050,
      created_at        timestamptz not null default now(),
      created_by        uuid references person,
      note              text,
      digest            text unique,
      based_on          integer references calendar,
      active            boolean not null default false,
      activated_at      timestamptz,
      activated_by      uuid references person,
      activation_reason text,
      check (opens_minute >= 0 and opens_minute < closes_minute and closes_minute <= 1440),
      check (created_by <> activated_by)
    );
    create unique index calendar_one_active on calendar (active) where active;
    comment on column calendar.anchor_ms is 'Unix milliseconds at which the calendar''s 1970-01-01 began; -28800000 is Asia/Shanghai';
    comment on column calendar.day_ms is 'how long a day lasts; a demonstration may load days of seconds';
    comment on column calendar.digest is 'of what was imported and into which calendar: the same import sent twice is one';
    comment on column calendar.created_by is 'null: delivered with the program';

    create table calendar_year (
      calendar_version integer not null references calendar on delete cascade,
      year             integer not null check (year between 1950 and 2200),
      source_notice    text not null,
      primary key (calendar_version, year)
    );
    comment on table calendar_year is 'years whose notice on days off is loaded; every other year is provisional';

    create table calendar_day (
      calendar_version integer not null references calendar on delete cascade,
      date             date not null,
      is_workday       boolean not null,
      name             text not null,
      source_notice    text not null,
      primary key (calendar_version, date)
    );
    comment on table calendar_day is 'days that are named or are not what their weekday says';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table calendar_day, calendar_year, calendar, rule_version;
    drop function rule_version_protect;
  `);
}
