import { Readable } from 'node:stream';
import type { Storage } from '../platform/storage.ts';
import type { FileRef } from '../rules/casefile/types.ts';

/** A paper of the demo city: a text that says what it stands for. */
export async function paperOf(storage: Storage, name: string, text: string): Promise<FileRef> {
  const { hash, bytes } = await storage.put(Readable.from([Buffer.from(text, 'utf8')]));
  await storage.keep(hash);
  return { hash, name, mime: 'text/plain', bytes };
}
