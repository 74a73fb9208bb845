import type { SheetRow } from './fault.ts';

/** The type of an .xlsx file. */
export const spreadsheetType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Types of files that hold a table: workbooks of all programs, and texts. */
export const tableTypes: readonly string[] = [spreadsheetType, 'application/vnd.ms-excel', 'application/vnd.oasis.opendocument.spreadsheet', 'text/csv', 'text/plain'];
/** Their endings, for the `accept` of a file field. */
export const tableEndings = '.xlsx,.xls,.et,.ods,.csv,.txt';

/** What a spreadsheet would run as a formula, full-width signs included, once the file is saved as CSV and opened again. */
const RUNS = /^\s*[=+\-@＝＋－＠\t\r]/u;
/** A number that begins with its sign is a number. */
const NUMBER = /^[+-]?\d+(?:\.\d+)?$/;
/** Most characters that a cell holds. */
const LONGEST = 32_767;

/** What `cellText` wrote, as it was: a file of rows that was downloaded, mended and uploaded again. */
export const plainText = (cell: string): string => (cell.startsWith("'") && RUNS.test(cell.slice(1)) ? cell.slice(1) : cell);

/** What stands in a cell, also where it can't be taken for its value. */
export const asWritten = ({ cells, faults }: SheetRow, column: number): string =>
  (cells[column] === undefined || cells[column] === '' ? (faults.find((fault) => fault.column === column)?.text ?? '') : cells[column]);

/** A text as it may stand in a cell: what looks like a formula gets an apostrophe in front, and so is plain text. */
export function cellText(text: string): string {
  const shown = text.slice(0, LONGEST - 1);
  return RUNS.test(shown) && !NUMBER.test(shown.trim()) ? `'${shown}` : shown;
}

const quoted = (cell: string): string => (/[",\r\n]/u.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** A line of a CSV file whose cells are texts, by RFC 4180. */
export const csvLine = (cells: readonly string[]): string => `${cells.map((cell) => quoted(cellText(cell))).join(',')}\r\n`;
