import type { Knex } from 'knex';

interface PgConnection {
  query(query: { name: string; text: string; values: unknown[]; query_timeout?: number }): Promise<{ rows: unknown[] }>;
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

/** A prepared statement with its values. */
export interface Bound extends Prepared {
  readonly values: readonly unknown[];
}

/**
 * Runs statements in this order on one connection, all sent at once: together they wait for the server once.
 * Give it a transaction, or each stands for itself.
 * @throws the error of the first that failed, when the last has been answered.
 */
export async function runTogether(knex: Knex, statements: readonly Bound[]): Promise<unknown[][]> {
  const client = knex.client as PgClient;
  const connection = await client.acquireConnection();
  try {
    const answers = await Promise.allSettled(statements.map(({ name, text, values }) => connection.query({ name, text, values: [...values] })));
    return answers.map((answer) => {
      if (answer.status === 'rejected') throw answer.reason;
      return answer.value.rows;
    });
  } finally {
    await client.releaseConnection(connection);
  }
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
