import type { Row } from '../../rules/casefile/rows.ts';
import type { Bound } from '../prepared.ts';

/** What a column is written as; index terms become a `tsvector`. */
const placeholder = (column: string, n: number): string => (column === 'search' ? `array_to_tsvector($${n}::text[])` : `$${n}`);

/** Rows of one statement: each number of rows is a text of its own for the server to plan. */
const mostRows = 8;

type Written = Row | Readonly<Record<string, unknown>>;

function inserting(table: string, rows: readonly Written[], kind: string, conflict: string): Bound[] {
  const [first] = rows;
  if (!first) return [];
  const columns = Object.keys(first);
  const statements: Bound[] = [];
  for (let from = 0; from < rows.length; from += mostRows) {
    const some = rows.slice(from, from + mostRows);
    const tuples = some.map((_, n) => `(${columns.map((column, c) => placeholder(column, n * columns.length + c + 1)).join(', ')})`);
    statements.push({
      name: `${kind}-${table}-${some.length}`,
      text: `insert into ${table} (${columns.join(', ')}) values ${tuples.join(', ')}${conflict}`,
      values: some.flatMap((row) => columns.map((column) => row[column as keyof Written])),
    });
  }
  return statements;
}

/** Adds rows. Every row of a table has the same columns. */
export const insertRows = (table: string, rows: readonly Written[]): Bound[] => inserting(table, rows, 'insert', '');

/** Adds rows, or overwrites those with the same key. */
export function upsertRows(table: string, keys: readonly string[], rows: readonly Row[]): Bound[] {
  const others = Object.keys(rows[0] ?? {}).filter((column) => !keys.includes(column));
  const action = others.length === 0 ? 'nothing' : `update set ${others.map((column) => `${column} = excluded.${column}`).join(', ')}`;
  return inserting(table, rows, 'upsert', ` on conflict (${keys.join(', ')}) do ${action}`);
}

/** Removes rows by their keys. */
export function deleteRows(table: string, keys: readonly string[], rows: readonly Row[]): Bound[] {
  return rows.map((row) => ({
    name: `delete-${table}`,
    text: `delete from ${table} where ${keys.map((key, n) => `${key} = $${n + 1}`).join(' and ')}`,
    values: keys.map((key) => row[key]),
  }));
}

/** Overwrites the row of an id. */
export function updateRow(table: string, id: string, row: Written): Bound {
  const columns = Object.keys(row).filter((column) => column !== 'id');
  return {
    name: `update-${table}`,
    text: `update ${table} set ${columns.map((column, n) => `${column} = $${n + 2}`).join(', ')} where id = $1`,
    values: [id, ...columns.map((column) => row[column as keyof Written])],
  };
}
