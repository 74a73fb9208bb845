import type { Knex } from 'knex';

const before = ['publish', 'withdraw', 'stay', 'liftStay', 'shield', 'liftShield', 'finalise', 'mendReason'];

const allow = (acts: readonly string[]): string => `
  alter table record_proposal
    drop constraint record_proposal_act_check,
    add constraint record_proposal_act_check check (act in (${acts.map((act) => `'${act}'`).join(', ')}));`;

/** 0026 allowed the mending of reasons in the place of the looks that 0023 had allowed; both are proposed. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(allow([...before, 'look']));
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`delete from record_proposal where act = 'look'; ${allow(before)}`);
}
