import { expect } from 'chai';
import fc from 'fast-check';
import { dateOf, dayNumber } from '../../../src/rules/calendar/index.ts';
import { NoRuleValid, numberOf } from '../../../src/rules/limits/index.ts';
import { penaltyKinds, recordClasses, recordDomains, recordKinds, type RecordFacts } from '../../../src/rules/records/facts.ts';
import { publicityOf } from '../../../src/rules/records/publicity.ts';
import { calendar, delivered, fined, publicityWith, rulesWith } from './delivered.ts';

describe('publicity: the situations of the field', () => {
  it('situation 8: a general penalty of 2026-05-31 may be repaired from 2026-09-01, so 2026-08-20 is early', () => {
    const publicity = publicityWith();
    expect(publicity).to.include({
      class: 'GENERAL', shown: true, start: '2026-05-31', startsAt: 'decision', minUntil: '2026-08-31', repairableFrom: '2026-09-01', maxUntil: '2027-05-31',
    });
    expect(publicity.repairableFrom !== null && '2026-08-20' < publicity.repairableFrom).to.equal(true);
    expect(publicity.legalBasis).to.include('第36号');
  });

  it('situation 11: a warning by summary procedure is minor and not published; with a reason for three months at most', () => {
    const publicity = publicityWith({ penaltyKinds: ['warning'], summaryProcedure: true, fine: 0 });
    expect(publicity).to.include({ class: 'MINOR', shown: false, minUntil: null, repairableFrom: '2026-05-31', maxUntil: '2026-08-31' });
    expect(publicity.because.key).to.equal('class.summary');
  });

  it('situation 12: a food penalty of 2025-12-01: a year by Order 58, three months by Order 36, and a person decides', () => {
    const facts = { domain: 'food', decidedOn: '2025-12-01' } as const;
    expect(publicityWith(facts)).to.include({ lawOf: '2025-12-01', minUntil: '2026-12-01', repairableFrom: '2026-12-02', maxUntil: '2028-12-01' });
    expect(publicityWith(facts, '2026-06-01')).to.include({ lawOf: '2026-06-01', minUntil: '2026-03-01', repairableFrom: '2026-03-02', maxUntil: '2026-12-01' });
    expect(numberOf(delivered.on('repair.transition', '2026-06-01')), 'the text of the transition is not loaded').to.equal(3);
  });

  it('situation 13: at its maximum a record ends, unless a rule of the field itself keeps what is not corrected', () => {
    expect(publicityWith().keptUncorrected).to.equal(false);
    const keep = { code: 'publicity.keep-uncorrected', value: 1 };
    expect(publicityOf(fined(), rulesWith({ ...keep, domain: 'ecology' }), calendar).keptUncorrected).to.equal(true);
    expect(publicityOf(fined(), rulesWith({ ...keep, domain: 'tax' }), calendar).keptUncorrected, "another field's rule").to.equal(false);
    expect(publicityOf(fined(), rulesWith({ ...keep, effectiveFrom: '2026-04-02' }), calendar).keptUncorrected, 'a general rule is not enough').to.equal(false);
  });
});

describe('publicity by the law of the day', () => {
  it('the last day of Order 58 and the first of Order 36', () => {
    expect(publicityWith({ decidedOn: '2026-03-31' })).to.include({ minUntil: '2026-06-30', maxUntil: '2029-03-31' });
    expect(publicityWith({ decidedOn: '2026-04-01' })).to.include({ minUntil: '2026-07-01', maxUntil: '2027-04-01' });
  });

  it('under Order 58 general and serious are alike, and a small fine is published as any other', () => {
    const terms = ({ fine, penaltyKinds: kinds = ['fine'] }: Partial<RecordFacts>) => {
      const { shown, minUntil, maxUntil } = publicityWith({ decidedOn: '2025-06-01', fine: fine ?? 0, penaltyKinds: kinds });
      return { shown, minUntil, maxUntil };
    };
    const alike = { shown: true, minUntil: '2025-09-01', maxUntil: '2028-06-01' };
    expect(terms({ fine: 20_000 })).to.deep.equal(alike);
    expect(terms({ fine: 500 })).to.deep.equal(alike);
    expect(terms({ penaltyKinds: ['revokePermit'] })).to.deep.equal(alike);
    expect(publicityWith({ decidedOn: '2025-06-01', fine: 0, penaltyKinds: ['warning', 'criticism'] })).to.include({ class: 'MINOR', shown: false });
  });

  it('the five fields of Order 58 wait a year, others do not', () => {
    for (const domain of ['food', 'drug', 'specialEquipment', 'workSafety', 'fireSafety'] as const) {
      expect(publicityWith({ decidedOn: '2025-06-01', domain }).minUntil, domain).to.equal('2026-06-01');
    }
    expect(publicityWith({ decidedOn: '2025-06-01', domain: 'ecology' }).minUntil).to.equal('2025-09-01');
  });

  it('a serious record of Order 36 is public for one to three years', () => {
    expect(publicityWith({ penaltyKinds: ['fine', 'stopProduction'] })).to.include({ class: 'SERIOUS', minUntil: '2027-05-31', repairableFrom: '2027-06-01', maxUntil: '2029-05-31' });
    expect(publicityWith({ kind: 'seriousList', penaltyKinds: [], fine: 0 })).to.include({ class: 'SERIOUS', maxUntil: '2029-05-31' });
  });

  it('a term ends on its day of the month, or on the last one, and does not move from a day of rest', () => {
    expect(publicityWith({ decidedOn: '2026-11-30' }).minUntil).to.equal('2027-02-28');
    // 1 October 2026 is a holiday.
    expect(publicityWith({ decidedOn: '2026-07-01' }).minUntil).to.equal('2026-10-01');
  });

  it('an entry of abnormal operation is public until it is cured, and may be cured at once', () => {
    const rules = rulesWith({ code: 'publicity.general.early-end', value: 0, domain: 'marketSupervision' });
    const facts = fined({ kind: 'abnormalOperation', penaltyKinds: [], fine: 0, domain: 'marketSupervision' });
    const entry = publicityOf(facts, rules, calendar);
    expect(entry).to.include({ class: 'GENERAL', shown: true, minUntil: null, repairableFrom: '2026-05-31', maxUntil: null });
    expect(entry.legalBasis).to.include('经营异常名录').and.not.include('行政处罚');
    expect(publicityOf(facts, rulesWith({ code: 'publicity.abnormal.shown', value: 0 }), calendar).shown).to.equal(false);
  });

  it('what a court listed is serious, public until the court deletes it, and never repaired here', () => {
    const entry = publicityWith({ kind: 'judgmentDefaulter', penaltyKinds: [], fine: 0 });
    expect(entry).to.include({ class: 'SERIOUS', shown: true, minUntil: null, repairableFrom: null, maxUntil: null });
    expect(entry.legalBasis).to.include('失信被执行人');
    const kept = publicityOf(fined({ kind: 'judgmentDefaulter', penaltyKinds: [], fine: 0 }), rulesWith({ code: 'publicity.court.shown', value: 0 }), calendar);
    expect(kept.shown).to.equal(false);
  });

  it('without a rule of that day nothing is computed', () => {
    expect(() => publicityWith({ decidedOn: '2013-12-31' })).to.throw(NoRuleValid);
    expect(() => publicityWith({ kind: 'abnormalOperation', penaltyKinds: [], fine: 0, decidedOn: '2014-09-30' })).to.throw(NoRuleValid);
  });
});

describe('market supervision: SAMR Order 45', () => {
  const gsxt = { domain: 'marketSupervision', decidedOn: '2026-05-31', publishedOn: '2026-06-18' } as const;

  it('counts from the publication, for three years', () => {
    expect(publicityWith(gsxt)).to.include({ class: 'GENERAL', startsAt: 'publication', start: '2026-06-18', maxUntil: '2029-06-18' });
    expect(publicityWith({ ...gsxt, publishedOn: null })).to.include({ startsAt: 'decision', start: '2026-05-31', maxUntil: '2029-05-31' });
    expect(publicityWith({ ...gsxt, domain: 'ecology' }), 'elsewhere the decision counts').to.include({ startsAt: 'decision', maxUntil: '2027-05-31' });
  });

  it('counts from our own publication where it is the first; a late one does not lengthen it', () => {
    const shown = (shownOn: string, change: Parameters<typeof fined>[0] = {}) => publicityOf(fined({ ...gsxt, publishedOn: null, ...change }), delivered, calendar, { shownOn });
    expect(shown('2026-06-18')).to.include({ startsAt: 'publication', start: '2026-06-18', minUntil: '2026-09-18', maxUntil: '2029-06-18' });
    expect(shown('2026-06-29'), 'the twentieth working day').to.include({ start: '2026-06-29' });
    expect(shown('2026-12-01')).to.include({ startsAt: 'publication', start: '2026-06-29', maxUntil: '2029-06-29' });
    expect(shown('2026-06-18', { publishedOn: '2026-06-05' })).to.include({ start: '2026-06-05' });
    expect(shown('2026-06-18', { domain: 'ecology' })).to.include({ startsAt: 'decision', start: '2026-05-31' });
  });

  it('shows criticism and a lower fine for three months; a warning alone not at all', () => {
    expect(publicityWith({ ...gsxt, penaltyKinds: ['criticism'], fine: 0 })).to.include({ class: 'MINOR', shown: true, maxUntil: '2026-09-18' });
    expect(publicityWith({ ...gsxt, fine: 5000 })).to.include({ class: 'MINOR', shown: true, maxUntil: '2026-09-18' });
    expect(publicityWith({ ...gsxt, fine: 5000.01 })).to.include({ class: 'GENERAL', maxUntil: '2029-06-18' });
    expect(publicityWith({ ...gsxt, penaltyKinds: ['warning'], fine: 0 })).to.include({ class: 'MINOR', shown: false });
    expect(publicityWith({ ...gsxt, penaltyKinds: ['warning', 'fine'], fine: 5000 })).to.include({ class: 'MINOR', shown: true });
    expect(publicityWith({ ...gsxt, fine: 100, summaryProcedure: true }), 'article 2: ordinary procedure alone').to.include({ class: 'MINOR', shown: false });
  });

  it('never ends early where business was stopped or limited, a grade lowered, a permit revoked', () => {
    for (const kind of ['stopProduction', 'limitBusiness', 'banFromJob', 'lowerGrade', 'revokePermit'] as const) {
      expect(publicityWith({ ...gsxt, penaltyKinds: ['fine', kind] }), kind).to.include({ class: 'SERIOUS', minUntil: null, repairableFrom: null, maxUntil: '2029-06-18' });
    }
    expect(publicityWith({ ...gsxt, penaltyKinds: ['suspendPermit'] }), 'not among those of article 14').to.include({ class: 'SERIOUS', repairableFrom: '2027-06-19' });
  });

  it('a fine is not serious for its amount, as early end depends on the kind alone', () => {
    expect(publicityWith({ ...gsxt, fine: 5_000_000 })).to.include({ class: 'GENERAL', repairableFrom: '2026-09-19' });
    expect(publicityWith({ fine: 5_000_000 })).to.include({ class: 'SERIOUS' });
  });
});

describe('the class of a record', () => {
  const classOf = (change: Partial<RecordFacts>) => {
    const { class: of, because } = publicityWith(change);
    return { of, key: because.key };
  };

  it('of several kinds in one decision the heaviest governs, in whatever order they stand', () => {
    expect(classOf({ penaltyKinds: ['warning', 'fine', 'revokePermit'] })).to.deep.equal({ of: 'SERIOUS', key: 'class.kind' });
    expect(classOf({ penaltyKinds: ['revokePermit', 'warning'] })).to.deep.equal({ of: 'SERIOUS', key: 'class.kind' });
    expect(classOf({ penaltyKinds: ['warning', 'confiscateIncome'], fine: 0, confiscated: 100 })).to.deep.equal({ of: 'GENERAL', key: 'class.general' });
    expect(classOf({ penaltyKinds: ['warning', 'criticism'], fine: 0 })).to.deep.equal({ of: 'MINOR', key: 'class.mild' });
  });

  it('a fine up to the threshold is minor, one fen more is not', () => {
    expect(classOf({ fine: 3000 })).to.deep.equal({ of: 'MINOR', key: 'class.small' });
    expect(classOf({ fine: 3000.01 }).of).to.equal('GENERAL');
  });

  it('fine and confiscation together reach the serious threshold, to the fen', () => {
    const both = { penaltyKinds: ['fine', 'confiscateIncome'] as const };
    expect(classOf({ ...both, fine: 499_999.9, confiscated: 0.1 })).to.deep.equal({ of: 'SERIOUS', key: 'class.large' });
    expect(classOf({ ...both, fine: 499_999.9, confiscated: 0.09 }).of).to.equal('GENERAL');
    expect(classOf({ domain: 'workSafety', fine: 100_000 }).of).to.equal('SERIOUS');
  });

  it('what is not known is never minor: no kind, no amount, a kind that does not fit the amount', () => {
    expect(classOf({ penaltyKinds: [], fine: 0 }).of).to.equal('GENERAL');
    expect(classOf({ penaltyKinds: ['fine'], fine: 0 }).of).to.equal('GENERAL');
    expect(classOf({ penaltyKinds: ['warning'], fine: 80_000 }).of).to.equal('GENERAL');
    expect(classOf({ penaltyKinds: ['fine'], fine: 2000, confiscated: 100 }).of).to.equal('GENERAL');
    expect(publicityWith({ penaltyKinds: [], fine: 0, domain: 'marketSupervision' }).shown).to.equal(true);
  });
});

describe('publicity: whatever the record', () => {
  const day = fc.integer({ min: dayNumber('2014-01-01'), max: dayNumber('2030-12-31') }).map(dateOf);
  const amount = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 200_000_000 }).map((fen) => fen / 100));
  const record = fc.record({
    kind: fc.constantFrom(...recordKinds),
    decidedOn: day,
    published: fc.option(fc.nat(60)),
    penaltyKinds: fc.uniqueArray(fc.constantFrom(...penaltyKinds), { maxLength: 5 }),
    summaryProcedure: fc.boolean(),
    fine: amount,
    confiscated: amount,
    domain: fc.constantFrom(...recordDomains),
  }).map(({ published, ...facts }) => fined({ ...facts, publishedOn: published === null ? null : dateOf(dayNumber(facts.decidedOn) + published) }))
    // Nobody was on the list of abnormal operation before the regulation that made it.
    .filter(({ kind, decidedOn }) => kind !== 'abnormalOperation' || decidedOn >= '2014-10-01');

  it('the shortest ends before the longest, repair follows the shortest, and a term has its basis', () => {
    fc.assert(fc.property(record, fc.option(day), fc.option(day), (facts, applied, shown) => {
      const shownOn = shown !== null && shown >= facts.decidedOn ? shown : null;
      const found = publicityOf(facts, delivered, calendar, { ...(applied !== null && applied > facts.decidedOn ? { lawOf: applied } : {}), shownOn });
      if (found.minUntil !== null) {
        expect(found.minUntil > found.start).to.equal(true);
        expect(found.repairableFrom).to.equal(dateOf(dayNumber(found.minUntil) + 1));
        expect(found.maxUntil === null || found.minUntil < found.maxUntil).to.equal(true);
      }
      if (found.maxUntil !== null) expect(found.maxUntil > found.start).to.equal(true);
      if (facts.kind === 'judgmentDefaulter') expect(found.repairableFrom).to.equal(null);
      if (found.class === 'MINOR') expect(found).to.include({ minUntil: null, repairableFrom: found.start });
      expect(found.start >= facts.decidedOn).to.equal(true);
      expect(found.legalBasis).to.not.equal('');
      expect(['abnormalOperation', 'judgmentDefaulter'].includes(facts.kind)).to.equal(found.maxUntil === null);
    }), { numRuns: 2000 });
  });

  it('a heavier kind or a larger amount never lowers the class, shortens publicity or lets repair begin sooner', () => {
    const later = (a: string | null, b: string | null) => b === null || (a !== null && a <= b);
    const penalty = record.filter(({ kind }) => kind === 'penalty');
    fc.assert(fc.property(penalty, fc.constantFrom(...penaltyKinds), fc.nat(1_000_000), (facts, kind, more) => {
      const lighter = publicityOf(facts, delivered, calendar);
      const kinds = [...new Set([...facts.penaltyKinds, kind])];
      const heavier = publicityOf({ ...facts, penaltyKinds: kinds, fine: facts.fine + more }, delivered, calendar);
      // A penalty of which no kind is known counts as general until it is known: a warning may then be less.
      fc.pre(facts.penaltyKinds.length > 0 && (facts.fine > 0 || !facts.penaltyKinds.includes('fine')) && (kind !== 'fine' || facts.fine + more > 0));
      expect(recordClasses.indexOf(heavier.class)).to.be.at.least(recordClasses.indexOf(lighter.class));
      expect(later(lighter.maxUntil, heavier.maxUntil), `${lighter.maxUntil} then ${heavier.maxUntil}`).to.equal(true);
      expect(later(lighter.repairableFrom, heavier.repairableFrom), `${lighter.repairableFrom} then ${heavier.repairableFrom}`).to.equal(true);
      expect(lighter.shown && !heavier.shown).to.equal(false);
    }), { numRuns: 3000 });
  });
});
