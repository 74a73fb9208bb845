import type { Knex } from 'knex';
import { queryTerms } from '../rules/search/tokens.ts';

/** A term as `tsvector` and `tsquery` read it: one lexeme, taken literally. */
export const lexeme = (term: string): string => `'${term.replaceAll(/['\\]/gu, (sign) => sign + sign)}'`;

/** Index terms as the text of a `tsvector`: letters and digits alone, of which none needs quotes. */
export const vectorOf = (terms: readonly string[]): string => terms.join(' ');

/**
 * Rows whose `search` column holds every term of what was typed; nothing when only signs were typed.
 * Terms are bound as values, quoted for `tsquery` by the application.
 */
export function matching(column: string, typed: string): { sql: string; bindings: Knex.RawBinding[] } {
  const terms = queryTerms(typed);
  if (terms.length === 0) return { sql: 'false', bindings: [] };
  return { sql: `${column} @@ ?::tsquery`, bindings: [terms.map(lexeme).join(' & ')] };
}
