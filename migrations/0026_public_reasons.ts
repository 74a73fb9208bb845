import type { Knex } from 'knex';

const acts = ['publish', 'withdraw', 'stay', 'liftStay', 'shield', 'liftShield', 'finalise'];
const oneOf = (values: readonly string[]): string => `check (act in (${values.map((value) => `'${value}'`).join(', ')}))`;

/**
 * A withdrawal has a deadline, counted from the day on which its ground became known (行政处罚法 articles 48 and 85), and a
 * published reason is put right the way it was made: one person proposes, another decides.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table record_proposal
      add column known_on date,
      add column due_at timestamptz,
      add constraint record_proposal_due check ((known_on is null) = (due_at is null)),
      drop constraint record_proposal_act_check,
      add constraint record_proposal_act_check ${oneOf([...acts, 'mendReason'])};
    create index record_proposal_overdue on record_proposal (due_at, id) where decided_at is null and due_at is not null;
    -- One withdrawal a record, as nothing follows it; its day is asked with the record.
    create index record_event_withdrawn on record_event (at desc, record_id) where type = 'record.withdrawn';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table rule_version disable trigger user;
    delete from rule_version where code in ('record.withdraw', 'record.withdrawal-notice');
    alter table rule_version enable trigger user;
    drop index record_event_withdrawn;
    drop index record_proposal_overdue;
    delete from record_proposal where act = 'mendReason';
    alter table record_proposal
      drop constraint record_proposal_act_check,
      add constraint record_proposal_act_check ${oneOf(acts)},
      drop column due_at,
      drop column known_on;
  `);
}
