import { Router, type Request } from 'express';
import { BadRequest, Forbidden } from '../../platform/http/errors.ts';
import type { Ground } from '../../platform/http/feature.ts';
import type { Files } from '../../platform/files.ts';
import { hasBusiness, type IncidentMachines } from '../incidents/index.ts';

/** Visible characters, as a header may carry them. */
const KEY = /^[\x21-\x7E]{1,255}$/;

/** The person of the token. @throws Forbidden for an administrator: he has no business rights. */
function callerOf(req: Request) {
  const person = req.user;
  if (!person || !hasBusiness(person)) throw new Forbidden('incidents:notYours');
  return { person, t: req.t, requestId: req.requestId };
}

function keyOf(req: Request): string {
  const key = req.get('idempotency-key')?.trim() ?? '';
  if (!KEY.test(key)) throw new BadRequest(key === '' ? 'api:noKey' : 'api:badKey');
  return key;
}

/** `/api/v1/incidents` */
export function apiRoutes({ config, limiter }: Ground, machines: IncidentMachines, files: Files): Router {
  const router = Router();
  const reports = limiter({ name: 'api-reports', hits: 300, windowSeconds: 60, by: (req) => req.user?.id ?? '' });

  router.use((_req, res, next) => {
    res.set('Cache-Control', 'no-store');
    next();
  });

  router.post('/incidents', reports, async (req, res) => {
    const caller = callerOf(req);
    const key = keyOf(req);
    if (!req.is('application/json')) throw new BadRequest('api:notJson');
    const answer = await machines.report(caller, req.body, key);
    const path = `/api/v1/incidents/${answer.number}`;
    res.status(answer.repeated ? 200 : 201).location(path).json({ ...answer, url: `${config.publicUrl}/incidents/${answer.number}` });
  });

  router.get('/incidents', async (req, res) => {
    res.json(await machines.list(callerOf(req), req.query));
  });

  router.get('/incidents/:number', async (req, res) => {
    res.json(await machines.one(callerOf(req), req.params.number));
  });

  router.get('/incidents/:number/files/:sha256', async (req, res) => {
    await files.send(res, await machines.file(callerOf(req), req.params.number, req.params.sha256));
  });

  return router;
}
