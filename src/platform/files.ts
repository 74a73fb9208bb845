import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Response } from 'express';
import { z } from 'zod';
import type { FileRef } from '../rules/casefile/types.ts';
import { checkType, isInlineType } from './file-types.ts';
import type { Upload } from './http/body.ts';
import { NotFound, Unavailable } from './http/errors.ts';
import { createSigner } from './http/signer.ts';
import { noScanning, type Scanning, type Sender, type Unready } from './scanning.ts';
import { NotStored, type Storage } from './storage.ts';

export { acceptedEndings } from './file-types.ts';

/** Why a file was not taken; a key of the `files` texts and what stands in it. */
export interface FileFault {
  readonly key: 'empty' | 'infected' | 'tooLarge' | 'notTaken' | 'disguised' | 'disguisedUnknown' | 'macros' | 'tooMany' | 'name';
  readonly params: Readonly<Record<string, string | number>>;
}

export interface Received {
  readonly files: FileRef[];
  readonly faults: FileFault[];
}

export interface Files {
  /**
   * Looks into uploaded files and stores those that pass; they wait for a day. An input that was left empty is no
   * file. `maxMegabytes` is the rule `file.max-megabytes`. Where a scanner is configured it looks into each before: what
   * is infected is stored nowhere; what it gives no result for is stored and not to be read until it does.
   */
  receive(uploads: readonly Upload[], maxMegabytes: number, from: Sender): Promise<Received>;
  /** Of these files, by their hash, the ones that may not be read (yet). */
  unready(files: readonly FileRef[]): Promise<ReadonlyMap<string, Unready>>;
  /** Stores for good. Before the act that names the files is sent: what a case file names can always be read. */
  keep(files: readonly FileRef[]): Promise<void>;
  /** Stands in a form that is shown again for a file that has arrived already; opens for this person alone. */
  ticket(personId: string, file: FileRef): string;
  /** The files of such tickets, each once; what was made up or belongs to another person is left out. */
  ofTickets(personId: string, tickets: readonly string[]): FileRef[];
  /** The content of a stored file, kept or waiting. @throws NotStored, also for one that was found infected; Unavailable while it is being checked. */
  open(file: FileRef): Promise<{ bytes: number; content: Readable }>;
  /** Sends a stored file: to be saved, or shown in place where its type is safe. The case's guard has been asked before. */
  send(res: Response, file: FileRef): Promise<void>;
}

/** Most files of one form. */
export const mostFiles = 20;

const LONGEST_NAME = 120;
/** Controls, marks that turn the direction of writing (a name that reads `…exe.pdf` backwards), and path signs. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}<>:"/\\|?*]+/gu;

/** A name that is safe on every system and says what the sender called it; never empty. */
export function cleanName(name: string): string {
  const last = name.normalize('NFC').replace(/^.*[/\\]/su, '');
  const plain = last.replace(UNSAFE, ' ').replace(/\s+/g, ' ').replace(/^[\s.]+|[\s.]+$/g, '');
  const ending = /\.[^.]{1,10}$/u.exec(plain)?.[0] ?? '';
  const stem = [...plain.slice(0, plain.length - ending.length)];
  const short = stem.slice(0, LONGEST_NAME - ending.length).join('').trimEnd();
  return `${short === '' ? '_' : short}${ending}`;
}

/** RFC 6266: the name in UTF-8, and in ASCII for what can't read it. */
export function contentDisposition(kind: 'inline' | 'attachment', name: string): string {
  const ascii = name.replace(/[^\x20-\x7E]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

const ref = z.object({ hash: z.string(), name: z.string(), mime: z.string(), bytes: z.number() });

export function createFiles(storage: Storage, secret: string, scanning: Scanning = noScanning): Files {
  const signerOf = (personId: string) => createSigner(secret, `file:${personId}`);

  async function opened(hash: string): Promise<{ bytes: number; content: Readable }> {
    const state = (await scanning.unready([hash])).get(hash);
    if (state === 'checking') throw new Unavailable('scanner');
    if (state === 'infected') throw new NotStored(hash);
    return storage.open(hash);
  }

  async function receiveOne(upload: Upload, maxMegabytes: number, from: Sender): Promise<FileRef | FileFault> {
    if (upload.refused) return { key: 'name', params: { position: upload.refused.position, code: upload.refused.code } };
    const name = cleanName(upload.name);
    if (upload.path === null || upload.tooLarge || upload.size > maxMegabytes * 1024 ** 2) {
      return { key: 'tooLarge', params: { name, megabytes: Math.ceil(upload.size / 1024 ** 2), limit: maxMegabytes } };
    }
    if (upload.size === 0) return { key: 'empty', params: { name } };
    const verdict = await checkType(upload.path, name);
    if (!verdict.accepted) {
      if (verdict.fault !== 'disguised') return { key: verdict.fault, params: { name } };
      return verdict.found === null
        ? { key: 'disguisedUnknown', params: { name } }
        : { key: 'disguised', params: { name, found: verdict.found.toUpperCase() } };
    }
    const seen = await scanning.look(upload.path);
    if (typeof seen === 'object') {
      await scanning.turnedAway({ name, signature: seen.infected }, from);
      return { key: 'infected', params: { name } };
    }
    const stored = await storage.put(createReadStream(upload.path));
    if (seen === 'passed') await scanning.passed(stored.hash);
    else if ((await scanning.hold({ hash: stored.hash, name }, from)) === 'infected') {
      await storage.remove(stored.hash);
      return { key: 'infected', params: { name } };
    }
    return { ...stored, name, mime: verdict.mime };
  }

  return {
    unready: (files) => scanning.unready(files.map(({ hash }) => hash)),
    async receive(uploads, maxMegabytes, from) {
      const files: FileRef[] = [];
      const faults: FileFault[] = [];
      for (const upload of uploads) {
        if (!upload.refused && upload.name === '' && upload.size === 0) continue;
        const result = await receiveOne(upload, maxMegabytes, from);
        if ('key' in result) faults.push(result);
        else if (!files.some(({ hash, name }) => hash === result.hash && name === result.name)) files.push(result);
      }
      return { files, faults };
    },
    async keep(files) {
      for (const { hash } of files) {
        try {
          await storage.keep(hash);
        } catch (error) {
          // It waited longer than its day, or the storage lost it: nothing was recorded, it has to be chosen again.
          throw error instanceof NotStored ? new Unavailable('storage', 'no', error) : error;
        }
      }
    },
    ticket: (personId, file) => signerOf(personId).sign(JSON.stringify(file)),
    ofTickets(personId, tickets) {
      const signer = signerOf(personId);
      const files = tickets.flatMap((ticket) => {
        const text = signer.verify(ticket);
        const file = text === null ? null : ref.safeParse(JSON.parse(text));
        return file?.success ? [file.data] : [];
      });
      return files.filter((file, n) => files.findIndex((other) => other.hash === file.hash && other.name === file.name) === n);
    },
    open: ({ hash }) => opened(hash),
    async send(res, file) {
      if ((await scanning.unready([file.hash])).get(file.hash) === 'infected') throw new NotFound({ reason: 'files:infected' });
      const { bytes, content } = await opened(file.hash).catch((error: unknown) => {
        throw error instanceof NotStored ? new Unavailable('storage', 'no', error) : error;
      });
      res.set({
        'Content-Type': file.mime,
        'Content-Length': String(bytes),
        'Content-Disposition': contentDisposition(isInlineType(file.mime) ? 'inline' : 'attachment', file.name),
        'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
        'X-Content-Type-Options': 'nosniff',
        'Cache-Control': 'no-store',
      });
      // Said here, as an address is noted without what could be the token of a link.
      res.req.viewed = { ...res.req.viewed, kind: 'fileViewed', detail: { sha256: file.hash } };
      if (res.req.method === 'HEAD') {
        content.destroy();
        res.end();
        return;
      }
      content.pipe(res);
      content.once('error', (error) => res.destroy(error));
      // Who goes away before the end is no fault of ours.
      await finished(res).catch(() => content.destroy());
    },
  };
}
