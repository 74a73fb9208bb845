import type { Knex } from 'knex';

/** Lists of cases: their tables by the kind of case. */
const lists = { incident: 'incident', repair: 'repair', objection: 'objection', release: 'release', codeCorrection: 'code_correction' } as const;

/** Lists by deadline: open cases, what waits for nobody's deadline last. */
const byDeadline = (table: string, before: string): string => `
  drop index ${before};
  create index ${table}_due on ${table} ((coalesce(due_at, 'infinity'::timestamptz)), case_id) where status = 'open';`;

/**
 * A case stands in the lists of each unit that has a part in it, so the row of that part holds what those lists are
 * divided and sorted by. The list of one unit then is a range of an index, as the list of the whole city is.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table case_party add column kind text, add column status text, add column step text, add column due_at timestamptz;
    ${Object.entries(lists).map(([kind, table]) => `
      update case_party p set kind = '${kind}', status = l.status, step = l.step, due_at = l.due_at from ${table} l where l.case_id = p.case_id;`).join('')}
    drop index case_party_opened;
    create index case_party_opened on case_party (unit, kind, opened_at desc, case_id);
    create index case_party_due on case_party (unit, kind, (coalesce(due_at, 'infinity'::timestamptz)), case_id) where status = 'open';

    -- The board by unit, by stage, and by both.
    drop index case_task_unit_due;
    create index case_task_unit_due on case_task (unit, deadline_at, slug) where status = 'open';
    create index case_task_stage_due on case_task (stage, deadline_at, slug) where status = 'open';
    create index case_task_unit_stage_due on case_task (unit, stage, deadline_at, slug) where status = 'open';
    -- Whose order ends in the slug, as that of the lists does.
    drop index case_task_mine, case_task_claimable;
    create index case_task_mine on case_task (assignee, deadline_at, slug) where status = 'open';
    create index case_task_claimable on case_task (unit, role, deadline_at, slug) where status = 'open' and assignee is null;
    ${byDeadline('incident', 'incident_due')}
    ${byDeadline('release', 'release_due_at')}
    ${byDeadline('code_correction', 'code_correction_due_at')}
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index incident_due, release_due, code_correction_due;
    create index incident_due on incident (due_at, case_id) where status = 'open';
    create index release_due_at on release (due_at, case_id) where status = 'open';
    create index code_correction_due_at on code_correction (due_at, case_id) where status = 'open';
    drop index case_task_mine, case_task_claimable, case_task_unit_stage_due, case_task_stage_due, case_task_unit_due;
    create index case_task_mine on case_task (assignee, deadline_at) where status = 'open';
    create index case_task_claimable on case_task (unit, role, deadline_at) where status = 'open' and assignee is null;
    create index case_task_unit_due on case_task (unit, deadline_at) where status = 'open';
    drop index case_party_opened, case_party_due;
    alter table case_party drop column kind, drop column status, drop column step, drop column due_at;
    create index case_party_opened on case_party (unit, opened_at desc, case_id);
  `);
}
