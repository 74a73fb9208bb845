import { expect } from 'chai';
import { publicityOf } from '../../../src/rules/records/publicity.ts';
import { earliestDay, firstDayOf } from '../../../src/rules/repair/law.ts';
import { calendar, delivered, fined, rulesWith } from '../records/delivered.ts';

describe('from which day repair may be asked for', () => {
  const first = (facts: Parameters<typeof fined>[0], today: string, rules = delivered) => firstDayOf(fined(facts), publicityOf(fined(facts), rules, calendar), rules, calendar, today);

  it('is the day of the record where one law alone applies', () => {
    expect(first({}, '2026-08-20')).to.deep.equal({ repairableFrom: '2026-09-01', lawOf: '2026-05-31', otherLaw: null });
  });

  const old = { domain: 'food', decidedOn: '2025-12-01' } as const;

  it('is given under both laws, for a person to decide, while the text of the transition is not loaded (situation 12)', () => {
    const both = first(old, '2026-06-01');
    expect(both).to.deep.equal({ repairableFrom: '2026-12-02', lawOf: '2025-12-01', otherLaw: { repairableFrom: '2026-03-02', lawOf: '2026-06-01' } });
    expect(earliestDay(both)).to.equal('2026-03-02');
  });

  it('follows the law of the decision or of the application, once the rule says which', () => {
    expect(first(old, '2026-06-01', rulesWith({ code: 'repair.transition', value: 1 }))).to.deep.equal({ repairableFrom: '2026-12-02', lawOf: '2025-12-01', otherLaw: null });
    expect(first(old, '2026-06-01', rulesWith({ code: 'repair.transition', value: 2 }))).to.deep.equal({ repairableFrom: '2026-03-02', lawOf: '2026-06-01', otherLaw: null });
  });
});
