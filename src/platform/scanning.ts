import { createReadStream } from 'node:fs';
import type { Request } from 'express';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { ScannerAway, type Scanner } from './clamd.ts';
import { recordAccess } from './http/access-log.ts';
import { repeat } from './repeat.ts';
import { NotStored, type Storage } from './storage.ts';

/** Why a content may not be read. */
export type Unready = 'checking' | 'infected';

/** Who sends a file; `account` is one of the portal. */
export interface Sender {
  readonly req: Request;
  readonly account?: string;
}

export interface Scanning {
  /** Of these contents the ones that may not be read. */
  unready(hashes: readonly string[]): Promise<ReadonlyMap<string, Unready>>;
  /** Looks into a file as it comes, before it is stored anywhere. */
  look(path: string): Promise<'passed' | 'away' | { readonly infected: string }>;
  /** An infected file was turned away: it stands in the access log, which alerts the security administrator. */
  turnedAway(file: { name: string; signature: string }, from: Sender): Promise<void>;
  /** A stored content is to be looked into when the scanner is back; how it stands, as it may have come before. */
  hold(file: { hash: string; name: string }, from: Sender): Promise<'checking' | 'clean' | 'infected'>;
  /** A stored content was passed. */
  passed(hash: string): Promise<void>;
}

/** No scanner is configured: every file is taken as it is. */
export const noScanning: Scanning = {
  unready: () => Promise.resolve(new Map()),
  look: () => Promise.resolve('passed'),
  turnedAway: () => Promise.resolve(),
  hold: () => Promise.resolve('clean'),
  passed: () => Promise.resolve(),
};

/** So long after it was away it is not asked again; what comes meanwhile waits for the worker. */
const AWAY_MS = 5000;

export function createScanning(knex: Knex, scanner: Scanner | null, logger: Pick<Logger, 'warn'>): Scanning {
  if (scanner === null) return noScanning;
  /** Milliseconds of `performance.now()`: who sends twenty files does not wait twenty times for one that is away. */
  let awayUntil = 0;
  return {
    async unready(hashes) {
      if (hashes.length === 0) return new Map();
      const rows: { hash: string; status: Unready }[] = await knex('file_scan').whereIn('hash', [...hashes]).whereIn('status', ['checking', 'infected']).select('hash', 'status');
      return new Map(rows.map(({ hash, status }) => [hash, status]));
    },
    async look(path) {
      if (performance.now() < awayUntil) return 'away';
      try {
        const result = await scanner.scan(createReadStream(path));
        return result.kind === 'clean' ? 'passed' : { infected: result.signature };
      } catch (error) {
        if (!(error instanceof ScannerAway)) throw error;
        if (!error.answered) awayUntil = performance.now() + AWAY_MS;
        logger.warn({ err: error }, 'a file waits for the scanner');
        return 'away';
      }
    },
    async turnedAway({ name, signature }, { req, account }) {
      await recordAccess(knex, req, { kind: 'fileInfected', detail: { name, signature, ...(account === undefined ? {} : { account }) } });
    },
    async hold({ hash, name }, { req, account }) {
      await knex('file_scan').insert({ hash, name, status: 'checking', person_id: account === undefined ? (req.user?.id ?? null) : null, account_id: account ?? null }).onConflict('hash').ignore();
      const row: { status: 'checking' | 'clean' | 'infected' } = await knex('file_scan').where({ hash }).first('status');
      return row.status;
    },
    async passed(hash) {
      await knex('file_scan').where({ hash }).whereNot({ status: 'clean' }).update({ status: 'clean', scanned_at: knex.fn.now(), removed_at: null });
    },
  };
}

export interface Found {
  readonly hash: string;
  readonly name: string;
  readonly person: string | null;
  readonly account: string | null;
  readonly at: Date;
  readonly signature: string;
}

export interface ScanParts {
  readonly knex: Knex;
  readonly scanner: Scanner;
  readonly storage: Pick<Storage, 'open' | 'remove'>;
  /** Writes to whoever sent an infected file; the ids of the mails. */
  readonly tell: (trx: Knex.Transaction, found: Found) => Promise<string[]>;
  /** Has queued mails sent. */
  readonly deliver: (mails: readonly string[]) => Promise<void>;
  readonly logger: Pick<Logger, 'warn' | 'error'>;
}

interface Row {
  hash: string;
  name: string;
  status: 'checking' | 'infected';
  person_id: string | null;
  account_id: string | null;
  at: Date;
}

const most = 50;

/**
 * Looks into what waits, and takes away what was found infected. Stops at the first that the scanner gives no result for
 * because it is away; one that it cannot read waits on, and the others are not kept from their turn.
 */
export function createScanOfWaiting({ knex, scanner, storage, tell, deliver, logger }: ScanParts): () => Promise<void> {
  async function found(row: Row, signature: string): Promise<void> {
    const mails = await knex.transaction(async (trx) => {
      const taken = await trx('file_scan').where({ hash: row.hash, status: 'checking' }).update({ status: 'infected', scanned_at: trx.fn.now(), signature });
      if (taken === 0) return [];
      await trx('access_log').insert({ kind: 'fileInfected', person_id: row.person_id, path: row.account_id === null ? null : '/public/portal', detail: JSON.stringify({ name: row.name, signature, ...(row.account_id === null ? {} : { account: row.account_id }) }) });
      return tell(trx, { hash: row.hash, name: row.name, person: row.person_id, account: row.account_id, at: row.at, signature });
    });
    if (mails.length > 0) await deliver(mails);
    await takeAway(row.hash);
  }

  async function takeAway(hash: string): Promise<void> {
    await storage.remove(hash);
    await knex('file_scan').where({ hash, status: 'infected' }).update({ removed_at: knex.fn.now() });
  }

  async function one(row: Row): Promise<void> {
    if (row.status === 'infected') return takeAway(row.hash);
    try {
      const { content } = await storage.open(row.hash);
      const result = await scanner.scan(content);
      if (result.kind === 'infected') return await found(row, result.signature);
      await knex('file_scan').where({ hash: row.hash, status: 'checking' }).update({ status: 'clean', scanned_at: knex.fn.now() });
    } catch (error) {
      // Nobody kept it: the form that it came with was given up.
      if (error instanceof NotStored) return void (await knex('file_scan').where({ hash: row.hash, status: 'checking' }).delete());
      if (!(error instanceof ScannerAway)) throw error;
      logger.error({ err: error, hash: row.hash }, 'a file could not be looked into; it stays in quarantine');
    }
  }

  return async () => {
    const rows: Row[] = await knex('file_scan').where({ status: 'checking' }).orWhere((gone) => gone.where({ status: 'infected' }).whereNull('removed_at'))
      .orderByRaw('random()').limit(most).select('hash', 'name', 'status', 'person_id', 'account_id', 'at');
    if (rows.length === 0) return;
    await scanner.ping();
    for (const row of rows) await one(row);
  };
}

const EVERY_MS = 5000;

/** Looks now and every five seconds, until the returned function is called. */
export function startScanningWaiting(parts: ScanParts): () => Promise<void> {
  return repeat(EVERY_MS, createScanOfWaiting(parts), (error) => parts.logger.warn({ err: error }, 'files wait for the scanner'));
}
