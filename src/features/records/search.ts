import { lexeme } from '../../platform/search.ts';
import { queryTerms } from '../../rules/search/tokens.ts';
import { folded } from '../../rules/text/alike.ts';

const RUNS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+|[\p{L}\p{N}]+/gu;
const IDEOGRAPHIC = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
/** A shorter beginning of a word would match half the city. */
const shortestPrefix = 2;
/** A run of up to two characters is one index term, which leaves nothing to look at again. */
const oneTerm = 2;

/** What a unified code begins with: who registered it, of which kind, six figures for the area, and then the rest. */
const codeBegins = /^[0-9A-Z][1-9](?:\d{0,6}|\d{6}[0-9A-Z]{1,10})$/u;

/** What was typed, as the index is asked for it. */
export interface Sought {
  readonly tsquery: string;
  /** It may be the beginning of a unified code: that, in capitals, and the word as it would stand in a name. */
  readonly code: { readonly begins: string; readonly word: string } | null;
  /** Chinese runs of three and more characters, for `like`: their pairs may stand apart in a text that has them all. */
  readonly again: readonly string[];
}

/** Every term must be in the index; the last word counts from its beginning on, so that half a code finds its firm. Null when only signs were typed. */
export function soughtIn(typed: string): Sought | null {
  const text = folded(typed).trim();
  const terms = queryTerms(text);
  if (terms.length === 0) return null;
  const runs = [...text.matchAll(RUNS)].map(([run]) => run);
  const last = runs.at(-1) ?? '';
  const prefix = !IDEOGRAPHIC.test(last) && last.length >= shortestPrefix ? last.slice(0, 64) : null;
  return {
    tsquery: terms.map((term) => (term === prefix ? `${lexeme(term)}:*` : lexeme(term))).join(' & '),
    code: prefix !== null && terms.length === 1 && codeBegins.test(prefix.toUpperCase()) ? { begins: `${prefix.toUpperCase()}%`, word: lexeme(prefix) } : null,
    again: runs.filter((run) => IDEOGRAPHIC.test(run) && [...run].length > oneTerm).map((run) => `%${run}%`),
  };
}

/**
 * Subjects that have what was typed. Half a city's codes begin alike: they are asked of the index of codes, which stops
 * at as many as are wanted, while that of terms would first collect them all.
 * @param subject the alias of `subject`; never text from outside.
 */
export function soughtSubjects(subject: string, { tsquery, code }: Sought): { sql: string; bindings: string[] } {
  if (code === null) return { sql: `${subject}.search @@ ?::tsquery`, bindings: [tsquery] };
  return { sql: `(${subject}.uscc like ? or ${subject}.search @@ ?::tsquery)`, bindings: [code.begins, code.word] };
}
