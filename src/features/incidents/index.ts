import { Router } from 'express';
import { createCodeWord } from '../../platform/code-word.ts';
import type { FeatureFactory } from '../../platform/http/feature.ts';
import { caseRoutes } from '../cases/index.ts';
import { importRoutes } from './import/routes.ts';
import { listRoutes } from './list/routes.ts';
import { hasBusiness, type IncidentParts, type Incidents } from './parts.ts';
import { checkRoutes } from './report/check-routes.ts';
import { reportRoutes } from './report/routes.ts';
import { incidentView } from './show/presenter.ts';

export type { IncidentParts, Incidents } from './parts.ts';
export { hasBusiness } from './parts.ts';
export { sorts, standings } from './list/filter.ts';
export { createMachines, pageSizes, type IncidentMachines } from './machines.ts';
export { lengths, mostSubjects } from './report/forms.ts';
export { incidentPages } from './stages/index.ts';

/** Incidents: reporting them, one or many, the list, and the page of each (`/incidents`); the check of codes. */
export const incidents =
  (parts: IncidentParts): FeatureFactory =>
  (ground) => {
    const all: Incidents = { ...parts, ground, codeWord: createCodeWord({ key: ground.config.secrets.seal, hash: ground.config.hash }) };
    const router = Router();
    reportRoutes(router, all);
    listRoutes(router, all);
    importRoutes(router, all);
    // Last, as a case number may stand where the others have a word.
    caseRoutes(router, all, incidentView(all));
    return [
      {
        access: 'staff',
        path: '/incidents',
        router,
        nav: [{ href: '/incidents', label: 'incidents:title', icon: 'list', order: 20, shownTo: hasBusiness }],
      },
      // What is typed is looked up nowhere: an applicant has his code checked like the staff.
      { access: 'public', path: '/api/check', router: checkRoutes(ground) },
    ];
  };
