import { createWriteStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { FileRef } from '../../rules/casefile/types.ts';
import type { Files } from '../files.ts';
import { csvRows } from './csv.ts';
import { SheetFault, type SheetLimits, type SheetRow } from './fault.ts';
import { workbookRows } from './workbook.ts';

const ZIP = 0x04034b50;

async function isArchive(path: string): Promise<boolean> {
  const handle = await open(path, 'r');
  try {
    const head = Buffer.alloc(4);
    await handle.read(head, 0, 4, 0);
    return head.readUInt32LE(0) === ZIP;
  } finally {
    await handle.close();
  }
}

/** What the reader of archives says of a damaged one has no type of its own. */
async function* orBroken(rows: AsyncGenerator<SheetRow>): AsyncGenerator<SheetRow> {
  try {
    yield* rows;
  } catch (error) {
    throw error instanceof SheetFault ? error : new SheetFault('broken');
  }
}

/**
 * The rows of the first table of a spreadsheet or CSV file one after the other, also empty ones. Of a CSV file only
 * some rows are in memory; of an .xlsx file besides them the texts that its cells share.
 * @throws SheetFault
 */
export async function* sheetRows(path: string, limits: SheetLimits): AsyncGenerator<SheetRow> {
  yield* orBroken((await isArchive(path)) ? workbookRows(path, limits) : csvRows(path, limits));
}

/** Gives a stored file a path of its own for as long as `use` takes. @throws NotStored */
export async function withStored<T>(files: Pick<Files, 'open'>, file: FileRef, use: (path: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'xinzhi-sheet-'));
  const path = join(folder, 'sheet');
  try {
    const { content } = await files.open(file);
    await pipeline(content, createWriteStream(path));
    return await use(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
