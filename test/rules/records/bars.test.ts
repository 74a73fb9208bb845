import { expect } from 'chai';
import { bornIn } from '../../../src/rules/records/bars.ts';

describe('the birth that a text gives of whom it is about', () => {
  for (const [text, born] of [
    ['当事人王小明，男，2010年5月3日出生，销售过期食品。', ['2010-05-03']],
    ['经营者孙小海（身份证号 321302201003150019）承认。', ['2010-03-15']],
    ['当事人：王小明，出生日期：2010年5月3日。', ['2010-05-03']],
    ['当事人李向阳，2010.5.3生，未取得许可。', ['2010-05-03']],
    // Of others, to whom something was done.
    ['当事人向2010年5月出生的王某出售卷烟。', []],
    ['当事人张三招用2011年2月3日出生的李某做工。', []],
    ['当事人销售过期食品。受害人王某2010年5月3日出生。', []],
  ] as const) it(`${text} ${born.length === 0 ? 'gives none' : `gives ${born.join()}`}`, () => {
    expect(bornIn(text)).to.deep.equal(born);
  });
});
