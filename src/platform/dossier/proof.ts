import type { Knex } from 'knex';
import { z } from 'zod';
import { leafBytes, type Leaf } from '../anchor/leaves.ts';
import { anchorOf, leavesOf, type AnchorRow } from '../anchor/take.ts';
import { leafHash, wayToRoot } from '../anchor/tree.ts';

const hex = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().nonnegative();

/** `proof.json` of a case file that was handed out: how its events lead to a root that lies outside of the house. */
export const dossierProof = z.object({
  format: z.literal('xinzhi-dossier-1'),
  case: z.object({ id: z.uuid(), number: z.string(), title: z.string() }),
  exportedAt: z.iso.datetime(),
  /** Events in `events.jsonl`, which the root covers; those recorded since the root was taken are in `events-since.jsonl`. */
  events: count,
  since: count,
  /** Null until the day's root is taken after the case was opened. */
  anchor: z.object({
    number: count,
    day: z.iso.date(),
    hash: z.enum(['sha256', 'sm3']),
    root: hex,
    leaf: z.object({ kind: z.literal('caseEvents'), id: z.uuid(), seq: count, digest: hex }),
    way: z.array(z.object({ side: z.enum(['left', 'right']), hash: hex })).max(64),
  }).nullable(),
  files: z.array(z.object({ path: z.string(), name: z.string(), sha256: hex })),
});
export type DossierProof = z.infer<typeof dossierProof>;

/** How the events of a case lead to the latest root; null when no root covers them yet. Reads the hashes of all leaves. */
export async function anchorOfCase(knex: Knex, caseId: string): Promise<DossierProof['anchor']> {
  return knex.transaction(async (trx) => {
    const row = await trx<AnchorRow>('anchor').orderBy('number', 'desc').first();
    const leaf = await trx<Leaf & { position: number }>('anchor_leaf').where({ kind: 'caseEvents', id: caseId }).orderBy('position', 'desc').first();
    if (!row || !leaf) return null;
    const { number, day, hash, root, size } = anchorOf(row);
    const hashes: Buffer[] = [];
    for await (const leaves of leavesOf(trx, size)) for (const one of leaves) hashes.push(leafHash(hash, leafBytes(one)));
    const way = wayToRoot(hash, hashes, Number(leaf.position)).map((step) => ({ side: step.side, hash: step.hash.toString('hex') }));
    return { number, day, hash, root: root.toString('hex'), leaf: { kind: 'caseEvents', id: leaf.id, seq: leaf.seq, digest: leaf.digest.toString('hex') }, way };
  }, { readOnly: true, isolationLevel: 'repeatable read' });
}
