import type { Request, RequestHandler, Response } from 'express';
import type { AccessLog, Viewed } from './access-log.ts';
import { isBelow, pathOnly } from './paths.ts';
import { routeOf } from './request-log.ts';

const isFile = (res: Response): boolean => String(res.getHeader('Content-Disposition') ?? '').startsWith('attachment');

/** A number in the route that a case or a record is known by. */
function aboutOf(req: Request): string | null {
  const number: unknown = req.params['caseNo'] ?? req.params['number'];
  return typeof number === 'string' ? number.toUpperCase() : null;
}

/**
 * What of an answer belongs into the access log. A feature says what its pages show; of the others every page of one
 * thing (a route with a parameter), every file and every read of the API is noted, so that no new one is forgotten.
 */
function viewOf(req: Request, res: Response): Viewed | null {
  const { statusCode: status } = res;
  if (!req.user || req.viewed === null || (status >= 300 && status < 400)) return null;
  const path = pathOnly(req.originalUrl);
  const reads = status < 300 && (req.method === 'GET' || req.method === 'HEAD');
  if (isBelow(path, '/api')) return reads ? { about: aboutOf(req), ...req.viewed, kind: 'apiRead' } : null;
  if (req.viewed) return isFile(res) && req.viewed.kind !== 'fileViewed' ? { ...req.viewed, kind: 'exported' } : req.viewed;
  if (!reads || isBelow(path, '/public')) return null;
  if (isFile(res)) return { kind: 'exported', about: aboutOf(req) };
  return routeOf(req).includes('/:') ? { kind: 'pageViewed', about: aboutOf(req) } : null;
}

/** Notes what signed-in people look at, before the first byte of the answer leaves. */
export function noteViews(accessLog: AccessLog): RequestHandler {
  return (req, res, next) => {
    const writeHead = res.writeHead.bind(res) as (...of: unknown[]) => Response;
    let isNoted = false;
    res.writeHead = (...of: unknown[]) => {
      if (!isNoted) {
        isNoted = true;
        const viewed = viewOf(req, res);
        if (viewed) accessLog.viewed(req, viewed);
      }
      return writeHead(...of);
    };
    next();
  };
}
