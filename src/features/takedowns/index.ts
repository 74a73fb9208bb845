import { Router } from 'express';
import type { FeatureFactory } from '../../platform/http/feature.ts';
import { takenOff } from '../../platform/takedowns.ts';
import { isAdministrator, seesAll } from '../../rules/people.ts';
import { takedownOpeningOf } from '../../rules/takedown/facts.ts';
import { caseRoutes, deskRoutes, presentCommon, type CaseRoutesParts, type CaseView } from '../cases/index.ts';
import { staffOf } from '../repairs/index.ts';
import { takedownActRoutes, takedownsPath } from './act-routes.ts';
import { takedownFacts, takedownPages } from './stages.ts';
import { findText } from './texts.ts';

export { takedownPages } from './stages.ts';

const takedownView = ({ seal }: Pick<CaseRoutesParts, 'seal'>): CaseView => ({
  kind: 'takedown',
  listHref: takedownsPath,
  staffOf,
  template: 'cases/show',
  async present(parts) {
    const { knex, state, words } = parts;
    const { t } = words;
    const { text } = takedownOpeningOf(state);
    const [off, found] = await Promise.all([takenOff(knex, text), findText(knex, seal, text)]);
    return {
      ...presentCommon(parts, { pages: takedownPages, list: { label: t('takedowns:title'), href: takedownsPath }, badges: [] }),
      documents: [],
      aboutTitle: t('takedowns:one'),
      about: takedownFacts(state, words),
      recordTitle: t('takedowns:form.text'),
      recordFacts: {
        items: [
          { term: t('takedowns:fact.standing'), value: { kind: 'badge', badge: { label: t(off ? 'takedowns:fact.off' : 'takedowns:fact.shown'), tone: off ? 'late' : 'done' } } },
          ...(found ? [{ term: t(`takedowns:kind.${text.kind}`), value: { kind: 'lines' as const, lines: [...found.paragraphs] }, wide: true }] : []),
        ],
      },
      ordersTitle: '',
      orders: null,
    };
  },
});

/** Published texts that one person took off at once (紧急下架): the form, the desk and the page of each (`/takedowns`). */
export const takedowns =
  (parts: Omit<CaseRoutesParts, 'ground'>): FeatureFactory =>
  (ground) => {
    const router = Router();
    const all = { ...parts, ground };
    takedownActRoutes(router, all);
    deskRoutes(router, all, { kind: 'takedown', words: 'takedowns', staffOf, newOne: { href: `${takedownsPath}/new`, mayBy: seesAll } });
    caseRoutes(router, all, takedownView(parts));
    return [
      {
        access: 'staff',
        path: takedownsPath,
        router,
        nav: [{ href: takedownsPath, label: 'takedowns:title', icon: 'pause', order: 69, shownTo: (person) => !isAdministrator(person) }],
      },
    ];
  };
