import type { Request, RequestHandler } from 'express';
import { BadRequest, Forbidden } from '../../platform/http/errors.ts';
import { hasBusiness } from '../incidents/index.ts';

/** Visible characters, as a header may carry them. */
const KEY = /^[\x21-\x7E]{1,255}$/;

/** The person of the token. @throws Forbidden for an administrator: he has no business rights. */
export function callerOf(req: Request) {
  const person = req.user;
  if (!person || !hasBusiness(person)) throw new Forbidden('incidents:notYours');
  return { person, t: req.t, requestId: req.requestId };
}

/** The name that the sender gave the request. @throws BadRequest */
export function keyOf(req: Request): string {
  const key = req.get('idempotency-key')?.trim() ?? '';
  if (!KEY.test(key)) throw new BadRequest(key === '' ? 'api:noKey' : 'api:badKey');
  return key;
}

/** Lets JSON pass from those who have business here. */
export const needsJson: RequestHandler = (req, _res, next) => {
  callerOf(req);
  next(req.is('application/json') ? undefined : new BadRequest('api:notJson'));
};

/** Hits are counted by person, not by token or machine. */
export const byPerson = (req: Request): string => req.user?.id ?? '';
