import { open, readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import type { CellValue } from 'exceljs';
import { plainText } from '../spreadsheet.ts';

/** What is wrong with a file as a whole; a key of `incidents:import.fileFault`. */
export class SheetFault extends Error {
  readonly key: 'encoding' | 'tooLarge' | 'tooManyRows' | 'broken' | 'noHeader' | 'empty';
  readonly params: Readonly<Record<string, string | number>>;
  constructor(key: SheetFault['key'], params: SheetFault['params'] = {}) {
    super(key);
    this.name = 'SheetFault';
    this.key = key;
    this.params = params;
  }
}

/** A row of a table as it was read. */
export interface SheetRow {
  /** As the spreadsheet counts, from 1. */
  readonly number: number;
  readonly cells: readonly string[];
  /** Columns whose cell is a number of more figures than a spreadsheet keeps: the last ones are lost. */
  readonly cut: readonly number[];
}

export const mostRows = 2000;
/** Rows before and between that may be empty or hold titles. */
const mostLines = mostRows + 1000;
const mostColumns = 60;
const mostUnpacked = 100 * 1024 ** 2;
/** A spreadsheet's numbers are exact up to here. */
const EXACT = 1e15;

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;

/** Bytes of all parts of a zip archive, unpacked, as its list of contents says. */
async function unpackedSize(path: string): Promise<number> {
  const bytes = await readFile(path);
  const end = bytes.lastIndexOf(Buffer.of(0x50, 0x4b, 0x05, 0x06));
  if (end < 0 || end + 22 > bytes.length || bytes.readUInt32LE(end) !== END_OF_DIRECTORY) throw new SheetFault('broken');
  let at = bytes.readUInt32LE(end + 16);
  let size = 0;
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== DIRECTORY_ENTRY) throw new SheetFault('broken');
    size += bytes.readUInt32LE(at + 24);
    at += 46 + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return size;
}

/** A cell as text; a day as YYYY-MM-DD, a formula by its result. */
function textOf(value: CellValue): string {
  if (value === null || value === undefined) return '';
  // A spreadsheet's day has no zone; the reader gives it as midnight in UTC.
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString().slice(0, 10);
  if (typeof value !== 'object') return String(value);
  if ('richText' in value) return value.richText.map(({ text }) => text).join('');
  if ('text' in value) return typeof value.text === 'string' ? value.text : textOf(value.text as CellValue);
  if ('result' in value) return textOf(value.result as CellValue);
  return 'error' in value ? String(value.error) : '';
}

const isCut = (value: CellValue): boolean => typeof value === 'number' && Math.abs(value) >= EXACT;

async function readWorkbook(path: string): Promise<SheetRow[]> {
  if ((await unpackedSize(path)) > mostUnpacked) throw new SheetFault('tooLarge');
  const { default: ExcelJS } = await import('exceljs');
  const rows: SheetRow[] = [];
  const reader = new ExcelJS.stream.xlsx.WorkbookReader(path, {
    worksheets: 'emit', sharedStrings: 'cache', styles: 'cache', hyperlinks: 'ignore', entries: 'emit',
  });
  for await (const sheet of reader) {
    for await (const row of sheet) {
      if (rows.length > mostLines) throw new SheetFault('tooManyRows', { limit: mostRows });
      const cells: string[] = [];
      const cut: number[] = [];
      for (let column = 0; column < Math.min(row.cellCount, mostColumns); column += 1) {
        const { value } = row.getCell(column + 1);
        cells[column] = plainText(textOf(value).trim());
        if (isCut(value)) cut.push(column);
      }
      rows.push({ number: row.number, cells, cut });
    }
    // The first sheet is the table; those after it explain.
    break;
  }
  return rows;
}

/** The text of a file in UTF-8, UTF-16 (as Excel's "Unicode text") or GB 18030. */
export function decodeText(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  for (const encoding of ['utf-8', 'gb18030']) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      continue;
    }
  }
  throw new SheetFault('encoding');
}

/** The sign that stands most often outside of quotes in the first lines. */
function delimiterOf(text: string): string {
  const head = text.slice(0, 10_000).replace(/"[^"]*"/g, '');
  const count = (sign: string): number => head.split(sign).length;
  return [',', '\t', ';'].toSorted((a, b) => count(b) - count(a))[0] ?? ',';
}

/** What spreadsheets and their users write around a code so that it stays a text: ="9132…", '9132… */
const AS_TEXT = /^="([0-9A-Z]*)"$|^['\t](?=[0-9A-Z])/i;

const pieceBytes = 64 * 1024;

function* piecesOf(text: string): Generator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

async function readCsv(path: string): Promise<SheetRow[]> {
  const text = decodeText(await readFile(path));
  const rows: SheetRow[] = [];
  // Piece by piece: given the whole text the parser reads all of it before the first row can say that there are too many.
  const parser = Readable.from(piecesOf(text)).pipe(parse({
    bom: true, delimiter: delimiterOf(text), relax_column_count: true, relax_quotes: true, skip_empty_lines: false, trim: true, max_record_size: 200_000,
  }));
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      if (rows.length > mostLines) throw new SheetFault('tooManyRows', { limit: mostRows });
      const cells = record.slice(0, mostColumns).map((cell) => plainText(cell.replace(AS_TEXT, '$1').trim()));
      rows.push({
        number: rows.length + 1,
        cells,
        // What a spreadsheet writes for a number it could not keep: 3.21302E+17.
        cut: cells.flatMap((cell, column) => (/^\d(?:\.\d+)?E\+1\d$/i.test(cell) ? [column] : [])),
      });
    }
  } catch (error) {
    throw error instanceof SheetFault ? error : new SheetFault('broken');
  }
  return rows;
}

/** All rows of the first table of a spreadsheet or CSV file, also empty ones. @throws SheetFault */
export async function readRows(path: string): Promise<SheetRow[]> {
  const handle = await open(path, 'r');
  const head = Buffer.alloc(4);
  await handle.read(head, 0, 4, 0).finally(() => handle.close());
  if (head.readUInt32LE(0) !== 0x04034b50) return readCsv(path);
  try {
    return await readWorkbook(path);
  } catch (error) {
    throw error instanceof SheetFault ? error : new SheetFault('broken');
  }
}
