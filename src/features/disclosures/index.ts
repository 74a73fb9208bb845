import type { FeatureFactory } from '../../platform/http/feature.ts';
import { disclosureRoutes } from './routes.ts';

export { newestOpinions, type NewestOpinion } from './queries.ts';

/** What was decided, for everybody to read: `/public`. */
export const disclosures: FeatureFactory = (ground) => ({
  access: 'public',
  path: '/public',
  router: disclosureRoutes(ground),
  nav: [{ href: '/public/opinions', label: 'disclosures:list.title', icon: 'megaphone', order: 200 }],
});
