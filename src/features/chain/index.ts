import type { FeatureFactory } from '../../platform/http/feature.ts';
import { anchorFileRoutes, anchorRoutes } from './anchor-pages.ts';
import { anchorsPath } from '../../platform/public-paths.ts';
import { onlyAuditors, chainRoutes } from './routes.ts';

export { startAnchoring } from './anchoring.ts';

/** Proving the case files: `/admin/chain`, for the audit administrator; and the roots that everybody may keep. */
export const chain: FeatureFactory = (ground) => [
  {
    access: 'staff',
    path: '/admin/chain',
    router: chainRoutes(ground),
    nav: [{ href: '/admin/chain', label: 'chain:title', icon: 'lock', order: 395, group: 'accounts:nav.administration', shownTo: onlyAuditors }],
  },
  { access: 'public', path: anchorsPath, router: anchorRoutes(ground) },
  { access: 'public', path: `${anchorsPath}.json`, router: anchorFileRoutes(ground) },
];
