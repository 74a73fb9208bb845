import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import multer from 'multer';
import { refusedCharacter, type RefusedCharacter } from '../../rules/text/characters.ts';
import { BadRequest, Invalid, TooLarge } from './errors.ts';
import { assertUtf8, characterKey, characterParams, entriesOfPairs, fieldsOf, mostFields, refusal, refusedInJson, type Entry } from './flat.ts';

/** One file of a multipart form. */
export interface Upload {
  readonly field: string;
  /** As the browser sent it: for showing only, never a path. @throws BadRequest when `refused`: it is shown nowhere. */
  readonly name: string;
  /** What of the name may not come in, if anything. */
  readonly refused?: RefusedCharacter;
  /** Where the bytes are until the answer is sent; null when the file was too large to be kept. */
  readonly path: string | null;
  /** Bytes received, also of a file too large to be kept. */
  readonly size: number;
  readonly tooLarge: boolean;
}

export interface BodyLimits {
  /** Largest file, in bytes; a larger one is read to its end and thrown away, the form is still answered. */
  readonly fileBytes: number;
  readonly files: number;
  /** All fields of a form together, and a JSON body, in bytes. */
  readonly fieldBytes: number;
}

export const defaultBodyLimits: BodyLimits = { fileBytes: 20 * 1024 ** 2, files: 20, fieldBytes: 1024 ** 2 };

/** Beyond this a request is not even read to its end. */
const REFUSED_UNREAD = 256 * 1024 ** 2;

interface Stored {
  readonly path: string | null;
  readonly size: number;
}

/** Writes to disk up to the limit and counts the rest, so that a large file costs no form its fields. */
class CuttingStorage implements multer.StorageEngine {
  readonly #folder: string;
  readonly #limitOf: (req: Request) => number;

  constructor(folder: string, limitOf: (req: Request) => number) {
    this.#folder = folder;
    this.#limitOf = limitOf;
  }

  _handleFile(req: Request, file: Express.Multer.File, callback: (error?: unknown, info?: Partial<Express.Multer.File>) => void): void {
    this.#store(file, this.#limitOf(req)).then(
      ({ path, size }) => callback(null, path === null ? { size } : { size, path }),
      (error: unknown) => callback(error),
    );
  }

  _removeFile(_req: Request, file: Express.Multer.File, callback: (error: Error | null) => void): void {
    if (!file.path) return callback(null);
    rm(file.path, { force: true }).then(() => callback(null), callback);
  }

  async #store(file: Express.Multer.File, limit: number): Promise<Stored> {
    const path = join(this.#folder, randomUUID());
    let size = 0;
    const cut = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        size += chunk.length;
        done(null, size > limit ? undefined : chunk);
      },
    });
    await mkdir(this.#folder, { recursive: true });
    try {
      await pipeline(file.stream, cut, createWriteStream(path, { flags: 'wx' }));
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
    if (size <= limit) return { path, size };
    await rm(path, { force: true });
    return { path: null, size };
  }
}

/** The parser's complaints about what it reads carry no code, unlike multer's own and those of the disk. */
function isMalformed(error: unknown): boolean {
  return error instanceof Error && !('code' in error) && !('status' in error);
}

function uploadOf(file: Express.Multer.File, limit: number): Upload {
  const refused = refusedCharacter(file.originalname);
  return {
    field: file.fieldname,
    get name() {
      if (refused) throw refusal(file.fieldname, refused);
      return file.originalname;
    },
    ...(refused ? { refused } : {}),
    path: file.path ?? null,
    size: file.size,
    tooLarge: file.size > limit,
  };
}

/** What multer's parser says of a field. */
interface FieldInfo {
  readonly nameTruncated: boolean;
  readonly valueTruncated: boolean;
}

interface Parser extends NodeJS.WritableStream {
  removeAllListeners(event: 'field'): this;
  on(event: 'field', listener: (name: string | undefined, value: string, info: FieldInfo) => void): this;
  emit(event: 'error', error: Error): boolean;
}

/**
 * Gathers the fields of a multipart form in place of multer, which builds the lists and objects that their names
 * describe: a list of four thousand million places kept it busy for a minute and a half.
 */
function gatherFields(parser: Parser, mostBytes: number): Entry[] {
  const entries: Entry[] = [];
  let bytes = 0;
  let failed = false;
  parser.removeAllListeners('field');
  parser.on('field', (name, value, { nameTruncated, valueTruncated }) => {
    if (failed) return;
    bytes += Buffer.byteLength(value);
    const problem = name === undefined || nameTruncated ? new BadRequest('errors:malformed')
      : valueTruncated || bytes > mostBytes ? new TooLarge(mostBytes) : null;
    if (problem === null) return void entries.push([name!, value]);
    failed = true;
    parser.emit('error', problem);
  });
  return entries;
}

/** Looks at the bytes of JSON before they are read, as the reader would put U+FFFD for what is not UTF-8. */
const wellEncoded = (_req: unknown, _res: unknown, bytes: Buffer): void => assertUtf8(bytes);

/** Refuses JSON with a text that may not come in, each beside the name of its member. */
const cleanJson: RequestHandler = (req, _res, next) => {
  const refused = refusedInJson(req.body);
  if (refused.size === 0) return next();
  next(new Invalid(Object.fromEntries([...refused].map(([place, found]) => [place, req.t(characterKey(found), characterParams(found))]))));
};

/**
 * Reads forms into `req.body`, by name and no deeper (`Fields`), and their files into `req.uploads`; JSON is for the API
 * alone. `takesFiles` says whether this request's files are stored at all: an unknown visitor fills no disk.
 * `largestFile` is the limit of one file of this request, in bytes.
 */
export function readBody(
  folder: string,
  limits: BodyLimits,
  takesFiles: (req: Request) => boolean,
  largestFile: (req: Request) => number = () => limits.fileBytes,
): { form: RequestHandler[]; json: RequestHandler[] } {
  const gathered = new WeakMap<Request, Entry[]>();
  const options: multer.Options & { streamHandler: (req: Request, parser: Parser) => void } = {
    storage: new CuttingStorage(folder, largestFile),
    fileFilter: (req, _file, callback) => callback(null, takesFiles(req)),
    defParamCharset: 'utf8',
    limits: { files: limits.files, fields: mostFields, parts: mostFields + limits.files, fieldSize: limits.fieldBytes, headerPairs: 20 },
    streamHandler: (req, parser) => {
      gathered.set(req, gatherFields(parser, limits.fieldBytes));
      req.pipe(parser);
    },
  };
  const parseMultipart = multer(options).any();

  /** The fields, in place of what multer left in the body. */
  function take(req: Request, entries: readonly Entry[], next: NextFunction): void {
    try {
      req.body = fieldsOf(entries);
    } catch (error) {
      req.body = fieldsOf([]);
      return next(error);
    }
    next();
  }

  const multipart: RequestHandler = (req, res, next) => {
    void parseMultipart(req, res, (error: unknown) => {
      const entries = gathered.get(req);
      if (error) return next(isMalformed(error) ? new BadRequest('errors:malformed') : error);
      return entries === undefined ? next() : take(req, entries, next);
    });
  };

  const readPairs = express.raw({ type: 'application/x-www-form-urlencoded', limit: limits.fieldBytes });
  const urlencoded = (req: Request, res: Response, next: NextFunction): void => {
    readPairs(req, res, (error?: unknown) => {
      if (error) return next(error);
      if (!Buffer.isBuffer(req.body)) return next();
      const entries = entriesOfPairs(req.body.toString('latin1'), mostFields);
      if (entries === null) {
        req.body = fieldsOf([]);
        return next(new TooLarge(largestFile(req)));
      }
      take(req, entries, next);
    });
  };

  const refuseUnread: RequestHandler = (req, res, next) => {
    req.uploads = [];
    if (Number(req.headers['content-length'] ?? 0) <= REFUSED_UNREAD) return next();
    res.set('Connection', 'close');
    next(new TooLarge(largestFile(req)));
  };

  const noteUploads: RequestHandler = (req, res, next) => {
    const files = Array.isArray(req.files) ? req.files : [];
    // A body of another type, or none, is a form without fields.
    req.body ??= fieldsOf([]);
    req.uploads = files.map((file) => uploadOf(file, largestFile(req)));
    if (req.uploads.length > 0) {
      res.once('close', () => {
        for (const { path } of req.uploads) if (path !== null) void rm(path, { force: true });
      });
    }
    next();
  };

  return {
    form: [refuseUnread, urlencoded, multipart, noteUploads],
    json: [express.json({ limit: limits.fieldBytes, verify: wellEncoded }), cleanJson],
  };
}
