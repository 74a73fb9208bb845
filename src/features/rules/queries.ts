import type { Knex } from 'knex';
import { dayBefore, type LimitUnit } from '../../rules/limits/index.ts';

export interface PersonName {
  readonly name: string;
  readonly nameEn: string;
}

/** One version of a rule with everything an administrator reads about it. */
export interface RuleVersion {
  readonly id: number;
  readonly code: string;
  readonly value: number | null;
  readonly unit: LimitUnit;
  readonly domain: string | null;
  readonly legalBasis: string;
  readonly effectiveFrom: string;
  readonly effectiveTo: string | null;
  readonly status: 'proposed' | 'confirmed' | 'rejected';
  readonly reason: string;
  readonly proposedById: string | null;
  /** Null: delivered with the program. */
  readonly proposedBy: PersonName | null;
  readonly proposedAt: Date;
  readonly decidedBy: PersonName | null;
  readonly decidedAt: Date | null;
  readonly decisionNote: string | null;
}

interface Row {
  id: number;
  code: string;
  value: string | null;
  unit: LimitUnit;
  domain: string | null;
  legal_basis: string;
  effective_from: string;
  effective_to: string | null;
  status: RuleVersion['status'];
  reason: string;
  proposed_by: string | null;
  proposed_at: Date;
  confirmed_at: Date | null;
  decision_note: string | null;
  proposer_name: string | null;
  proposer_name_en: string | null;
  decider_name: string | null;
  decider_name_en: string | null;
}

const named = (name: string | null, nameEn: string | null): PersonName | null =>
  name === null ? null : { name, nameEn: nameEn ?? name };

const versionOf = (row: Row): RuleVersion => ({
  id: row.id,
  code: row.code,
  value: row.value === null ? null : Number(row.value),
  unit: row.unit,
  domain: row.domain,
  legalBasis: row.legal_basis,
  effectiveFrom: row.effective_from,
  effectiveTo: row.effective_to,
  status: row.status,
  reason: row.reason,
  proposedById: row.proposed_by,
  proposedBy: named(row.proposer_name, row.proposer_name_en),
  proposedAt: row.proposed_at,
  decidedBy: named(row.decider_name, row.decider_name_en),
  decidedAt: row.confirmed_at,
  decisionNote: row.decision_note,
});

/** Versions, newest first; of one code when it is given. There are some dozens in all. */
export async function listVersions(db: Knex, code?: string): Promise<RuleVersion[]> {
  const rows: Row[] = await db('rule_version as v')
    .leftJoin('person as p', 'p.id', 'v.proposed_by')
    .leftJoin('person as d', 'd.id', 'v.confirmed_by')
    .where(code === undefined ? {} : { 'v.code': code })
    .select('v.*', 'p.name as proposer_name', 'p.name_en as proposer_name_en', 'd.name as decider_name', 'd.name_en as decider_name_en')
    .orderBy([{ column: 'v.effective_from', order: 'desc' }, { column: 'v.id', order: 'desc' }]);
  return rows.map(versionOf);
}

export interface Proposal {
  readonly code: string;
  /** Null: for all fields without a version of their own. */
  readonly domain: string | null;
  readonly value: number | null;
  readonly unit: LimitUnit;
  readonly legalBasis: string;
  readonly effectiveFrom: string;
  readonly effectiveTo: string | null;
  readonly reason: string;
  readonly by: string;
}

type BeginsTooEarly =
  /** The version in force begins on `since`; a new one begins later. */
  | { readonly ok: false; readonly because: 'notLater'; readonly since: string }
  /** The version in force has an end, and keeps it. */
  | { readonly ok: false; readonly because: 'overlaps'; readonly until: string };

export type Proposed =
  | { readonly ok: true; readonly id: number }
  /** Another proposal of this rule and field waits for its decision. */
  | { readonly ok: false; readonly because: 'pending' }
  | BeginsTooEarly;

/** Versions of one rule and field follow each other: none begins while one before it is valid, unless that one has no end and gets it. */
function beginsTooEarly(latest: Row | undefined, effectiveFrom: string): BeginsTooEarly | null {
  if (!latest) return null;
  if (effectiveFrom <= latest.effective_from) return { ok: false, because: 'notLater', since: latest.effective_from };
  if (latest.effective_to === null || effectiveFrom > latest.effective_to) return null;
  return { ok: false, because: 'overlaps', until: latest.effective_to };
}

async function latestConfirmed(trx: Knex.Transaction, code: string, domain: string | null): Promise<Row | undefined> {
  return trx('rule_version')
    .where({ code, status: 'confirmed', domain })
    .orderBy('effective_from', 'desc')
    .forUpdate()
    .first<Row | undefined>();
}

/** Writes a proposal. It is in force only when somebody else has confirmed it. */
export async function proposeVersion(db: Knex, proposal: Proposal): Promise<Proposed> {
  const { code, domain, value, unit, legalBasis, effectiveFrom, effectiveTo, reason, by } = proposal;
  return db.transaction(async (trx): Promise<Proposed> => {
    const tooEarly = beginsTooEarly(await latestConfirmed(trx, code, domain), effectiveFrom);
    if (tooEarly) return tooEarly;
    const written: { id: number }[] = await trx('rule_version')
      .insert({
        code, domain, value, unit, legal_basis: legalBasis, effective_from: effectiveFrom, effective_to: effectiveTo, reason, proposed_by: by,
      })
      .onConflict(trx.raw("(code, coalesce(domain, '')) where status = 'proposed'"))
      .ignore()
      .returning('id');
    const row = written[0];
    return row ? { ok: true, id: row.id } : { ok: false, because: 'pending' };
  });
}

export type Decided =
  | { readonly ok: true; readonly version: RuleVersion }
  /** Somebody else has decided it. */
  | { readonly ok: false; readonly because: 'decided'; readonly version: RuleVersion }
  | BeginsTooEarly
  | { readonly ok: false; readonly because: 'gone' };

/**
 * Confirms or rejects a proposal. Confirming ends the version before on the day before the new one begins. The
 * caller has checked that the person may; the table refuses the proposer whoever asks.
 */
export async function decideVersion(
  db: Knex,
  { id, confirmed, by, note }: { id: number; confirmed: boolean; by: string; note: string | null },
): Promise<Decided> {
  const outcome = await db.transaction(async (trx): Promise<Decided | 'done' | 'decided'> => {
    const row = await trx('rule_version').where({ id }).forUpdate().first<Row | undefined>();
    if (!row) return { ok: false, because: 'gone' };
    if (row.status !== 'proposed') return 'decided';
    if (confirmed) {
      const latest = await latestConfirmed(trx, row.code, row.domain);
      const tooEarly = beginsTooEarly(latest, row.effective_from);
      if (tooEarly) return tooEarly;
      if (latest && latest.effective_to === null) {
        await trx('rule_version').where({ id: latest.id }).update({ effective_to: dayBefore(row.effective_from) });
      }
    }
    await trx('rule_version').where({ id }).update({
      status: confirmed ? 'confirmed' : 'rejected',
      confirmed_by: by,
      confirmed_at: trx.fn.now(),
      decision_note: note,
    });
    return 'done';
  });
  if (typeof outcome === 'object') return outcome;
  const version = await findVersion(db, id);
  if (!version) return { ok: false, because: 'gone' };
  return outcome === 'done' ? { ok: true, version } : { ok: false, because: 'decided', version };
}

/** Who proposed a version of the same rule and field that was rejected, since the last one was confirmed. */
export function earlierProposers(versions: readonly RuleVersion[], { id, code, domain }: RuleVersion): string[] {
  const before = versions.filter((one) => one.code === code && one.domain === domain && one.id < id).toSorted((a, b) => b.id - a.id);
  const confirmed = before.findIndex(({ status }) => status === 'confirmed');
  return before.slice(0, confirmed < 0 ? before.length : confirmed).flatMap(({ proposedById }) => (proposedById === null ? [] : [proposedById]));
}

/** One version, or undefined. */
async function findVersion(db: Knex, id: number): Promise<RuleVersion | undefined> {
  const row = await db('rule_version').where({ id }).first<{ code: string } | undefined>('code');
  return row ? (await listVersions(db, row.code)).find((version) => version.id === id) : undefined;
}
