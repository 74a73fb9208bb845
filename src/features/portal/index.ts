import { Router } from 'express';
import type { FeatureFactory } from '../../platform/http/feature.ts';
import { applyRoutes } from './apply-routes.ts';
import { keepLapsedForms } from './lapsed.ts';
import { caseRoutes, progressRoutes } from './case-routes.ts';
import { bindRoutes } from './bind-routes.ts';
import { firmRoutes } from './firm-routes.ts';
import { identityProviderOf, identityRoutes } from './identity-routes.ts';
import { createPortalKeys } from './keys.ts';
import { createLetters } from './letters.ts';
import { noticeRoutes } from './notice-routes.ts';
import { bindingsPath, portalPath, progressPath, type Portal, type PortalParts } from './parts.ts';
import { signInRoutes } from './sign-in-routes.ts';
import { sitsInCreditOffice, staffRoutes } from './staff-routes.ts';
import { createVisitors } from './visitors.ts';

/** What a subject does for himself: his own record, asking for repair, objecting; and who of the house lets him. */
export const portal =
  (parts: PortalParts): FeatureFactory =>
  (ground) => {
    const { knex, config, clock, logger } = ground;
    const visitors = createVisitors({ knex, secret: config.secrets.session, clock, accessLog: ground.accessLog, signInPath: `${portalPath}/sign-in` });
    const sendNews: Portal['sendNews'] = async (mails) => {
      const waiting = mails.filter((mail) => mail !== null);
      if (waiting.length > 0) await parts.deliver(waiting).catch((error: unknown) => logger.warn({ err: error }, 'letters of the portal wait in the outbox'));
    };
    const all: Portal = { ...parts, ground, visitors, keys: createPortalKeys({ key: config.secrets.seal, hash: config.hash }), letters: createLetters(ground, { portalPath, bindingsPath }), sendNews };
    const router = Router();
    // What a visitor sees of himself stays in no cache of a shared machine.
    router.use((_req, res, next) => {
      res.set('Cache-Control', 'no-store');
      next();
    });
    const provider = identityProviderOf(ground);
    signInRoutes(router, all, provider);
    if (provider) identityRoutes(router, all, provider);
    keepLapsedForms(router, all);
    router.use(visitors.needed);
    bindRoutes(router, all);
    firmRoutes(router, all);
    noticeRoutes(router, all);
    applyRoutes(router, all);
    caseRoutes(router, all);
    const progress = Router();
    progressRoutes(progress, all);
    return [
      {
        access: 'public',
        path: portalPath,
        router,
        takesFiles: visitors.holdsCookie,
        nav: [{ href: portalPath, label: 'portal:title', icon: 'person', order: 220 }],
      },
      { access: 'public', path: progressPath, router: progress },
      {
        access: 'staff',
        path: bindingsPath,
        router: staffRoutes(all),
        nav: [{ href: bindingsPath, label: 'portal:staff.title', icon: 'person', order: 230, shownTo: sitsInCreditOffice }],
      },
    ];
  };

// A window and the upstream platform enter what the portal takes, by the same checks, and are told what the applicant is.
export { createTellInfected } from './infected.ts';
export { firstDay, papersFor, standingBar, timeBar, type Bar } from './apply.ts';
export { nowOf } from './cases.ts';
export { createPortalKeys } from './keys.ts';
export { longestStatement } from './drafts.ts';
export { paperFields, receivePapers, type ArrivedPaper } from './papers.ts';
export { maxMegabytes, todayOf } from './parts.ts';
export { objectionsAbout, type EarlierObjection } from './objections.ts';
export { nameOf, openRepair, sendObjection, type Sender } from './open-case.ts';
export { bannedUntil, findOwnRecord, openCaseOf, type OwnRecord } from './records.ts';
export { createTellWithdrawn } from './subject-news.ts';
export { createWaitingBindings } from './waiting.ts';
