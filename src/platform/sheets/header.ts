import { headRows, SheetFault, type SheetRow, type Tab } from './fault.ts';

/** A row is a header when it names so many columns. */
export const leastNamed = 4;

/** Marks of what is required, as tables write them, with or without brackets around. */
const NEED = /(?:为?(?:非必填|必填|选填|必录|选录|可选|可空)项?|required|optional)$/i;
/** 1. (2) 三、 第4项: the place of a column, before its name. */
const NUMBERING = /^(?:[([]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[)\].、:]|第[\d一二三四五六七八九十]{1,3}[列项]|\d{1,2}(?=\p{Script=Han}))/u;
const BRACKETS = /\([^()]*\)|\[[^[\]]*\]|\{[^{}]*\}|【[^【】]*】|〔[^〔〕]*〕|《[^《》]*》|〈[^〈〉]*〉|「[^「」]*」|<[^<>]*>/gu;
/** Everything that is no letter and no figure. */
const SIGNS = /[^\p{L}\p{N}]+/gu;

/** Half-width, without line breaks, blanks and what nobody sees. */
const even = (name: string): string => name.normalize('NFKC').replace(/[\s\p{Cf}]+/gu, '');

function bare(name: string): string {
  let rest = name.replace(/^[^\p{L}\p{N}([【〔]+/u, '').replace(NUMBERING, '').replace(/[^\p{L}\p{N}]+$/u, '');
  while (NEED.test(rest)) rest = rest.replace(NEED, '').replace(/[^\p{L}\p{N}]+$/u, '');
  return rest.replace(SIGNS, '').toLowerCase();
}

/** A name as it is compared: without marks of what is required, numbering, notes in brackets, signs, blanks and case. */
export const plainName = (name: string): string => bare(even(name).replace(NUMBERING, '').replace(BRACKETS, ''));

/** A word of a cell as it is compared: without notes in brackets, signs between words, blanks and case. */
export const plainWord = (word: string): string =>
  word.normalize('NFKC').replace(/\([^)]*\)|（[^）]*）|【[^】]*】/g, '').replace(/[\s*＊:：/、_-]/g, '').toLowerCase();

/** What a name may mean, the likeliest first: without its notes, with them, and what they say alone: 代码_1(统一社会信用代码). */
export function formsOf(name: string): string[] {
  const plain = plainName(name);
  const all = even(name);
  const notes = [...all.matchAll(BRACKETS)].map(([note]) => bare(note.slice(1, -1)));
  return [...new Set([bare(all), plain, ...notes])].filter((form) => form !== '');
}

/** Where each column stands in a row of names, the first of equals. */
export function placesIn<C extends string>(cells: readonly string[], names: ReadonlyMap<string, C>): ReadonlyMap<C, number> {
  const places = new Map<C, number>();
  const unsure: [number, readonly string[]][] = [];
  cells.forEach((cell, place) => {
    const [first, ...others] = cell === '' ? [] : formsOf(cell);
    const column = first === undefined ? undefined : names.get(first);
    if (column === undefined) unsure.push([place, others]);
    else if (!places.has(column)) places.set(column, place);
  });
  // A name that is just so comes before one that has to be interpreted.
  for (const [place, forms] of unsure) {
    const column = forms.map((form) => names.get(form)).find((one) => one !== undefined);
    if (column !== undefined && !places.has(column)) places.set(column, place);
  }
  return places;
}

/** Where each column stands; null when the row is no header. */
export function columnsIn<C extends string>(cells: readonly string[], names: ReadonlyMap<string, C>): ReadonlyMap<C, number> | null {
  const places = placesIn(cells, names);
  return places.size < leastNamed ? null : places;
}

/** The row of names of a table, with the one in words right below the one in codes, where there are two. */
export interface Header<C extends string> {
  /** As the first of the rows has them, by their place. */
  readonly names: readonly string[];
  /** What each place is called, in words where there are some, then in codes. */
  readonly titles: readonly (readonly string[])[];
  /** The last row of names, as the spreadsheet counts. */
  readonly row: number;
  readonly places: ReadonlyMap<C, number>;
}

/** The header among some rows, below any titles; null while there is none. Of two rows the second gives the columns that the first has no known name for. */
export function headerOf<C extends string>(rows: readonly SheetRow[], names: ReadonlyMap<string, C>): Header<C> | null {
  const at = rows.findIndex(({ cells }) => columnsIn(cells, names) !== null);
  const first = rows[at];
  if (!first) return null;
  const places = new Map(columnsIn(first.cells, names));
  const next = rows[at + 1];
  const more = next && columnsIn(next.cells, names);
  for (const [column, place] of more ?? []) {
    if (!places.has(column) && ![...places.values()].includes(place)) places.set(column, place);
  }
  const last = next && more ? next : first;
  const length = Math.max(first.cells.length, last.cells.length);
  const titles = Array.from({ length }, (_, place) => [...new Set([last.cells[place] ?? '', first.cells[place] ?? ''])].filter((title) => title !== ''));
  return { names: first.cells, titles, row: last.number, places };
}

/** Names of columns that nothing is taken from, in the order of the file. */
export function unnamedIn({ titles }: Pick<Header<string>, 'titles'>, read: ReadonlyMap<string, number>): string[] {
  const known = new Set(read.values());
  return titles.flatMap(([title], place) => (title === undefined || known.has(place) ? [] : [title.replace(/\s+/g, ' ')]));
}

/** A kind of table, with every name that its columns go by. */
export interface Catalogue<K extends string = string> {
  readonly kind: K;
  readonly names: ReadonlyMap<string, string>;
}

/** Of each kind of table how many of its columns the row names that names most. */
const namedIn = (tab: Tab, { names }: Catalogue): number => Math.max(0, ...tab.head.map(({ cells }) => placesIn(cells, names).size));

export interface FoundTable<K extends string> {
  readonly tab: Tab;
  readonly kind: K;
}

/** Of each visible tab which of the kinds it is, the first of equals; those that are none are left out. */
export function tablesAmong<K extends string>(tabs: readonly Tab[], kinds: readonly Catalogue<K>[]): FoundTable<K>[] {
  return tabs.filter(({ visible }) => visible).flatMap((tab): FoundTable<K>[] => {
    const counted = kinds.map((catalogue) => ({ kind: catalogue.kind, named: namedIn(tab, catalogue) })).toSorted((a, b) => b.named - a.named);
    const [best] = counted;
    return best && best.named >= leastNamed ? [{ tab, kind: best.kind }] : [];
  });
}

/** So many names of tabs and columns say enough. */
const mostSaid = 20;
const listed = (names: readonly string[]): string => names.slice(0, mostSaid).join(' / ') + (names.length > mostSaid ? ' …' : '');

const isTextFile = (tabs: readonly Tab[]): boolean => tabs.every(({ name }) => name === '');

/**
 * The tab that holds a table of the wanted kind: the first visible one in the order of the workbook. `wanted` is the
 * first of the kinds. @throws SheetFault which says what was found instead, and where it was looked for.
 */
export function wantedTab(tabs: readonly Tab[], kinds: readonly Catalogue[]): Tab {
  const [wanted] = kinds;
  const found = tablesAmong(tabs, kinds);
  const own = found.find(({ kind }) => kind === wanted?.kind);
  if (own) return own.tab;
  const [other] = found;
  if (other) throw new SheetFault(isTextFile(tabs) ? 'otherTable' : 'otherTableInTab', { table: other.kind, wanted: wanted?.kind ?? '', tab: other.tab.name });
  throw nothingFound(tabs);
}

/** Why no tab holds a table that is known, and where it was looked for. */
export function nothingFound(tabs: readonly Tab[]): SheetFault {
  const visible = tabs.filter((tab) => tab.visible);
  if (visible.length === 0) return new SheetFault('noVisibleTab', { tabs: listed(tabs.map(({ name }) => name)) });
  if (visible.every(({ head }) => head.length === 0)) return new SheetFault('empty');
  const named = visible.flatMap(({ head }) => head).map(({ cells }) => cells.filter((cell) => cell !== '')).toSorted((a, b) => b.length - a.length)[0] ?? [];
  return new SheetFault(isTextFile(tabs) ? 'noHeader' : 'noHeaderInTabs', { rows: headRows, tabs: listed(visible.map(({ name }) => name)), found: listed(named.map((cell) => cell.slice(0, 30))) });
}
