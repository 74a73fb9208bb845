import type { FeatureFactory } from '../../platform/http/feature.ts';
import { LOG } from './filter-bar.ts';
import { mailRoutes, mayReadMail, type MailLogParts } from './routes.ts';

export { mailsOfCase, type MailOfCase } from './queries.ts';
export type { MailLogParts } from './routes.ts';

/** The mail log: `/admin/mail`. */
export const mailLog =
  (parts: MailLogParts): FeatureFactory =>
  (ground) => ({
    access: 'staff',
    path: LOG,
    router: mailRoutes(ground, parts),
    nav: [{ href: LOG, label: 'mail:log.title', icon: 'mail', order: 340, group: 'accounts:nav.administration', shownTo: mayReadMail }],
  });
