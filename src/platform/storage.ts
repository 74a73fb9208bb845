import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Unavailable } from './http/errors.ts';

/** Content as it is known everywhere: by its hash. */
export interface Stored {
  /** SHA-256, 64 hexadecimal digits in lower case. */
  readonly hash: string;
  readonly bytes: number;
}

/**
 * Files by the SHA-256 of their content; the same content is stored once. What is put waits for a day, until
 * somebody keeps it: so a form that is shown again holds its files, and one that is given up leaves nothing behind.
 * Any server with objects, copying and an expiry rule (S3: a prefix for what waits) can fulfil it.
 */
export interface Storage {
  /**
   * Takes a stream in to its end.
   * @throws Unavailable('storage') when the disk is full or away; nothing is stored then.
   */
  put(source: Readable): Promise<Stored>;
  /** Stores for good what waits; again is no error. @throws NotStored when it was never put, or has expired. */
  keep(hash: string): Promise<void>;
  /**
   * The content, kept or waiting. The stream fails before its end when the content is not what its hash says.
   * @throws NotStored
   */
  open(hash: string): Promise<{ bytes: number; content: Readable }>;
  /** Takes a content away, kept or waiting; one that is not there is no error. */
  remove(hash: string): Promise<void>;
}

/** There is no content of this hash. */
export class NotStored extends Error {
  readonly hash: string;
  constructor(hash: string) {
    super(`no content ${hash} is stored`);
    this.name = 'NotStored';
    this.hash = hash;
  }
}

/** The content was changed where it is stored. */
export class SpoiltContent extends Error {
  constructor(hash: string) {
    super(`the content stored as ${hash} has another hash`);
    this.name = 'SpoiltContent';
  }
}

const HOUR_MS = 3_600_000;
const WAITING_MS = 24 * HOUR_MS;
const HASH = /^[0-9a-f]{64}$/;

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** Faults of the place itself, not of what was asked of it. */
const AWAY = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO', 'EMFILE', 'ENFILE', 'ENOTDIR']);

async function orUnavailable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw AWAY.has(codeOf(error)) ? new Unavailable('storage', 'no', error) : error;
  }
}

const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT';

/** Makes the names in a folder survive a loss of power. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

/** Lets everything through but the last piece, until the hash of the whole is known to be right. */
function verified(hash: string): Transform {
  const seen = createHash('sha256');
  let held: Buffer | null = null;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen.update(chunk);
      const before = held;
      held = chunk;
      done(null, before);
    },
    flush(done) {
      if (seen.digest('hex') === hash) done(null, held);
      else done(new SpoiltContent(hash));
    },
  });
}

class FolderStorage implements Storage {
  readonly #folder: string;
  readonly #now: () => number;
  #sweptAt = 0;

  constructor(folder: string, now: () => number) {
    this.#folder = folder;
    this.#now = now;
  }

  #kept(hash: string): string {
    return join(this.#folder, 'kept', hash.slice(0, 2), hash);
  }

  #waiting(hash: string): string {
    return join(this.#folder, 'waiting', hash);
  }

  async put(source: Readable): Promise<Stored> {
    return orUnavailable(this.#put(source));
  }

  async #put(source: Readable): Promise<Stored> {
    const draft = join(this.#folder, 'incoming', randomUUID());
    await mkdir(dirname(draft), { recursive: true });
    await mkdir(join(this.#folder, 'waiting'), { recursive: true });
    const hash = createHash('sha256');
    let bytes = 0;
    const count = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        bytes += chunk.length;
        done(null, chunk);
      },
    });
    try {
      await pipeline(source, count, createWriteStream(draft, { flags: 'wx', flush: true }));
      const name = hash.digest('hex');
      await utimes(draft, this.#now() / 1000, this.#now() / 1000);
      await rename(draft, this.#waiting(name));
      await this.#sweep();
      return { hash: name, bytes };
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }

  async keep(hash: string): Promise<void> {
    if (!HASH.test(hash)) throw new NotStored(hash);
    await orUnavailable(this.#keep(hash));
  }

  async #keep(hash: string): Promise<void> {
    const place = this.#kept(hash);
    const exists = await stat(place).then(() => true, () => false);
    if (exists) return;
    await mkdir(dirname(place), { recursive: true });
    try {
      await rename(this.#waiting(hash), place);
    } catch (error) {
      if (!isMissing(error)) throw error;
      // Another process may have kept it between the two looks.
      await stat(place).catch(() => {
        throw new NotStored(hash);
      });
    }
    await syncFolder(dirname(place));
  }

  async open(hash: string): Promise<{ bytes: number; content: Readable }> {
    if (!HASH.test(hash)) throw new NotStored(hash);
    for (const place of [this.#kept(hash), this.#waiting(hash), this.#kept(hash)]) {
      try {
        const handle = await open(place, 'r');
        const { size } = await handle.stat();
        const check = verified(hash);
        // What fails here ends `check`, and so reaches whoever reads it.
        pipeline(handle.createReadStream(), check).catch(() => undefined);
        return { bytes: size, content: check };
      } catch (error) {
        if (!isMissing(error)) throw AWAY.has(codeOf(error)) ? new Unavailable('storage', 'no', error) : error;
      }
    }
    throw new NotStored(hash);
  }

  async remove(hash: string): Promise<void> {
    if (!HASH.test(hash)) return;
    for (const place of [this.#waiting(hash), this.#kept(hash)]) await orUnavailable(rm(place, { force: true }));
  }

  /** Removes what has waited for a day, and drafts of processes that died; at most once an hour. */
  async #sweep(): Promise<void> {
    const now = this.#now();
    if (now - this.#sweptAt < HOUR_MS) return;
    this.#sweptAt = now;
    for (const folder of ['waiting', 'incoming'].map((name) => join(this.#folder, name))) {
      for (const name of await readdir(folder)) {
        const file = join(folder, name);
        const age = await stat(file).then(({ mtimeMs }) => now - mtimeMs, () => 0);
        if (age > WAITING_MS) await rm(file, { force: true });
      }
    }
  }
}

/** Storage in a folder that all web processes share. */
export function createFolderStorage(folder: string, now: () => number = Date.now): Storage {
  return new FolderStorage(folder, now);
}
