import { createHash, createHmac, type KeyObject } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Secrets } from '../../config.ts';
import { OperatorError } from '../operator-error.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const manifestShape = z.object({
  format: z.literal(1),
  /** Instant of the snapshot. */
  madeAt: z.iso.datetime(),
  migrations: z.array(z.string()),
  tables: z.array(z.object({ name: z.string(), columns: z.array(z.string()), rows: z.number().int(), sha256 })),
  sequences: z.array(z.object({ name: z.string(), last: z.string().nullable() })),
  files: z.object({ count: z.number().int(), bytes: z.number().int() }),
  /** By these the right keys are known without being here. */
  keys: z.record(z.string(), z.string()),
});

/** What stands in a backup, beside the data itself. */
export type Manifest = z.infer<typeof manifestShape>;

export const manifestFile = 'manifest.json';
export const tableFile = (name: string): string => join('database', `${name}.copy.gz`);
export const filesFolder = 'files';

/** @throws OperatorError when the folder is no backup, or one of another format. */
export async function readManifest(folder: string): Promise<Manifest> {
  let text: string;
  try {
    text = await readFile(join(folder, manifestFile), 'utf8');
  } catch {
    throw new OperatorError(`${folder} has no ${manifestFile}: it is no backup, or one that was cut short.`);
  }
  const read = manifestShape.safeParse(JSON.parse(text));
  if (!read.success) throw new OperatorError(`${join(folder, manifestFile)} is damaged, or was made by another version.`);
  return read.data;
}

/** SHA-256 of its content, hexadecimal. */
export async function hashOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

const marked = (key: KeyObject | string): string => createHmac('sha256', key).update('xinzhi backup').digest('hex').slice(0, 16);

/** A mark of each key: the same key gives the same mark, and no mark gives a key. */
export const marksOf = ({ session, payload, chain, seal }: Secrets): Record<string, string> => ({
  session: marked(session),
  payload: marked(payload[0]!),
  chain: marked(chain),
  seal: marked(seal),
});
