import type { Knex } from 'knex';

const standings = ['stored', 'published', 'marked', 'suspended', 'shielded', 'ended', 'repaired', 'finalised', 'withdrawn'];
const acts = ['publish', 'withdraw', 'stay', 'liftStay', 'shield', 'liftShield', 'finalise'];
const oneOf = (column: string, values: readonly string[]): string => `check (${column} in (${values.map((value) => `'${value}'`).join(', ')}))`;

async function allow(knex: Knex, also: { standings: readonly string[]; acts: readonly string[] }): Promise<void> {
  await knex.raw(`
    alter table record drop constraint record_standing_check;
    alter table record add constraint record_standing_check ${oneOf('standing', [...standings, ...also.standings])};
    alter table record_proposal drop constraint record_proposal_act_check;
    alter table record_proposal add constraint record_proposal_act_check ${oneOf('act', [...acts, ...also.acts])};
  `);
}

/**
 * Records whose texts wait for a person's look, with what he proposes to mask, and records of persons under age, which
 * nobody ever reads. Whether a person was under age is told by his number, which is sealed: of those who are on file
 * already the worker finds it out, and until then nothing of them is public.
 */
export async function up(knex: Knex): Promise<void> {
  await allow(knex, { standings: ['waiting', 'withheld'], acts: ['look'] });
  await knex.raw(`
    alter table record add column withheld boolean not null default false;
    alter table record_proposal add column passages json;
    alter table record_proposal add constraint record_proposal_passages check ((act = 'look') = (passages is not null));
    alter table subject add column age_known boolean not null default true;
    update subject set age_known = false where kind = 'person';
    create index subject_age_unknown on subject (id) where not age_known;
    comment on column subject.age_known is 'whether it was looked at whether the person was under age when his records were decided';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    delete from record_proposal where act = 'look';
    update record set standing = case when state ->> 'status' = 'published' then 'published' else 'stored' end, public = false
      where standing in ('waiting', 'withheld');
    drop index subject_age_unknown;
    alter table subject drop column age_known;
    alter table record_proposal drop constraint record_proposal_passages, drop column passages;
    alter table record drop column withheld;
  `);
  await allow(knex, { standings: [], acts: [] });
}
