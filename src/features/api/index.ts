import type { FeatureFactory } from '../../platform/http/feature.ts';
import { createMachines, type IncidentParts } from '../incidents/index.ts';
import { createChangeFeed } from '../public-records/index.ts';
import { createRecordMachines, type RecordParts } from '../records/index.ts';
import { createRepairMachines } from '../repairs/index.ts';
import { createEnquiries } from '../subjects/index.ts';
import { docsRoutes } from './docs.ts';
import { apiRoutes } from './routes.ts';

/** Incidents, records and applications for repair for other programs (`/api/v1`), and what has to be known to use it (`/api/docs`). */
export const api =
  (parts: IncidentParts & RecordParts): FeatureFactory =>
  (ground) => {
    const whole = { ...parts, ground };
    const machines = {
      incidents: createMachines(whole),
      files: parts.files,
      records: { machines: createRecordMachines(whole), enquiries: createEnquiries(whole), changes: createChangeFeed(whole) },
      repairs: createRepairMachines(whole),
    };
    return [
      { access: 'api', path: '/api/v1', router: apiRoutes(ground, machines) },
      { access: 'public', path: '/api/docs', router: docsRoutes(ground) },
    ];
  };
