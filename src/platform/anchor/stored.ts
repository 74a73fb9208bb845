import type { Knex } from 'knex';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Finding, Verified } from '../proof.ts';
import { NotStored, SpoiltContent, type Storage } from '../storage.ts';

const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

const faults = {
  missing: { detail: 'a file that a case or record names is not stored', said: { key: 'storedMissing' } },
  spoilt: { detail: 'the stored content is not what its hash says', said: { key: 'storedOther' } },
} as const;

async function faultOf(storage: Pick<Storage, 'open'>, hash: string): Promise<keyof typeof faults | null> {
  try {
    const { content } = await storage.open(hash);
    await pipeline(content, nowhere());
    return null;
  } catch (error) {
    if (error instanceof NotStored) return 'missing';
    if (error instanceof SpoiltContent) return 'spoilt';
    throw error;
  }
}

/** Reads every file that the events of cases and records name, and compares it with its hash: the chains cover the hashes. */
export async function* verifyStored(knex: Knex, storage: Pick<Storage, 'open'>): AsyncGenerator<Verified> {
  const chunk = 500;
  let count = 0;
  for (let after = ''; ;) {
    const { rows }: { rows: { hash: string }[] } = await knex.raw(
      `select distinct hash from (
         select m[1] as hash from case_event, regexp_matches(what::text, '"hash":"([0-9a-f]{64})"', 'g') m
         union all select m[1] from record_event, regexp_matches(what::text, '"hash":"([0-9a-f]{64})"', 'g') m
       ) named where hash > ? and not exists (select 1 from file_scan s where s.hash = named.hash and s.status = 'infected') order by hash limit ?`,
      [after, chunk],
    );
    const findings: Finding[] = [];
    for (const { hash } of rows) {
      const fault = await faultOf(storage, hash);
      if (fault !== null) findings.push({ file: 'stored', id: hash, number: '', kind: 'content', seq: null, ...faults[fault] });
    }
    count += rows.length;
    yield { files: count, events: 0, findings };
    if (rows.length < chunk) return;
    after = rows.at(-1)!.hash;
  }
}
