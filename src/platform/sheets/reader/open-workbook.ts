import type { SheetRow } from '../fault.ts';

/** A workbook of any format, open for reading. */
export interface OpenWorkbook {
  readonly tabs: readonly { readonly name: string; readonly visible: boolean }[];
  /** The rows of a tab that hold anything, from its first one. @throws SheetFault */
  rows(tab: number): AsyncIterable<SheetRow>;
  close(): void;
}
