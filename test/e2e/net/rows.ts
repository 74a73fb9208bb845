import type { Page } from 'playwright-core';

/** One cell, under the name of its column. */
interface Cell {
  readonly column: string;
  readonly text: string;
  /** What its `time` says to machines. */
  readonly at: string | null;
}

interface Row {
  /** Tells it from every other row: where it leads and all that it says. */
  readonly key: string;
  /** What its first link says. */
  readonly name: string;
  readonly cells: readonly Cell[];
}

/** What a list shows, as far as it can be read off any of them. */
export interface Shown {
  readonly rows: readonly Row[];
  readonly tables: number;
  readonly empty: boolean;
  /** Remarks between its filters and its rows. */
  readonly remarks: number;
  /** Rows on all pages, as the pager says; null where it does not know. */
  readonly total: number | null;
  /** Columns by which it is sorted, with the direction. */
  readonly sorted: readonly { readonly column: string; readonly direction: string }[];
  readonly next: boolean;
}

/** Runs in the page. A time is read as machines do, as what it says to people may go on. */
const READ = `() => {
  const tables = [...document.querySelectorAll('main .list')];
  const squeezed = (text) => text.replace(/\\s+/g, ' ').trim();
  const said = (el) => {
    const copy = el.cloneNode(true);
    for (const time of copy.querySelectorAll('time')) time.textContent = time.getAttribute('datetime');
    for (const unseen of copy.querySelectorAll('script, .visually-hidden')) unseen.remove();
    return squeezed(copy.textContent);
  };
  const rows = [...(tables.at(-1)?.tBodies[0]?.rows ?? [])].map((row) => ({
    key: (row.querySelector('a[href]')?.getAttribute('href') ?? '') + ' ' + said(row),
    name: squeezed(row.querySelector('a[href]')?.textContent ?? ''),
    cells: [...row.cells].filter((cell) => cell.dataset.label).map((cell) =>
      ({ column: cell.dataset.label, text: squeezed(cell.textContent), at: cell.querySelector('time')?.getAttribute('datetime') ?? null })),
  }));
  const pager = squeezed(document.querySelector('main .pager p')?.textContent ?? '').replaceAll(',', '');
  const numbers = pager.match(/\\d+/g);
  return {
    rows, tables: tables.length, empty: document.querySelector('main .empty-state') !== null, remarks: document.querySelectorAll('main > p.quiet').length,
    total: numbers === null ? rows.length : /以上|more than/.test(pager) ? null : Number(numbers.at(-1)),
    sorted: [...document.querySelectorAll('main th[aria-sort]')].map((th) => ({ column: squeezed(th.querySelector('a')?.firstChild?.textContent ?? ''), direction: th.getAttribute('aria-sort') })),
    next: document.querySelector('main .pager a[rel=next]') !== null,
  };
}`;

export const readList = (page: Page): Promise<Shown> => page.evaluate<Shown>(`(${READ})()`);

export const keysOf = ({ rows }: Shown): string[] => rows.map(({ key }) => key);

/** The day in China. */
const dayOf = (at: string): string => (at.includes('T') ? new Date(Date.parse(at) + 8 * 3_600_000).toISOString() : at).slice(0, 10);

/** Rows that do not stand in the order that the head promises. Only times can be read in any list; a row without one stands last. */
export function outOfOrder({ rows, sorted }: Shown): string[] {
  return sorted.flatMap(({ column, direction }) => {
    const times = rows.map(({ cells }) => cells.find((cell) => cell.column === column)?.at ?? null).filter((at) => at !== null).map((at) => Date.parse(at));
    const wrong = times.findIndex((at, n) => n > 0 && (direction === 'ascending' ? at < times[n - 1]! : at > times[n - 1]!));
    return wrong < 0 ? [] : [`sorted by ${column} ${direction}, row ${wrong + 1} stands behind what comes after it`];
  });
}

/** A control of a filter, with what was chosen in it. */
export interface Choice {
  readonly label: string;
  readonly kind: 'tick' | 'select' | 'day' | 'text';
  readonly value: string;
  /** The value in words. */
  readonly said: string;
}

const commonStart = (a: string, b: string): number => {
  let n = 0;
  while (n < a.length && a[n] === b[n]) n += 1;
  return n;
};

/** Rows that say something else than what was chosen, where a column has the name of the choice and, in some row of the whole list, its words. */
export function contradictions({ rows }: Shown, { label, kind, value, said }: Choice, whole: Shown): string[] {
  if (kind === 'select') {
    const named = (of: readonly Row[]): readonly Cell[] => of.flatMap(({ cells }) => cells.filter(({ column, at }) => column === label && at === null));
    if (![...named(whole.rows), ...named(rows)].some(({ text }) => text.includes(said))) return [];
    const against = named(rows).filter(({ text }) => text !== '' && !text.includes(said));
    return against.slice(0, 1).map(({ column, text }) => `a row with ${column} ${text}`);
  }
  if (kind !== 'day') return [];
  const until = /不晚于|至|止|before|until|to\b/u.test(label);
  return rows.flatMap(({ cells }) => cells.filter(({ column, at }) => at !== null && commonStart(column, label) >= Math.min(column.length, 4) && (until ? dayOf(at) > value : dayOf(at) < value)))
    .slice(0, 1).map(({ column, at }) => `a row with ${column} ${at}`);
}
