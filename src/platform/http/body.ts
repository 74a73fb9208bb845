import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import express, { type Request, type RequestHandler } from 'express';
import multer from 'multer';
import { BadRequest, TooLarge } from './errors.ts';

/** One file of a multipart form. */
export interface Upload {
  readonly field: string;
  /** As the browser sent it: for showing only, never a path. */
  readonly name: string;
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

const FIELDS = 1000;

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

/**
 * Reads forms into `req.body` and their files into `req.uploads`; JSON is for the API alone.
 * `takesFiles` says whether this request's files are stored at all: an unknown visitor fills no disk. `largestFile` is
 * the limit of one file of this request, in bytes.
 */
export function readBody(
  folder: string,
  limits: BodyLimits,
  takesFiles: (req: Request) => boolean,
  largestFile: (req: Request) => number = () => limits.fileBytes,
): { form: RequestHandler[]; json: RequestHandler } {
  const parseMultipart = multer({
    storage: new CuttingStorage(folder, largestFile),
    fileFilter: (req, _file, callback) => callback(null, takesFiles(req)),
    defParamCharset: 'utf8',
    limits: { files: limits.files, fields: FIELDS, fieldSize: limits.fieldBytes, fieldNestingDepth: 5 },
  }).any();

  const multipart: RequestHandler = (req, res, next) => {
    void parseMultipart(req, res, (error: unknown) => next(isMalformed(error) ? new BadRequest('errors:malformed') : error));
  };

  const refuseUnread: RequestHandler = (req, res, next) => {
    req.uploads = [];
    if (Number(req.headers['content-length'] ?? 0) <= REFUSED_UNREAD) return next();
    res.set('Connection', 'close');
    next(new TooLarge(largestFile(req)));
  };

  const noteUploads: RequestHandler = (req, res, next) => {
    const files = Array.isArray(req.files) ? req.files : [];
    req.uploads = files.map((file): Upload => ({
      field: file.fieldname,
      name: file.originalname,
      path: file.path ?? null,
      size: file.size,
      tooLarge: file.size > largestFile(req),
    }));
    if (req.uploads.length > 0) {
      res.once('close', () => {
        for (const { path } of req.uploads) if (path !== null) void rm(path, { force: true });
      });
    }
    next();
  };

  return {
    form: [
      refuseUnread,
      express.urlencoded({ extended: true, limit: limits.fieldBytes, parameterLimit: FIELDS }),
      multipart,
      noteUploads,
    ],
    json: express.json({ limit: limits.fieldBytes }),
  };
}
