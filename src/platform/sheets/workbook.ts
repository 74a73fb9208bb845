import { open } from 'node:fs/promises';
import type { CellValue } from 'exceljs';
import { plainText } from './cells.ts';
import { checkRowCount, mostColumns, SheetFault, type SheetLimits, type SheetRow } from './fault.ts';

/** A spreadsheet's numbers are exact up to here. */
const EXACT = 1e15;

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
/** The end of an archive's list of contents, with the longest remark that may follow it. */
const longestEnd = 22 + 0xffff;

async function part(path: string, from: (size: number) => readonly [at: number, length: number]): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const [at, length] = from(size);
    if (at < 0 || at + length > size) throw new SheetFault('broken');
    const bytes = Buffer.alloc(length);
    await handle.read(bytes, 0, length, at);
    return bytes;
  } finally {
    await handle.close();
  }
}

/** Bytes of all parts of a zip archive, unpacked, as its list of contents says. */
async function unpackedSize(path: string): Promise<number> {
  const tail = await part(path, (size) => [Math.max(0, size - longestEnd), Math.min(size, longestEnd)]);
  const end = tail.lastIndexOf(Buffer.of(0x50, 0x4b, 0x05, 0x06));
  if (end < 0 || end + 22 > tail.length || tail.readUInt32LE(end) !== END_OF_DIRECTORY) throw new SheetFault('broken');
  const list = await part(path, () => [tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12)]);
  let at = 0;
  let size = 0;
  for (let left = tail.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (at + 46 > list.length || list.readUInt32LE(at) !== DIRECTORY_ENTRY) throw new SheetFault('broken');
    size += list.readUInt32LE(at + 24);
    at += 46 + list.readUInt16LE(at + 28) + list.readUInt16LE(at + 30) + list.readUInt16LE(at + 32);
  }
  return size;
}

/** A number as a spreadsheet shows it: fifteen figures, without the dust of binary fractions. */
const numberText = (value: number): string => {
  const exact = Number(value.toPrecision(15));
  return Math.abs(exact) < 1e-6 && exact !== 0 ? exact.toFixed(15).replace(/0+$/, '') : String(exact);
};

/** A cell as text; a day as YYYY-MM-DD, a formula by its result. */
function textOf(value: CellValue): string {
  if (value === null || value === undefined) return '';
  // A spreadsheet's day has no zone; the reader gives it as midnight in UTC.
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString().slice(0, 10);
  if (typeof value === 'number') return numberText(value);
  if (typeof value !== 'object') return String(value);
  if ('richText' in value) return value.richText.map(({ text }) => text).join('');
  if ('text' in value) return typeof value.text === 'string' ? value.text : textOf(value.text as CellValue);
  if ('result' in value) return textOf(value.result as CellValue);
  return 'error' in value ? String(value.error) : '';
}

const isCut = (value: CellValue): boolean => typeof value === 'number' && Math.abs(value) >= EXACT;

/** The rows of the first sheet of an .xlsx file one after the other, also empty ones. @throws SheetFault */
export async function* workbookRows(path: string, limits: SheetLimits): AsyncGenerator<SheetRow> {
  if ((await unpackedSize(path)) > limits.unpackedBytes) throw new SheetFault('tooLarge');
  const { default: ExcelJS } = await import('exceljs');
  const reader = new ExcelJS.stream.xlsx.WorkbookReader(path, {
    worksheets: 'emit', sharedStrings: 'cache', styles: 'cache', hyperlinks: 'ignore', entries: 'emit',
  });
  let read = 0;
  for await (const sheet of reader) {
    for await (const row of sheet) {
      checkRowCount(read, limits);
      read += 1;
      const cells: string[] = [];
      const cut: number[] = [];
      for (let column = 0; column < Math.min(row.cellCount, mostColumns); column += 1) {
        const { value } = row.getCell(column + 1);
        cells[column] = plainText(textOf(value).trim());
        if (isCut(value)) cut.push(column);
      }
      yield { number: row.number, cells, cut };
    }
    // The first sheet is the table; those after it explain.
    break;
  }
}
