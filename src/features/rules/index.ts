import type { FeatureFactory } from '../../platform/http/feature.ts';
import { hasRole, isAdministrator } from '../../rules/people.ts';
import { RULES_PATH } from './words.ts';
import { ruleRoutes, type RulesParts } from './routes.ts';

export type { ConfirmedRule, RulesParts } from './routes.ts';
export { seedRules } from './seed.ts';

/** The administration of time limits and thresholds. */
export function rulesFeature(parts: RulesParts): FeatureFactory {
  return (ground) => ({
    access: 'staff',
    path: RULES_PATH,
    router: ruleRoutes(ground, parts),
    nav: [{
      href: RULES_PATH,
      label: 'rules:list.title',
      icon: 'book',
      order: 330,
      group: 'accounts:nav.administration',
      shownTo: (person) => isAdministrator(person) || hasRole(person, 'creditOfficeHead') || hasRole(person, 'supervisor'),
    }],
  });
}
