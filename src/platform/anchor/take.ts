import type { Knex } from 'knex';
import type { CivilDate } from '../../rules/casefile/types.ts';
import { changedLeaves } from './gather.ts';
import { leafBytes, type Leaf } from './leaves.ts';
import { createTree, type Tree, type TreeHash } from './tree.ts';

/** One day's root over everything that stood in the files by then. */
export interface Anchor {
  readonly number: number;
  readonly day: CivilDate;
  readonly takenAt: Date;
  /** Leaves that the root covers. */
  readonly size: number;
  readonly root: Buffer;
  readonly hash: TreeHash;
}

export interface AnchorRow {
  number: number;
  day: CivilDate;
  taken_at: Date;
  size: number;
  root: Buffer;
  hash: TreeHash;
}

export const anchorOf = ({ taken_at: takenAt, ...row }: AnchorRow): Anchor => ({ ...row, takenAt });

/** One lock for all processes: two anchors at once would give a leaf the same place twice. */
const lockKey = 4_711_038;
const inserted = 5000;

/** The leaves of the log in their order, some at a time. */
export async function* leavesOf(db: Knex, size = Number.MAX_SAFE_INTEGER): AsyncGenerator<Leaf[]> {
  for (let from = 0; from < size; from += inserted) {
    const leaves: Leaf[] = await db('anchor_leaf').where('position', '>=', from).where('position', '<', Math.min(from + inserted, size)).orderBy('position').select('kind', 'id', 'seq', 'digest');
    if (leaves.length === 0) return;
    yield leaves;
  }
}

async function treeSoFar(trx: Knex, hash: TreeHash): Promise<Tree> {
  const tree = createTree(hash);
  for await (const leaves of leavesOf(trx)) for (const leaf of leaves) tree.append(leafBytes(leaf));
  return tree;
}

/**
 * Takes the anchor of a day, unless that day has one: what changed since the last one is added to the log of leaves, and
 * the root over the whole log is kept. What is recorded meanwhile belongs to the next one.
 * @param also written in the same transaction, such as letters that carry the root.
 * @returns null when the day has its anchor already.
 */
export async function takeAnchor(knex: Knex, hash: TreeHash, day: CivilDate, also: (trx: Knex.Transaction, anchor: Anchor) => Promise<void> = async () => undefined): Promise<Anchor | null> {
  return knex.transaction(async (trx) => {
    await trx.raw('select pg_advisory_xact_lock(?)', [lockKey]);
    const last: AnchorRow | undefined = await trx<AnchorRow>('anchor').orderBy('number', 'desc').first();
    if (last && last.day >= day) return null;
    const tree = await treeSoFar(trx, hash);
    for await (const leaves of changedLeaves(trx, hash)) {
      for (let at = 0; at < leaves.length; at += inserted) {
        const rows = leaves.slice(at, at + inserted).map((leaf, n) => ({ position: tree.size + n, ...leaf }));
        await trx.batchInsert('anchor_leaf', rows, 1000);
        for (const leaf of rows) tree.append(leafBytes(leaf));
      }
    }
    const [row]: AnchorRow[] = await trx<AnchorRow>('anchor')
      .insert({ number: (last?.number ?? 0) + 1, day, taken_at: new Date(), size: tree.size, root: tree.root(), hash })
      .returning('*');
    const anchor = anchorOf(row!);
    await also(trx, anchor);
    return anchor;
  }, { isolationLevel: 'read committed' });
}

/** The latest anchors, newest first. */
export async function latestAnchors(db: Knex, limit: number): Promise<Anchor[]> {
  return (await db<AnchorRow>('anchor').orderBy('number', 'desc').limit(limit)).map(anchorOf);
}
