import { SaxesParser, type SaxesTagNS } from 'saxes';
import { SheetFault } from '../fault.ts';
import type { Archive } from './archive.ts';

/** Rows that follow each other, from 1, both ends among them. */
interface Rows {
  readonly first: number;
  readonly last: number;
}

/** What an OpenDocument table hides. */
export interface HiddenOfTable {
  readonly whole: boolean;
  /** In the order of the table. */
  readonly rows: readonly Rows[];
}

const TABLE = 'urn:oasis:names:tc:opendocument:xmlns:table:1.0';
const STYLE = 'urn:oasis:names:tc:opendocument:xmlns:style:1.0';

const valueOf = (tag: SaxesTagNS, uri: string, name: string): string | undefined =>
  Object.values(tag.attributes).find((attribute) => attribute.local === name && attribute.uri === uri)?.value;

/** Gathers what is hidden: rows by themselves or by a filter, rows in a group that is folded, tables by their style. */
class HiddenReader {
  readonly tables: { style: string; rows: Rows[] }[] = [];
  /** Styles that hide the tables that have them: ODF 1.3, part 3, 20.252. */
  readonly hidingStyles = new Set<string>();
  #style: string | null = null;
  /** Tables may stand in cells of others; only the outer ones are tabs. */
  #depth = 0;
  /** Of each open group of rows whether it is folded: ODF 1.3, part 3, 19.613. */
  readonly #groups: boolean[] = [];
  #next = 1;

  open(tag: SaxesTagNS): void {
    const { uri, local } = tag;
    if (uri === STYLE && local === 'style') this.#style = valueOf(tag, STYLE, 'family') === 'table' ? (valueOf(tag, STYLE, 'name') ?? null) : null;
    else if (uri === STYLE && local === 'table-properties' && this.#style !== null && valueOf(tag, TABLE, 'display') === 'false') this.hidingStyles.add(this.#style);
    if (uri !== TABLE) return;
    if (local === 'table') this.#openTable(tag);
    else if (this.#depth === 1 && local === 'table-row-group') this.#groups.push(valueOf(tag, TABLE, 'display') === 'false');
    else if (this.#depth === 1 && local === 'table-row') this.#openRow(tag);
  }

  #openTable(tag: SaxesTagNS): void {
    this.#depth += 1;
    // The reader of the cells passes over what has no cells, as this one must.
    if (this.#depth > 1 || tag.isSelfClosing) return;
    this.tables.push({ style: valueOf(tag, TABLE, 'style-name') ?? '', rows: [] });
    this.#groups.length = 0;
    this.#next = 1;
  }

  #openRow(tag: SaxesTagNS): void {
    if (tag.isSelfClosing) return;
    const first = this.#next;
    const last = first + Math.max(1, Number(valueOf(tag, TABLE, 'number-rows-repeated') ?? 1) || 1) - 1;
    this.#next = last + 1;
    // ODF 1.3, part 3, 19.749.
    const hides = ['collapse', 'filter'].includes(valueOf(tag, TABLE, 'visibility') ?? '') || this.#groups.includes(true);
    if (hides) this.tables.at(-1)!.rows.push({ first, last });
  }

  close({ uri, local }: SaxesTagNS): void {
    if (uri === STYLE && local === 'style') this.#style = null;
    if (uri !== TABLE) return;
    if (local === 'table') this.#depth -= 1;
    else if (local === 'table-row-group' && this.#depth === 1) this.#groups.pop();
  }
}

/**
 * What each table of an OpenDocument file hides, in the order of the tabs. Both parts are read in full, so that one that is
 * damaged or too large is known before any of its cells is read. @throws SheetFault
 */
export async function hiddenOf(archive: Archive): Promise<HiddenOfTable[]> {
  const found = new HiddenReader();
  for (const part of ['styles.xml', 'content.xml']) {
    if (!archive.has(part)) continue;
    const parser = new SaxesParser({ xmlns: true, position: false });
    parser.on('error', () => { throw new SheetFault('broken'); });
    parser.on('opentag', (tag) => found.open(tag));
    parser.on('closetag', (tag) => found.close(tag));
    // A table in the head of a printed page, which stands among the styles, is no tab.
    found.tables.length = 0;
    for await (const piece of archive.text(part)) parser.write(piece);
    parser.close();
  }
  return found.tables.map(({ style, rows }) => ({ whole: found.hidingStyles.has(style), rows }));
}

/** Whether a row is among them; rows have to be asked for in their order. */
export function amongRows(rows: readonly Rows[]): (row: number) => boolean {
  let at = 0;
  return (row) => {
    while (at < rows.length && rows[at]!.last < row) at += 1;
    return at < rows.length && rows[at]!.first <= row;
  };
}
