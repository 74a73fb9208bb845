import { Router } from 'express';
import type { FeatureFactory, NavEntry } from '../../platform/http/feature.ts';
import { SECOND_FACTOR_PATH } from '../../platform/http/sign-in-wall.ts';
import { isAdministrator, mayAdminister, type AdministrationAct } from '../../rules/people.ts';
import { accessLogRoutes } from './access-log-routes.ts';
import { alertRoutes } from './alerts-routes.ts';
import { ALERTS_PATH } from './alerts.ts';
import { peopleRoutes } from './people-routes.ts';
import { codeRoutes } from './code-routes.ts';
import { CODE_PATH, createEntering } from './entering.ts';
import { createIdentities } from './identities.ts';
import { IDENTITY_PATH, identityRoutes, staffProviderOf } from './identity-routes.ts';
import { createGiveBack } from './leaving.ts';
import { createAccountLetters } from './letters.ts';
import { PASSKEY_PATH, passkeyRoutes } from './passkey-routes.ts';
import { createPasskeys, passkeySiteOf } from './passkeys.ts';
import { createSecondFactors } from './second-factor.ts';
import { securityRoutes } from './security-routes.ts';
import { me, settingsRoutes } from './settings-routes.ts';
import { createSignInGuard } from './sign-in-guard.ts';
import { HOME as PROPOSALS } from './proposals-presenter.ts';
import { proposalRoutes } from './proposals-routes.ts';
import { signInsRoutes } from './sign-ins-routes.ts';
import { tokensRoutes } from './tokens-routes.ts';
import { signInRoutes, signOutRoutes } from './sign-in-routes.ts';
import { unitRoutes } from './units-routes.ts';

export { startAlerting } from './alerts.ts';
export { newPersonForm } from './forms.ts';
export { hashPassword } from './passwords.ts';
export { createAccountLetters } from './letters.ts';
export { addPerson, giveRole, resetPassword } from './people-commands.ts';
export { createSecondFactors } from './second-factor.ts';

const administration = (act: AdministrationAct): Pick<NavEntry, 'group' | 'shownTo'> => ({
  group: 'accounts:nav.administration',
  shownTo: (person) => mayAdminister(person, act),
});

/** Administrators have no business, so their start page is not "my work" but what they administer. */
function startOfAdministrators(): Router {
  const router = Router();
  router.get('/', (req, res, next) => {
    if (!isAdministrator(me(req))) return next();
    res.redirect(mayAdminister(me(req), 'viewAccessLog') ? '/admin/access-log' : '/admin/people');
  });
  return router;
}

interface AccountsParts {
  /** Has mails of the outbox sent now. */
  readonly deliver: (mails: readonly string[]) => Promise<void>;
}

/** Sign-in, my settings, and the administration of people, units and the access log. Comes before the feature that answers `/`. */
export const accounts = ({ deliver: send }: AccountsParts): FeatureFactory => (ground) => {
  const entering = createEntering(ground);
  const guard = createSignInGuard(ground.knex, ground.signInRules);
  const factors = createSecondFactors(ground.knex, ground.config);
  const tell = createAccountLetters(ground);
  // The page has told it already: a letter that has to wait stays in the outbox, and nothing else fails.
  const deliver = async (mails: readonly string[]): Promise<void> => {
    if (mails.length > 0) await send(mails).catch((error: unknown) => ground.logger.warn({ err: error }, 'letters about accounts wait in the outbox'));
  };
  const { staffIdentity, publicUrl } = ground.config;
  const identity = staffIdentity === undefined ? null
    : { identities: createIdentities(ground.knex, ground.config, staffIdentity.issuer), provider: staffProviderOf(staffIdentity, publicUrl) };
  const site = passkeySiteOf(publicUrl);
  const passkeys = site && createPasskeys(ground.knex, site);
  const own = { ground, factors, giveBack: createGiveBack(ground), tell, deliver, identity, passkeys };
  return [
    { access: 'public', path: '/login', router: signInRoutes(ground, entering, guard, passkeys !== null) },
    ...(passkeys ? [{ access: 'public' as const, path: PASSKEY_PATH, router: passkeyRoutes({ ground, entering, passkeys }) }] : []),
    ...(identity ? [{ access: 'public' as const, path: IDENTITY_PATH, router: identityRoutes({ ...own, ...identity, entering }) }] : []),
    { access: 'public', path: CODE_PATH, router: codeRoutes({ ...own, entering, guard }) },
    { access: 'staff', path: '/logout', router: signOutRoutes(ground) },
    { access: 'staff', path: '/', router: startOfAdministrators() },
    { access: 'staff', path: SECOND_FACTOR_PATH, router: securityRoutes(own) },
    { access: 'staff', path: '/settings/sign-ins', router: signInsRoutes(ground) },
    { access: 'staff', path: '/settings/tokens', router: tokensRoutes(own) },
    {
      access: 'staff', path: '/', router: settingsRoutes(own),
      nav: [{ href: '/settings', label: 'accounts:nav.settings', icon: 'settings', order: 900, group: 'accounts:nav.account' }],
    },
    {
      access: 'staff', path: '/admin/people', router: peopleRoutes(own),
      nav: [{ href: '/admin/people', label: 'accounts:nav.people', icon: 'people', order: 300, ...administration('viewPeople') }],
    },
    {
      access: 'staff', path: '/admin/units', router: unitRoutes(ground),
      nav: [{ href: '/admin/units', label: 'accounts:nav.units', icon: 'list', order: 310, ...administration('viewUnits') }],
    },
    {
      access: 'staff', path: PROPOSALS, router: proposalRoutes(own),
      nav: [{ href: PROPOSALS, label: 'accounts:nav.proposals', icon: 'check', order: 320, group: 'accounts:nav.administration', shownTo: isAdministrator }],
    },
    {
      access: 'staff', path: ALERTS_PATH, router: alertRoutes(ground),
      nav: [{ href: ALERTS_PATH, label: 'accounts:alert.title', icon: 'alert', order: 330, ...administration('viewAlerts') }],
    },
    {
      access: 'staff', path: '/admin/access-log', router: accessLogRoutes(ground),
      nav: [{ href: '/admin/access-log', label: 'accounts:nav.accessLog', icon: 'shield', order: 390, ...administration('viewAccessLog') }],
    },
  ];
};

/** The same where no worker sends mail: letters wait in the outbox. */
export const createAccounts: FeatureFactory = accounts({ deliver: () => Promise.resolve() });
