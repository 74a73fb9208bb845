import type { Archive } from './archive.ts';
import type { RowDraft } from './cell.ts';
import { mostColumns } from '../fault.ts';
import { readXml } from './xml.ts';

/** A merged area: rows from 1, columns from 0, each with its last. */
export interface Area {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** The column of a cell's name, from 0: `AB12` is 27. Null for what is no name of a cell. */
export function placeOf(name: string): { column: number; row: number } | null {
  const parts = /^\$?([A-Z]{1,3})\$?(\d{1,7})$/.exec(name);
  if (!parts) return null;
  let column = 0;
  for (const letter of parts[1]!) column = column * 26 + letter.charCodeAt(0) - 64;
  return { column: column - 1, row: Number(parts[2]) };
}

export function areaOf(range: string): Area | null {
  const [from, to] = range.split(':').map(placeOf);
  return from && to ? { top: from.row, bottom: to.row, left: from.column, right: to.column } : null;
}

const MARK = Buffer.from('mergeCell');

/**
 * Merged areas stand behind the rows, so they are looked for before; most tables have none, which its bytes tell soon. They are
 * looked through to their end: a part that is damaged is known before any of its rows is given.
 */
export async function readMerges(archive: Archive, part: string): Promise<Area[]> {
  let tail: Buffer = Buffer.alloc(0);
  let has = false;
  for await (const chunk of archive.bytes(part)) {
    has ||= chunk.includes(MARK) || Buffer.concat([tail, chunk.subarray(0, MARK.length)]).includes(MARK);
    tail = chunk.subarray(Math.max(0, chunk.length - MARK.length));
  }
  const areas: Area[] = [];
  if (!has) return areas;
  await readXml(archive.text(part), {
    open(element) {
      const area = element.name === 'mergeCell' ? areaOf(element.attribute('ref') ?? '') : null;
      if (area) areas.push(area);
    },
  });
  return areas;
}

/** Marks the cells of merged areas, row by row from the first to the last. */
export class Merged {
  readonly #waiting: Area[];
  #open: Area[] = [];

  constructor(areas: readonly Area[]) {
    this.#waiting = areas.toSorted((a, b) => b.top - a.top);
  }

  mark(row: RowDraft, number: number): void {
    for (let next = this.#waiting.at(-1); next && next.top <= number; next = this.#waiting.at(-1)) {
      this.#waiting.pop();
      this.#open.push(next);
    }
    if (this.#open.length === 0) return;
    this.#open = this.#open.filter(({ bottom }) => bottom >= number);
    for (const { top, left, right } of this.#open) {
      for (let column = left; column <= Math.min(right, mostColumns - 1); column += 1) if (number > top || column > left) row.merge(column);
    }
  }
}
