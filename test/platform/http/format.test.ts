import { expect } from 'chai';
import { createFormat } from '../../../src/platform/http/format.ts';

const chinese = createFormat('zh-CN');
const english = createFormat('en');

describe('numbers for readers', () => {
  it('amounts are grouped, and fen shown where there are any', () => {
    expect(chinese.money(20_000)).to.equal('20,000 元');
    expect(chinese.money('1234567.5')).to.equal('1,234,567.50 元');
    expect(english.money('0.05')).to.equal('CNY 0.05');
    expect(chinese.money('99999999999999.99')).to.equal('99,999,999,999,999.99 元');
  });

  it('in units of ten thousand where a standard asks for it', () => {
    expect(chinese.tenThousands(20_000)).to.equal('2 万元');
    expect(chinese.tenThousands('123456789')).to.equal('12,345.6789 万元');
    expect(chinese.tenThousands(500)).to.equal('0.05 万元');
    expect(chinese.tenThousands(0)).to.equal('0 万元');
    expect(english.tenThousands(20_000)).to.equal('CNY 20,000');
  });

  it('what is no amount is refused, not printed', () => {
    expect(() => chinese.money('1e9')).to.throw(RangeError);
    expect(() => chinese.money(Number.NaN)).to.throw(RangeError);
  });

  it('counts and sizes', () => {
    expect(chinese.count(1204)).to.equal('1,204');
    expect(chinese.bytes(999)).to.equal('999 B');
    expect(chinese.bytes(1_258_291)).to.equal('1.2 MB');
    expect(chinese.bytes(20 * 1024 ** 2)).to.equal('20 MB');
  });
});
