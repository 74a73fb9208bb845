import { plainText } from '../cells.ts';
import type { CellFault, SheetRow } from '../fault.ts';
import { momentText, numberText, type Shown } from './serial.ts';

/** What a cell holds: its text, or why there is none to be taken. */
export type CellValue = { readonly text: string } | { readonly fault: Exclude<CellFault['kind'], 'merged'>; readonly text: string };

/** A spreadsheet's numbers are exact up to here: it keeps fifteen figures. */
const EXACT = 1e15;

/** What programs show for a formula that failed, or for a number that its column is too narrow for. */
const ERROR = /^#(?:N\/A|REF!|VALUE!|DIV\/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|BUSY!|UNKNOWN!|GETTING_DATA|#+)$/;

/** A number with its power of ten, as a program shows one of more figures than the cell had room for: 3.21302E+17. */
const CUT = /^[+-]?\d(?:\.\d+)?E[+-]?\d{1,3}$/i;

export const textValue = (text: string): CellValue => {
  const plain = plainText(text.replace(/\r\n?/g, '\n').trim());
  if (ERROR.test(plain)) return { fault: 'error', text: plain };
  return CUT.test(plain) ? { fault: 'cut', text: plain } : { text: plain };
};

/** A number as its cell shows it: a day as a day. */
export function numberValue(value: number, shown: Shown | undefined, from1904: boolean): CellValue {
  if (shown && shown.as !== 'number' && shown.as !== 'zeros') {
    const moment = momentText(value, shown.as, from1904);
    if (moment !== null) return { text: moment };
  }
  const text = numberText(value);
  if (Math.abs(value) >= EXACT) return { fault: 'cut', text };
  return { text: shown?.as === 'zeros' && /^\d+$/.test(text) ? text.padStart(shown.figures, '0') : text };
}

/** A row while it is read. */
export class RowDraft {
  readonly #number: number;
  readonly #hidden: boolean;
  readonly #cells: string[] = [];
  readonly #faults: CellFault[] = [];

  constructor(number: number, hidden: boolean) {
    this.#number = number;
    this.#hidden = hidden;
  }

  put(column: number, value: CellValue): void {
    while (this.#cells.length < column) this.#cells.push('');
    this.#cells[column] = 'fault' in value ? '' : value.text;
    if ('fault' in value) this.#faults.push({ column, kind: value.fault, text: value.text });
  }

  /** The cells of a merged area but its first one have no value of their own, whatever the file keeps for them. */
  merge(column: number): void {
    const text = this.#cells[column] ?? '';
    if (column < this.#cells.length) this.#cells[column] = '';
    this.#faults.push({ column, kind: 'merged', text });
  }

  /** Null when it holds nothing. */
  finished(): SheetRow | null {
    if (this.#cells.every((cell) => cell === '') && this.#faults.every(({ kind }) => kind === 'merged')) return null;
    return { number: this.#number, cells: this.#cells, faults: this.#faults, ...(this.#hidden ? { hidden: true as const } : {}) };
  }
}
