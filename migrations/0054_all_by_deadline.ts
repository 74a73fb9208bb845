import type { Knex } from 'knex';

/**
 * Sorted by deadline a list of incidents keeps all its rows: what is closed waits for nothing and comes last. So these
 * indexes hold the closed ones too, which costs no second index.
 */
const due = "(coalesce(due_at, 'infinity'::timestamptz)), case_id";

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index incident_due, case_party_due;
    create index incident_due on incident (${due});
    create index case_party_due on case_party (unit, kind, ${due});
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index incident_due, case_party_due;
    create index incident_due on incident (${due}) where status = 'open';
    create index case_party_due on case_party (unit, kind, ${due}) where status = 'open';
  `);
}
