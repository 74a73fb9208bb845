import type { FeatureFactory } from '../../platform/http/feature.ts';
import type { PublicParts } from './parts.ts';
import { publicRoutes } from './routes.ts';

export { changePages, createChangeFeed, type ChangeFeed } from './changes.ts';
export { publicColumns } from './open-data.ts';

/** What everybody may see of dishonesty records, and how to repair one or object to it: `/public`. */
export const publicRecords =
  (parts: PublicParts): FeatureFactory =>
  (ground) => ({
    access: 'public',
    path: '/public',
    router: publicRoutes({ ...parts, ground }),
    nav: [
      { href: '/public/records', label: 'public:list.nav', icon: 'search', order: 190 },
      { href: '/public/guide', label: 'public:guide.nav', icon: 'book', order: 210 },
    ],
  });
