import type { Knex } from 'knex';

/**
 * Orders to give the open tasks of a person back to their units, written with the act that made him unable to do them:
 * his account was closed, or a role taken from him (`unit_id`, `role`). They are carried out through the processes.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table task_return (
      id         uuid primary key default gen_random_uuid(),
      person_id  uuid not null references person on delete cascade,
      because    text not null check (because in ('accountClosed', 'roleTaken')),
      unit_id    text references unit,
      role       text,
      ordered_by jsonb not null,
      request_id text not null,
      at         timestamptz not null default now(),
      done_at    timestamptz,
      check ((because = 'roleTaken') = (unit_id is not null and role is not null))
    );
    create index task_return_open on task_return (at) where done_at is null;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table task_return');
}
