import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { repeat } from '../repeat.ts';

/** A line of the access log on its way into the table; columns as there. */
export interface JournalLine {
  /** ISO 8601. */
  readonly at: string;
  readonly kind: string;
  readonly person_id: string | null;
  readonly username: string | null;
  readonly about: string | null;
  readonly method: string;
  readonly path: string | null;
  readonly address: string | null;
  readonly user_agent: string | null;
  readonly request_id: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/**
 * Lines that are too many to wait for the database, one file of this process: what was appended is the operating
 * system's before anything is answered, and no end of the process takes it back. It is carried into the table a moment later.
 */
export interface AccessJournal {
  append(line: JournalLine): void;
  /** Carries over what this process has appended so far. */
  carryOver(): Promise<void>;
  /** Carries over what processes have left behind that are no more. */
  adopt(): Promise<void>;
}

const ENDING = '.ndjson';
const LARGEST = 4 * 1024 ** 2;
const PIECE = 512 * 1024;
/** A file that was not written to for so long is not written to again; others may remove it much later. */
const IDLE_MS = 60_000;
const ABANDONED_MS = 5 * IDLE_MS;

const COLUMNS = 'at, kind, person_id, username, about, method, path, address, user_agent, request_id, detail';
const INSERT = `
  insert into access_log (${COLUMNS})
  select ${COLUMNS} from jsonb_to_recordset(?::jsonb) as l (
    at timestamptz, kind text, person_id uuid, username text, about text, method text, path text, address text, user_agent text, request_id text, detail jsonb
  ) order by at`;

/** The whole lines from this byte on, at most one piece of them, and how long they are. */
async function linesFrom(path: string, from: number): Promise<{ lines: string[]; bytes: number }> {
  const handle = await open(path, 'r');
  try {
    const piece = Buffer.alloc(PIECE);
    const { bytesRead } = await handle.read(piece, 0, PIECE, from);
    const bytes = piece.subarray(0, bytesRead).lastIndexOf('\n') + 1;
    return { lines: piece.toString('utf8', 0, bytes).split('\n').filter((line) => line !== ''), bytes };
  } finally {
    await handle.close();
  }
}

interface Own {
  readonly name: string;
  readonly fd: number;
  size: number;
  writtenAt: number;
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

class FolderJournal implements AccessJournal {
  readonly #folder: string;
  readonly #knex: Knex;
  readonly #logger: Logger;
  #own: Own | null = null;
  /** Files of this process that it writes to no more. */
  readonly #full = new Set<string>();
  #last: Promise<void> = Promise.resolve();

  constructor(folder: string, knex: Knex, logger: Logger) {
    this.#folder = folder;
    this.#knex = knex;
    this.#logger = logger;
  }

  append(line: JournalLine): void {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`, 'utf8');
    try {
      const own = this.#current();
      const written = writeSync(own.fd, bytes);
      own.size += written;
      own.writtenAt = Date.now();
      if (written < bytes.length) throw new Error('the disk took a part of the line');
    } catch (error) {
      this.#leave();
      // The log of the process is the last place that it can stand in.
      this.#logger.error({ err: error, line }, 'a line of the access log could not be written to its journal');
    }
  }

  #current(): Own {
    if (this.#own && (this.#own.size > LARGEST || Date.now() - this.#own.writtenAt > IDLE_MS)) this.#leave();
    if (this.#own) return this.#own;
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const name = `${randomUUID()}${ENDING}`;
    this.#own = { name, fd: openSync(join(this.#folder, name), 'ax', 0o600), size: 0, writtenAt: Date.now() };
    return this.#own;
  }

  #leave(): void {
    if (!this.#own) return;
    closeSync(this.#own.fd);
    this.#full.add(this.#own.name);
    this.#own = null;
  }

  carryOver(): Promise<void> {
    return this.#next(() => this.#carryOwn());
  }

  adopt(): Promise<void> {
    return this.#next(() => this.#carryForeign());
  }

  /** One after the other. */
  #next(work: () => Promise<void>): Promise<void> {
    const next = this.#last.then(work);
    this.#last = next.catch(() => undefined);
    return next;
  }

  async #carryOwn(): Promise<void> {
    for (const name of this.#full) {
      await this.#carry(name);
      await this.#remove(name);
      this.#full.delete(name);
    }
    const own = this.#own;
    if (!own) return;
    const taken = await this.#carry(own.name);
    if (this.#own !== own || taken < own.size) return;
    // Nothing was appended since: nobody else runs between here and the end of the file's name.
    closeSync(own.fd);
    this.#own = null;
    unlinkSync(join(this.#folder, own.name));
    await this.#knex('access_journal').where({ name: own.name }).delete();
  }

  async #carryForeign(): Promise<void> {
    const names = await readdir(this.#folder).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    for (const name of names.filter((one) => one.endsWith(ENDING) && one !== this.#own?.name && !this.#full.has(one))) {
      try {
        await this.#carry(name);
        const { mtimeMs } = await stat(join(this.#folder, name));
        if (Date.now() - mtimeMs > ABANDONED_MS) await this.#remove(name);
      } catch (error) {
        // Its own process was quicker.
        if (!isMissing(error)) throw error;
      }
    }
  }

  /** Writes the lines of a file into the log, each once, whoever else does the same; the bytes of it that are there now. */
  async #carry(name: string): Promise<number> {
    const path = join(this.#folder, name);
    for (;;) {
      const { taken, more } = await this.#knex.transaction(async (trx) => {
        await trx('access_journal').insert({ name }).onConflict('name').ignore();
        const row: { taken: string | number } = await trx('access_journal').where({ name }).forUpdate().first('taken');
        const from = Number(row.taken);
        const { lines, bytes } = await linesFrom(path, from);
        if (bytes === 0) return { taken: from, more: false };
        await trx.raw(INSERT, [`[${lines.join(',')}]`]);
        await trx('access_journal').where({ name }).update({ taken: from + bytes });
        return { taken: from + bytes, more: true };
      });
      if (!more) return taken;
    }
  }

  async #remove(name: string): Promise<void> {
    await rm(join(this.#folder, name), { force: true });
    await this.#knex('access_journal').where({ name }).delete();
  }
}

/** @param folder of this machine's data folder; web processes that share it take over from one another. */
export function createAccessJournal(folder: string, knex: Knex, logger: Logger): AccessJournal {
  return new FolderJournal(folder, knex, logger);
}

const CARRY_MS = 1000;
const ADOPT_MS = 60_000;

/** Carries lines over, until the returned function is called, which does so a last time. */
export function startCarryingOver(journal: AccessJournal, logger: Logger): () => Promise<void> {
  const failed = (error: unknown): void => logger.warn({ err: error }, 'views wait in their journal; they are tried again');
  const stops = [repeat(CARRY_MS, () => journal.carryOver(), failed), repeat(ADOPT_MS, () => journal.adopt(), failed)];
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
    await journal.carryOver().catch(failed);
  };
}
