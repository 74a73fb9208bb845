import { expect } from 'chai';
import fc from 'fast-check';
import { amountsSaid, chineseNumber, evidenceOf, tenThousandsOf, yuanOf } from '../../../src/features/records/import/amounts.ts';
import { columns, codeOf, headerIn, missingIn, namesOf, tableColumns } from '../../../src/features/records/import/columns.ts';
import { rowFault } from '../../../src/features/records/import/faults.ts';
import { readSubject, type SubjectCells } from '../../../src/features/records/import/subject.ts';
import { wordsOf } from '../../../src/features/records/import/words.ts';
import { createI18n } from '../../../src/platform/i18n.ts';
import { dayOf } from '../../../src/platform/sheets/days.ts';
import { isDay } from '../../../src/platform/http/fields.ts';
import { residentIdCheckCharacter } from '../../../src/rules/codes/index.ts';
import { penaltyKinds } from '../../../src/rules/records/facts.ts';
import { goodCode, goodId } from '../incidents/bureau.ts';

const i18n = createI18n({ onMissing: (locale, key) => { throw new Error(`no words for ${key} in ${locale}`); } });
const fen = fc.integer({ min: 1, max: 9_999_999_999_99 });

describe('the cells of a table of penalties', () => {
  it('an amount of 万元 with six places is exact to the fen, there and back', () => {
    fc.assert(fc.property(fen, (of) => {
      const yuan = of / 100;
      expect(Number(yuanOf(tenThousandsOf(yuan), 'tenThousand'))).to.equal(yuan);
      expect(Number(yuanOf(String(yuan), 'yuan'))).to.equal(yuan);
    }));
    expect([yuanOf('0.2', 'tenThousand'), yuanOf('2,000', 'yuan'), yuanOf('２万元', 'yuan'), yuanOf('', 'yuan'), yuanOf('0', 'tenThousand')]).to.deep.equal(['2000', '2000', '20000', '', '0']);
    expect([yuanOf('0.0000001', 'tenThousand'), yuanOf('1.001', 'yuan'), yuanOf('-1', 'yuan'), yuanOf('1e3', 'yuan'), yuanOf('约2万', 'yuan')]).to.deep.equal([null, null, null, null, null]);
  });

  it('never reads an amount out of any other text', () => {
    fc.assert(fc.property(fc.string(), fc.constantFrom('yuan' as const, 'tenThousand' as const), (text, unit) => {
      const yuan = yuanOf(text, unit);
      if (yuan !== null && yuan !== '') expect(yuan).to.match(/^\d+(\.\d{1,2})?$/);
    }));
  });

  it('finds the amount that a decision says, in figures and numerals', () => {
    for (const [text, fined, confiscated] of [
      ['罚款2000元', [2000], []], ['处以罚款人民币贰仟元整', [2000], []], ['没收违法所得1,234.5元，罚款 2万元', [20_000], [1234.5]], ['处20000元罚款', [20_000], []], ['并处十二万元的罚款', [120_000], []],
      ['罚款人民币20000元（贰万元整）', [20_000], []], ['没收违法所得人民币300元；罚款（人民币）1000元', [1000], [300]], ['警告', [], []], ['缴纳罚款后15日内报告', [], []],
    ] as const) expect([amountsSaid('fine', text), amountsSaid('confiscated', text)], text).to.deep.equal([fined, confiscated]);
    for (const [text, number] of [['贰万叁仟伍佰', 23_500], ['十二', 12], ['一亿零三万', 100_030_000], ['两', 2], ['元', null], ['', null]] as const) expect(chineseNumber(text), text).to.equal(number);
  });

  it('an amount speaks for the unit in which the decision says it, whatever it is', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1_000_000 }), (yuan) => {
      const decision = `罚款${yuan}元。`;
      const read = (fine: string): string[] => evidenceOf({ fine, confiscated: '', decision }, Infinity).map(({ speaksFor }) => speaksFor);
      expect(read(String(yuan))).to.deep.equal(['yuan']);
      expect(read(tenThousandsOf(yuan))).to.deep.equal(['tenThousand']);
      expect(read(String(yuan * 3 + 1))).to.deep.equal([]);
    }));
    const at = (fine: string, limit: number): string[] => evidenceOf({ fine, confiscated: '', decision: '罚款。' }, limit).map(({ speaksFor }) => speaksFor);
    expect([at('1000', 10_000_000), at('999.999999', 10_000_000)]).to.deep.equal([['implausible'], []]);
  });

  it('days are read in every form that tables have, and what is none stays as it is', () => {
    for (const text of ['2026/9/4', '2026-09-04', '20260904', '2026年9月4日', '2026.9.4', '2026/09/04 00:00:00', '２０２６－０９－０４']) expect(dayOf(text), text).to.equal('2026-09-04');
    fc.assert(fc.property(fc.date({ min: new Date('1900-01-02'), max: new Date('2099-12-30'), noInvalidDate: true }), (date) => {
      const day = date.toISOString().slice(0, 10);
      for (const form of [day, day.replaceAll('-', '/'), day.replaceAll('-', '')]) expect(dayOf(form)).to.equal(day);
    }));
    for (const text of ['去年', '2026-13-40', '45905']) expect(isDay(dayOf(text)), text).to.equal(false);
  });

  it('kinds of penalty come in any order and with any sign between them, in both languages', () => {
    const words = wordsOf(i18n);
    fc.assert(fc.property(fc.subarray([...penaltyKinds], { minLength: 1 }), fc.constantFrom(';', '；', '、', ',', ' / ', '\n'), fc.constantFrom('zh-CN' as const, 'en' as const), (kinds, sign, locale) => {
      const t = i18n.translator(locale);
      const cell = kinds.toReversed().map((kind) => t(`records:penaltyKind.${kind}`)).join(sign);
      expect(words.penaltyKinds(cell, '')).to.deep.equal({ kinds, unknown: [] });
    }));
    expect(words.penaltyKinds('暂扣或者吊销许可证、暂扣或者吊销执照;其他-责令改正', '吊销营业执照').kinds).to.deep.equal(['revokePermit', 'otherKind']);
    expect(words.penaltyKinds('罚款并没收违法所得;天谴', '')).to.deep.equal({ kinds: ['fine', 'confiscateIncome'], unknown: ['天谴'] });
    expect(words.penaltyKinds('暂扣或者吊销许可证', '').unknown).to.have.length(1);
  });
});

describe('the columns of a table of penalties', () => {
  const names = namesOf(i18n);

  it('are found by code and by name, in any order, below titles, with a second row of names', () => {
    fc.assert(fc.property(fc.shuffledSubarray([...tableColumns], { minLength: 8 }), fc.integer({ min: 0, max: 5 }), fc.constantFrom('zh-CN' as const, 'en' as const), (some, above, locale) => {
      const t = i18n.translator(locale);
      const inWords = some.map((column) => `${t(`imports:column.${column}`)}*`);
      const inCodes = some.map((column) => codeOf(column) ?? t(`imports:column.${column}`));
      const titles = Array.from({ length: above }, (_, n) => ({ number: n + 1, cells: [`标题 ${n}`], faults: [] }));
      const rowsOf = (...headers: string[][]) => [...titles, ...headers.map((cells, n) => ({ number: above + n + 1, cells, faults: [] }))];
      const expected = Object.fromEntries(some.map((column, place) => [column, place]));
      for (const table of [headerIn(rowsOf(inWords), names), headerIn(rowsOf(inCodes), names)]) expect(Object.fromEntries(table!.places)).to.deep.equal(expected);
      const both = headerIn(rowsOf(inCodes, inWords), names)!;
      expect([Object.fromEntries(both.places), both.row]).to.deep.equal([expected, above + 2]);
    }));
  });

  it('no two of them go by one name', () => {
    const own = columns.map((column) => names.get(i18n.translator('zh-CN')(`imports:column.${column}`).replace(/[、\s]/g, '')));
    expect(own).to.deep.equal([...columns]);
  });

  it('a table without what is required says so', () => {
    const table = headerIn([{ number: 1, cells: ['CF_XDR_MC', 'CF_XDR_ZJHM', 'CF_WSH', 'CF_JDRQ', 'CF_WFXW', 'CF_NR'], faults: [] }], names)!;
    expect(missingIn(table)).to.deep.equal(['legalBasis', 'penaltyKinds']);
    expect(headerIn([{ number: 1, cells: ['甲', '乙'], faults: [] }], names)).to.equal(null);
  });
});

describe('the subject of a row', () => {
  const cells: SubjectCells = { said: null, uscc: '', idKind: '', idNumber: '', others: {} };
  const read = (change: Partial<SubjectCells>) => readSubject({ ...cells, ...change }, '2026-06-01');

  it('is told by the code that is there, where the row does not say it', () => {
    expect(read({ uscc: goodCode })).to.deep.equal({ kind: 'organisation', code: goodCode, faults: [] });
    expect(read({ idNumber: goodId })).to.deep.equal({ kind: 'person', code: goodId, faults: [] });
    expect(read({ said: 'trader', uscc: goodCode, idNumber: goodId }).faults).to.deep.equal([]);
    expect(read({ uscc: goodCode, idNumber: goodId }).faults.map(({ key }) => key)).to.deep.equal(['imports:fault.bothCodes']);
  });

  it('a person never has a code of an organisation, nor an organisation an ID number', () => {
    fc.assert(fc.property(fc.constantFrom('uscc' as const, 'idNumber' as const), (column) => {
      expect(read({ said: 'person', idNumber: goodId, [column]: goodCode }).faults).to.not.deep.equal([]);
      expect(read({ said: 'organisation', uscc: goodCode, [column]: goodId }).faults).to.not.deep.equal([]);
    }));
  });

  it('what a report says of it holds no whole number of a person', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 999 }), fc.string(), (n, text) => {
      const body = `11010519491231${String(n).padStart(3, '0')}`;
      const number = body + residentIdCheckCharacter(body);
      expect(JSON.stringify(rowFault('idNumber', 'x', { value: `${text}${number}` }))).to.not.include(number);
    }));
  });
});
