import { mostColumns, SheetFault, type SheetRow } from '../fault.ts';
import type { Archive } from './archive.ts';
import { numberValue, RowDraft, textValue, type CellValue } from './cell.ts';
import { Merged, placeOf, type Area } from './merges.ts';
import { isoText } from './serial.ts';
import { unescaped, type Workbook } from './workbook.ts';
import { isTrue, XmlReader, type Element, type Handler } from './xml.ts';

/** A cell while it is read. */
interface OpenCell {
  readonly column: number;
  readonly type: string;
  readonly style: number;
  value: string | null;
  inline: string | null;
  formula: boolean;
}

/** Gathers the rows of a worksheet from its elements. */
class RowsHandler implements Handler {
  readonly done: SheetRow[] = [];
  readonly #book: Workbook;
  readonly #merged: Merged;
  #inData = false;
  #number = 0;
  #row: RowDraft | null = null;
  #column = -1;
  #cell: OpenCell | null = null;
  #taking: 'value' | 'inline' | null = null;
  #phonetic = 0;

  constructor(book: Workbook, merges: readonly Area[]) {
    this.#book = book;
    this.#merged = new Merged(merges);
  }

  open(element: Element): void {
    const { name } = element;
    if (name === 'sheetData') this.#inData = true;
    else if (!this.#inData) return;
    else if (name === 'row') this.#openRow(element);
    else if (name === 'c') this.#openCell(element);
    else if (this.#cell) this.#openPart(name, this.#cell);
  }

  #openRow(element: Element): void {
    const said = element.attribute('r');
    const number = said === undefined ? this.#number + 1 : Number(said);
    // Whoever goes on after the last row that was read would leave out those that stand in another order.
    if (!Number.isInteger(number) || number <= this.#number) throw new SheetFault('broken');
    this.#number = number;
    this.#column = -1;
    this.#row = new RowDraft(number, isTrue(element.attribute('hidden')));
  }

  #openCell(element: Element): void {
    const said = element.attribute('r');
    const place = said === undefined ? null : placeOf(said);
    if (said !== undefined && (place === null || place.row !== this.#number)) throw new SheetFault('broken');
    this.#column = place?.column ?? this.#column + 1;
    this.#cell = { column: this.#column, type: element.attribute('t') ?? 'n', style: Number(element.attribute('s') ?? 0), value: null, inline: null, formula: false };
  }

  #openPart(name: string, cell: OpenCell): void {
    if (name === 'v') this.#taking = 'value';
    else if (name === 't' && this.#phonetic === 0) this.#taking = 'inline';
    else if (name === 'f') cell.formula = true;
    else if (name === 'rPh') this.#phonetic += 1;
  }

  text(content: string): void {
    if (!this.#cell || this.#taking === null) return;
    this.#cell[this.#taking] = (this.#cell[this.#taking] ?? '') + content;
  }

  close(name: string): void {
    if (!this.#inData) return;
    if (name === 'v' || name === 't') this.#taking = null;
    else if (name === 'rPh') this.#phonetic -= 1;
    else if (name === 'c' && this.#cell) {
      if (this.#cell.column < mostColumns) this.#row?.put(this.#cell.column, this.#valueOf(this.#cell));
      this.#cell = null;
    } else if (name === 'row' && this.#row) {
      this.#merged.mark(this.#row, this.#number);
      const row = this.#row.finished();
      if (row) this.done.push(row);
      this.#row = null;
    } else if (name === 'sheetData') this.#inData = false;
  }

  #valueOf({ type, style, value, inline, formula }: OpenCell): CellValue {
    if (type === 'inlineStr') return textValue(unescaped(inline ?? ''));
    const text = value ?? '';
    if (text.trim() === '') return formula && value === null ? { fault: 'uncomputed', text: '' } : { text: '' };
    switch (type) {
      case 's': return textValue(this.#shared(text));
      case 'str': return textValue(unescaped(text));
      case 'b': return { text: isTrue(text.trim()) ? 'TRUE' : 'FALSE' };
      case 'e': return { fault: 'error', text: text.trim() };
      case 'd': return { text: isoText(text.trim()) };
      default: {
        const number = Number(text);
        if (!Number.isFinite(number)) throw new SheetFault('broken');
        return numberValue(number, this.#book.styles[style], this.#book.from1904);
      }
    }
  }

  #shared(index: string): string {
    const text = this.#book.strings[Number(index)];
    // A text that is not there must not be read as an empty cell.
    if (text === undefined) throw new SheetFault('broken');
    return text;
  }
}

/** The rows of a worksheet that hold anything, one after the other. @throws SheetFault */
export async function* worksheetRows(archive: Archive, book: Workbook, part: string, merges: readonly Area[]): AsyncGenerator<SheetRow> {
  const handler = new RowsHandler(book, merges);
  const reader = new XmlReader(handler);
  for await (const piece of archive.text(part)) {
    reader.write(piece);
    yield* handler.done.splice(0);
  }
  reader.end();
  yield* handler.done.splice(0);
}
