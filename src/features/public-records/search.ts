import { checkResidentId, checkUscc, cleanCode, type CodeReason } from '../../rules/codes/index.ts';
import { queryTerms } from '../../rules/search/tokens.ts';

/** What somebody typed, read as what he meant. */
export type Asked =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'code'; readonly code: string }
  /** Meant as a unified code, and wrong. */
  | { readonly kind: 'badCode'; readonly reason: CodeReason }
  /** The ID number of a person: it is neither searched nor shown again. */
  | { readonly kind: 'person' }
  | { readonly kind: 'name'; readonly name: string }
  /** Signs alone, which no name is made of. */
  | { readonly kind: 'signs'; readonly typed: string };

const LENGTH = 18;
/** An area, then a day of birth of the last or this century: whoever mistyped his ID number must not see it in a page either. */
const LIKE_ID = /^\d{6}(?:19|20)\d{2}[01]\d[0-3]\d{4}[\dX]$/;

export function readSearch(typed: string, today: string): Asked {
  if (typed === '') return { kind: 'nothing' };
  const code = cleanCode(typed);
  if (/^[0-9A-Z]{18}$/.test(code) && code.length === LENGTH) {
    const uscc = checkUscc(code);
    if (uscc.verdict !== 'bad') return { kind: 'code', code: uscc.code };
    if (checkResidentId(code, today).verdict === 'ok' || LIKE_ID.test(code)) return { kind: 'person' };
    return { kind: 'badCode', reason: uscc.reason ?? { key: 'codes:uscc.empty', params: {} } };
  }
  return queryTerms(typed).length === 0 ? { kind: 'signs', typed } : { kind: 'name', name: typed };
}
