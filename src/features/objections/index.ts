import { Router } from 'express';
import type { FeatureFactory } from '../../platform/http/feature.ts';
import { hasRole, isAdministrator } from '../../rules/people.ts';
import { objectionOpeningOf } from '../../rules/objection/facts.ts';
import { caseRoutes, deskRoutes, type CaseView } from '../cases/index.ts';
import { documentRoutes } from '../documents/index.ts';
import { intakeRoutes, type IntakeParts } from '../intake/index.ts';
import { presentApplication, staffOf } from '../repairs/index.ts';
import { objectionPages } from './stages/index.ts';

export { objectionPages } from './stages/index.ts';

const objectionView: CaseView = {
  kind: 'objection',
  listHref: '/objections',
  staffOf,
  template: 'cases/show',
  present: (parts) =>
    presentApplication(parts, {
      pages: objectionPages,
      words: 'objections',
      list: { label: parts.words.t('objections:title'), href: '/objections' },
      record: objectionOpeningOf(parts.state).record,
      orderStages: ['acknowledge-correction'],
    }),
};

/** Objections: the desk, entering one at a window, and the page of each (`/objections`). */
export const objections =
  (parts: Omit<IntakeParts, 'ground'>): FeatureFactory =>
  (ground) => {
    const router = Router();
    const all = { ...parts, ground };
    deskRoutes(router, all, { kind: 'objection', words: 'objections', staffOf, newOne: { href: '/objections/new', mayBy: (person) => hasRole(person, 'handler') } });
    intakeRoutes(router, all, 'objection');
    documentRoutes(router, all, { kind: 'objection', list: { title: 'objections:title', href: '/objections' }, staffOf });
    caseRoutes(router, all, objectionView);
    return [
      {
        access: 'staff',
        path: '/objections',
        router,
        nav: [{ href: '/objections', label: 'objections:title', icon: 'flag', order: 60, shownTo: (person) => !isAdministrator(person) }],
      },
    ];
  };
