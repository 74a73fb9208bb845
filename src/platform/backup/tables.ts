import type { ClientBase } from 'pg';

/** Nobody misses these: sessions end with the machine, counters last minutes, and migrations are run, not copied. */
const leftOut = ['session', 'rate_limit', 'schema_migration', 'schema_migration_lock'];

export interface Table {
  readonly name: string;
  /** Without those that the database computes itself. */
  readonly columns: readonly string[];
}

/** Quoted for a statement; names come from the catalogue. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const columnList = ({ columns }: Table): string => columns.map(quoted).join(', ');

/** The tables that a backup holds, by name. */
export async function tablesOf(client: ClientBase): Promise<Table[]> {
  const { rows } = await client.query<Table>(
    `select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
     from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
     where n.nspname = 'public' and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
       and c.relname <> all($1::text[])
     group by c.relname order by c.relname`,
    [leftOut],
  );
  return rows;
}

export interface Sequence {
  readonly name: string;
  /** Null when it has given out nothing yet. */
  readonly last: string | null;
}

export async function sequencesOf(client: ClientBase): Promise<Sequence[]> {
  const { rows } = await client.query<Sequence>(
    `select sequencename as name, last_value::text as last from pg_sequences where schemaname = 'public' and sequencename not like 'schema\\_%' order by 1`,
  );
  return rows;
}

/** Names of the migrations that made this schema, in their order. */
export async function migrationsOf(client: ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>('select name from schema_migration order by id');
  return rows.map(({ name }) => name);
}
