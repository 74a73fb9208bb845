import type { Knex } from 'knex';

/**
 * What one person proposes for a record and another decides: the publication of what the rule keeps back, taking a
 * record back, and holding it back while an order of a court or authority says so.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table record_proposal (
      id          uuid primary key,
      record_id   uuid not null references record,
      act         text not null check (act in ('publish', 'withdraw', 'stay', 'liftStay', 'shield', 'liftShield')),
      reason      text not null,
      proposed_by uuid not null references person,
      proposed_at timestamptz not null,
      decided_by  uuid references person,
      decided_at  timestamptz,
      granted     boolean,
      note        text,
      check (proposed_by <> decided_by),
      check ((decided_by is null) = (decided_at is null) and (decided_by is null) = (granted is null))
    );
    create unique index record_proposal_open on record_proposal (record_id) where decided_at is null;
    create index record_proposal_record on record_proposal (record_id, proposed_at desc);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table record_proposal');
}
