import type { Knex } from 'knex';
import { queryTerms } from '../../rules/search/tokens.ts';
import { folded } from '../../rules/text/alike.ts';

/** A condition on `incident as i`, with its bindings. */
export interface Condition {
  readonly sql: string;
  readonly bindings: Knex.RawBinding[];
}

const NUMBER = /^([a-z]{2,4}-\d{4}-\d{1,9})(?:-\w{1,4})?$/i;
const RUNS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+|[\p{L}\p{N}]+/gu;
const IDEOGRAPHIC = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
/** A shorter beginning of a word would match half the city. */
const SHORTEST_PREFIX = 2;
/** A run of up to two characters is one index term, which leaves nothing to look at again. */
const ONE_TERM = 2;

/** Each is one lexeme, taken literally. */
const quoted = (term: string): string => `'${term.replaceAll(/['\\]/gu, (sign) => sign + sign)}'`;

/**
 * Incidents whose title, number, subjects or codes hold what was typed.
 *
 * A number, or its beginning, is looked up as such. Otherwise every term must be in the index; the last word counts
 * from its beginning on, so that half a code finds its firm. Chinese runs of three and more characters are looked at
 * again in the texts themselves, as their pairs may stand apart there. Null when only signs were typed.
 */
export function searchCondition(typed: string): Condition | null {
  const text = folded(typed).trim();
  const number = NUMBER.exec(text)?.[1];
  if (number !== undefined) return { sql: 'i.case_no like ?', bindings: [`${number.toUpperCase()}%`] };

  const terms = queryTerms(text);
  if (terms.length === 0) return null;
  const runs = [...text.matchAll(RUNS)].map(([run]) => run);
  const last = runs.at(-1) ?? '';
  const prefix = !IDEOGRAPHIC.test(last) && last.length >= SHORTEST_PREFIX ? last.slice(0, 64) : null;
  const query = terms.map((term) => (term === prefix ? `${quoted(term)}:*` : quoted(term))).join(' & ');

  const recheck = runs.filter((run) => IDEOGRAPHIC.test(run) && [...run].length > ONE_TERM);
  const again = recheck.map(() =>
    `(folded(i.title) like ? or exists (select 1 from case_subject s where s.case_id = i.case_id and folded(s.name) like ?))`);
  return {
    sql: ['i.search @@ ?::tsquery', ...again].join(' and '),
    bindings: [query, ...recheck.flatMap((run) => [`%${run}%`, `%${run}%`])],
  };
}
