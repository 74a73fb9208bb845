import { createHash } from 'node:crypto';

/** Hash of the settings, without a key: whoever has the leaves can compute the root. */
export type TreeHash = 'sha256' | 'sm3';

const leafMark = Buffer.of(0);
const nodeMark = Buffer.of(1);

const digestOf = (hash: TreeHash, ...parts: readonly Buffer[]): Buffer => {
  const digest = createHash(hash);
  for (const part of parts) digest.update(part);
  return digest.digest();
};

/** Hash of a leaf. Leaves and nodes are marked, so that none can be taken for the other (RFC 6962, section 2.1). */
export const leafHash = (hash: TreeHash, leaf: Buffer): Buffer => digestOf(hash, leafMark, leaf);

const nodeHash = (hash: TreeHash, left: Buffer, right: Buffer): Buffer => digestOf(hash, nodeMark, left, right);

/** One side of the way from a leaf to the root. */
export interface Step {
  readonly side: 'left' | 'right';
  readonly hash: Buffer;
}

/**
 * A Merkle tree that grows at its end, by RFC 6962: its root over the first n leaves stays provable when others have
 * followed. Only the roots of its complete subtrees are held, at most 64.
 */
export interface Tree {
  readonly size: number;
  append(leaf: Buffer): void;
  /** Root over all leaves so far; that of no leaves is the hash of nothing. */
  root(): Buffer;
}

export function createTree(hash: TreeHash): Tree {
  /** Roots of complete subtrees, the largest first; no two of one height. */
  const peaks: { height: number; hash: Buffer }[] = [];
  let size = 0;
  return {
    get size() {
      return size;
    },
    append(leaf) {
      let own = { height: 0, hash: leafHash(hash, leaf) };
      for (let last = peaks.at(-1); last?.height === own.height; last = peaks.at(-1)) {
        peaks.pop();
        own = { height: own.height + 1, hash: nodeHash(hash, last.hash, own.hash) };
      }
      peaks.push(own);
      size += 1;
    },
    root() {
      const rest = [...peaks];
      let root = rest.pop()?.hash ?? digestOf(hash);
      for (let left = rest.pop(); left; left = rest.pop()) root = nodeHash(hash, left.hash, root);
      return root;
    },
  };
}

/** Largest power of two below n. */
function leftSize(n: number): number {
  let size = 1;
  while (size * 2 < n) size *= 2;
  return size;
}

function rootOf(hash: TreeHash, hashes: readonly Buffer[], from: number, to: number): Buffer {
  if (to - from === 1) return hashes[from]!;
  const middle = from + leftSize(to - from);
  return nodeHash(hash, rootOf(hash, hashes, from, middle), rootOf(hash, hashes, middle, to));
}

/** The way from the leaf at `position` to the root over all `hashes` (of leaves), lowest step first. */
export function wayToRoot(hash: TreeHash, hashes: readonly Buffer[], position: number): Step[] {
  const steps: Step[] = [];
  let [from, to] = [0, hashes.length];
  while (to - from > 1) {
    const middle = from + leftSize(to - from);
    if (position < middle) {
      steps.push({ side: 'right', hash: rootOf(hash, hashes, middle, to) });
      to = middle;
    } else {
      steps.push({ side: 'left', hash: rootOf(hash, hashes, from, middle) });
      from = middle;
    }
  }
  return steps.toReversed();
}

/** The root to which a leaf leads by these steps. */
export function rootByWay(hash: TreeHash, leaf: Buffer, steps: readonly Step[]): Buffer {
  return steps.reduce((own, step) => (step.side === 'left' ? nodeHash(hash, step.hash, own) : nodeHash(hash, own, step.hash)), leafHash(hash, leaf));
}
