import { deliveredLimits } from '../../../src/features/rules/seed.ts';
import { ruleOn, type Limit } from '../../../src/rules/limits/index.ts';
import type { RecordFacts } from '../../../src/rules/records/facts.ts';
import { publicityOf, type DomainRules, type Publicity } from '../../../src/rules/records/publicity.ts';
import { deliveredCalendarObject } from '../../support/calendar.ts';

const rows = deliveredLimits();
export const calendar = deliveredCalendarObject();

/** The delivered rules, with rows that a department has added. */
export function rulesWith(...added: readonly Partial<Limit>[]): DomainRules {
  const all = [...rows, ...added.map((row, n): Limit => ({
    id: 9000 + n, code: '', value: 1, unit: 'none', domain: null, legalBasis: '部门规定', effectiveFrom: '2026-04-01', effectiveTo: null, ...row,
  }))];
  return { on: (code, date, domain) => ruleOn(all, code, date, domain) };
}

export const delivered = rulesWith();

/** A fine of 20,000 yuan against a firm, decided under Order 36. */
export const fined = (change: Partial<RecordFacts> = {}): RecordFacts => ({
  kind: 'penalty',
  subject: { kind: 'organisation', id: '00000000-0000-4000-8000-00000000000a', uscc: '91321300MA1TE8T08T', name: '宿迁某科技有限公司' },
  unit: 'hbj',
  documentNo: '宿环罚〔2026〕15号',
  decidedOn: '2026-05-31',
  publishedOn: null,
  penaltyKinds: ['fine'],
  summaryProcedure: false,
  fine: 20_000,
  confiscated: 0,
  domain: 'ecology',
  legalBasis: '《中华人民共和国水污染防治法》第八十三条',
  act: '超标排放水污染物。',
  decision: '罚款20000元。',
  performed: false,
  ...change,
});

/** Class and publicity of such a record by the delivered rules and calendar. */
export const publicityWith = (change: Partial<RecordFacts> = {}, lawOf?: string): Publicity =>
  publicityOf(fined(change), delivered, calendar, lawOf === undefined ? {} : { lawOf });
