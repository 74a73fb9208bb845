import type { FeatureFactory } from '../../platform/http/feature.ts';
import { onlyAuditors, chainRoutes } from './routes.ts';

/** Proving the case files: `/admin/chain`, for the audit administrator. */
export const chain: FeatureFactory = (ground) => ({
  access: 'staff',
  path: '/admin/chain',
  router: chainRoutes(ground),
  nav: [{ href: '/admin/chain', label: 'chain:title', icon: 'lock', order: 395, group: 'accounts:nav.administration', shownTo: onlyAuditors }],
});
