import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { Request, Response } from 'express';
import type { Knex } from 'knex';
import { z } from 'zod';
import { readCookie, setCookie } from './cookies.ts';
import { entriesOf, type Entry } from './fill-form.ts';
import { pathOnly } from './paths.ts';
import type { Csrf } from './csrf.ts';

const COOKIE = 'xinzhi.kept';
const MINUTES = 30;
const FORMS_A_BROWSER = 3;

/** What was typed into a form that could not be taken. */
export interface KeptForm {
  readonly id: string;
  /** The path the form was sent to. */
  readonly action: string;
  /** The page that shows the form: path and query. */
  readonly page: string;
  readonly entries: readonly Entry[];
  /** Files cannot be kept; the page says so when there were any. */
  readonly hadFiles: boolean;
}

const content = z.object({
  action: z.string(),
  page: z.string(),
  entries: z.array(z.tuple([z.string(), z.string()])),
  hadFiles: z.boolean(),
});

/** Fields that are the machine's, or that must not be stored. */
function isKept([name]: Entry): boolean {
  return !name.startsWith('_') && name !== 'commandId' && name !== 'seenVersion' && !/password|secret|token/i.test(name);
}

const idOf = (key: Buffer): string => createHash('sha256').update(key).digest('base64url').slice(0, 22);

function seal(key: Buffer, text: string): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

function unseal(key: Buffer, sealed: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12)).setAuthTag(sealed.subarray(12, 28));
  return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString('utf8');
}

export interface KeptForms {
  /**
   * Keeps what was typed for half an hour. The row is sealed with a key that only the browser has, in
   * a cookie, and opens for this person alone. Null when there was nothing typed worth keeping.
   */
  keep(req: Request, res: Response, personId: string): Promise<KeptForm | null>;
  /** The kept form with this id, or the newest one of this browser and person when no id is given. */
  find(req: Request, personId: string, id?: string): Promise<KeptForm | null>;
}

export function createKeptForms(knex: Knex, csrf: Csrf): KeptForms {
  const keysOf = (req: Request): Buffer[] =>
    (readCookie(req, COOKIE) ?? '').split('.')
      .map((text) => Buffer.from(text, 'base64url'))
      .filter((key) => key.length === 32)
      .slice(0, FORMS_A_BROWSER);

  return {
    async keep(req, res, personId) {
      const entries = entriesOf(req.body).filter(isKept);
      if (!entries.some(([, value]) => value.trim() !== '')) return null;
      const key = randomBytes(32);
      const hadFiles = req.is('multipart') !== false && req.is('multipart') !== null;
      const form = { action: pathOnly(req.originalUrl), page: csrf.pageOf(req), entries, hadFiles };
      await knex('kept_form').insert({
        id: idOf(key),
        person_id: personId,
        sealed: seal(key, JSON.stringify(form)),
        expires_at: knex.raw(`now() + interval '${MINUTES} minutes'`),
      });
      const keys = [key, ...keysOf(req)].slice(0, FORMS_A_BROWSER);
      setCookie(req, res, COOKIE, keys.map((one) => one.toString('base64url')).join('.'), MINUTES * 60_000);
      return { id: idOf(key), ...form };
    },

    async find(req, personId, id) {
      for (const key of keysOf(req)) {
        if (id !== undefined && idOf(key) !== id) continue;
        const row: { sealed: Buffer } | undefined = await knex('kept_form')
          .where({ id: idOf(key), person_id: personId })
          .where('expires_at', '>', knex.fn.now())
          .first('sealed');
        if (row) return { id: idOf(key), ...content.parse(JSON.parse(unseal(key, row.sealed))) };
      }
      return null;
    },
  };
}

