import { createHash } from 'node:crypto';
import type { Knex } from 'knex';

interface PgConnection {
  query(query: { name?: string; text: string; values: unknown[]; query_timeout?: number }): Promise<{ rows: unknown[] }>;
}

interface PgClient {
  acquireConnection(): Promise<PgConnection>;
  releaseConnection(connection: PgConnection): Promise<void>;
}

/** A statement that each connection plans once. `name` must be the text's own. */
export interface Prepared {
  readonly name: string;
  /** With `$1`, `$2`, … */
  readonly text: string;
  /** Gives up after so many milliseconds, also when the server has stopped answering. */
  readonly timeoutMs?: number;
}

/** A prepared statement with its values; one without a name is planned for these values. */
export interface Bound extends Omit<Prepared, 'name'> {
  readonly name?: string;
  readonly values: readonly unknown[];
}

async function askTogether(knex: Knex, statements: readonly Bound[]): Promise<PromiseSettledResult<{ rows: unknown[] }>[]> {
  const client = knex.client as PgClient;
  const connection = await client.acquireConnection();
  try {
    return await Promise.allSettled(statements.map(({ name, text, values }) => connection.query({ ...(name === undefined ? {} : { name }), text, values: [...values] })));
  } finally {
    await client.releaseConnection(connection);
  }
}

/**
 * Runs statements in this order on one connection, all sent at once: together they wait for the server once.
 * Give it a transaction, or each stands for itself.
 * @throws the error of the first that failed, when the last has been answered.
 */
export async function runTogether(knex: Knex, statements: readonly Bound[]): Promise<unknown[][]> {
  return (await askTogether(knex, statements)).map((answer) => {
    if (answer.status === 'rejected') throw answer.reason;
    return answer.value.rows;
  });
}

/** Each connection keeps a plan by each name: texts beyond so many are planned each time. */
const mostNames = 300;
const names = new Map<string, string>();

function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= mostNames) return known;
  const name = `q-${createHash('sha256').update(text).digest('base64url').slice(0, 16)}`;
  names.set(text, name);
  return name;
}

interface Asking {
  readonly statement: Bound;
  resolve(rows: unknown[]): void;
  reject(error: unknown): void;
}
const asking = new WeakMap<Knex, Asking[]>();

function send(knex: Knex): void {
  const together = asking.get(knex) ?? [];
  asking.delete(knex);
  askTogether(knex, together.map(({ statement }) => statement)).then(
    (answers) => answers.forEach((answer, n) => (answer.status === 'fulfilled' ? together[n]!.resolve(answer.value.rows) : together[n]!.reject(answer.reason))),
    (error: unknown) => together.forEach(({ reject }) => reject(error)),
  );
}

/**
 * Asks what a page shows. All that is asked in one go waits for the server once, on one connection; and each text is planned
 * once a connection, where the planning of what a page asks took longer than the reading.
 * Not for what may take long, as the others would wait for it, nor where the best plan depends on the values, as in a search.
 */
export function ask<Row>(knex: Knex, query: Knex.QueryBuilder | Knex.Raw): Promise<Row[]> {
  const { sql: text, bindings: values } = query.toSQL().toNative();
  const name = nameOf(text);
  return new Promise((resolve, reject) => {
    const together = asking.get(knex) ?? [];
    if (together.length === 0) process.nextTick(send, knex);
    together.push({ statement: { ...(name === undefined ? {} : { name }), text, values }, resolve: (rows) => resolve(rows as Row[]), reject });
    asking.set(knex, together);
  });
}

/**
 * Runs a named prepared statement on a connection of the pool: for the few statements that every
 * request runs, it saves Knex's builder and the server's planner. Rows come back as `pg` reads them.
 */
export async function runPrepared<Row>(knex: Knex, statement: Prepared, values: unknown[]): Promise<Row[]> {
  const client = knex.client as PgClient;
  const connection = await client.acquireConnection();
  try {
    const { rows } = await connection.query({
      name: statement.name,
      text: statement.text,
      values,
      ...(statement.timeoutMs === undefined ? {} : { query_timeout: statement.timeoutMs }),
    });
    return rows as Row[];
  } finally {
    await client.releaseConnection(connection);
  }
}
