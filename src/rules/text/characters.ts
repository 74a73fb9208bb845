/**
 * Which characters a text may bring in. One function for all doors: forms, names of files, cells, the API, addresses,
 * commands. What it lets in can be stored, searched, exported and shown without further thought.
 */

export const refusedKinds = ['control', 'surrogate', 'noncharacter', 'privateUse', 'replacement'] as const;
export type RefusedKind = (typeof refusedKinds)[number];

/** A character that no text may bring in. */
export interface RefusedCharacter {
  readonly kind: RefusedKind;
  /** Counted from 1 in code points, as a reader counts characters. */
  readonly position: number;
  /** Such as `U+FFFD`. */
  readonly code: string;
}

/**
 * - Controls but tab and line ends: PostgreSQL stores no NUL, XML and spreadsheets none of the others.
 * - Halves of a pair (lone surrogates) are no characters: UTF-8 has no bytes for them and `jsonb` refuses them.
 * - Noncharacters and private use mean nothing outside the program that made them; fonts of one office draw names there
 *   that another office cannot read.
 * - U+FFFD stands where another program could not read what was there: the text is damaged already.
 */
const REFUSED = /(?![\t\n\r])\p{Cc}|\p{Cs}|\p{Co}|\p{Noncharacter_Code_Point}|\uFFFD/u;

function kindOf(character: string): RefusedKind {
  if (character === '\uFFFD') return 'replacement';
  if (/\p{Cs}/u.test(character)) return 'surrogate';
  if (/\p{Co}/u.test(character)) return 'privateUse';
  return /\p{Cc}/u.test(character) ? 'control' : 'noncharacter';
}

/** The first character of a text that may not come in; null when all may. */
export function refusedCharacter(text: string): RefusedCharacter | null {
  const found = REFUSED.exec(text);
  if (!found) return null;
  const [character] = found;
  const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
  return { kind: kindOf(character), position: [...text.slice(0, found.index)].length + 1, code: `U+${code}` };
}

/**
 * Marks that are not seen and mean nothing in a text of an office: they come along from web pages and spreadsheets
 * (soft hyphen, zero-width space, byte order mark), or turn the direction of what stands around them.
 */
const UNSEEN = /\u034F|[\u00AD\u061C\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/gu;

/** The text without unseen marks. Joiners and variation selectors stay, as they choose the form in which a name is written. */
export const withoutMarks = (text: string): string => text.replaceAll(UNSEEN, '');
