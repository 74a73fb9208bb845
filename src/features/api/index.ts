import type { FeatureFactory } from '../../platform/http/feature.ts';
import { createMachines, type IncidentParts } from '../incidents/index.ts';
import { docsRoutes } from './docs.ts';
import { apiRoutes } from './routes.ts';

/** Incidents for other programs (`/api/v1`), and what has to be known to use it (`/api/docs`). */
export const api =
  (parts: IncidentParts): FeatureFactory =>
  (ground) => [
    { access: 'api', path: '/api/v1', router: apiRoutes(ground, createMachines({ ...parts, ground }), parts.files) },
    { access: 'public', path: '/api/docs', router: docsRoutes(ground) },
  ];
