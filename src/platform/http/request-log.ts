import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { RequestContext } from '../request-context.ts';
import { loggedPath } from './paths.ts';

/** What is told about each answered request; `route` is the pattern, so that its values are few. */
export interface AnsweredRequest {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

const WELL_FORMED = /^[A-Za-z0-9][A-Za-z0-9._-]{7,63}$/;

/** The pattern of the route that answered, as it is declared: `/tasks/:slug`; `none` where nothing did. */
export function routeOf(req: Request): string {
  const route: unknown = req.route;
  const path = typeof route === 'object' && route !== null && 'path' in route ? String(route.path) : '';
  return path === '' ? 'none' : `${req.baseUrl}${path}`.replace(/(?<=.)\/$/, '');
}

/**
 * Gives every request its id (the one a proxy sent, when it is well-formed) and writes one line when
 * it is answered. The query is left out: it may hold a name that somebody searched for;
 * so is the token of a one-time link.
 */
export function requestLog(
  context: RequestContext,
  logger: Logger,
  onAnswered: (request: AnsweredRequest) => void,
): RequestHandler {
  return (req, res, next) => {
    const given = req.get('x-request-id') ?? '';
    req.requestId = WELL_FORMED.test(given) ? given : randomUUID();
    res.set('X-Request-Id', req.requestId);
    const began = process.hrtime.bigint();
    let answered = false;
    const finish = (): void => {
      if (answered) return;
      answered = true;
      const ms = Number(process.hrtime.bigint() - began) / 1e6;
      const status = res.writableFinished ? res.statusCode : 499;
      onAnswered({ method: req.method, route: routeOf(req), status, seconds: ms / 1000 });
      const line = {
        requestId: req.requestId,
        method: req.method,
        path: loggedPath(req.originalUrl),
        status,
        ms: Math.round(ms * 10) / 10,
        person: req.user?.username,
      };
      logger[status >= 500 ? 'error' : 'info'](line, 'request');
    };
    res.once('finish', finish);
    res.once('close', finish);
    context.run(req.requestId, next);
  };
}
