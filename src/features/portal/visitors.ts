import { randomBytes } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import type { Knex } from 'knex';
import type { AccessLog } from '../../platform/http/access-log.ts';
import { clearCookie, readCookie, setCookie } from '../../platform/http/cookies.ts';
import { localPath, withQuery } from '../../platform/http/paths.ts';
import { renewSession } from '../../platform/http/session.ts';
import { createSigner } from '../../platform/http/signer.ts';
import { tokenDigest } from './keys.ts';

/** How a visitor came in: by a link in a mail, or vouched for by the identity provider. */
export type EnteredBy = 'mail' | 'identity';

/** Somebody who opened a link that was sent to his address, or whom the identity provider knows. He is no person of the house and gets none of its pages. */
export interface Visitor {
  readonly account: string;
  readonly masked: string;
}

const COOKIE = 'xinzhi.portal';
/** A citizen fills in a form with papers to be looked for; a public terminal is left. */
const SESSION_MINUTES = 60;
/** As long as `tidyWeb` leaves a session that is over. */
const LAPSED_MS = 24 * 3_600_000;

export interface Visitors {
  /** Who is signed in on the portal; null for a stranger. Asked once a request. */
  find(req: Request): Promise<Visitor | null>;
  /** The account of a session that ended by itself, not by its button, within the last day; null for everybody else. */
  lapsed(req: Request): Promise<string | null>;
  /** Sends a stranger to the sign-in page, and back afterwards. */
  readonly needed: RequestHandler;
  /** Behind `needed`. */
  of(req: Request): Visitor;
  /** A session of its own for each sign-in; the one that this browser had before, and its form tokens, are over. */
  begin(req: Request, res: Response, account: string, via: EnteredBy): Promise<void>;
  /** Tells how the visitor had come in; null when he was no longer signed in. */
  end(req: Request, res: Response): Promise<EnteredBy | null>;
  /** Whether the browser holds a cookie of ours, without asking the database: a stranger's files fill no disk. */
  holdsCookie(req: Request): boolean;
}

/** Sessions of the portal: a table and a cookie of their own, so that none of them can ever be taken for a session of the staff. */
export function createVisitors(
  { knex, secret, clock, accessLog, signInPath }: { knex: Knex; secret: string; clock: () => Date; accessLog: Pick<AccessLog, 'record'>; signInPath: string },
): Visitors {
  const signer = createSigner(secret, 'portal-session');
  const known = new WeakMap<Request, Visitor>();
  const tokenOf = (req: Request): string | null => signer.verify(readCookie(req, COOKIE) ?? '');
  const end = (): Date => new Date(clock().getTime() + SESSION_MINUTES * 60_000);

  /** One statement: who it is, while the session is put off by another hour, at most once a minute. */
  async function look(token: string): Promise<Visitor | null> {
    const digest = tokenDigest(token);
    const row: { account_id: string; masked: string; expires_at: Date } | undefined = await knex('portal_session as s')
      .join('portal_account as a', 'a.id', 's.account_id')
      .where('s.digest', digest).where('s.expires_at', '>', clock())
      .first('s.account_id', 'a.masked', 's.expires_at');
    if (!row) return null;
    if (end().getTime() - row.expires_at.getTime() > 60_000) await knex('portal_session').where({ digest }).update({ expires_at: end() });
    return { account: row.account_id, masked: row.masked };
  }

  const find: Visitors['find'] = async (req) => {
    const before = known.get(req);
    if (before) return before;
    const token = tokenOf(req);
    const visitor = token === null ? null : await look(token);
    if (visitor) known.set(req, visitor);
    return visitor;
  };

  return {
    find,
    async lapsed(req) {
      const token = tokenOf(req);
      if (token === null) return null;
      const now = clock();
      const row: { account_id: string } | undefined = await knex('portal_session').where({ digest: tokenDigest(token) })
        .where('expires_at', '<=', now).where('expires_at', '>', new Date(now.getTime() - LAPSED_MS)).first('account_id');
      return row?.account_id ?? null;
    },
    holdsCookie: (req) => tokenOf(req) !== null,
    async needed(req, res, next) {
      const visitor = await find(req);
      if (visitor) {
        // A public terminal is left on any page, and each says whose it is.
        res.locals['visitor'] = req.t('portal:who', { mail: visitor.masked });
        return next();
      }
      const page = req.method === 'GET' ? localPath(req.originalUrl) : null;
      res.redirect(303, withQuery(signInPath, { next: page }));
    },
    of(req) {
      const visitor = known.get(req);
      if (!visitor) throw new Error('a page of the portal is not behind its wall');
      return visitor;
    },
    async begin(req, res, account, via) {
      const before = tokenOf(req);
      if (before !== null) await knex('portal_session').where({ digest: tokenDigest(before) }).delete();
      // Form tokens hang on the session's id, which somebody else may have planted; the staff's own session stays.
      if (!req.user) await renewSession(req);
      const token = randomBytes(32).toString('base64url');
      await knex('portal_session').insert({ digest: tokenDigest(token), account_id: account, expires_at: end(), via });
      await accessLog.record(req, { kind: 'portalSignIn', personId: null, detail: { account, via } });
      setCookie(req, res, COOKIE, signer.sign(token));
    },
    async end(req, res) {
      const token = tokenOf(req);
      const [row]: { via: EnteredBy; account_id: string }[] = token === null ? [] : await knex('portal_session').where({ digest: tokenDigest(token) }).delete().returning(['via', 'account_id']);
      if (row) await accessLog.record(req, { kind: 'portalSignOut', personId: null, detail: { account: row.account_id } });
      clearCookie(req, res, COOKIE);
      return row?.via ?? null;
    },
  };
}
