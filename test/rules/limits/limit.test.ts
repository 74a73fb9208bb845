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
    expect(delivered.map(({ code }) => code).toSorted()).to.deep.equal(ruleKinds.map(({ code }) => code).toSorted());
  });

  it('lie within what an administrator could have written, and say their basis', () => {
    for (const { code, value, unit, legalBasis } of delivered) {
      const kind = ruleKindOf(code);
      expect(kind && valueFault(kind, value, unit), code).to.equal(null);
      expect(legalBasis, code).to.not.equal('');
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
  });
});
