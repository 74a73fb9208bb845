import { isDate } from '../calendar/index.ts';
import { cleanCode, isProvince, strangerIn, verdicts, type CodeCheck } from './clean.ts';

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;
const CHECKS = '10X98765432';

/** Check character of the first seventeen digits. Source: GB 11643-1999. */
export function residentIdCheckCharacter(body: string): string {
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(body.charAt(index)), 0);
  return CHECKS.charAt(sum % 11);
}

/** Residence permits of people from Taiwan, Hong Kong and Macao carry these; permanent foreign residents a leading 9. */
function isIdArea(area: string): boolean {
  return isProvince(area) || area.startsWith('83') || area.startsWith('9');
}

/**
 * Resident ID number (公民身份号码, GB 11643). `today` is a `YYYY-MM-DD`: a birth after it is refused.
 *
 * Of the area only the province is checked (see `isProvince`). The check is modulo 11 over digits with
 * weights that differ: any single wrong digit and any swap of two neighbours is found.
 */
export function checkResidentId(text: string, today: string): CodeCheck {
  const code = cleanCode(text);
  const { ok, bad } = verdicts('residentId', code);
  const length = [...code].length;
  if (code === '') return bad('empty');
  if (/^\d{15}$/.test(code)) return bad('fifteen');
  if (length !== 18) return bad('length', { count: length });
  const stranger = strangerIn(code, (char, index) => (index < 17 ? /\d/ : /[\dX]/).test(char));
  if (stranger) {
    const { position, found, meant } = stranger;
    return meant === null ? bad('character', { position, found }) : bad('lookalike', { position, found, meant });
  }
  const area = code.slice(0, 6);
  if (!isIdArea(area)) return bad('area', { found: area });
  const born = `${code.slice(6, 10)}-${code.slice(10, 12)}-${code.slice(12, 14)}`;
  if (!isDate(born)) return bad('date', { found: born });
  if (born > today) return bad('future', { found: born });
  const expected = residentIdCheckCharacter(code);
  return expected === code.charAt(17) ? ok : bad('check', { position: 18, expected, found: code.charAt(17) });
}
