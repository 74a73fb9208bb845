import { join } from 'node:path';
import type { RequestHandler, Router } from 'express';
import { defaultBodyLimits, readBody } from '../../platform/http/body.ts';
import { BadRequest } from '../../platform/http/errors.ts';
import type { Ground } from '../../platform/http/feature.ts';
import type { RepairMachines } from '../repairs/index.ts';
import { byPerson } from './caller.ts';

/** `/api/v1/repairs` */
export function repairRoutes(router: Router, { config, limiter }: Ground, machines: RepairMachines): void {
  const pushing = limiter({ name: 'api-repairs', hits: 60, windowSeconds: 60, by: byPerson });
  // Nobody else's files reach the disk: who may push is asked before the body is read.
  const mayPush: RequestHandler = async (req, _res, next) => {
    await machines.pusherOf(req);
    next(req.is('multipart/form-data') ? undefined : new BadRequest('apiRepairs:error.notMultipart'));
  };
  const { form } = readBody(join(config.dataFolder, 'uploads'), defaultBodyLimits, () => true);

  router.post('/repairs', pushing, mayPush, ...form, async (req, res) => {
    const answer = await machines.push(req);
    res.status(answer.merged || answer.repeated ? 200 : 201).location(`/api/v1/repairs/${answer.repair.number}`).json(answer);
  });

  router.get('/repairs/:number', async (req, res) => {
    res.json(await machines.one(req, req.params.number));
  });
}
