import type { Router } from 'express';
import type { Files } from '../../platform/files.ts';
import { BadRequest } from '../../platform/http/errors.ts';
import type { Ground } from '../../platform/http/feature.ts';
import type { IncidentMachines } from '../incidents/index.ts';
import { byPerson, callerOf, keyOf } from './caller.ts';

/** `/api/v1/incidents` */
export function incidentRoutes(router: Router, { config, limiter }: Ground, machines: IncidentMachines, files: Files): void {
  const reports = limiter({ name: 'api-reports', hits: 300, windowSeconds: 60, by: byPerson });

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
}
