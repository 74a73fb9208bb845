import type { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import type { ChainedEvent } from '../chain.ts';
import { eventLine } from './lines.ts';
import type { DossierProof } from './proof.ts';

/** Names of the parts of a case file that is handed out. */
export const parts = { proof: 'proof.json', events: 'events.jsonl', since: 'events-since.jsonl', page: 'index.html' } as const;

export interface Attached {
  /** Place in the archive. */
  readonly path: string;
  open(): Promise<Readable>;
}

export interface DossierContent {
  readonly proof: DossierProof;
  /** All events of the case, from the first. */
  readonly events: readonly ChainedEvent[];
  /** The case to be read by people, as one page of HTML. */
  readonly page: string;
  readonly files: readonly Attached[];
}

/**
 * The archive as a stream. Stored files are read one after another as they are needed; the stream fails where one can't
 * be read.
 */
export function packDossier({ proof, events, page, files }: DossierContent): Readable {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  const mtime = new Date(proof.exportedAt);
  const add = (text: string, path: string): void => zip.addBuffer(Buffer.from(text, 'utf8'), path, { mtime });
  add(page, parts.page);
  add(events.slice(0, proof.events).map(eventLine).join(''), parts.events);
  if (proof.since > 0) add(events.slice(proof.events).map(eventLine).join(''), parts.since);
  add(`${JSON.stringify(proof, null, 2)}\n`, parts.proof);
  for (const { path, open } of files) {
    zip.addReadStreamLazy(path, { mtime, compress: false }, (give) => {
      open().then((content) => give(null, content), (error: unknown) => give(error, null as never));
    });
  }
  zip.on('error', (error) => output.destroy(error as Error));
  zip.end();
  return output;
}
