import type { Knex } from 'knex';

/** What the ends of repairs and objections leave behind: all projections of their case files. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- The record that the revocation of a repair made of the false papers.
    alter table repair add column made_record uuid;
    create index repair_made on repair (made_record) where made_record is not null;

    -- Further applicants, whose applications were merged into a case.
    create table case_joiner (
      case_id   uuid not null references case_file,
      number    integer not null,
      -- Of the command by which he joined; his contact is sealed under it.
      join_id   uuid not null unique,
      -- Account on the portal; null where a window entered it.
      applicant text,
      joined_at timestamptz not null,
      primary key (case_id, number)
    );
    create index case_joiner_applicant on case_joiner (applicant, joined_at desc) where applicant is not null;

    -- What everybody is told of a record that was corrected or removed.
    create table correction (
      case_id   uuid not null references case_file,
      number    integer not null,
      record_id uuid not null references record,
      what      text not null check (what in ('corrected', 'removed')),
      text      text not null,
      reason    text not null,
      at        timestamptz not null,
      -- Last day on which it is shown.
      until     date not null,
      primary key (case_id, number)
    );
    create index correction_record on correction (record_id, at desc);
    create index correction_at on correction (at desc, case_id, number);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table correction, case_joiner; alter table repair drop column made_record');
}
