import type { Knex } from 'knex';

/**
 * Records brought in by a spreadsheet: who uploaded which file, what was found in it, what was answered, and how far it
 * has come. The rows themselves stay in the file, which is kept for a day; here stand the faults of the bad ones and
 * what the others would correct. `at_row` is the last row, as the spreadsheet counts, that the pass under way is done
 * with: it moves in the transaction that stores the rows up to it.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table record_import (
      id           uuid primary key,
      person_id    uuid not null references person,
      unit         text not null,
      created_at   timestamptz not null,
      file         jsonb not null,
      state        text not null check (state in ('checking', 'asking', 'checked', 'importing', 'done', 'stopped', 'refused')),
      answers      jsonb not null,
      question     json,
      found        json,
      fault        json,
      rows         integer,
      at_row       integer not null default 0,
      handled      integer not null default 0,
      result       jsonb not null default '{}',
      failures     smallint not null default 0,
      confirmed_by uuid references person,
      confirmed_at timestamptz,
      ended_at     timestamptz
    );
    create index record_import_waiting on record_import (created_at) where state in ('checking', 'importing');
    create index record_import_unit on record_import (unit, created_at desc);
    comment on column record_import.file is 'hash (SHA-256), name, mime, bytes';
    comment on column record_import.answers is 'what the person decided for the whole file: domain, amountUnit, renamed, corrects';
    comment on column record_import.question is 'what has to be answered before the check goes on, with examples';
    comment on column record_import.found is 'what the check found: counts, and faults by kind with the first rows of each';
    comment on column record_import.result is 'rows by what became of them';

    create table record_import_row (
      import_id uuid not null references record_import on delete cascade,
      row       integer not null,
      outcome   text not null check (outcome in ('bad', 'correction')),
      record_id uuid,
      what      json not null,
      primary key (import_id, row),
      check ((outcome = 'correction') = (record_id is not null))
    );
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table record_import_row, record_import');
}
