import type { Request, RequestHandler, Response } from 'express';
import type { Csrf } from './csrf.ts';
import { NotFound, SignInNeeded } from './errors.ts';
import type { Feature } from './feature.ts';
import { keptFormAddress } from './kept-form-pages.ts';
import type { KeptForms } from './kept-forms.ts';
import { isBelow, localPath, withQuery } from './paths.ts';

export const SIGN_IN_PATH = '/login';
export const NEW_PASSWORD_PATH = '/settings/password';
export const SECOND_FACTOR_PATH = '/settings/security';
const SIGN_OUT_PATH = '/logout';

/** Which access the longest path that covers this one has; what no feature covers is staff's. */
export function accessOf(features: readonly Feature[], path: string): Feature['access'] {
  const [closest] = features.filter((feature) => isBelow(path, feature.path)).toSorted((a, b) => b.path.length - a.path.length);
  return closest?.access ?? 'staff';
}

/** `ended` sessions say why by themselves. */
export type SignInCause = 'needed' | 'expired' | 'kept' | 'notKept';

interface WallParts {
  readonly csrf: Csrf;
  readonly keptForms: KeptForms;
  /** Whether this browser had a session that is no more. */
  readonly hadSession: (req: Request) => boolean;
  /** Whether the rules ask a person for a second factor that he has not set up yet. */
  readonly lacksSecondFactor: (person: Express.User) => Promise<boolean>;
}

async function sendToSignIn(req: Request, res: Response, { csrf, keptForms, hadSession }: WallParts): Promise<void> {
  if (req.path === SIGN_OUT_PATH) return res.redirect(303, SIGN_IN_PATH);
  const toSignIn = (next: string, cause: SignInCause): void =>
    res.redirect(303, withQuery(SIGN_IN_PATH, { next, cause }));
  if (req.method === 'GET' || req.method === 'HEAD') {
    return toSignIn(localPath(req.originalUrl) ?? '/', hadSession(req) ? 'expired' : 'needed');
  }
  const owner = csrf.ownerOf(req);
  const kept = owner === null ? null : await keptForms.keep(req, res, owner);
  if (kept) toSignIn(keptFormAddress(kept), 'kept');
  else toSignIn(csrf.pageOf(req), 'notKept');
}

/**
 * Denied by default: without a person only public paths are answered. A form that comes after its
 * session ended is kept for the person whose page it was on. A person whose password was reset
 * chooses a new one before anything else; then one who needs a second factor sets it up.
 */
export function signInWall(features: readonly Feature[], parts: WallParts): RequestHandler {
  return async (req, res, next) => {
    const access = accessOf(features, req.path);
    if (access === 'public') return next();
    if (access === 'api') {
      // A token was made by somebody who had signed in; a browser's session opens here what it opens elsewhere.
      const open = req.user && (req.get('authorization') !== undefined || !(req.user.mustChangePassword || (await parts.lacksSecondFactor(req.user))));
      return next(open ? undefined : new SignInNeeded());
    }
    if (!req.user) return sendToSignIn(req, res, parts);
    if (req.user.mustChangePassword && req.path !== NEW_PASSWORD_PATH && req.path !== SIGN_OUT_PATH) {
      return res.redirect(303, NEW_PASSWORD_PATH);
    }
    if (!isBelow(req.path, SECOND_FACTOR_PATH) && req.path !== NEW_PASSWORD_PATH && req.path !== SIGN_OUT_PATH && await parts.lacksSecondFactor(req.user)) {
      return res.redirect(303, SECOND_FACTOR_PATH);
    }
    next();
  };
}

/** Refuses with 404 and a line in the log: this person is not to know what is here. */
export function onlyFor(allowed: (person: Express.User) => boolean): RequestHandler {
  return (req, _res, next) => next(req.user && allowed(req.user) ? undefined : new NotFound({ refused: true }));
}
