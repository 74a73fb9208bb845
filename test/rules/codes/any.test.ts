import { expect } from 'chai';
import fc from 'fast-check';
import { createI18n } from '../../../src/platform/i18n.ts';
import { checkCode, orgCheckCharacter, residentIdCheckCharacter, usccCheckCharacter } from '../../../src/rules/codes/index.ts';

const i18n = createI18n({ onMissing: (locale, key) => { throw new Error(`${locale} has no ${key}`); } });
const TODAY = '2026-11-23';
const told = (text: string) => {
  const { kind, verdict, reason } = checkCode(text, TODAY);
  return [kind, verdict, reason?.key.replace('codes:', '') ?? null];
};

describe('a code of which the kind is not said', () => {
  it('is told by its form', () => {
    for (const code of ['91321300MA1TE8T08T', '9132132269215347XH', '113213000143810514']) expect(told(code)).to.deep.equal(['uscc', 'ok', null]);
    for (const code of ['69215347-X', 'MA1TE8T08', 'd2143569x']) expect(told(code)).to.deep.equal(['orgCode', 'ok', null]);
    for (const code of ['11010519491231002X', '440524188001010014']) expect(told(code)).to.deep.equal(['residentId', 'ok', null]);
  });

  it('has the reason of its kind when it is wrong', () => {
    expect(told('91321300MA1TE8T08U')).to.deep.equal(['uscc', 'bad', 'uscc.check']);
    expect(told('91321300MA1TE8TO8T')).to.deep.equal(['uscc', 'bad', 'uscc.lookalike']);
    expect(told('9132132269215374XH')).to.deep.equal(['uscc', 'bad', 'uscc.checkAndInner']);
    expect(told('91321300MA1TE8T05H')).to.deep.equal(['uscc', 'warning', 'uscc.inner']);
    expect(told('69215347-1')).to.deep.equal(['orgCode', 'bad', 'orgCode.check']);
    expect(told('11010519491231O02X')).to.deep.equal(['residentId', 'bad', 'residentId.lookalike']);
    expect(told('110105194912310021')).to.deep.equal(['residentId', 'bad', 'residentId.check']);
    expect(told('110105194913310021')).to.deep.equal(['residentId', 'bad', 'residentId.date']);
    expect(told('00000000000000000X'), 'the placeholder of lists').to.deep.equal(['uscc', 'bad', 'uscc.check']);
  });

  it('of fifteen digits is the old ID when a day of birth stands in it, else an old registration number', () => {
    expect(told('110105491231002')).to.deep.equal(['residentId', 'bad', 'residentId.fifteen']);
    expect(told('321300000012345')).to.deep.equal(['uscc', 'bad', 'uscc.registrationNumber']);
  });

  it('of another length is unknown', () => {
    expect(told('')).to.deep.equal(['unknown', 'bad', 'unknown.empty']);
    expect(told(' \u3000\uFEFF')).to.deep.equal(['unknown', 'bad', 'unknown.empty']);
    expect(told('91321300MA1TE8T08')).to.deep.equal(['unknown', 'bad', 'unknown.length']);
    expect(told('宿迁市')).to.deep.equal(['unknown', 'bad', 'unknown.length']);
    expect(told('6921534-7X')).to.deep.equal(['unknown', 'bad', 'unknown.length']);
  });

  it('that holds as a unified code and as an ID is taken for an ID', () => {
    // Authority 5, kind 1, and an area of which digits 3 to 8 are one of a unified code as well.
    const body = fc.tuple(fc.constantFrom('1990', '1985', '2001'), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }), fc.integer({ min: 0, max: 999 }))
      .map(([year, month, day, n]) => `513213${year}${String(month).padStart(2, '0')}${String(day).padStart(2, '0')}${String(n).padStart(3, '0')}`);
    fc.assert(fc.property(body, (digits) => {
      expect(told(digits + residentIdCheckCharacter(digits))).to.deep.equal(['residentId', 'ok', null]);
    }));
    const both = Array.from({ length: 100_000 }, (_, n) => `5132131990${String(101 + (n % 28)).padStart(4, '0')}${String(n % 1000).padStart(3, '0')}`)
      .find((digits) => usccCheckCharacter(digits) === residentIdCheckCharacter(digits) && orgCheckCharacter(digits.slice(8, 16)) === digits.charAt(16));
    expect(both, 'there is one').to.be.a('string');
    expect(told(`${both}${residentIdCheckCharacter(both ?? '')}`)).to.deep.equal(['residentId', 'ok', null]);
  });

  it('any text has an answer in both languages', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'0123456789XOI-'), minLength: 9, maxLength: 18 })), (text) => {
      const { verdict, reason } = checkCode(text, TODAY);
      expect(verdict === 'ok').to.equal(reason === null);
      for (const locale of ['zh-CN', 'en'] as const) {
        if (reason) expect(i18n.translator(locale)(reason.key, reason.params)).to.not.include('{{');
      }
    }), { numRuns: 500 });
  });
});
