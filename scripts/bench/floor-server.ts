import { createServer } from 'node:http';
import pg from 'pg';
import type { Statement } from './page-floors.ts';

// The floor of a page: its rows by prepared statements of `pg`, and as many bytes by `node:http`. Asked by
// POST `{ databaseUrl, statements }` for a page, which gives an address, and then by GET `address?bytes=N`.

interface Question {
  databaseUrl: string;
  statements: Statement[];
}

const most = 10;
const pools = new Map<string, pg.Pool>();
const pages: { pool: pg.Pool; statements: Statement[] }[] = [];

async function rowsOf({ pool, statements }: (typeof pages)[number]): Promise<void> {
  await Promise.all(statements.map(async ({ name, text, values, each }) => {
    const { rows } = await pool.query<Record<string, unknown>>({ name, text, values: [...values] });
    if (!each) return;
    const ids = rows.map((row) => row['case_id']);
    await Promise.all(each.map((more) => pool.query({ name: more.name, text: more.text, values: [ids] })));
  }));
}

const server = createServer((request, response) => {
  const answer = async (): Promise<void> => {
    if (request.method === 'POST') {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const { databaseUrl, statements } = JSON.parse(Buffer.concat(parts).toString('utf8')) as Question;
      const pool = pools.get(databaseUrl) ?? new pg.Pool({ connectionString: databaseUrl, max: most });
      pools.set(databaseUrl, pool);
      pages.push({ pool, statements });
      response.end(String(pages.length - 1));
      return;
    }
    const url = new URL(request.url ?? '/', 'http://floor');
    await rowsOf(pages[Number(url.pathname.slice(1))]!);
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(Buffer.alloc(Number(url.searchParams.get('bytes')), 'x'));
  };
  answer().catch((error: unknown) => {
    response.statusCode = 500;
    response.end(String(error));
  });
});

server.listen(Number(process.argv[2]), '127.0.0.1', () => process.send?.('ready'));
process.once('disconnect', () => process.exit());
