import { expect } from 'chai';
import { deliveredLimits } from '../../../src/features/rules/seed.ts';
import { internalNotes, publicBasis } from '../../../src/rules/limits/index.ts';

describe('the basis of a rule as everybody reads it', () => {
  it('leaves out what the house noted for itself, and keeps the law', () => {
    expect(publicBasis('《信用修复管理办法》（第36号）：须公开作出信用承诺。公开多久未见规定；3个月为本地默认，待市信用办确认。')).to.equal('《信用修复管理办法》（第36号）：须公开作出信用承诺。');
    expect(publicBasis('自作出之日起7个工作日内上网公开（“双公示”的要求，文号待市信用办确认）。')).to.equal('自作出之日起7个工作日内上网公开（“双公示”的要求）。');
    expect(publicBasis('现行文件未见补正期限；10个工作日为本地默认，待市信用办文本确认。')).to.equal('');
    expect(publicBasis('《行政处罚法》第四十八条。【与法制办商定】')).to.equal('《行政处罚法》第四十八条。');
    expect(publicBasis('《行政处罚法》第四十八条')).to.equal('《行政处罚法》第四十八条');
  });

  it('leaves no stump of a sentence whose predicate was a note, and keeps what a text is cited for', () => {
    expect(publicBasis('对不予受理异议作出决定的天数，现行文件未见规定；1个工作日为本地默认，待市信用办确认。')).to.equal('');
    expect(publicBasis('《某某办法》：安全生产领域限于严重情形；是否区分，待市应急管理局确认。')).to.equal('《某某办法》：安全生产领域限于严重情形。');
    expect(publicBasis('《某某办法》：数额特别巨大的罚款属严重失信，金额未见规定；500,000元为本地默认。')).to.equal('《某某办法》：数额特别巨大的罚款属严重失信。');
    const stump = /^[^《〔]*(?:天数|期限|(?<!不设)时限|的|后|冻结|区分)。$/u;
    const ofCases = deliveredLimits().filter(({ code }) => /^(?:incident|repair|objection|release|codeCorrection|takedown|disclosure|publicity|record)\./u.test(code));
    for (const { code, legalBasis } of ofCases) if (internalNotes(legalBasis).length > 0) expect(publicBasis(legalBasis), code).to.not.match(stump);
  });

  it('holds for every rule that is delivered: no note is left, and nothing of the law is lost', () => {
    for (const { code, legalBasis } of deliveredLimits()) {
      const read = publicBasis(legalBasis);
      expect(read, code).to.not.match(/本地默认|待.*确认|未见|暂按|\[M\]|【/u);
      for (const note of internalNotes(legalBasis)) expect(read, code).to.not.include(note);
      if (internalNotes(legalBasis).length === 0) expect(read, code).to.equal(legalBasis);
      const opened = (sign: string): number => read.split(sign).length;
      expect(opened('（'), `${code}: ${read}`).to.equal(opened('）'));
    }
  });
});
