import { isDate } from '../calendar/index.ts';
import { cleanCode, isProvince, verdicts, type CodeCheck } from './clean.ts';
import { checkOrgCode } from './org-code.ts';
import { checkResidentId } from './resident-id.ts';
import { checkUscc } from './uscc.ts';

/** An area, then a day of birth of this or the last two centuries. The letters O and I are read as the digits they were meant to be. */
const LIKE_ID = /^\d{6}(?:18|19|20)\d{2}[01]\d[0-3]\d{4}[0-9A-Z]$/;

/** What only an ID, or a unified code of digits alone, is made of. */
const DIGITS = /^\d{17}[\dX]$/;

/** Fifteen digits were a first-generation ID or an old registration number: the ID has a day of birth in it. */
function isOldId(code: string): boolean {
  return isProvince(code) && isDate(`19${code.slice(6, 8)}-${code.slice(8, 10)}-${code.slice(10, 12)}`);
}

/**
 * Reads a code of which it isn't said what kind it is, by its form: 9 characters (or 8, a hyphen and 1) are an
 * organisation code, 18 a unified code or a resident ID, 15 digits the old form of either; all else is unknown.
 *
 * Eighteen characters can be both, as a unified code may be digits alone. What holds as an ID is one, since numbers
 * of persons are the ones to be careful with; then what holds as a unified code. What holds as neither is an ID if a
 * day of birth stands in its place, else a unified code. `today` is a `YYYY-MM-DD`.
 */
export function checkCode(text: string, today: string): CodeCheck {
  const code = cleanCode(text);
  const { bad } = verdicts('unknown', code);
  const length = [...code].length;
  if (code === '') return bad('empty');
  if (length === 9 || /^[0-9A-Z]{8}-[0-9A-Z]$/.test(code)) return checkOrgCode(code);
  if (/^\d{15}$/.test(code)) return isOldId(code) ? checkResidentId(code, today) : checkUscc(code);
  if (length !== 18) return bad('length', { count: length });
  if (DIGITS.test(code)) {
    const residentId = checkResidentId(code, today);
    if (residentId.verdict === 'ok') return residentId;
  }
  const uscc = checkUscc(code);
  if (uscc.verdict !== 'bad') return uscc;
  return LIKE_ID.test(code.replaceAll('O', '0').replaceAll('I', '1')) ? checkResidentId(code, today) : uscc;
}
