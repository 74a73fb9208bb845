/** The type of an .xlsx file. */
export const spreadsheetType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** What a spreadsheet would run as a formula, full-width signs included, once the file is saved as CSV and opened again. */
const RUNS = /^\s*[=+\-@＝＋－＠\t\r]/u;
/** A number that begins with its sign is a number. */
const NUMBER = /^[+-]?\d+(?:\.\d+)?$/;
/** Most characters that a cell holds. */
const LONGEST = 32_767;

/** What `cellText` wrote, as it was: a file of rows that was downloaded, mended and uploaded again. */
export const plainText = (cell: string): string => (cell.startsWith("'") && RUNS.test(cell.slice(1)) ? cell.slice(1) : cell);

/** A text as it may stand in a cell: what looks like a formula gets an apostrophe in front, and so is plain text. */
export function cellText(text: string): string {
  const shown = text.slice(0, LONGEST - 1);
  return RUNS.test(shown) && !NUMBER.test(shown.trim()) ? `'${shown}` : shown;
}
