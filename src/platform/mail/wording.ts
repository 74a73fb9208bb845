const TITLE_IN_SUBJECT = 60;
const LONGEST_QUOTE = 1_000;

/** Line breaks and other controls, zero-width signs and signs that turn the direction of writing. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/gu;

/**
 * The text on one line, without any character that is not seen. A subject so cleaned cannot end its header line,
 * nor show another order of characters than it has.
 */
export function oneLine(text: string): string {
  return text.replace(UNSEEN, ' ').replace(/ {2,}/g, ' ').trim();
}

/** At most `length` characters (not bytes, not UTF-16 units); what was cut off is shown by `…`. */
export function shorten(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}

/** A title as it stands in a subject. */
export function titleForSubject(title: string): string {
  return shorten(oneLine(title), TITLE_IN_SUBJECT);
}

/** What a person wrote, with its lines, as it is quoted in a letter. */
export function quoted(text: string): string {
  const lines = text.split(/\r\n|\r|\n/).map((line) => oneLine(line));
  return shorten(lines.join('\n').replace(/\n{3,}/g, '\n\n').trim(), LONGEST_QUOTE);
}
