import type { Knex } from 'knex';
import type { Limit } from '../../rules/limits/index.ts';
import defaults from './defaults.json' with { type: 'json' };

/** Rules as they are delivered, valid since the notice of 2018 (宿政办发〔2018〕43号). Their legal basis says which of them the city has yet to confirm. */
export function deliveredLimits(): Limit[] {
  return defaults.limits.map(({ code, value, unit, legalBasis }, index) => ({
    id: index + 1,
    code,
    value,
    unit: unit as Limit['unit'],
    domain: null,
    legalBasis,
    effectiveFrom: defaults.effectiveFrom,
    effectiveTo: null,
  }));
}

/** Writes the delivered version of every rule that has none yet, and returns how many it wrote. Never changes a row. */
export async function seedRules(db: Knex): Promise<number> {
  const rows = deliveredLimits().map(({ code, value, unit, legalBasis, effectiveFrom }) => ({
    code,
    value,
    unit,
    legal_basis: legalBasis,
    effective_from: effectiveFrom,
    status: 'confirmed',
    reason: defaults.reason,
    confirmed_at: db.fn.now(),
  }));
  return db.transaction(async (trx) => {
    await trx.raw('lock table rule_version in share row exclusive mode');
    const known: string[] = await trx('rule_version').distinct().pluck('code');
    const missing = rows.filter(({ code }) => !known.includes(code));
    if (missing.length > 0) await trx('rule_version').insert(missing);
    return missing.length;
  });
}
