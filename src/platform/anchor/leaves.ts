import { createHash } from 'node:crypto';
import { canonicalJson } from '../canonical.ts';
import type { TreeHash } from './tree.ts';

/**
 * What an anchor covers. `case`, `record`: a file of events up to its head; `caseEvents`: the events of a case up to there
 * as a case file that is handed out has them; `rule`: a version of a rule as proposed, decided and ended; `person`: an
 * account with its roles; `accessLog`: the lines of the log since the anchor before.
 */
export type LeafKind = 'case' | 'record' | 'caseEvents' | 'rule' | 'person' | 'accessLog';

export interface Leaf {
  readonly kind: LeafKind;
  readonly id: string;
  readonly seq: number;
  /** Hash of the last event of a file; else of what the rows say. */
  readonly digest: Buffer;
}

/** A leaf as it goes into the tree. */
export const leafBytes = ({ kind, id, seq, digest }: Leaf): Buffer => Buffer.from(canonicalJson([kind, id, seq, digest.toString('hex')]), 'utf8');

/** Hash of what some rows say. */
export const digestOfRows = (hash: TreeHash, rows: unknown): Buffer => createHash(hash).update(canonicalJson(rows)).digest();
