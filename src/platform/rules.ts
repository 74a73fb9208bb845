import type { Knex } from 'knex';
import { numberOf, ruleOn, type Limit, type LimitUnit } from '../rules/limits/index.ts';

/** All confirmed versions of all rules, as they stood at one moment. */
export interface RuleBook {
  /** Grows with every decision on a proposal. */
  readonly revision: number;
  readonly rows: readonly Limit[];
  /** The row valid on a date, the domain's before the general one. Throws NoRuleValid. */
  on(code: string, date: string, domain?: string | null): Limit;
  /** A threshold's number on a date. Throws NoRuleValid, or a RangeError for a row without a number. */
  numberOn(code: string, date: string): number;
}

export interface Rules {
  /** The rule book, at most `maxAgeMs` behind the table (default 1,000); with 0 the table is asked whether it changed. */
  current(maxAgeMs?: number): Promise<RuleBook>;
  /** Makes the next `current()` ask the table. */
  forget(): void;
}

const DEFAULT_MAX_AGE_MS = 1000;

/** Reads the confirmed rules and keeps them until a proposal is decided. */
export function createRules(db: Knex, monotonicMs: () => number = () => performance.now()): Rules {
  let kept: { book: Promise<RuleBook>; revision: number; at: number } | null = null;
  return {
    forget() {
      kept = null;
    },
    async current(maxAgeMs = DEFAULT_MAX_AGE_MS) {
      const now = monotonicMs();
      if (kept && maxAgeMs > 0 && now - kept.at <= maxAgeMs) return kept.book;
      const revision = await readRevision(db);
      if (kept?.revision === revision) {
        kept.at = now;
        return kept.book;
      }
      const book = loadRules(db);
      kept = { book, revision, at: now };
      book.catch(() => {
        if (kept?.book === book) kept = null;
      });
      return book;
    },
  };
}

/** Versions are never deleted and each is decided once, so the count of decided ones tells every state apart. */
async function readRevision(db: Knex): Promise<number> {
  const row = await db('rule_version')
    .whereNot({ status: 'proposed' })
    .count<{ revision: number | string }[]>('* as revision')
    .first();
  return Number(row?.revision ?? 0);
}

interface RuleRow {
  id: number;
  code: string;
  value: string | null;
  unit: LimitUnit;
  domain: string | null;
  legal_basis: string;
  effective_from: string;
  effective_to: string | null;
  status: string;
}

async function loadRules(db: Knex): Promise<RuleBook> {
  // One statement, so that revision and rows are of the same moment.
  const decided: RuleRow[] = await db('rule_version').whereNot({ status: 'proposed' }).orderBy(['code', 'effective_from']);
  const rows: Limit[] = decided
    .filter(({ status }) => status === 'confirmed')
    .map((row) => ({
      id: row.id,
      code: row.code,
      value: row.value === null ? null : Number(row.value),
      unit: row.unit,
      domain: row.domain,
      legalBasis: row.legal_basis,
      effectiveFrom: row.effective_from,
      effectiveTo: row.effective_to,
    }));
  const byCode = new Map<string, Limit[]>();
  for (const row of rows) {
    const versions = byCode.get(row.code);
    if (versions) versions.push(row);
    else byCode.set(row.code, [row]);
  }
  const on = (code: string, date: string, domain: string | null = null): Limit =>
    ruleOn(byCode.get(code) ?? [], code, date, domain);
  return { revision: decided.length, rows, on, numberOn: (code, date) => numberOf(on(code, date)) };
}
