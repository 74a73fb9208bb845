import type { CookieOptions, Request, Response } from 'express';

/**
 * The name under which a cookie travels. Over https browsers take `__Host-` from this very host alone, with no other
 * domain or path (RFC 6265bis 4.1.3.2); over http, as on one's own machine, they would refuse it.
 */
export const cookieName = (req: Pick<Request, 'secure'>, name: string): string => (req.secure ? `__Host-${name}` : name);

/** The value of a cookie as the browser sent it, decoded; undefined when absent or unreadable. */
export function readCookie(req: Request, name: string): string | undefined {
  const sent = cookieName(req, name);
  for (const part of (req.headers.cookie ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at < 0 || part.slice(0, at).trim() !== sent) continue;
    try {
      return decodeURIComponent(part.slice(at + 1).trim());
    } catch {
      return undefined;
    }
  }
  return undefined;
}

function options(req: Request): CookieOptions {
  return { httpOnly: true, sameSite: 'lax', secure: req.secure, path: '/' };
}

/** A cookie that script cannot read, of this site only, and secure whenever the connection is. */
export function setCookie(req: Request, res: Response, name: string, value: string, maxAgeMs?: number): void {
  res.cookie(cookieName(req, name), value, { ...options(req), ...(maxAgeMs === undefined ? {} : { maxAge: maxAgeMs }) });
}

export function clearCookie(req: Request, res: Response, name: string): void {
  res.clearCookie(cookieName(req, name), options(req));
}
