import type { Badge, Link, When } from './basics.ts';

export interface StageBar {
  label: string;
  stages: { label: string; state: 'done' | 'current' | 'toCome' | 'skipped'; note?: string; href?: string }[];
}

export interface Timeline {
  order: 'newest' | 'oldest';
  /** Address of the same page in the other order. */
  switchHref: string;
  groups: TimelineGroup[];
}

export interface TimelineGroup {
  stage: string;
  /** "9月21日—9月24日". */
  span?: string;
  open: boolean;
  entries: TimelineEntry[];
}

export interface TimelineEntry {
  /** For links to one entry. */
  id: string;
  /** System events are set quieter than people's. */
  by: 'person' | 'system';
  who?: string;
  office?: string;
  /** For whom, when acting for somebody else. */
  onBehalfOf?: string;
  what: string;
  when: When;
  /** When it was entered, if later than it happened. */
  recorded?: When;
  /** What the person wrote; line breaks are kept. */
  said?: string;
  changes?: { label: string; before: string; after: string }[];
  files?: FileItem[];
  links?: Link[];
}

export interface FileItem {
  name: string;
  href?: string;
  /** "PDF，1.2 MB". */
  description: string;
  note?: string;
  by?: string;
  when?: When;
}

export interface FileList {
  label: string;
  files: FileItem[];
  /** Said when there are none. */
  none: string;
}

export interface Progress {
  label: string;
  /** Without both it shows that it works, not how far. */
  done?: number;
  total?: number;
  note?: string;
  /** Where to look again; the script does so by itself every `seconds`. */
  again?: { href: string; seconds: number };
}

export interface MailPreview {
  from?: string;
  to: string[];
  subject: string;
  state?: Badge;
  when?: When;
  /** Plain text of the mail; line breaks are kept. */
  text: string;
  /** Page with the HTML version, served with its own policy. */
  htmlHref?: string;
}

/** A piece of text; a marked one was changed or masked, and says why. */
export interface Span {
  text: string;
  mark?: 'masked' | 'original' | 'doubt' | 'added' | 'removed';
  reason?: string;
}

export interface TextComparison {
  left: { label: string; paragraphs: Span[][] };
  right: { label: string; paragraphs: Span[][] };
  /** "已脱敏 3 处：公民身份号码 1 处……". */
  summary?: string;
}

/** An opinion or decision as it is printed, and as a file for a word processor: number, title, addressee, body, signature. */
/** A form that is filled in by hand when a document is handed over. */
export interface ServiceReceipt {
  agency: string;
  title: string;
  /** `tall`: room for several lines of writing. */
  rows: { term: string; text: string; tall: boolean }[];
  note: string;
}

export interface DecisionDocument {
  agency: string;
  number: string;
  title: string;
  addressee?: string;
  paragraphs: { heading?: string; text: Span[] }[];
  signature: string;
  date: When;
  attachments?: string[];
  copies?: string[];
  /** "草稿", "已撤回": shown across the top, also in print. */
  status?: Badge;
}
