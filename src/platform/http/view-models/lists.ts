import type { Badge, Link, Masked, When } from './basics.ts';
import type { DeadlineChip } from './deadlines.ts';
import type { Act, Field, TextField } from './forms.ts';
import type { EmptyState } from './frame.ts';

export type Cell =
  | string
  | { kind: 'link'; href: string; label: string; note?: string }
  | { kind: 'number'; text: string; href?: string }
  | { kind: 'when'; when: When }
  | { kind: 'deadline'; deadline: DeadlineChip }
  | { kind: 'badge'; badge: Badge }
  | { kind: 'masked'; masked: Masked }
  | { kind: 'lines'; lines: string[] }
  | { kind: 'acts'; acts: Act[]; links?: Link[] }
  | { kind: 'none' };

export interface Column {
  key: string;
  label: string;
  align?: 'start' | 'end';
  /** Line of the card on a phone; columns without one are left to the row's own page. */
  line?: 1 | 2 | 3;
  /** Put the column's name before the value on the card. */
  named?: boolean;
  sort?: { href: string; direction?: 'ascending' | 'descending' };
  /** Keep on one line. */
  tight?: boolean;
}

export interface Row {
  id?: string;
  cells: Record<string, Cell>;
  /** Marks the row's edge; the words are in its cells. */
  tone?: 'late' | 'soon';
  /** For a table with `select`: the value, and what is selected in words. */
  select?: { value: string; label: string; checked?: boolean; disabled?: boolean };
}

export interface DataTable {
  /** Names the table for everybody who cannot see where it stands. */
  caption: string;
  showCaption?: boolean;
  columns: Column[];
  rows: Row[];
  /** Check boxes that belong to the form with id `form`. */
  select?: { form: string; name: string };
  empty: EmptyState;
}

/** A GET form; sort and filters live in the address. */
export interface FilterBar {
  action: string;
  search?: TextField;
  fields: Field[];
  /** Seldom used; folded away unless one of them is set. */
  more?: Field[];
  moreOpen?: boolean;
  hidden?: Record<string, string>;
  /** The button, where it searches more than it filters. */
  apply?: string;
  /** What is set now, each with the address without it. */
  applied?: { label: string; removeHref: string }[];
  clearHref?: string;
}

export interface Pager {
  previousHref?: string;
  /** In a list that is read in one direction only: back to its beginning, which may be several pages before. */
  firstHref?: string;
  nextHref?: string;
  /** "第 51–100 条，共 1,204 条". */
  text: string;
}

export interface Tabs {
  label: string;
  items: { href: string; label: string; count?: number; more?: boolean; current: boolean }[];
}

export interface CountTiles {
  label: string;
  tiles: { label: string; count: number; href: string; tone?: 'late' | 'soon' | 'done'; note?: string }[];
}

/** Facts of a thing, term and value. */
export interface Facts {
  items: { term: string; value: Cell; wide?: boolean }[];
}
