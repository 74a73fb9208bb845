import type { Knex } from 'knex';

const codes = (form: string): string => `
  alter table rule_version drop constraint rule_version_code_check;
  alter table rule_version add constraint rule_version_code_check check (code ~ '${form}');
`;

/**
 * Cases in which a registry corrects a code of two living firms (重码), and one list of all cases that are to be opened,
 * whatever their kind. The codes of rules begin with the kind of case, whose name may be of two words.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table release_due rename to case_due;
    alter index release_due_record rename to case_due_record;
    alter table case_due add column kind text not null default 'release';
    alter table case_due alter column kind drop default;
    -- Of a release: the record that it is about.
    alter table case_due alter column record_id drop not null;
    -- Of a correction: the code. One is waited for at a time.
    alter table case_due add column uscc text unique;
    alter table case_due add constraint case_due_about check ((record_id is null) <> (uscc is null));

    create table code_correction (
      case_id   uuid primary key references case_file,
      case_no   text not null,
      title     text not null,
      status    text not null,
      step      text,
      outcome   text,
      uscc      text not null,
      -- The firms that had it when the case was opened.
      holders   uuid[] not null,
      -- The unit whose move it is, or was.
      unit      text not null,
      due_at    timestamptz,
      opened_at timestamptz not null,
      closed_at timestamptz,
      search    tsvector not null
    );
    create index code_correction_opened on code_correction (opened_at desc, case_id);
    create index code_correction_step on code_correction (step, opened_at desc, case_id) where status = 'open';
    create index code_correction_due_at on code_correction (due_at, case_id) where status = 'open';
    create index code_correction_uscc on code_correction (uscc);
    create index code_correction_no on code_correction (case_no text_pattern_ops);
    create index code_correction_search on code_correction using gin (search);
  `);
  await knex.raw(codes('^[a-z][a-zA-Z]*([.-][a-z0-9]+)+$'));
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table rule_version disable trigger user;
    delete from rule_version where code like 'codeCorrection.%';
    alter table rule_version enable trigger user;
  `);
  await knex.raw(codes('^[a-z]+([.-][a-z0-9]+)+$'));
  await knex.raw(`
    drop table code_correction;
    delete from case_due where uscc is not null;
    alter table case_due drop constraint case_due_about, drop column uscc, drop column kind;
    alter table case_due alter column record_id set not null;
    alter index case_due_record rename to release_due_record;
    alter table case_due rename to release_due;
  `);
}
