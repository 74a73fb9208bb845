/** What is wrong with a spreadsheet file as a whole; a key of `files:sheetFault`, with what its sentence names. */
export class SheetFault extends Error {
  readonly key:
    | 'encoding' | 'mixed' | 'tooLarge' | 'tooSlow' | 'tooManyRows' | 'broken' | 'protected' | 'empty' | 'noVisibleTab' | 'damaged' | 'amountUnit'
    // In a text file, or in a workbook, whose tabs are named.
    | 'noHeader' | 'noHeaderInTabs' | 'otherTable' | 'otherTableInTab';
  readonly params: SheetFaultParams;
  constructor(key: SheetFault['key'], params: SheetFaultParams = {}) {
    super(key);
    this.name = 'SheetFault';
    this.key = key;
    this.params = params;
  }
}

export type SheetFaultParams = Readonly<Record<string, string | number>>;

/**
 * Why what stands in a cell can't be taken for its value. `cut`: a number of more figures than a spreadsheet keeps, the
 * last ones are lost; `error`: a formula's error, #N/A; `uncomputed`: a formula whose result nobody has stored;
 * `merged`: part of a merged cell, whose value stands in another one.
 */
export const cellFaultKinds = ['cut', 'error', 'uncomputed', 'merged'] as const;

export interface CellFault {
  /** The cell's place in its row, from 0. */
  readonly column: number;
  readonly kind: (typeof cellFaultKinds)[number];
  /** As it stands in the cell. */
  readonly text: string;
}

/** A row of a table as it was read. */
export interface SheetRow {
  /** As the spreadsheet counts, from 1. */
  readonly number: number;
  /** Empty where the cell has a fault. */
  readonly cells: readonly string[];
  readonly faults: readonly CellFault[];
  /** Hidden in the file, by a filter or by hand. */
  readonly hidden?: true;
}

/** One table of a file: a worksheet, or all of a text file. */
export interface Tab {
  /** Empty of a text file. */
  readonly name: string;
  readonly visible: boolean;
  /** The first rows that hold anything; none of a hidden tab. */
  readonly head: readonly SheetRow[];
  /** Rows that hold anything; null where they were not counted. */
  readonly rows: number | null;
}

/** How much of a file is read before it is refused. */
export interface SheetLimits {
  /** Rows below the header. */
  readonly rows: number;
  /** Bytes of all parts of a workbook that are read, as they are unpacked. */
  readonly unpackedBytes: number;
}

/** Columns beyond this are not read. */
export const mostColumns = 256;

/** Rows of a tab among which its header is looked for. */
export const headRows = 30;

/** Rows above and between those that count, which may hold titles. */
const spareRows = 1000;

/** @throws SheetFault when `read` rows of any kind are more than are taken. */
export function checkRowCount(read: number, { rows }: SheetLimits): void {
  if (read > rows + spareRows) throw new SheetFault('tooManyRows', { limit: rows });
}
