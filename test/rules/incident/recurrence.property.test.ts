import { expect } from 'chai';
import fc from 'fast-check';
import { addMonths, dateOf, dayNumber } from '../../../src/rules/calendar/index.ts';
import { areas } from '../../../src/rules/incident/facts.ts';
import { kinshipOf, withinWindow } from '../../../src/rules/incident/recurrence.ts';
import type { Limit } from '../../../src/rules/limits/index.ts';
import { deliveredCalendarObject } from '../../support/calendar.ts';

const calendar = deliveredCalendarObject();
const window = (value: number, unit: Limit['unit'] = 'month'): Limit => ({ id: 1, code: 'incident.recurrence-window', value, unit, domain: null, legalBasis: '', effectiveFrom: '2018-05-16', effectiveTo: null });
const year = window(12);
const days = fc.integer({ min: dayNumber('2019-01-01'), max: dayNumber('2027-12-31') }).map(dateOf);
const plus = (date: string, n: number): string => dateOf(dayNumber(date) + n);

describe('incident: recurrence within twelve months of the day it happened', () => {
  it('the day of the same number a year later is the last one; without one, the last of the month', () => {
    fc.assert(fc.property(days, (earlier) => {
      const last = dateOf(addMonths(dayNumber(earlier), 12).day);
      expect(withinWindow(earlier, earlier, year, calendar)).to.equal(true);
      expect(withinWindow(earlier, last, year, calendar), `${earlier} … ${last}`).to.equal(true);
      expect(withinWindow(earlier, plus(last, 1), year, calendar), `${earlier} … the day after ${last}`).to.equal(false);
      expect(withinWindow(earlier, plus(earlier, -1), year, calendar), 'what happened before does not recur').to.equal(false);
    }), { numRuns: 2000 });
    expect(withinWindow('2024-02-29', '2025-02-28', year, calendar)).to.equal(true);
    expect(withinWindow('2024-02-29', '2025-03-01', year, calendar)).to.equal(false);
    expect(withinWindow('2023-02-28', '2024-02-29', year, calendar)).to.equal(false);
  });

  it('a window in days or working days counts as every other term, and does not shift', () => {
    fc.assert(fc.property(days, fc.integer({ min: 1, max: 365 }), (earlier, n) => {
      expect(withinWindow(earlier, plus(earlier, n), window(n, 'day'), calendar)).to.equal(true);
      expect(withinWindow(earlier, plus(earlier, n + 1), window(n, 'day'), calendar)).to.equal(false);
    }));
  });

  it('needs the same type and the same firm, or the same type and region; all else is related', () => {
    const place = fc.constantFrom('suyu', 'sucheng');
    fc.assert(fc.property(days, fc.integer({ min: -30, max: 800 }), fc.constantFrom(...areas), fc.constantFrom(...areas), place, place, fc.boolean(), (earlier, apart, area, other, region, elsewhere, sameSubject) => {
      const occurredOn = plus(earlier, apart);
      const kin = kinshipOf({ area, region, occurredOn }, { area: other, region: elsewhere, occurredOn: earlier, sameSubject }, year, calendar);
      const sameType = area === other && area !== 'other';
      const inTime = withinWindow(earlier, occurredOn, year, calendar);
      if (!sameType || !inTime) expect(kin).to.equal('related');
      else expect(kin).to.equal(sameSubject ? 'sameSubject' : region === elsewhere ? 'sameUnit' : 'related');
    }), { numRuns: 2000 });
  });
});
