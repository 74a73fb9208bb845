import { buildCalendar, type CalendarTable } from '../../src/rules/calendar/index.ts';
import { ruleKinds, ruleOn, type Limit } from '../../src/rules/limits/index.ts';
import type { Law } from '../../src/platform/law.ts';

const values: Readonly<Record<string, number>> = {
  'incident.public-reply.extraordinary': 5,
  'incident.public-reply.major': 24,
  'incident.public-reply.large': 48,
  'incident.reopen-window': 30,
  'ladder.remind-at': 80,
  'ladder.head-after': 1,
  'ladder.supervisor-after': 2,
};

/**
 * A law for tests of the kernel: every term is one working day unless named above, in a calendar without days off
 * whose day may last seconds and begins when the test says.
 */
export function testLaw({ dayMs = 86_400_000, startMs = -28_800_000, version = 1, value = {} as Record<string, number> } = {}): Law {
  const table: CalendarTable = {
    version,
    name: 'test',
    source: 'test',
    dayMs,
    anchorMs: dayMs === 86_400_000 ? startMs : startMs - 20_454 * dayMs,
    opensMinute: 0,
    closesMinute: 1440,
    publishedYears: [2025, 2026, 2027],
    days: [],
  };
  const rows: Limit[] = ruleKinds.map((kind, n) => ({
    id: n + 1,
    code: kind.code,
    value: value[kind.code] ?? values[kind.code] ?? 1,
    unit: kind.units[0]!,
    domain: null,
    legalBasis: 'test',
    effectiveFrom: '2018-01-01',
    effectiveTo: null,
  }));
  const calendar = buildCalendar(table);
  return { calendar, rules: { on: (code, date, domain) => ruleOn(rows, code, date, domain) } };
}
