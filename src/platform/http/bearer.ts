import type { RequestHandler } from 'express';
import type { Knex } from 'knex';
import { holderOfToken } from '../api-tokens.ts';
import type { AccessLog } from './access-log.ts';
import { SignInNeeded } from './errors.ts';

/**
 * Who calls the API: the person of a bearer token. A browser's session serves for reading only, as
 * requests of other sites carry it too and the API has no form tokens.
 */
export function bearer(knex: Knex, accessLog: AccessLog): RequestHandler {
  return async (req, _res, next) => {
    const header = req.get('authorization');
    if (header === undefined) {
      if (!['GET', 'HEAD', 'OPTIONS'].includes(req.method)) delete req.user;
      return next();
    }
    const [, token] = /^Bearer +(\S+)$/i.exec(header) ?? [];
    const holder = token === undefined ? null : await holderOfToken(knex, token);
    if (holder === null) {
      await accessLog.record(req, { kind: 'tokenRefused', personId: null });
      return next(new SignInNeeded());
    }
    req.user = holder.person;
    req.pushesRepairs = holder.pushesRepairs;
    next();
  };
}
