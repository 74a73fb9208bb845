import { expect } from 'chai';
import fc from 'fast-check';
import { createI18n } from '../../../src/platform/i18n.ts';
import {
  checkOrgCode, checkResidentId, checkUscc, cleanCode, orgCheckCharacter, residentIdCheckCharacter, usccCheckCharacter, type CodeCheck,
} from '../../../src/rules/codes/index.ts';

const i18n = createI18n({ onMissing: (locale, key) => { throw new Error(`${locale} has no ${key}`); } });
const say = (check: CodeCheck, locale: 'zh-CN' | 'en' = 'zh-CN'): string =>
  check.reason === null ? '' : i18n.translator(locale)(check.reason.key, check.reason.params);

const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const TODAY = '2026-11-23';
const VALID = ['91321300MA1TE8T08T', '9132132269215347XH', '113213000143810514'] as const;

function withChar(code: string, index: number, char: string): string {
  return code.slice(0, index) + char + code.slice(index + 1);
}

const swapped = (code: string, index: number): string =>
  code.slice(0, index) + code.charAt(index + 1) + code.charAt(index) + code.slice(index + 2);

describe('unified social credit code', () => {
  for (const code of VALID) {
    it(`${code} is right`, () => {
      expect(checkUscc(code)).to.deep.equal({ kind: 'uscc', code, verdict: 'ok', reason: null });
    });
  }

  it('a wrong check character is named, with what it should be', () => {
    const check = checkUscc('91321300MA1TE8T08U');
    expect(check.verdict).to.equal('bad');
    expect(check.reason).to.deep.equal({ key: 'codes:uscc.check', params: { position: 18, expected: 'T', found: 'U' } });
    expect(say(check)).to.equal('统一社会信用代码第 18 位应为 T，现为 U。请对照营业执照核对。');
    expect(say(check, 'en')).to.equal('Character 18 of the unified social credit code should be T; it is U. Compare it with the business licence.');
  });

  it('the letter O is refused and a zero only suggested', () => {
    const check = checkUscc('91321300MA1TE8TO8T');
    expect(check).to.include({ verdict: 'bad', code: '91321300MA1TE8TO8T' });
    expect(check.reason).to.deep.equal({ key: 'codes:uscc.lookalike', params: { position: 16, found: 'O', meant: '0' } });
    expect(checkUscc('9132I300MA1TE8T08T').reason?.params).to.deep.equal({ position: 5, found: 'I', meant: '1' });
  });

  it('two neighbours swapped break both checks', () => {
    const check = checkUscc('9132132269215374XH');
    expect(check.verdict).to.equal('bad');
    expect(check.reason).to.deep.equal({
      key: 'codes:uscc.checkAndInner',
      params: { position: 18, expected: 'F', found: 'H', innerExpected: '4', innerFound: 'X' },
    });
  });

  it('an inner organisation code that fails its own check is a warning', () => {
    const check = checkUscc('91321300MA1TE8T05H');
    expect(check.verdict).to.equal('warning');
    expect(check.reason?.params).to.deep.equal({ position: 17, expected: '8', found: '5' });
  });

  it('full-width, lower-case and blanks are cleaned', () => {
    expect(checkUscc(' ９１３２１３００ｍａ１ｔｅ８ｔ０８ｔ　')).to.include({ verdict: 'ok', code: VALID[0] });
    expect(checkUscc('9132 1300 MA1T E8T0 8T\u200b')).to.include({ verdict: 'ok', code: VALID[0] });
  });

  it('says what was given instead of a code', () => {
    const keyOf = (text: string) => checkUscc(text).reason?.key;
    expect(keyOf('')).to.equal('codes:uscc.empty');
    expect(keyOf('　')).to.equal('codes:uscc.empty');
    expect(keyOf('321300000012345')).to.equal('codes:uscc.registrationNumber');
    expect(keyOf('69215347-X')).to.equal('codes:uscc.orgCodeOnly');
    expect(keyOf('91321300MA1TE8T08')).to.equal('codes:uscc.length');
    expect(keyOf('91321A00MA1TE8T08T')).to.equal('codes:uscc.areaCharacter');
    expect(keyOf('91321300MA1TE8Z08T')).to.equal('codes:uscc.character');
    expect(keyOf('91321300MA1TE8<08T')).to.equal('codes:uscc.character');
  });

  it('an unknown authority, kind or area is a warning', () => {
    const made = (start: string): string => {
      const body = `${start}${VALID[0].slice(start.length, 17)}`;
      return body + usccCheckCharacter(body);
    };
    expect(checkUscc(made('B1')).reason?.key).to.equal('codes:uscc.authority');
    expect(checkUscc(made('98')).reason?.key).to.equal('codes:uscc.organisationKind');
    expect(checkUscc(made('91990000')).reason?.key).to.equal('codes:uscc.area');
    expect(checkUscc(made('11100000')).verdict).to.equal('ok');
    expect(checkUscc(made('B1')).verdict).to.equal('warning');
  });

  const validCode = fc
    .tuple(fc.constantFrom('91', '92', '93', '11', '12', '51'), fc.constantFrom('321300', '321302', '321322', '110101'), fc.string({ unit: fc.constantFrom(...ALPHABET), minLength: 8, maxLength: 8 }))
    .map(([kind, area, body]) => {
      const start = kind + area + body + orgCheckCharacter(body);
      return start + usccCheckCharacter(start);
    });

  it('every code that is made by the rule passes', () => {
    fc.assert(fc.property(validCode, (code) => {
      expect(checkUscc(code).verdict).to.equal('ok');
    }));
  });

  it('any single wrong character is found', () => {
    fc.assert(fc.property(validCode, fc.nat(17), fc.constantFrom(...ALPHABET, 'I', 'O', 'S', 'V', 'Z'), (code, index, char) => {
      fc.pre(code.charAt(index) !== char);
      expect(checkUscc(withChar(code, index, char)).verdict).to.equal('bad');
    }), { numRuns: 1000 });
  });

  it('any swap of two different neighbours is found', () => {
    fc.assert(fc.property(validCode, fc.nat(16), (code, index) => {
      fc.pre(code.charAt(index) !== code.charAt(index + 1));
      expect(checkUscc(swapped(code, index)).verdict).to.equal('bad');
    }), { numRuns: 1000 });
  });

  it('any text gets an answer with words in both languages', () => {
    const nearly = fc.tuple(validCode, fc.nat(17), fc.string({ maxLength: 3 })).map(([code, index, text]) => code.slice(0, index) + text + code.slice(index + 1));
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), nearly), (text) => {
      const check = checkUscc(text);
      expect(check.verdict === 'ok').to.equal(check.reason === null);
      for (const locale of ['zh-CN', 'en'] as const) expect(say(check, locale)).to.not.include('{{');
    }));
  });
});

describe('organisation code', () => {
  it('checks of the standard', () => {
    expect(orgCheckCharacter('69215347')).to.equal('X');
    expect(orgCheckCharacter('D2143569')).to.equal('X');
    expect(orgCheckCharacter('MA1TE8T0')).to.equal('8');
    expect(checkOrgCode('69215347-x')).to.deep.equal({ kind: 'orgCode', code: '69215347X', verdict: 'ok', reason: null });
    expect(checkOrgCode('692153471').reason).to.deep.equal({ key: 'codes:orgCode.check', params: { position: 9, expected: 'X', found: '1' } });
    expect(checkOrgCode('6921534').reason?.key).to.equal('codes:orgCode.length');
    expect(checkOrgCode('6921534?X').reason?.params).to.deep.equal({ position: 8, found: '?' });
    expect(checkOrgCode('').reason?.key).to.equal('codes:orgCode.empty');
  });

  it('its check misses a wrong character just when the values differ by 11, 22 or 33', () => {
    const values = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
    const body = '69215347';
    for (let index = 0; index < 8; index += 1) {
      for (const char of values) {
        if (char === body.charAt(index)) continue;
        const distance = Math.abs(values.indexOf(char) - values.indexOf(body.charAt(index)));
        const found = checkOrgCode(`${withChar(body, index, char)}X`).verdict === 'bad';
        expect(found, `${body.charAt(index)} as ${char} at ${index + 1}`).to.equal(distance % 11 !== 0);
      }
    }
  });
});

describe('resident ID number', () => {
  it('samples of the standard are right', () => {
    for (const code of ['11010519491231002X', '440524188001010014']) {
      expect(checkResidentId(code, TODAY)).to.deep.equal({ kind: 'residentId', code, verdict: 'ok', reason: null });
    }
    expect(checkResidentId('１１０１０５１９４９１２３１００２ｘ', TODAY).verdict).to.equal('ok');
  });

  it('names what is wrong', () => {
    const keyOf = (text: string) => checkResidentId(text, TODAY).reason?.key.replace('codes:residentId.', '');
    expect(checkResidentId('110105194912310021', TODAY).reason).to.deep.equal({
      key: 'codes:residentId.check', params: { position: 18, expected: 'X', found: '1' },
    });
    expect(keyOf('')).to.equal('empty');
    expect(keyOf('110105491231002')).to.equal('fifteen');
    expect(keyOf('1101051949123100')).to.equal('length');
    expect(keyOf('11010519491231OO2X')).to.equal('lookalike');
    expect(keyOf('11010519491231A02X')).to.equal('character');
    expect(keyOf('000105194912310021')).to.equal('area');
    expect(keyOf('11010519490231002X')).to.equal('date');
    expect(keyOf('11010520261124002X')).to.equal('future');
    expect(keyOf('11010520261123002X'), 'born today').to.equal('check');
  });

  const validId = fc
    .tuple(fc.constantFrom('990000', '110105', '440524'), fc.date({ min: new Date('1900-01-01'), max: new Date('2026-01-01'), noInvalidDate: true }), fc.nat(999))
    .map(([area, born, order]) => {
      const body = `${area}${born.toISOString().slice(0, 10).replaceAll('-', '')}${String(order).padStart(3, '0')}`;
      return body + residentIdCheckCharacter(body);
    });

  it('any single wrong character and any swap of neighbours is found', () => {
    fc.assert(fc.property(validId, fc.nat(17), fc.constantFrom(...'0123456789X'), (code, index, char) => {
      expect(checkResidentId(code, TODAY).verdict).to.equal('ok');
      if (code.charAt(index) !== char) expect(checkResidentId(withChar(code, index, char), TODAY).verdict).to.equal('bad');
      if (index < 17 && code.charAt(index) !== code.charAt(index + 1)) {
        expect(checkResidentId(swapped(code, index), TODAY).verdict).to.equal('bad');
      }
    }), { numRuns: 1000 });
  });

  it('any text gets an answer', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(say(checkResidentId(text, TODAY))).to.not.include('{{');
    }));
  });
});

describe('cleaning a code', () => {
  it('is done once and for all', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(cleanCode(cleanCode(text))).to.equal(cleanCode(text));
    }));
  });
});
