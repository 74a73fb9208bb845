import type { SheetRow } from './fault.ts';

/** A row is a header when it names so many columns. */
export const leastNamed = 4;
/** It stands among the first so many rows, below any titles. */
export const headerWithin = 30;

/** A name as it is compared: without marks of what is required, notes in brackets, blanks and case. */
export const plainName = (name: string): string =>
  name.normalize('NFKC').replace(/\([^)]*\)|（[^）]*）|【[^】]*】/g, '').replace(/[\s*＊:：/、_-]/g, '').toLowerCase();

export const isEmptyRow = ({ cells }: Pick<SheetRow, 'cells'>): boolean => cells.every((cell) => cell === '');

/** Where each column stands in a row of names, the first of equals; null when the row is no header. */
export function columnsIn<C extends string>(cells: readonly string[], names: ReadonlyMap<string, C>): ReadonlyMap<C, number> | null {
  const places = new Map<C, number>();
  cells.forEach((cell, place) => {
    const column = names.get(plainName(cell));
    if (column !== undefined && !places.has(column)) places.set(column, place);
  });
  return places.size < leastNamed ? null : places;
}
