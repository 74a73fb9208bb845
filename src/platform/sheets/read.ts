import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { FileRef } from '../../rules/casefile/types.ts';
import type { Files } from '../files.ts';
import { csvRows } from './csv.ts';
import { headRows, SheetFault, type SheetLimits, type SheetRow, type Tab } from './fault.ts';
import { Reader, type ReaderLimits } from './process.ts';
import { isWorkbook } from './reader/open.ts';

/** A spreadsheet file, open for reading. */
export interface OpenSheet {
  readonly tabs: readonly Tab[];
  /** The rows of a tab that hold anything, from its first one; as fast as they are taken. @throws SheetFault */
  rows(tab: Tab): AsyncIterable<SheetRow>;
}

export interface ReadingAs {
  /** Whether the rows of all tabs are counted first. */
  readonly counting?: boolean;
  readonly reader?: ReaderLimits;
}

async function textSheet(path: string, limits: SheetLimits, { counting = false }: ReadingAs): Promise<OpenSheet> {
  const head: SheetRow[] = [];
  let count = 0;
  for await (const row of csvRows(path, limits)) {
    count += 1;
    if (head.length < headRows) head.push(row);
    else if (!counting) break;
  }
  return { tabs: [{ name: '', visible: true, head, rows: counting ? count : null }], rows: () => csvRows(path, limits) };
}

async function* rowsBy(reader: Reader, tab: number): AsyncGenerator<SheetRow> {
  reader.ask(tab);
  for (let said = await reader.next(); !('end' in said); said = await reader.next()) if ('row' in said) yield said.row;
}

/**
 * Opens a spreadsheet or text file for as long as `use` takes. A workbook is read by a process of its own; of a text
 * file only some rows are in memory. The rows of one tab are read to their end before those of another are asked for.
 * @throws SheetFault
 */
export async function withSheet<T>(path: string, limits: SheetLimits, use: (sheet: OpenSheet) => Promise<T>, as: ReadingAs = {}): Promise<T> {
  if (!(await isWorkbook(path))) return use(await textSheet(path, limits, as));
  const reader = await Reader.start(path, { rows: limits.rows, unpackedBytes: limits.unpackedBytes, counting: as.counting ?? false }, as.reader);
  try {
    const said = await reader.next();
    if (!('tabs' in said)) throw new SheetFault('broken');
    const { tabs } = said;
    return await use({ tabs, rows: (tab) => rowsBy(reader, tabs.indexOf(tab)) });
  } finally {
    await reader.end();
  }
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
