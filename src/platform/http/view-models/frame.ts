import type { Translate } from '../../i18n.ts';
import type { Badge, Link } from './basics.ts';
import type { DeadlineChip } from './deadlines.ts';

/** What a page tells its layout; the only thing a page must bring. */
export interface Page {
  /** Goes to the window title, before the product's name. The page itself renders its one h1, mostly by `partials/heading`. */
  title: string;
  crumbs?: Crumb[];
  /** Number of the case or document, printed on every sheet. */
  printNumber?: string;
  /** Lists and boards take the screen; text pages keep to a readable width. */
  width?: 'text' | 'full';
}

/** The last crumb is the page itself and has no address. */
export interface Crumb {
  label: string;
  href?: string;
}

export interface NavItem {
  href: string;
  label: string;
  icon: IconName;
  current: boolean;
  /** Work waiting behind this entry; nothing is shown for 0. */
  count?: number;
  /** Heading under which this entry and those after it stand, until the next heading. */
  group?: string;
}

/** Who is signed in, as the top bar shows it. */
export interface PersonBadge {
  name: string;
  unitName?: string;
  roleName?: string;
}

/** What the layouts read from `res.locals`. */
export interface LayoutLocals {
  t: Translate;
  locale: 'zh-CN' | 'en';
  person?: PersonBadge;
  /** Who is signed in on the portal, in words; such a page carries the button to sign out. */
  visitor?: string;
  csrfToken?: string;
  /** Path and query of this page; where the language switch comes back to. */
  path: string;
  requestId?: string;
  flash?: Notice[];
  /** What was sent was not taken: the title of the window says so first (WCAG 3.3.1). */
  failed?: boolean;
  nav?: NavItem[];
  now: Date;
  /** Appended to the addresses of own styles and scripts, so that they may be cached for ever. */
  assetVersion?: string;
}

export type IconName =
  | 'alert' | 'arrow-left' | 'arrow-right' | 'bell' | 'book' | 'calendar' | 'chart' | 'check' | 'chevron' | 'clock'
  | 'cross' | 'download' | 'exit' | 'eye' | 'file' | 'flag' | 'globe' | 'home' | 'inbox' | 'info' | 'list' | 'lock'
  | 'mail' | 'megaphone' | 'menu' | 'pause' | 'people' | 'person' | 'plus' | 'print' | 'search' | 'settings' | 'shield'
  | 'sort' | 'upload';

/** The top of a page: the thing, whose move it is, by when. */
export interface Heading {
  title: string;
  /** Case or document number, beside the title. */
  number?: string;
  badges?: Badge[];
  /** Whose move it is, in words: "轮到：市市场监督管理局 · 王某". */
  turn?: string;
  deadline?: DeadlineChip;
  lead?: string;
  /** At most three links or small acts; the page's primary button belongs to its form. */
  links?: (Link & { icon?: IconName; primary?: boolean })[];
}

/** One sentence of what happened and what comes next. */
export interface Notice {
  tone: 'info' | 'done' | 'soon' | 'late';
  text: string;
  title?: string;
  link?: Link;
}

/** Nothing found: what was searched, and the way back. */
export interface EmptyState {
  title: string;
  searched?: { label: string; value: string }[];
  hint?: string;
  links?: Link[];
}
