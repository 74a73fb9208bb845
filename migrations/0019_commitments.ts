import type { Knex } from 'knex';

/** When the commitment (信用承诺书) of an application became public: with its acceptance. Null while it was not accepted. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table repair add column committed_at timestamptz;
    update repair r set committed_at = (
      select max((task.value ->> 'doneAt')::timestamptz)
      from case_file f, json_each(f.state -> 'tasks') as task
      where f.id = r.case_id and task.value ->> 'stage' = 'accept' and task.value ->> 'outcome' = 'accepted'
    );
    create index repair_committed on repair (committed_at desc, case_id) where committed_at is not null;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table repair drop column committed_at');
}
