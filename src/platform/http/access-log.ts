import type { Request } from 'express';
import type { Knex } from 'knex';
import { loggedPath } from './paths.ts';

export const accessKinds = [
  'signIn',
  'signInFailed',
  'signInLocked',
  'signOut',
  'refused',
  'passwordChanged',
  'passwordReset',
  'personAdded',
  'personChanged',
  'personDeactivated',
  'personActivated',
  'rolesChanged',
  'unitAdded',
  'unitChanged',
  'mailViewed',
  'mailResent',
  'tokenCreated',
  'tokenRevoked',
  'tokenRefused',
  'sessionEnded',
  'codeFailed',
  'secondFactorAdded',
  'secondFactorRemoved',
  'secondFactorReset',
  'recoveryCodesMade',
  'recoveryCodeUsed',
  'identityLinked',
  'identityUnlinked',
  'claimantViewed',
] as const;

export type AccessKind = (typeof accessKinds)[number];

/** One line of the log of sign-ins, refused accesses and changes to accounts. Never a password, never a token. */
export interface AccessEntry {
  readonly kind: AccessKind;
  /** Who did it, as far as known. */
  readonly personId?: string | null;
  /** The name that was typed, when nobody is signed in. */
  readonly username?: string;
  /** Whom it was done to. */
  readonly subjectId?: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

export interface AccessLog {
  /** Within `db` when given, so that an act and its line stand or fall together. */
  record(req: Request, entry: AccessEntry, db?: Knex): Promise<void>;
  /** Somebody asked for what he may not see. */
  refused(req: Request): Promise<void>;
}

const LONGEST = 500;

/** Cuts what a stranger sends, so that the log cannot be filled by long lines. */
const cut = (text: string | undefined): string | null => text?.slice(0, LONGEST) ?? null;

export function createAccessLog(knex: Knex): AccessLog {
  const record: AccessLog['record'] = async (req, entry, db = knex) => {
    await db('access_log').insert({
      kind: entry.kind,
      person_id: entry.personId === undefined ? (req.user?.id ?? null) : entry.personId,
      username: cut(entry.username ?? req.user?.username),
      subject_id: entry.subjectId ?? null,
      method: req.method,
      path: cut(loggedPath(req.originalUrl)),
      address: cut(req.ip),
      user_agent: cut(req.get('user-agent')),
      request_id: req.requestId,
      detail: JSON.stringify(entry.detail ?? {}),
    });
  };
  return { record, refused: (req) => record(req, { kind: 'refused' }) };
}
