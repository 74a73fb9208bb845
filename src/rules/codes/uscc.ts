import { cleanCode, isProvince, strangerIn, verdicts, type CodeCheck } from './clean.ts';
import { orgCheckCharacter } from './org-code.ts';

/** Values 0 to 30; I, O, S, V and Z are left out. */
const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28] as const;

/** Registering authorities, first character, and the kinds of organisation they register, second character. */
const REGISTERED_KINDS: ReadonlyMap<string, string> = new Map([
  ['1', '1239'],
  ['2', '19'],
  ['3', '123459'],
  ['4', '19'],
  ['5', '1239'],
  ['6', '129'],
  ['7', '129'],
  ['8', '19'],
  ['9', '123'],
  ['A', '19'],
  ['N', '1239'],
  ['Y', '1'],
]);

/** Check character of the first seventeen characters of a code. Source: GB 32100-2015. */
export function usccCheckCharacter(body: string): string {
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * ALPHABET.indexOf(body.charAt(index)), 0);
  return ALPHABET.charAt((31 - (sum % 31)) % 31);
}

/**
 * Unified social credit code (统一社会信用代码, GB 32100-2015).
 *
 * Its check is modulo 31 with a prime and weights that differ, so any single wrong character and any swap of two
 * neighbours is found. An inner organisation code (characters 9 to 17) that fails its own check, an authority, kind
 * or area that isn't in the tables, are warnings: a few early codes that are in use are like that.
 */
export function checkUscc(text: string): CodeCheck {
  const code = cleanCode(text);
  const { ok, bad, warning } = verdicts('uscc', code);
  const length = [...code].length;
  if (code === '') return bad('empty');
  if (length === 15 && /^\d+$/.test(code)) return bad('registrationNumber');
  if (/^[0-9A-Z]{8}-?[0-9X]$/.test(code)) return bad('orgCodeOnly');
  if (length !== 18) return bad('length', { count: length });

  const stranger = strangerIn(code, (char, index) => (index > 1 && index < 8 ? /\d/ : /[0-9A-HJ-NP-RTUWXY]/).test(char));
  if (stranger) {
    const { position, found, meant } = stranger;
    if (meant !== null) return bad('lookalike', { position, found, meant });
    return position > 2 && position < 9 ? bad('areaCharacter', { position, found }) : bad('character', { position, found });
  }

  const expected = usccCheckCharacter(code);
  const found = code.charAt(17);
  const inner = { position: 17, innerExpected: orgCheckCharacter(code.slice(8, 16)), innerFound: code.charAt(16) };
  const innerFails = inner.innerExpected !== inner.innerFound;
  if (expected !== found) return bad(innerFails ? 'checkAndInner' : 'check', { ...(innerFails ? inner : {}), position: 18, expected, found });
  if (innerFails) return warning('inner', { position: 17, expected: inner.innerExpected, found: inner.innerFound });

  const kinds = REGISTERED_KINDS.get(code.charAt(0));
  if (kinds === undefined) return warning('authority', { found: code.charAt(0) });
  if (!kinds.includes(code.charAt(1))) return warning('organisationKind', { authority: code.charAt(0), found: code.charAt(1) });
  const area = code.slice(2, 8);
  // 10 is the whole country: ministries and national associations.
  return area.startsWith('10') || isProvince(area) ? ok : warning('area', { found: area });
}
