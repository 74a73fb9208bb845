import type { Knex } from 'knex';

/**
 * Acts on the accounts of the three administrators, and on the kind of a unit, are proposed by one administrator and
 * decided by one of another kind. The table refuses the rest, whoever asks.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table admin_proposal (
      id            uuid primary key default gen_random_uuid(),
      act           text not null check (act in ('passwordReset', 'secondFactorReset', 'roleGiven', 'roleTaken', 'deactivated', 'activated', 'unitKind')),
      -- Whom it is about; or the unit.
      person_id     uuid references person on delete cascade,
      unit_id       text references unit,
      role          text,
      kind          text,
      -- How it stands, and how it will stand.
      before        jsonb not null,
      after         jsonb not null,
      reason        text not null,
      proposed_by   uuid not null references person,
      proposer_role text not null check (proposer_role in ('systemAdmin', 'securityAdmin', 'auditAdmin')),
      proposed_at   timestamptz not null default now(),
      status        text not null default 'waiting' check (status in ('waiting', 'granted', 'refused', 'withdrawn', 'overtaken')),
      decided_by    uuid references person,
      decider_role  text check (decider_role in ('systemAdmin', 'securityAdmin', 'auditAdmin')),
      decided_at    timestamptz,
      note          text,
      -- When it was carried out: with its decision, but for a password, which is shown to whoever proposed it.
      done_at       timestamptz,
      constraint admin_proposal_of_another check (person_id <> proposed_by),
      constraint admin_proposal_second check (decided_by <> proposed_by and decided_by <> person_id and decider_role <> proposer_role),
      check ((act = 'unitKind') = (person_id is null)),
      check (act <> 'unitKind' or (unit_id is not null and kind is not null)),
      check (act not in ('roleGiven', 'roleTaken') or (unit_id is not null and role is not null)),
      check ((status in ('granted', 'refused')) = (decided_by is not null))
    );
    create unique index admin_proposal_waiting on admin_proposal (act, coalesce(person_id::text, ''), coalesce(unit_id, ''), coalesce(role, '')) where status = 'waiting';
    create index admin_proposal_latest on admin_proposal (proposed_at desc);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table admin_proposal');
}
