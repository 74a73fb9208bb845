import type { Request, RequestHandler, Response } from 'express';
import { clearCookie, readCookie, setCookie } from './cookies.ts';
import { createSigner, type Signer } from './signer.ts';
import type { Notice } from './view-models.ts';

const COOKIE = 'xinzhi.flash';
const MINUTE_MS = 60_000;

export interface Flash {
  /** Gives the request `req.flash(notice)`; a redirect takes what was said along. */
  readonly handler: RequestHandler;
  /** What is to be shown on the page being made now; each is shown once. */
  take(req: Request, res: Response): Notice[];
}

/**
 * One sentence that survives a redirect. It travels in a signed cookie and not in the session: an
 * act then costs the session no write.
 */
export function createFlash(secret: string): Flash {
  const signer: Signer = createSigner(secret, 'flash');
  const pending = new WeakMap<Request, Notice[]>();

  const carried = (req: Request): Notice[] => {
    const text = signer.verify(readCookie(req, COOKIE) ?? '');
    return text === null ? [] : (JSON.parse(text) as Notice[]);
  };

  return {
    handler(req, res, next) {
      req.flash = (notice) => {
        pending.set(req, [...(pending.get(req) ?? []), notice]);
      };
      res.redirect = redirectAfter(res, () => {
        const said = pending.get(req);
        if (said) setCookie(req, res, COOKIE, signer.sign(JSON.stringify([...carried(req), ...said])), MINUTE_MS);
      });
      next();
    },
    take(req, res) {
      const before = carried(req);
      if (before.length > 0) clearCookie(req, res, COOKIE);
      const now = pending.get(req) ?? [];
      pending.delete(req);
      return [...before, ...now];
    },
  };
}

/** `res.redirect` that does something first, while headers can still be set. */
function redirectAfter(res: Response, before: () => void): Response['redirect'] {
  const redirect = res.redirect.bind(res);
  return (first: number | string, second?: number | string): void => {
    before();
    const [status, url] = typeof first === 'number' ? [first, String(second)] : [303, first];
    redirect(status, url);
  };
}
