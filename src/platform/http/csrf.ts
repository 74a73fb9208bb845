import type { Request, RequestHandler } from 'express';
import { csrfSync } from 'csrf-sync';
import { ForeignToken } from './errors.ts';
import { typedIn } from './flat.ts';
import { localPath } from './paths.ts';
import { createSigner } from './signer.ts';

/** The field every form carries; a script may send the header `X-CSRF-Token` instead. */
export const TOKEN_FIELD = '_csrf';

/**
 * Form tokens by the synchroniser pattern. A token is `secret~owner~page`: the secret is made from the session's id,
 * which changes with each sign-in, and decides; one that is kept in the session would be lost to all but the last of
 * the pages that a browser opens at once after a sign-in. Owner (a signed person id) and page only matter when the form
 * comes back after its session ended: then they say whose words these are and where the form stood, so that what was
 * typed is kept for that person alone.
 */
export interface Csrf {
  /** Refuses a changing request whose token is not this session's with `ForeignToken`. */
  readonly protect: RequestHandler;
  /** The token for the forms of this page; makes a session for a visitor. */
  token(req: Request): string;
  /** The id of the person whose page the posted form came from, as far as its token says. */
  ownerOf(req: Request): string | null;
  /** The page the posted form stood on, path and query: as its token says, else as the browser says. */
  pageOf(req: Request): string;
}

function submitted(req: Request): string[] {
  const field = typedIn(req.body)?.entries.find(([name]) => name === TOKEN_FIELD)?.[1];
  const token = field ?? req.headers['x-csrf-token'];
  return typeof token === 'string' ? token.split('~') : [];
}

const isChanging = (req: Request): boolean => !['GET', 'HEAD', 'OPTIONS'].includes(req.method);

function referrer(req: Request): string | null {
  const address = req.get('referer') ?? '';
  if (!URL.canParse(address)) return null;
  const { host, pathname, search } = new URL(address);
  return host === req.get('host') ? localPath(`${pathname}${search}`) : null;
}

export function createCsrf(secret: string): Csrf {
  const owners = createSigner(secret, 'form-owner');
  const secrets = createSigner(secret, 'form-secret');
  const { isRequestValid } = csrfSync({
    getTokenFromRequest: (req) => submitted(req)[0],
    getTokenFromState: (req) => secrets.mark(req.sessionID),
  });
  const pageOf = (req: Request): string =>
    localPath(Buffer.from(submitted(req)[2] ?? '', 'base64url').toString('utf8'))
      ?? referrer(req) ?? localPath(req.originalUrl) ?? '/';
  return {
    protect(req, _res, next) {
      if (!isChanging(req) || isRequestValid(req)) next();
      else next(new ForeignToken());
    },
    token(req) {
      const owner = req.user ? owners.sign(req.user.id) : '';
      const page = isChanging(req) ? pageOf(req) : req.originalUrl;
      // A visitor has a session from the first form that he is shown.
      if (!req.session.hasForms) req.session.hasForms = true;
      return `${secrets.mark(req.sessionID)}~${owner}~${Buffer.from(page, 'utf8').toString('base64url')}`;
    },
    ownerOf: (req) => owners.verify(submitted(req)[1] ?? ''),
    pageOf,
  };
}
