import type { Knex } from 'knex';

const textType = 25;
const header = 20;

/** A column of rows that are handed over: its name, its type, and its text in a row. */
export interface Column<T> {
  readonly name: string;
  readonly type: string;
  text(row: T): string | null;
}

/**
 * Texts as PostgreSQL sends and takes `text[]` in binary (`array_recv`: dimensions, whether there are nulls, type,
 * length, first index, and each element behind its length), which is bound where the statement says `?::text[]`.
 * Many long texts are read so several times as fast as from JSON, or from an array literal, in which signs are escaped.
 */
function textArray(texts: readonly (string | null)[]): Buffer {
  const sizes = texts.map((text) => (text === null ? -1 : Buffer.byteLength(text)));
  const bytes = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + 4 + Math.max(size, 0), header));
  let at = 0;
  for (const number of [1, texts.includes(null) ? 1 : 0, textType, texts.length, 1]) at = bytes.writeInt32BE(number, at);
  for (const [n, text] of texts.entries()) {
    at = bytes.writeInt32BE(sizes[n]!, at);
    if (text !== null) at += bytes.write(text, at);
  }
  return bytes;
}

/**
 * Rows as a table `t` of one statement, one array a column, so that hundreds of them are read at once. `json` columns
 * keep the text as it is written, with its keys in order; `jsonb` would not.
 */
export function rowsAs<T>(columns: readonly Column<T>[], rows: readonly T[]): { readonly sql: string; readonly bindings: readonly Knex.RawBinding[] } {
  const typed = columns.map(({ name, type }) => (type === 'text' ? name : `${name}::${type} as ${name}`));
  return {
    sql: `(select ${typed.join(', ')} from unnest(${columns.map(() => '?::text[]').join(', ')}) as texts(${columns.map(({ name }) => name).join(', ')})) t`,
    bindings: columns.map(({ text }) => textArray(rows.map((row) => text(row)))),
  };
}

/** `bytea` as text. */
export const hexOf = (bytes: Buffer): string => `\\x${bytes.toString('hex')}`;
