import { lexeme } from '../../platform/search.ts';
import { queryTerms } from '../../rules/search/tokens.ts';

const RUNS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+|[\p{L}\p{N}]+/gu;
const IDEOGRAPHIC = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
/** A shorter beginning of a word would match half the city. */
const shortestPrefix = 2;
/** A run of up to two characters is one index term, which leaves nothing to look at again. */
const oneTerm = 2;

/** What was typed, as the index is asked for it. */
export interface Sought {
  readonly tsquery: string;
  /** Chinese runs of three and more characters, for `like`: their pairs may stand apart in a text that has them all. */
  readonly again: readonly string[];
}

/** Every term must be in the index; the last word counts from its beginning on, so that half a code finds its firm. Null when only signs were typed. */
export function soughtIn(typed: string): Sought | null {
  const text = typed.normalize('NFKC').toLowerCase().trim();
  const terms = queryTerms(text);
  if (terms.length === 0) return null;
  const runs = [...text.matchAll(RUNS)].map(([run]) => run);
  const last = runs.at(-1) ?? '';
  const prefix = !IDEOGRAPHIC.test(last) && last.length >= shortestPrefix ? last.slice(0, 64) : null;
  return {
    tsquery: terms.map((term) => (term === prefix ? `${lexeme(term)}:*` : lexeme(term))).join(' & '),
    again: runs.filter((run) => IDEOGRAPHIC.test(run) && [...run].length > oneTerm).map((run) => `%${run}%`),
  };
}
