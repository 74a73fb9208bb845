import { isDeepStrictEqual } from 'node:util';
import type { Row } from '../rules/casefile/rows.ts';
import type { Said } from '../rules/casefile/types.ts';
import { chainRoot, link, type ChainSettings, type Linked } from './chain.ts';

/**
 * What is wrong with a file of events, a case's or a record's, or with what the anchors cover beside them.
 * `chain`: an event's hash does not follow from the one before; `gap`: a number is missing; `head`: the file ends before
 * or after what its row says; `fold`: the events make no sense together; `state`, `row`: a projection differs from what
 * the events give; `noFile`: events without a row of their own; `count`: a number that was kept is not that of its rows.
 * Against an anchor: `root`: the root does not follow from the leaves, or is not the one that was sent out; `missing`,
 * `cut`, `rewritten`: what was anchored is not there, ends before it, or says something else; `unlogged`: an account
 * differs from what was anchored, and the access log tells of no change. `content`: a stored file is gone or another.
 */
export interface Finding {
  file: 'case' | 'record' | 'anchor' | 'rule' | 'person' | 'accessLog' | 'stored';
  id: string;
  /** The case's number, the record's document number, a rule's code, an account's name; empty where there is none. */
  number: string;
  kind: 'chain' | 'gap' | 'head' | 'fold' | 'state' | 'row' | 'noFile' | 'count' | 'root' | 'missing' | 'cut' | 'rewritten' | 'unlogged' | 'content';
  /** Sequence of the first event concerned; of an anchor its number. */
  seq: number | null;
  /** For the operator, in English. */
  detail: string;
  /** The same for a page: a key of `chain:found` and what stands in it. */
  said: Said;
}

export interface Verified {
  /** Files looked at so far. */
  files: number;
  events: number;
  /** What was found wrong in the last ones. */
  findings: Finding[];
}

/** A value of a row in one form, whether it was read or is to be written. */
function plain(column: string, value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(String).toSorted();
  if (typeof value === 'string' && (column.endsWith('_at') || ['until', 'since'].includes(column))) return new Date(value).toISOString();
  return value;
}

const keyOf = (row: Record<string, unknown>, keys: readonly string[]): string => keys.map((key) => String(row[key])).join(' ');

type Difference = Pick<Finding, 'detail' | 'said'>;

/** What differs between the rows that the events give and those that a table has, by their keys. */
export function differences(table: string, keys: readonly string[], expected: readonly Row[], found: readonly Record<string, unknown>[]): Difference[] {
  const there = new Map(found.map((row) => [keyOf(row, keys), row]));
  const wrong = expected.flatMap((row) => {
    const key = keyOf(row, keys);
    const own = there.get(key);
    there.delete(key);
    if (!own) return [{ detail: `${table}: row ${key} is missing`, said: { key: 'rowMissing', params: { table, row: key } } }];
    return Object.keys(row)
      .filter((column) => !isDeepStrictEqual(plain(column, row[column]), plain(column, own[column])))
      .map((column): Difference => ({ detail: `${table}: row ${key}, column ${column}`, said: { key: 'rowDiffers', params: { table, row: key, column } } }));
  });
  return [...wrong, ...[...there.keys()].map((key) => ({ detail: `${table}: row ${key} follows from no event`, said: { key: 'rowSurplus', params: { table, row: key } } }))];
}

interface Head {
  readonly id: string;
  readonly head_seq: number;
  readonly head_hash: Buffer;
}

interface Proved {
  readonly event: Linked;
  readonly previousHash: Buffer;
  readonly hash: Buffer;
}

/** The chain of one file; null when it proves itself up to its head. */
export function chainFault(settings: ChainSettings, file: Head, events: readonly Proved[]): Omit<Finding, 'file' | 'id' | 'number'> | null {
  let previous: Buffer = chainRoot;
  for (const [n, { event, previousHash, hash }] of events.entries()) {
    const { seq, what } = event;
    if (seq !== n + 1) return { kind: 'gap', seq: n + 1, detail: `event ${n + 1} is missing`, said: { key: 'gap' } };
    if (!previousHash.equals(previous) || !hash.equals(link(settings, file.id, event, previous))) {
      return { kind: 'chain', seq, detail: `event ${seq} (${what.type}) is not what was recorded`, said: { key: 'chain', params: { type: what.type } } };
    }
    previous = hash;
  }
  if (file.head_seq !== events.length || !file.head_hash.equals(previous)) {
    return {
      kind: 'head',
      seq: Math.min(file.head_seq, events.length) + 1,
      detail: `the file should end at event ${file.head_seq} and has ${events.length}`,
      said: { key: 'head', params: { expected: file.head_seq, found: events.length } },
    };
  }
  return null;
}
