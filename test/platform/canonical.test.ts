import { expect } from 'chai';
import fc from 'fast-check';
import { canonicalJson } from '../../src/platform/canonical.ts';

/** The same as one writes it down: JSON, asked for the keys of each object in order. */
const slowly = (value: unknown): string => JSON.stringify(value, (_key, inner: unknown) =>
  inner !== null && typeof inner === 'object' && !Array.isArray(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner);

describe('the text that a chain is made over', () => {
  const key = fc.oneof(fc.string(), fc.nat().map(String), fc.constantFrom('__proto__', 'toJSON', '010', '认定'));
  const value = fc.object({ key, values: [fc.string({ unit: 'binary' }), fc.double(), fc.boolean(), fc.constant(null), fc.constant(undefined), fc.date({ noInvalidDate: true })], maxDepth: 4 });

  it('is that of a slow reading, whatever the keys', () => {
    fc.assert(fc.property(value, (one) => void expect(canonicalJson(one)).to.equal(slowly(one))), { numRuns: 1000 });
  });

  it('is one for the same facts in any order', () => {
    const turned = (one: unknown): unknown => {
      if (Array.isArray(one)) return one.map(turned);
      return one === null || typeof one !== 'object' ? one : Object.fromEntries(Object.entries(one).toReversed().map(([name, own]) => [name, turned(own)]));
    };
    fc.assert(fc.property(fc.jsonValue(), (one) => void expect(canonicalJson(turned(one))).to.equal(canonicalJson(one))));
  });
});
