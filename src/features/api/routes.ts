import { Router } from 'express';
import type { Files } from '../../platform/files.ts';
import type { Ground } from '../../platform/http/feature.ts';
import type { IncidentMachines } from '../incidents/index.ts';
import type { RepairMachines } from '../repairs/index.ts';
import { incidentRoutes } from './incident-routes.ts';
import { recordRoutes, type RecordRouteParts } from './record-routes.ts';
import { repairRoutes } from './repair-routes.ts';

/** What the interface hands its requests to. */
export interface Machines {
  readonly incidents: IncidentMachines;
  readonly files: Files;
  readonly records: RecordRouteParts;
  readonly repairs: RepairMachines;
}

/** `/api/v1` */
export function apiRoutes(ground: Ground, { incidents, files, records, repairs }: Machines): Router {
  const router = Router();
  router.use((_req, res, next) => {
    res.set('Cache-Control', 'no-store');
    next();
  });
  incidentRoutes(router, ground, incidents, files);
  recordRoutes(router, ground, records);
  repairRoutes(router, ground, repairs);
  return router;
}
