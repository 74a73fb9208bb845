import type { Knex } from 'knex';

/** What waits for nobody's deadline stands last in a list by deadline. */
const byDeadline = (table: string): string => `
  drop index ${table}_due;
  create index ${table}_due on ${table} ((coalesce(due_at, 'infinity'::timestamptz)), case_id) where status = 'open';`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Who asks by an ID number says why before he learns whether there is such a person: one of whom nothing is on file is asked about too.
    alter table subject_query alter subject_id drop not null, add sought text;
    alter table subject_query add check (subject_id is not null or sought is not null);
    comment on column subject_query.sought is 'the ID number that was asked for, masked';
    ${byDeadline('repair')}
    ${byDeadline('objection')}
    create index record_unit_standing on record (unit, standing, decided_on desc, id);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index repair_due, objection_due, record_unit_standing;
    create index repair_due on repair (due_at, case_id) where status = 'open';
    create index objection_due on objection (due_at, case_id) where status = 'open';
    delete from subject_query where subject_id is null;
    alter table subject_query drop sought, alter subject_id set not null;
  `);
}
