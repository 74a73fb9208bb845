import type { Knex } from 'knex';

/** What the lists of applications for repair and of objections have in common: projections of their case files. */
const common = `
  case_id    uuid primary key references case_file,
  case_no    text not null,
  title      text not null,
  status     text not null,
  step       text,
  outcome    text,
  record_id  uuid not null references record,
  subject_id uuid not null references subject,
  -- The unit that decides.
  unit       text not null,
  channel    text not null,
  -- Account on the portal; null where a window or the upstream platform entered it.
  applicant  text,
  due_at     timestamptz,
  opened_at  timestamptz not null,
  closed_at  timestamptz,
  search     tsvector not null`;

const indexes = (table: string): string => `
  create index ${table}_opened on ${table} (opened_at desc, case_id);
  create index ${table}_step on ${table} (step, opened_at desc, case_id) where status = 'open';
  create index ${table}_unit on ${table} (unit, opened_at desc, case_id);
  create index ${table}_due on ${table} (due_at, case_id) where status = 'open';
  create index ${table}_record on ${table} (record_id, opened_at desc);
  create index ${table}_subject on ${table} (subject_id, opened_at desc);
  create index ${table}_applicant on ${table} (applicant, opened_at desc) where applicant is not null;
  create index ${table}_no on ${table} (case_no text_pattern_ops);
  create index ${table}_search on ${table} using gin (search);`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table repair (${common},
      -- First day of a new application, after a repair that was got by false papers was revoked.
      banned_until date
    );
    ${indexes('repair')}
    create index repair_banned on repair (subject_id, banned_until) where banned_until is not null;

    create table objection (${common},
      ground   text not null,
      -- The source unit against which the error is counted; null where there was none.
      fault_of text
    );
    ${indexes('objection')}
    create index objection_fault on objection (fault_of, opened_at desc) where fault_of is not null;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table objection, repair');
}
