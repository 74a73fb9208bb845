import type { Knex } from 'knex';

/**
 * 对外存证: each day the heads of all chains are folded into one root, which goes to people and pages outside the
 * database. The leaves are a log: what was anchored once is never changed, and a file that grew has a later leaf.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table anchor (
      number   integer primary key check (number > 0),
      day      date not null unique,
      taken_at timestamptz not null,
      size     bigint not null check (size >= 0),
      root     bytea not null,
      hash     text not null check (hash in ('sha256', 'sm3'))
    );
    comment on column anchor.size is 'leaves that the root covers: the first so many of anchor_leaf';
    comment on column anchor.day is 'day in China on which it was taken';

    create table anchor_leaf (
      position bigint primary key check (position >= 0),
      kind     text not null check (kind in ('case', 'record', 'rule', 'person', 'accessLog')),
      id       text not null,
      seq      bigint not null,
      digest   bytea not null
    );
    create index anchor_leaf_newest on anchor_leaf (kind, id, position desc) include (seq, digest);
    comment on column anchor_leaf.seq is 'case, record: last event; rule: which of its three states; person: 0; accessLog: last line of the stretch';

    create function anchor_is_append_only() returns trigger language plpgsql as $$
    begin
      raise exception '% is append-only', tg_table_name using errcode = 'check_violation';
    end $$;
    create trigger anchor_append_only before update or delete on anchor for each row execute function anchor_is_append_only();
    create trigger anchor_no_truncate before truncate on anchor for each statement execute function anchor_is_append_only();
    create trigger anchor_leaf_append_only before update or delete on anchor_leaf for each row execute function anchor_is_append_only();
    create trigger anchor_leaf_no_truncate before truncate on anchor_leaf for each statement execute function anchor_is_append_only();
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table anchor_leaf, anchor; drop function anchor_is_append_only');
}
