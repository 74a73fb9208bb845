import type { Knex } from 'knex';

/** From today on nobody has to show a second factor: a city whose people only want to sign in. */
export async function withoutSecondFactor(knex: Knex): Promise<void> {
  await knex.raw(`
    with ended as (
      update rule_version set effective_to = current_date - 1
      where code like 'second-factor.%' and status = 'confirmed' and effective_to is null and value <> 0
      returning code, unit, domain, legal_basis
    )
    insert into rule_version (code, value, unit, domain, legal_basis, effective_from, status, reason, confirmed_at)
    select code, 0, unit, domain, legal_basis, current_date, 'confirmed', 'test', now() from ended`);
}
