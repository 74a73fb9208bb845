import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import pg from 'pg';
import { to } from 'pg-copy-streams';
import { hashOfFile, tableFile, type Manifest } from './manifest.ts';
import { columnList, migrationsOf, quoted, sequencesOf, tablesOf } from './tables.ts';

/** Lines of COPY's text form: within a value a line end is written as two signs. */
function countLines(): { readonly stream: Transform; readonly lines: () => number } {
  let lines = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines += 1;
      done(null, chunk);
    },
  });
  return { stream, lines: () => lines };
}

/**
 * Writes every table as it stood at one moment, while others go on writing; nobody waits for it.
 * @param onTable told of each table before it is written.
 */
export async function dumpDatabase(url: string, folder: string, onTable: (name: string) => void): Promise<Omit<Manifest, 'format' | 'files' | 'keys'>> {
  const client = new pg.Client({ connectionString: url, application_name: 'xinzhi-backup' });
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    const { rows: [moment] } = await client.query<{ at: Date }>('select now() as at');
    const migrations = await migrationsOf(client);
    const tables: Manifest['tables'] = [];
    for (const table of await tablesOf(client)) {
      onTable(table.name);
      const path = join(folder, tableFile(table.name));
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const counted = countLines();
      const source = client.query(to(`copy ${quoted(table.name)} (${columnList(table)}) to stdout`));
      await pipeline(source, counted.stream, createGzip(), createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true }));
      tables.push({ ...table, columns: [...table.columns], rows: counted.lines(), sha256: await hashOfFile(path) });
    }
    // Sequences know no snapshot: read last, they have given out at least what stands in the tables.
    const sequences = await sequencesOf(client);
    await client.query('commit');
    return { madeAt: moment!.at.toISOString(), migrations, tables, sequences };
  } finally {
    await client.end();
  }
}
