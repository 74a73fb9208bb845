import { Router } from 'express';
import type { FeatureFactory } from '../../platform/http/feature.ts';
import { isClosed } from '../../rules/casefile/fold.ts';
import { isAdministrator } from '../../rules/people.ts';
import { caseRoutes, deskRoutes, presentCommon, type CaseRoutesParts, type CaseView } from '../cases/index.ts';
import { staffOf } from '../repairs/index.ts';
import { holderFacts } from './holders.ts';
import { codeCorrectionPages } from './stages.ts';

export { codeCorrectionPages } from './stages.ts';

const path = '/code-corrections';

const codeCorrectionView: CaseView = {
  kind: 'codeCorrection',
  listHref: path,
  staffOf,
  template: 'cases/show',
  async present(parts) {
    const { knex, state, words } = parts;
    const { t } = words;
    return {
      ...presentCommon(parts, { pages: codeCorrectionPages, list: { label: t('codeCorrections:title'), href: path }, badges: [] }),
      documents: [],
      aboutTitle: t('codeCorrections:one'),
      about: codeCorrectionPages.facts(state, words),
      recordTitle: t('codeCorrections:holders'),
      recordFacts: await holderFacts(knex, state, words, { toCorrect: !isClosed(state) }),
      ordersTitle: '',
      orders: null,
    };
  },
};

/** Codes of two living firms (重码) on the way to be corrected: the desk and the page of each (`/code-corrections`). */
export const codeCorrections =
  (parts: Omit<CaseRoutesParts, 'ground'>): FeatureFactory =>
  (ground) => {
    const router = Router();
    const all = { ...parts, ground };
    deskRoutes(router, all, { kind: 'codeCorrection', words: 'codeCorrections', staffOf });
    caseRoutes(router, all, codeCorrectionView);
    return [
      {
        access: 'staff',
        path,
        router,
        nav: [{ href: path, label: 'codeCorrections:title', icon: 'alert', order: 68, shownTo: (person) => !isAdministrator(person) }],
      },
    ];
  };
