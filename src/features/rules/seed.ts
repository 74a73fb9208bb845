import type { Knex } from 'knex';
import type { Limit } from '../../rules/limits/index.ts';
import defaults from './defaults.json' with { type: 'json' };

/** A row of `defaults.json`. Days that it doesn't name are those of the whole file: valid since the notice of 2018, with no end. */
type Delivered = Pick<Limit, 'code' | 'value' | 'unit' | 'legalBasis'> & Partial<Pick<Limit, 'domain' | 'effectiveFrom' | 'effectiveTo'>>;

/**
 * Rules as they are delivered (宿政办发〔2018〕43号, and what was in force before and after each law of credit repair).
 * Their legal basis says which of them the city has yet to confirm.
 */
export function deliveredLimits(): Limit[] {
  const rows = defaults.limits as readonly Delivered[];
  return rows.map(({ domain = null, effectiveFrom = defaults.effectiveFrom, effectiveTo = null, ...row }, index) => ({
    id: index + 1, ...row, domain, effectiveFrom, effectiveTo,
  }));
}

/** Writes the delivered versions of every rule that has none yet, and returns how many it wrote. Never changes a row. */
export async function seedRules(db: Knex): Promise<number> {
  const rows = deliveredLimits().map(({ code, value, unit, domain, legalBasis, effectiveFrom, effectiveTo }) => ({
    code,
    value,
    unit,
    domain,
    legal_basis: legalBasis,
    effective_from: effectiveFrom,
    effective_to: effectiveTo,
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
