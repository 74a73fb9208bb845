import { expect } from 'chai';
import fc from 'fast-check';
import { createTree, leafHash, rootByWay, wayToRoot } from '../../../src/platform/anchor/tree.ts';

const leaves = fc.array(fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)), { minLength: 1, maxLength: 40 });

const rootOf = (all: readonly Buffer[]): Buffer => {
  const tree = createTree('sha256');
  for (const leaf of all) tree.append(leaf);
  return tree.root();
};

describe('the tree of an anchor', () => {
  it('has the roots that RFC 6962 gives as examples', () => {
    // Certificate Transparency's published test vectors of a tree of 0, 1, 2, 3, 7 and 8 leaves.
    const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map((hex) => Buffer.from(hex, 'hex'));
    expect(rootOf([]).toString('hex')).to.equal('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(rootOf(inputs.slice(0, 1)).toString('hex')).to.equal('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
    expect(rootOf(inputs.slice(0, 2)).toString('hex')).to.equal('fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125');
    expect(rootOf(inputs.slice(0, 3)).toString('hex')).to.equal('aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77');
    expect(rootOf(inputs.slice(0, 7)).toString('hex')).to.equal('ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c');
    expect(rootOf(inputs).toString('hex')).to.equal('5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328');
  });

  it('leads from every leaf to the root, and from no other leaf', () => {
    fc.assert(fc.property(leaves, fc.nat(), fc.uint8Array({ minLength: 13, maxLength: 20 }), (all, at, other) => {
      const position = at % all.length;
      const way = wayToRoot('sha256', all.map((leaf) => leafHash('sha256', leaf)), position);
      expect(rootByWay('sha256', all[position]!, way).equals(rootOf(all))).to.equal(true);
      expect(rootByWay('sha256', Buffer.from(other), way).equals(rootOf(all))).to.equal(false);
    }));
  });

  it('has another root when a leaf is changed, moved, taken out or added', () => {
    fc.assert(fc.property(leaves, fc.nat(), (all, at) => {
      const position = at % all.length;
      const root = rootOf(all);
      expect(rootOf(all.toSpliced(position, 1, Buffer.from('another leaf, longer than any'))).equals(root)).to.equal(false);
      expect(rootOf(all.toSpliced(position, 1)).equals(root)).to.equal(false);
      expect(rootOf([...all, Buffer.from('one more')]).equals(root)).to.equal(false);
    }));
  });
});
