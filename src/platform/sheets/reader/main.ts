import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { checkRowCount, headRows, type SheetFault, type SheetLimits, type SheetRow, type Tab } from '../fault.ts';
import type { OpenWorkbook } from './open-workbook.ts';
import { openWorkbook, orBroken } from './open.ts';

/**
 * A process that reads one workbook: it says the tabs with their first rows, is told which of them is wanted, and gives
 * its rows, as fast as they are taken. Every message is a line of JSON. It ends when nobody listens any more.
 */

/** What the reader says. */
export type Said =
  | { readonly tabs: readonly Tab[] }
  | { readonly row: SheetRow }
  | { readonly fault: SheetFault['key']; readonly params: SheetFault['params'] }
  | { readonly end: true };

/** The words after the program's name: the file, and how it is to be read. */
export interface Reading extends SheetLimits {
  /** Whether the rows of all tabs are counted, the hidden ones too. */
  readonly counting: boolean;
}

async function say(said: Said): Promise<void> {
  if (!process.stdout.write(`${JSON.stringify(said)}\n`)) await once(process.stdout, 'drain');
}

async function headOf(rows: AsyncIterable<SheetRow>): Promise<SheetRow[]> {
  const head: SheetRow[] = [];
  for await (const row of rows) {
    head.push(row);
    if (head.length >= headRows) break;
  }
  return head;
}

async function countOf(rows: AsyncIterable<SheetRow>): Promise<number> {
  let count = 0;
  for await (const row of rows) count += row.cells.length > 0 ? 1 : 0;
  return count;
}

async function tabsOf(book: OpenWorkbook, { counting }: Reading): Promise<Tab[]> {
  const tabs: Tab[] = [];
  for (const [n, { name, visible }] of book.tabs.entries()) {
    tabs.push({ name, visible, head: visible ? await headOf(book.rows(n)) : [], rows: counting ? await countOf(book.rows(n)) : null });
  }
  return tabs;
}

async function read(path: string, reading: Reading, wanted: AsyncIterator<string>): Promise<void> {
  const book = await openWorkbook(path, reading);
  try {
    await say({ tabs: await tabsOf(book, reading) });
    for (let next = await wanted.next(); !next.done; next = await wanted.next()) {
      let count = 0;
      for await (const row of book.rows(Number(next.value))) {
        checkRowCount(count, reading);
        count += 1;
        await say({ row });
      }
      await say({ end: true });
    }
  } finally {
    book.close();
  }
}

// Whoever stops the work ends the input of this process too; a signal to all would end it in the middle of a row.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.stdout.on('error', () => process.exit(0));
const input = createInterface({ input: process.stdin });
input.on('close', () => process.exit(0));
const [path = '', reading = '{}'] = process.argv.slice(2);
try {
  await read(path, JSON.parse(reading) as Reading, input[Symbol.asyncIterator]());
} catch (error) {
  const { key, params } = orBroken(error);
  await say({ fault: key, params });
}
