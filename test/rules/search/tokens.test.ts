import { expect } from 'chai';
import fc from 'fast-check';
import { indexTerms, queryTerms } from '../../../src/rules/search/tokens.ts';

const found = (text: string, typed: string): boolean => {
  const terms = indexTerms(text);
  const wanted = queryTerms(typed);
  return wanted.length > 0 && wanted.every((term) => terms.includes(term));
};

describe('search terms', () => {
  it('a name of one, two, three and more characters is found inside a text without spaces', () => {
    const text = '宿迁恒泽食品有限公司使用过期原料';
    for (const typed of ['恒', '恒泽', '恒泽食', '食品有限公司', text]) expect(found(text, typed), typed).to.equal(true);
    for (const typed of ['王', '泽恒', '恒食', '原料过期']) expect(found(text, typed), typed).to.equal(false);
  });

  it('unified codes and case numbers are words, whatever their case and width', () => {
    const text = 'XZ-2026-000123 宿迁恒泽 91321300MA1TE8T08T';
    for (const typed of ['91321300ma1te8t08t', 'ＸＺ-2026-000123', '000123', '恒泽 91321300MA1TE8T08T']) expect(found(text, typed), typed).to.equal(true);
    expect(found(text, '91321300')).to.equal(false);
  });

  it('mixed script splits where the script does', () => {
    expect(found('宿迁ABC科技有限公司', 'abc')).to.equal(true);
    expect(found('宿迁ABC科技有限公司', 'ABC科技')).to.equal(true);
  });

  it('nothing searchable gives no terms, which finds nothing', () => {
    expect(queryTerms('  ，。！ ')).to.deep.equal([]);
    expect(found('宿迁', '')).to.equal(false);
  });

  it('every piece of a text finds the text', () => {
    const chinese = fc.string({ unit: fc.constantFrom(...'宿迁市信用治理办公室食品公司'), minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(chinese, fc.nat(11), fc.integer({ min: 1, max: 12 }), (text, from, length) => {
        const piece = text.slice(from % text.length, (from % text.length) + length);
        expect(found(text, piece)).to.equal(true);
      }),
    );
  });

  it('a word is cut at 64 characters on both sides alike', () => {
    const long = 'a'.repeat(200);
    expect(found(long, long)).to.equal(true);
  });
});
