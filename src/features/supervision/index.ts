import type { FeatureFactory } from '../../platform/http/feature.ts';
import { maySupervise, supervisionRoutes, type SupervisionParts } from './routes.ts';

/** What is late and who can mend it: `/supervision`. */
export const supervision =
  (parts: SupervisionParts): FeatureFactory =>
  (ground) => ({
    access: 'staff',
    path: '/supervision',
    router: supervisionRoutes(ground, parts),
    nav: [{ href: '/supervision', label: 'supervision:title', icon: 'chart', order: 100, group: 'supervision:group', shownTo: maySupervise }],
  });
