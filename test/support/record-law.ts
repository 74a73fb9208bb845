import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { Law } from '../../src/platform/law.ts';
import { ruleOn, type Limit, type LimitUnit } from '../../src/rules/limits/index.ts';
import type { RecordFacts } from '../../src/rules/records/facts.ts';
import { testLaw } from './law.ts';

type Given = readonly [code: string, value: number, unit: LimitUnit, domain?: string];

/** Publicity as Order 36 has it; tax keeps what is not paid, market supervision counts from the publication. */
const given: readonly Given[] = [
  ['record.fine.minor', 1000, 'none'],
  ['record.fine.serious', 200_000, 'none'],
  ['record.service', 7, 'workday'],
  ['record.public-notice', 30, 'day'],
  ['publicity.minor.shown', 0, 'none'],
  ['publicity.minor.max', 3, 'month'],
  ['publicity.general.min', 3, 'month'],
  ['publicity.general.max', 12, 'month'],
  ['publicity.general.early-end', 1, 'none'],
  ['publicity.serious.min', 12, 'month'],
  ['publicity.serious.max', 36, 'month'],
  ['publicity.serious.early-end', 1, 'none'],
  ['publicity.court.shown', 1, 'none'],
  ['publicity.abnormal.shown', 1, 'none'],
  ['publicity.from-publication', 0, 'none'],
  ['publicity.from-publication', 1, 'none', 'marketSupervision'],
  ['publicity.publish-within', 20, 'workday'],
  ['publicity.keep-uncorrected', 0, 'none'],
  ['publicity.keep-uncorrected', 1, 'none', 'tax'],
];

const recordLimits: readonly Limit[] = given.map(([code, value, unit, domain = null], n) => ({
  id: 1000 + n, code, value, unit, domain, legalBasis: `《信用修复管理办法》（${code}）`, effectiveFrom: '2018-01-01', effectiveTo: null,
}));

/** The rules of records in memory, with a calendar that has no days off. */
export function recordLaw(): Law {
  const { calendar } = testLaw();
  return { calendar, rules: { on: (code, date, domain) => ruleOn(recordLimits, code, date, domain) } };
}

/** Writes those of the rules that the database has none of yet. */
export async function seedRecordRules(knex: Knex): Promise<void> {
  const known: string[] = await knex('rule_version').distinct().pluck('code');
  const rows = recordLimits.filter(({ code }) => !known.includes(code)).map(({ code, value, unit, domain, legalBasis, effectiveFrom }) => ({
    code, value, unit, domain, legal_basis: legalBasis, effective_from: effectiveFrom, status: 'confirmed', reason: 'test', confirmed_at: knex.fn.now(),
  }));
  if (rows.length > 0) await knex('rule_version').insert(rows);
}

/** A subject for tests that have no need of its row's history. */
export async function insertFirm(knex: Knex, { id = randomUUID(), uscc = '91321300MA1TE8T08T', name = '宿迁某食品有限公司' } = {}): Promise<{ kind: 'organisation'; id: string; uscc: string; name: string }> {
  await knex('subject').insert({ id, kind: 'organisation', uscc, name, search: knex.raw(`''::tsvector`) });
  return { kind: 'organisation', id, uscc, name };
}

/** The facts of a fine that is general: public for three months to a year. */
export const fine = (subject: RecordFacts['subject'], change: Partial<RecordFacts> = {}): RecordFacts => ({
  kind: 'penalty',
  subject,
  unit: 'scjg',
  documentNo: '宿市监处罚〔2026〕1号',
  decidedOn: '2026-05-31',
  publishedOn: null,
  penaltyKinds: ['fine'],
  summaryProcedure: false,
  fine: 20_000,
  confiscated: 0,
  domain: 'food',
  legalBasis: '《中华人民共和国食品安全法》第一百二十四条',
  act: '使用过期原料生产糕点。',
  decision: '罚款20000元。',
  performed: false,
  ...change,
});
