import { withoutUnseen } from '../text/alike.ts';

/** The result of checking one code. */
export interface CodeCheck {
  readonly kind: CodeKind;
  /** As it should be stored: half-width, upper-case, without blanks. Its other characters are never changed. */
  readonly code: string;
  /** `warning`: usable, but something about it should be looked at. */
  readonly verdict: 'ok' | 'warning' | 'bad';
  /** What is wrong, as a key of the `codes` texts and what stands in it. Null when nothing is. */
  readonly reason: CodeReason | null;
}

/** `unknown`: of a form that none of the three has. */
export type CodeKind = 'uscc' | 'orgCode' | 'residentId' | 'unknown';

export interface CodeReason {
  readonly key: string;
  readonly params: Readonly<Record<string, string | number>>;
}

/**
 * Full-width to half-width, blanks and what is not seen out, letters to upper case. Nothing else: a letter O in place of
 * a zero is a question to the person, not a correction.
 */
export const cleanCode = (text: string): string =>
  withoutUnseen(text).replaceAll(/[\uFF01-\uFF5E]/gu, (char) => String.fromCharCode(char.charCodeAt(0) - 0xfee0)).replaceAll(/\s/gu, '').toUpperCase();

/** Verdicts of one kind, to be made in one word each. */
export function verdicts(kind: CodeKind, code: string) {
  const say = (verdict: 'warning' | 'bad') => (key: string, params: CodeReason['params'] = {}): CodeCheck => ({
    kind,
    code,
    verdict,
    reason: { key: `codes:${kind}.${key}`, params },
  });
  const ok: CodeCheck = { kind, code, verdict: 'ok', reason: null };
  return { ok, bad: say('bad'), warning: say('warning') };
}

/** What was probably meant by a character that the code can't contain. */
const LOOKALIKES: ReadonlyMap<string, string> = new Map([
  ['O', '0'],
  ['I', '1'],
]);

/** The first character that does not belong in its place, counted from 1, with what was probably meant. */
export function strangerIn(
  code: string,
  belongs: (char: string, index: number) => boolean,
): { position: number; found: string; meant: string | null } | null {
  const chars = [...code];
  const index = chars.findIndex((char, at) => !belongs(char, at));
  if (index < 0) return null;
  const found = chars[index] ?? '';
  return { position: index + 1, found, meant: LOOKALIKES.get(found) ?? null };
}

/** Province-level codes of GB/T 2260, first two digits. */
const PROVINCES = new Set(
  '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82'.split(' '),
);

/**
 * Whether an area code begins with a province that exists. The list of counties is not kept here, so abolished
 * county codes, under which old IDs and old registrations stay valid, pass; a county that never was passes too.
 */
export function isProvince(areaCode: string): boolean {
  return PROVINCES.has(areaCode.slice(0, 2));
}
