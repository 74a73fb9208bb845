import { Router } from 'express';
import type { FeatureFactory } from '../../platform/http/feature.ts';
import { isAdministrator } from '../../rules/people.ts';
import { releaseOpeningOf, stageOf } from '../../rules/release/facts.ts';
import { caseRoutes, deskRoutes, type CaseRoutesParts, type CaseView } from '../cases/index.ts';
import { presentApplication, staffOf } from '../repairs/index.ts';
import { releasePages } from './stages.ts';

export { releasePages } from './stages.ts';

const releaseView: CaseView = {
  kind: 'release',
  listHref: '/releases',
  staffOf,
  template: 'cases/show',
  present(parts) {
    const { record, cause } = releaseOpeningOf(parts.state);
    return presentApplication(parts, {
      pages: releasePages,
      words: 'releases',
      list: { label: parts.words.t('releases:title'), href: '/releases' },
      record,
      orderStages: [stageOf(cause)],
    });
  },
};

/** Release orders of records that went outside a case: the desk and the page of each (`/releases`). */
export const releases =
  (parts: Omit<CaseRoutesParts, 'ground'>): FeatureFactory =>
  (ground) => {
    const router = Router();
    const all = { ...parts, ground };
    deskRoutes(router, all, { kind: 'release', words: 'releases', staffOf });
    caseRoutes(router, all, releaseView);
    return [
      {
        access: 'staff',
        path: '/releases',
        router,
        nav: [{ href: '/releases', label: 'releases:title', icon: 'bell', order: 65, shownTo: (person) => !isAdministrator(person) }],
      },
    ];
  };
