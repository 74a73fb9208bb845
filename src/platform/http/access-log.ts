import type { Request } from 'express';
import type { Knex } from 'knex';
import type { AccessJournal } from './access-journal.ts';
import { loggedPath } from './paths.ts';

/** What somebody looked at or took away; there are many of them, and they change nothing. */
export const viewKinds = ['caseViewed', 'recordViewed', 'subjectViewed', 'fileViewed', 'pageViewed', 'logViewed', 'exported', 'apiRead'] as const;
export type ViewKind = (typeof viewKinds)[number];

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
  'codeLocked',
  'secondFactorAdded',
  'secondFactorRemoved',
  'secondFactorReset',
  'recoveryCodesMade',
  'recoveryCodeUsed',
  'identityLinked',
  'identityUnlinked',
  'passkeyAdded',
  'passkeyRemoved',
  'portalSignIn',
  'portalSignInFailed',
  'portalSignOut',
  'claimantViewed',
  'adminProposed',
  'adminGranted',
  'adminRefused',
  'adminWithdrawn',
  'fileInfected',
  ...viewKinds,
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

/** What an answer shows. */
export interface Viewed {
  readonly kind: ViewKind;
  /** Number of the case or of the record's document; null where it is neither. */
  readonly about?: string | null;
  readonly detail?: Readonly<Record<string, unknown>>;
}

export interface AccessLog {
  /** Within `db` when given, so that an act and its line stand or fall together. */
  record(req: Request, entry: AccessEntry, db?: Knex): Promise<void>;
  /** Somebody asked for what he may not see. */
  refused(req: Request): Promise<void>;
  /** Before the answer leaves; costs no statement. See `AccessJournal`. */
  viewed(req: Request, viewed: Viewed): void;
  /** Has what this process has noted so far in the table, for whoever reads it next. */
  settle(): Promise<void>;
}

const LONGEST = 500;

/** Cuts what a stranger sends, so that the log cannot be filled by long lines. */
const cut = (text: string | undefined): string | null => text?.slice(0, LONGEST) ?? null;

/** What no text of the database may hold. */
const storable = (text: string | null): string | null => text?.replace(/\p{Cs}|\0/gu, '') ?? null;

/** Writes a line at once. */
export async function recordAccess(db: Knex, req: Request, entry: AccessEntry): Promise<void> {
  await db('access_log').insert({
    kind: entry.kind,
    person_id: entry.personId === undefined ? (req.user?.id ?? null) : entry.personId,
    username: cut(entry.username ?? (entry.personId === undefined ? req.user?.username : undefined)),
    subject_id: entry.subjectId ?? null,
    method: req.method,
    path: cut(loggedPath(req.originalUrl)),
    address: cut(req.ip),
    user_agent: cut(req.get('user-agent')),
    request_id: req.requestId,
    detail: JSON.stringify(entry.detail ?? {}),
  });
}

export function createAccessLog(knex: Knex, journal: AccessJournal): AccessLog {
  const record: AccessLog['record'] = (req, entry, db = knex) => recordAccess(db, req, entry);
  return {
    record,
    refused: (req) => record(req, { kind: 'refused' }),
    viewed: (req, { kind, about = null, detail = {} }) => journal.append({
      at: new Date().toISOString(),
      kind,
      person_id: req.user?.id ?? null,
      username: req.user?.username ?? null,
      about: storable(cut(about ?? undefined)),
      method: req.method,
      path: storable(cut(loggedPath(req.originalUrl))),
      address: cut(req.ip),
      user_agent: storable(cut(req.get('user-agent'))),
      request_id: req.requestId,
      detail,
    }),
    settle: () => journal.carryOver(),
  };
}
