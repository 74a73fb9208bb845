import { expect } from 'chai';
import fc from 'fast-check';
import { deliveredLimits } from '../../../src/features/rules/seed.ts';
import {
  dayBefore, decisionRefusal, keepersOf, mayPropose, NoRuleValid, numberOf, ruleKindOf, ruleKinds, ruleOn, termOf, valueFault, type Limit,
} from '../../../src/rules/limits/index.ts';

const row = (change: Partial<Limit>): Limit => ({
  id: 1, code: 'incident.verify', value: 1, unit: 'workday', domain: null, legalBasis: '依据', effectiveFrom: '2018-05-16', effectiveTo: null, ...change,
});

const versions = [
  row({ id: 1, value: 1, effectiveTo: '2026-03-31' }),
  row({ id: 2, value: 2, effectiveFrom: '2026-04-01' }),
  row({ id: 3, value: 5, domain: '食品', effectiveFrom: '2026-06-01', effectiveTo: '2026-06-30' }),
];

describe('choosing a rule by date', () => {
  it('a version is valid on its first and on its last day', () => {
    expect(ruleOn(versions, 'incident.verify', '2026-03-31').id).to.equal(1);
    expect(ruleOn(versions, 'incident.verify', '2026-04-01').id).to.equal(2);
  });

  it("a domain's own version goes before the general one, as long as it is valid", () => {
    expect(ruleOn(versions, 'incident.verify', '2026-06-15', '食品').id).to.equal(3);
    expect(ruleOn(versions, 'incident.verify', '2026-07-01', '食品').id).to.equal(2);
    expect(ruleOn(versions, 'incident.verify', '2026-06-15', '药品').id).to.equal(2);
    expect(ruleOn(versions, 'incident.verify', '2026-06-15').id).to.equal(2);
  });

  it('a day without a valid version is an error that names code and day', () => {
    expect(() => ruleOn(versions, 'incident.verify', '2018-05-15')).to.throw(NoRuleValid).that.includes({ code: 'incident.verify', date: '2018-05-15' });
    expect(() => ruleOn(versions, 'incident.unknown', '2026-04-01')).to.throw(NoRuleValid);
    expect(() => ruleOn(versions, 'incident.verify', '2026-02-30')).to.throw(RangeError);
  });

  it('the order of the rows does not matter', () => {
    fc.assert(fc.property(fc.shuffledSubarray(versions, { minLength: 3 }), fc.constantFrom('2026-03-31', '2026-06-15', '2026-07-02'), fc.constantFrom(null, '食品'), (rows, date, domain) => {
      expect(ruleOn(rows, 'incident.verify', date, domain)).to.equal(ruleOn(versions, 'incident.verify', date, domain));
    }));
  });

  it('"no limit" is a value, a missing number is an error', () => {
    expect(termOf(row({ value: null, unit: 'none' }))).to.equal(null);
    expect(termOf(row({}))).to.deep.equal({ n: 1, unit: 'workday' });
    expect(() => termOf(row({ unit: 'none' }))).to.throw(RangeError);
    expect(numberOf(row({ value: 80, unit: 'none' }))).to.equal(80);
    expect(() => numberOf(row({ value: null, unit: 'none' }))).to.throw(RangeError);
  });

  it('a version ends on the day before the next one', () => {
    expect(dayBefore('2026-03-01')).to.equal('2026-02-28');
    expect(dayBefore('2027-01-01')).to.equal('2026-12-31');
  });
});

describe('the delivered rules', () => {
  const delivered = deliveredLimits();

  it('have a version for every rule the program asks for, and no other', () => {
    expect([...new Set(delivered.map(({ code }) => code))].toSorted()).to.deep.equal(ruleKinds.map(({ code }) => code).toSorted());
  });

  it('lie within what an administrator could have written, and say their basis', () => {
    for (const { code, value, unit, domain, legalBasis } of delivered) {
      const kind = ruleKindOf(code);
      expect(kind && valueFault(kind, value, unit, domain), code).to.equal(null);
      expect(domain === null || kind?.byDomain, code).to.equal(true);
      expect(legalBasis, code).to.not.equal('');
    }
  });

  it('of one rule and field follow each other without overlap, and the general ones without a gap', () => {
    const groups = new Map<string, Limit[]>();
    for (const one of delivered) {
      const key = `${one.code} ${one.domain}`;
      groups.set(key, [...(groups.get(key) ?? []), one]);
    }
    for (const [key, rows] of groups) {
      const inOrder = rows.toSorted((a, b) => a.effectiveFrom.localeCompare(b.effectiveFrom));
      for (const [index, one] of inOrder.entries()) {
        const next = inOrder[index + 1];
        if (next && one.domain === null) expect(one.effectiveTo, key).to.equal(dayBefore(next.effectiveFrom));
        else if (next) expect(one.effectiveTo !== null && one.effectiveTo < next.effectiveFrom, key).to.equal(true);
        else if (one.domain === null) expect(one.effectiveTo, key).to.equal(null);
      }
    }
  });

  it('give the publicity of credit repair by the law of the day: Order 58 until 2026-03-31, Order 36 from the day after', () => {
    const months = (code: string, day: string, domain: string | null = null) => ruleOn(delivered, code, day, domain).value;
    for (const kind of ['general', 'serious']) {
      expect(months(`publicity.${kind}.min`, '2026-03-31')).to.equal(3);
      expect(months(`publicity.${kind}.max`, '2026-03-31')).to.equal(36);
      for (const field of ['food', 'drug', 'specialEquipment', 'workSafety', 'fireSafety']) {
        expect(months(`publicity.${kind}.min`, '2026-03-31', field), field).to.equal(12);
        expect(months(`publicity.${kind}.min`, '2026-04-01', field), field).to.equal(kind === 'general' ? 3 : 12);
      }
      expect(months(`publicity.${kind}.min`, '2026-03-31', 'ecology')).to.equal(3);
    }
    expect(months('publicity.minor.max', '2026-04-01')).to.equal(3);
    expect(months('publicity.general.min', '2026-04-01')).to.equal(3);
    expect(months('publicity.general.max', '2026-04-01')).to.equal(12);
    expect(months('publicity.serious.min', '2026-04-01')).to.equal(12);
    expect(months('publicity.serious.max', '2026-04-01')).to.equal(36);
  });

  it('set the limits of repair: 3 working days to accept, 10 to decide; under Order 58 10 in all', () => {
    const limit = (code: string, day: string) => termOf(ruleOn(delivered, code, day));
    expect(limit('repair.accept', '2026-04-01')).to.deep.equal({ n: 3, unit: 'workday' });
    expect(limit('repair.decide', '2026-04-01')).to.deep.equal({ n: 10, unit: 'workday' });
    expect((limit('repair.accept', '2026-03-31')?.n ?? 0) + (limit('repair.decide', '2026-03-31')?.n ?? 0)).to.equal(10);
    expect(limit('repair.ban-after-false', '2026-11-26')).to.deep.equal({ n: 36, unit: 'month' });
    expect(limit('objection.reopen-window', '2026-11-26')).to.deep.equal({ n: 30, unit: 'day' });
  });

  it('say of what rests on no text that was read that it is to be confirmed', () => {
    const sure = /^publicity\.|^repair\.(accept|decide)$/;
    const guessed = delivered.filter(({ code, effectiveFrom }) =>
      /^(record|repair|objection)\./.test(code) && !sure.test(code) && effectiveFrom >= '2018-05-16' && effectiveFrom !== '2023-05-01');
    expect(guessed).to.have.length.above(20);
    for (const { code, domain, legalBasis } of guessed) {
      if (domain === 'marketSupervision' && code === 'record.fine.serious') continue;
      expect(legalBasis, code).to.match(/待.*确认/);
    }
  });

  it('set the public reply to 5, 24 and 48 clock hours, and none for a general incident', () => {
    const reply = (level: string) => termOf(ruleOn(delivered, `incident.public-reply.${level}`, '2026-09-24'));
    expect(reply('extraordinary')).to.deep.equal({ n: 5, unit: 'hour' });
    expect(reply('major')).to.deep.equal({ n: 24, unit: 'hour' });
    expect(reply('large')).to.deep.equal({ n: 48, unit: 'hour' });
    expect(reply('general')).to.equal(null);
  });
});

describe('a proposed value', () => {
  const verify = ruleKindOf('incident.verify');
  const remind = ruleKindOf('ladder.remind-at');
  const general = ruleKindOf('incident.public-reply.general');

  it('is a whole number within the bounds of its rule, in one of its units', () => {
    if (!verify || !remind || !general) throw new Error('rules are missing');
    expect(valueFault(verify, 3, 'workday')).to.equal(null);
    expect(valueFault(verify, 3, 'hour')).to.equal('unit');
    expect(valueFault(verify, 0, 'workday')).to.equal('tooSmall');
    expect(valueFault(verify, 1.5, 'workday')).to.equal('notWhole');
    expect(valueFault(verify, 9999, 'workday')).to.equal('tooLarge');
    expect(valueFault(verify, null, 'none')).to.equal('missing');
    expect(valueFault(remind, 100, 'none')).to.equal('tooLarge');
    expect(valueFault(general, null, 'none')).to.equal(null);
    expect(valueFault(general, null, 'hour')).to.equal('missing');
    expect(valueFault(general, 5, 'none')).to.equal('notEmpty');
  });

  it('is one of the numbers that have words, where a choice is made', () => {
    const shown = ruleKindOf('publicity.minor.shown');
    const transition = ruleKindOf('repair.transition');
    if (!shown || !transition) throw new Error('rules are missing');
    expect(valueFault(shown, 1, 'none')).to.equal(null);
    expect(valueFault(shown, 2, 'none')).to.equal('tooLarge');
    expect(valueFault(transition, 0, 'none')).to.equal('tooSmall');
    expect(valueFault(transition, 3, 'none')).to.equal(null);
  });

  it('of an amount may be left out where no amount matters', () => {
    const serious = ruleKindOf('record.fine.serious');
    if (!serious) throw new Error('the rule is missing');
    expect(valueFault(serious, 500_000, 'none')).to.equal(null);
    expect(valueFault(serious, null, 'none')).to.equal(null);
    expect(valueFault(serious, null, 'month')).to.equal('missing');
  });

  it("goes on beyond the longest publicity by a department's rule alone, never by the general one", () => {
    const keep = ruleKindOf('publicity.keep-uncorrected');
    if (!keep) throw new Error('the rule is missing');
    expect(valueFault(keep, 1, 'none')).to.equal('onlyByDomain');
    expect(valueFault(keep, 0, 'none')).to.equal(null);
    expect(valueFault(keep, 1, 'none', 'tax')).to.equal(null);
  });
});

describe('who keeps the rules', () => {
  const person = (id: string, role: 'creditOfficeHead' | 'supervisor' | 'securityAdmin' | 'handler' | 'systemAdmin') => ({ id, roles: [{ unit: 'xyb', role }] });

  it('the credit office keeps the limits of business, the security administrator those of sign-in', () => {
    expect(mayPropose(person('a', 'creditOfficeHead'), 'incident')).to.equal(true);
    expect(mayPropose(person('a', 'supervisor'), 'ladder')).to.equal(true);
    expect(mayPropose(person('a', 'securityAdmin'), 'incident')).to.equal(false);
    expect(mayPropose(person('a', 'supervisor'), 'security')).to.equal(false);
    expect(mayPropose(person('a', 'securityAdmin'), 'security')).to.equal(true);
    expect(mayPropose(person('a', 'handler'), 'incident')).to.equal(false);
    expect(keepersOf('disclosure').confirm).to.deep.equal(['creditOfficeHead', 'supervisor']);
  });

  it('nobody decides his own proposal', () => {
    expect(decisionRefusal(person('a', 'supervisor'), 'incident', 'a')).to.equal('ownProposal');
    expect(decisionRefusal(person('b', 'creditOfficeHead'), 'incident', 'a')).to.equal(null);
    expect(decisionRefusal(person('b', 'systemAdmin'), 'incident', 'a')).to.equal('notConfirmer');
    expect(decisionRefusal(person('b', 'systemAdmin'), 'security', 'a')).to.equal(null);
    expect(decisionRefusal(person('b', 'securityAdmin'), 'security', 'b')).to.equal('ownProposal');
    expect(decisionRefusal(person('b', 'supervisor'), 'incident', 'a', ['b']), 'an earlier round was his').to.equal('earlierProposal');
  });
});
