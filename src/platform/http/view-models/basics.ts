/** An instant or a day, as the machine reads it and as the reader does. */
export interface When {
  /** ISO 8601 with +08:00, or YYYY-MM-DD for a day. */
  iso: string;
  text: string;
  /** Show "3 小时前" and keep it true while the page is open; `text` becomes the tooltip and what prints. */
  relative?: boolean;
}

export interface Link {
  href: string;
  label: string;
}

/** Colour carries no meaning alone: each tone comes with a word, and outside lists with an icon. */
export type Tone = 'plain' | 'accent' | 'done' | 'soon' | 'late';

export interface Badge {
  label: string;
  tone: Tone;
}

/** A masked name or number, with the reason that hover and screen readers give. */
export interface Masked {
  text: string;
  reason: string;
}
