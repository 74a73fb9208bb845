import { cleanCode, strangerIn, verdicts, type CodeCheck } from './clean.ts';

const WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2] as const;
const VALUES = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Check character of the eight characters of a body. Source: GB 11714-1997. */
export function orgCheckCharacter(body: string): string {
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * VALUES.indexOf(body.charAt(index)), 0);
  const check = 11 - (sum % 11);
  return check === 10 ? 'X' : check === 11 ? '0' : String(check);
}

/**
 * Organisation code (组织机构代码, GB 11714): eight characters and a check, with or without the hyphen.
 * The check is modulo 11 over values to 35: it misses a wrong letter whose value differs by 11 or 22.
 */
export function checkOrgCode(text: string): CodeCheck {
  const code = cleanCode(text).replaceAll('-', '');
  const { ok, bad } = verdicts('orgCode', code);
  if (code === '') return bad('empty');
  if ([...code].length !== 9) return bad('length', { count: [...code].length });
  const stranger = strangerIn(code, (char, index) => (index < 8 ? VALUES.includes(char) : /[0-9X]/.test(char)));
  if (stranger) return bad('character', { position: stranger.position, found: stranger.found });
  const expected = orgCheckCharacter(code);
  return expected === code.charAt(8) ? ok : bad('check', { position: 9, expected, found: code.charAt(8) });
}
