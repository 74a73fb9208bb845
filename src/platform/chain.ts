import { createHmac, type KeyObject } from 'node:crypto';
import type { CaseEvent } from '../rules/casefile/events.ts';
import type { Actor, Instant } from '../rules/casefile/types.ts';
import { canonicalJson } from './canonical.ts';

/** What makes a chain: the hash of the settings (SHA-256 or SM3), keyed, so that a database alone can't forge it. */
export interface ChainSettings {
  hash: 'sha256' | 'sm3';
  key: KeyObject;
}

/** The link before the first event. */
export const chainRoot = Buffer.alloc(32);

/** An event with what the chain covers beside it. */
export interface ChainedEvent extends CaseEvent {
  key: string;
  requestId: string | null;
}

/** What a link is made of, whichever kind of file the event is in. */
export interface Linked {
  readonly seq: number;
  readonly key: string;
  /** Id of the command that brought it about; in files that take no commands, nothing. */
  readonly command?: string | null;
  readonly at: Instant;
  readonly recordedAt: Instant;
  readonly actor: Actor | null;
  readonly requestId: string | null;
  readonly what: { readonly type: string };
}

/** Most bytes of UTF-8 for one unit of a JavaScript string. */
const mostBytes = 3;

/**
 * The hash of an event, over the one before and every field with its length in front, so that no two different
 * events give the same bytes.
 */
export function link(settings: ChainSettings, fileId: string, event: Linked, previous: Buffer): Buffer {
  const fields = [
    fileId,
    String(event.seq),
    event.key,
    event.command ?? '',
    event.at,
    event.recordedAt,
    event.actor ? canonicalJson(event.actor) : '',
    event.requestId ?? '',
    event.what.type,
    canonicalJson(event.what),
  ];
  const bytes = Buffer.allocUnsafe(fields.reduce((most, field) => most + 4 + mostBytes * field.length, previous.length));
  let end = previous.copy(bytes);
  for (const field of fields) {
    const length = bytes.write(field, end + 4);
    end = bytes.writeUInt32BE(length, end) + length;
  }
  return createHmac(settings.hash, settings.key).update(bytes.subarray(0, end)).digest();
}
