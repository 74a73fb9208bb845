import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Secrets } from '../config.ts';
import { writeFileAtomically } from './files.ts';

/** Of the local servers, beside those of the application. */
export interface LocalSecrets extends Secrets {
  /** Of the application's role in the local PostgreSQL. */
  readonly database: string;
}

/** Passwords of the local PostgreSQL by which the schema and the roles are changed. */
export interface DatabaseSecrets {
  readonly superuser: string;
  readonly owner: string;
}

type Stored = Record<'session' | 'payload' | 'chain' | 'seal' | 'database', string>;

const newSecret = () => randomBytes(32).toString('base64');

const newPassword = () => randomBytes(24).toString('base64url');

function make(): Stored {
  return { session: newSecret(), payload: newSecret(), chain: newSecret(), seal: newSecret(), database: newPassword() };
}

function key(text: string): KeyObject {
  return createSecretKey(Buffer.from(text, 'base64'));
}

/**
 * Secrets for development: made at the first start, kept in `file` (mode 600) as long as the data is.
 * Losing them makes that data unreadable, so a damaged file is an error and never made anew.
 */
export function localSecrets(file: string): LocalSecrets {
  if (!existsSync(file)) writeFileAtomically(file, `${JSON.stringify(make(), undefined, 2)}\n`);
  const stored = JSON.parse(readFileSync(file, 'utf8')) as Stored;
  return {
    session: stored.session,
    payload: [key(stored.payload)],
    chain: key(stored.chain),
    seal: key(stored.seal),
    database: stored.database,
  };
}

/** Made at the first start and kept in `file` (mode 600): of use on this PostgreSQL alone, so they are in no backup of keys. */
export function localDatabaseSecrets(file: string): DatabaseSecrets {
  if (!existsSync(file)) writeFileAtomically(file, `${JSON.stringify({ superuser: newPassword(), owner: newPassword() }, undefined, 2)}\n`);
  return JSON.parse(readFileSync(file, 'utf8')) as DatabaseSecrets;
}
