/**
 * The text as the patterns read it: full-width signs as half-width ones, every kind of dash as `-`, every kind of
 * blank as a space. Each character keeps its place, so a position found here is the position in the text.
 */
export function shadowOf(text: string): string {
  return text
    .replace(/[\uFF01-\uFF5E]/g, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0))
    .replace(/[\u2010-\u2015\u2212\uFE58\uFE63\u30FC]/g, '-')
    .replace(/[\u00A0\u2000-\u200B\u2060\u3000\uFEFF\t]/g, ' ');
}

export type PersonalKind = 'residentId' | 'mobile' | 'landline' | 'bankCard' | 'email' | 'address' | 'name' | 'minor' | 'plate' | 'messenger' | 'travelPaper' | 'byHand';

/** A place in a text with personal data in it, and what is to stand there instead. End excluded; UTF-16 positions. */
export interface PersonalSpan {
  readonly start: number;
  readonly end: number;
  readonly kind: PersonalKind;
  readonly original: string;
  readonly replacement: string;
}

/** A find before it is cut out of the text. */
export interface Find {
  readonly start: number;
  readonly end: number;
  readonly kind: PersonalKind;
}
