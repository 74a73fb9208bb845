import type { Knex } from 'knex';
import { queryTerms } from '../rules/search/tokens.ts';

/**
 * Rows whose `search` column holds every term of what was typed; nothing when only signs were typed.
 * Terms are bound as values, quoted for `tsquery` by the application: each is one lexeme, taken literally.
 */
export function matching(column: string, typed: string): { sql: string; bindings: Knex.RawBinding[] } {
  const terms = queryTerms(typed);
  if (terms.length === 0) return { sql: 'false', bindings: [] };
  const query = terms.map((term) => `'${term.replaceAll(/['\\]/gu, (sign) => sign + sign)}'`).join(' & ');
  return { sql: `${column} @@ ?::tsquery`, bindings: [query] };
}
