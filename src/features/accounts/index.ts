import { Router } from 'express';
import type { FeatureFactory, NavEntry } from '../../platform/http/feature.ts';
import { isAdministrator, mayAdminister, type AdministrationAct } from '../../rules/people.ts';
import { accessLogRoutes } from './access-log-routes.ts';
import { peopleRoutes } from './people-routes.ts';
import { me, settingsRoutes } from './settings-routes.ts';
import { signInRoutes, signOutRoutes } from './sign-in-routes.ts';
import { unitRoutes } from './units-routes.ts';

export { newPersonForm } from './forms.ts';
export { hashPassword } from './passwords.ts';
export { addPerson, giveRole } from './people-commands.ts';

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

/** Sign-in, my settings, and the administration of people, units and the access log. Comes before the feature that answers `/`. */
export const createAccounts: FeatureFactory = (ground) => [
  { access: 'public', path: '/login', router: signInRoutes(ground) },
  { access: 'staff', path: '/logout', router: signOutRoutes(ground) },
  { access: 'staff', path: '/', router: startOfAdministrators() },
  {
    access: 'staff', path: '/', router: settingsRoutes(ground),
    nav: [{ href: '/settings', label: 'accounts:nav.settings', icon: 'settings', order: 900, group: 'accounts:nav.account' }],
  },
  {
    access: 'staff', path: '/admin/people', router: peopleRoutes(ground),
    nav: [{ href: '/admin/people', label: 'accounts:nav.people', icon: 'people', order: 300, ...administration('viewPeople') }],
  },
  {
    access: 'staff', path: '/admin/units', router: unitRoutes(ground),
    nav: [{ href: '/admin/units', label: 'accounts:nav.units', icon: 'list', order: 310, ...administration('viewUnits') }],
  },
  {
    access: 'staff', path: '/admin/access-log', router: accessLogRoutes(ground),
    nav: [{ href: '/admin/access-log', label: 'accounts:nav.accessLog', icon: 'shield', order: 390, ...administration('viewAccessLog') }],
  },
];
