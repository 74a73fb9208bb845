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

/**
 * The hash of an event, over the one before and every field with its length in front, so that no two different
 * events give the same bytes.
 */
export function link(settings: ChainSettings, fileId: string, event: Linked, previous: Buffer): Buffer {
  const mac = createHmac(settings.hash, settings.key);
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
  mac.update(previous);
  for (const field of fields) {
    const bytes = Buffer.from(field, 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    mac.update(length).update(bytes);
  }
  return mac.digest();
}
