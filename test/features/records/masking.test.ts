import { expect } from 'chai';
import fc from 'fast-check';
import { maskedBeside } from '../../../src/features/records/masking.ts';
import { publicText } from '../../../src/rules/masking/index.ts';
import { maskFacts, maskingOf } from '../../../src/platform/records/masking.ts';

const t = (key: string): string => key;
const lines = (...texts: readonly string[]): string[] => texts.flatMap((text) => text.split('\n')).filter((line) => line !== '');

describe('before a record is sent', () => {
  const part = fc.constantFrom('查获', '张三丰', '王芳', '加工点内过期原料', '，电话', '13812345678', '身份证号110105194912310021', '家住宿豫区人民路12号3幢501室', '学生李四', '\n', '。', '宿市监罚〔2026〕1号');
  const text = fc.array(part, { maxLength: 10 }).map((parts) => parts.join(''));
  const names = fc.subarray(['张三丰', '王芳']);

  it('what stands beside the text is just what the public reads', () => {
    fc.assert(fc.property(fc.record({ act: text, decision: text, legalBasis: text, documentNo: text }), names, (facts, known) => {
      const shown = maskedBeside(facts, { names: known }, t as never).right.paragraphs.map((spans) => spans.map((span) => span.text).join(''));
      const read = maskFacts(facts, maskingOf(known));
      const others = ([['legalBasis', read.legalBasis], ['documentNo', read.documentNo]] as const).flatMap(([field, masked]) => {
        const { spans, doubts } = publicText(facts[field], { names: known });
        return spans.length + doubts.length === 0 ? [] : [masked];
      });
      expect(shown).to.deep.equal(lines(read.act, read.decision, ...others));
      for (const name of known) expect(shown.join('')).to.not.include(name);
    }), { numRuns: 500 });
  });
});
