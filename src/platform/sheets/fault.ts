/** What is wrong with a spreadsheet file as a whole; a key of `files:sheetFault`, with what its sentence names. */
export class SheetFault extends Error {
  readonly key: 'encoding' | 'mixed' | 'tooLarge' | 'tooManyRows' | 'broken' | 'noHeader' | 'empty';
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

/** How much of a file is read before it is refused. */
export interface SheetLimits {
  /** Rows below the header. */
  readonly rows: number;
  /** Bytes of an .xlsx file when it is unpacked. */
  readonly unpackedBytes: number;
}

/** Columns beyond this are not read. */
export const mostColumns = 60;

/** Rows above and between those that count, which may be empty or hold titles. */
const spareRows = 1000;

/** @throws SheetFault when `read` rows of any kind are more than are taken. */
export function checkRowCount(read: number, { rows }: SheetLimits): void {
  if (read > rows + spareRows) throw new SheetFault('tooManyRows', { limit: rows });
}
