import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Files } from '../../../platform/files.ts';
import type { FileRef } from '../../../rules/casefile/types.ts';
import { readRows, type SheetRow } from './sheet.ts';

export interface Sheets {
  /** The rows of a stored table. @throws NotStored after its day, SheetFault when it can't be read. */
  read(file: FileRef): Promise<readonly SheetRow[]>;
}

/** A page that looks at a running import every other second need not unpack the file each time. */
const kept = 4;

export function createSheets(files: Pick<Files, 'open'>): Sheets {
  const read = new Map<string, Promise<readonly SheetRow[]>>();

  async function unpack(file: FileRef): Promise<readonly SheetRow[]> {
    const folder = await mkdtemp(join(tmpdir(), 'xinzhi-sheet-'));
    const path = join(folder, 'sheet');
    try {
      const { content } = await files.open(file);
      await pipeline(content, createWriteStream(path));
      return await readRows(path);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  return {
    read(file) {
      const known = read.get(file.hash);
      if (known) return known;
      const rows = unpack(file);
      read.set(file.hash, rows);
      rows.catch(() => read.delete(file.hash));
      const oldest = read.keys().next().value;
      if (read.size > kept && oldest !== undefined) read.delete(oldest);
      return rows;
    },
  };
}
