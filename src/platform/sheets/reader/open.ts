import { open } from 'node:fs/promises';
import { SheetFault, type SheetLimits } from '../fault.ts';
import { Archive } from './archive.ts';
import { hiddenOf } from './hidden.ts';
import { readMerges } from './merges.ts';
import type { OpenWorkbook } from './open-workbook.ts';
import { openOther } from './other.ts';
import { worksheetRows } from './rows.ts';
import { readWorkbook } from './workbook.ts';

/** The beginning of every zip archive, and of every compound file ([MS-CFB]): .xls, and what is locked by a password. */
const ZIP = 0x504b0304;
const COMPOUND = 0xd0cf11e0;

async function beginning(path: string): Promise<number> {
  const handle = await open(path, 'r');
  try {
    const head = Buffer.alloc(4);
    await handle.read(head, 0, 4, 0);
    return head.readUInt32BE(0);
  } finally {
    await handle.close();
  }
}

/** Whether a file is a workbook of some format, not a text. */
export async function isWorkbook(path: string): Promise<boolean> {
  const mark = await beginning(path);
  return mark === ZIP || mark === COMPOUND;
}

/** Of the OpenDocument formats the first part names the format: ODF 1.3, part 2, 3.3. */
const isOpenDocument = (archive: Archive): boolean => archive.has('mimetype') && archive.has('content.xml');

/** @throws SheetFault */
export async function openWorkbook(path: string, limits: SheetLimits): Promise<OpenWorkbook> {
  if ((await beginning(path)) === COMPOUND) return openOther(path);
  const archive = await Archive.open(path, limits);
  try {
    if (isOpenDocument(archive)) {
      // The reader of this format unpacks at once, which it may when all of it is small, and does not say what is hidden.
      const hidden = await hiddenOf(archive);
      archive.close();
      return await openOther(path, hidden);
    }
    const book = await readWorkbook(archive);
    return {
      tabs: book.worksheets,
      async *rows(tab) {
        const { part } = book.worksheets[tab]!;
        yield* worksheetRows(archive, book, part, await readMerges(archive, part));
      },
      close: () => archive.close(),
    };
  } catch (error) {
    archive.close();
    throw orBroken(error);
  }
}

/** What a reader says of a damaged file has no type of its own. */
export const orBroken = (error: unknown): SheetFault => (error instanceof SheetFault ? error : new SheetFault('broken'));
