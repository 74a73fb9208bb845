import { canonicalJson } from '../canonical.ts';
import type { ChainedEvent } from '../chain.ts';

/**
 * An event as a line of `events.jsonl`. Its hash is what an anchor covers beside the chain's: the chain is keyed, so that
 * nobody outside can prove it, and this one anybody can. What it gives for an event must never change.
 */
export const eventLine = ({ seq, key, command, at, recordedAt, actor, requestId, what }: ChainedEvent): string =>
  `${canonicalJson({ seq, key, command, at, recordedAt, actor, requestId, what })}\n`;
