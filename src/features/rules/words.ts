import type { Badge, Cell } from '../../platform/http/view-models.ts';
import type { Translate } from '../../platform/i18n.ts';
import { isValidOn, keepersOf, ruleDomains, ruleKindOf, type LimitUnit, type RuleDomain, type RuleGroup } from '../../rules/limits/index.ts';
import type { Locale, Person } from '../../rules/people.ts';
import type { PersonName, RuleVersion } from './queries.ts';

/** What every page of this feature is made with. */
export interface Reader {
  readonly t: Translate;
  readonly locale: Locale;
  readonly person: Pick<Person, 'id' | 'roles'>;
  /** `YYYY-MM-DD` by the calendar in force. */
  readonly today: string;
}

export const RULES_PATH = '/admin/rules';

/** A rule, for all fields or for one that has versions of its own. */
export interface Which {
  readonly code: string;
  readonly domain: string | null;
}

/** 一般失信信息最短公示期（食品）. */
export function ruleName({ code, domain }: Which, t: Translate): string {
  const name = t(`rules:rule.${code}.name`);
  return domain === null ? name : t('rules:ofDomain', { name, domain: t(`rules:domain.${domain}`) });
}

/** Address of a rule's page, or of one below it (`/propose`). */
export const ruleHref = ({ code, domain }: Which, below = ''): string =>
  `${RULES_PATH}/${code}${below}${domain === null ? '' : `?domain=${domain}`}`;

/** A value with its unit: 3 个工作日, 80%, 不设时限, 自公示之日起算. */
export function valueInWords({ code, value, unit }: { code: string; value: number | null; unit: LimitUnit }, t: Translate): string {
  const kind = ruleKindOf(code);
  if (value === null) return t(kind?.units.includes('none') ? `rules:unnumbered.${code}` : 'rules:value.unlimited');
  if (kind?.chosen) return t(`rules:choice.${code}.${value}`);
  if (unit !== 'none') return t(`rules:value.${unit}`, { count: value });
  return t(`rules:bare.${code}`, { count: value, number: value.toLocaleString('en') });
}

/** The version of a rule and field that is valid on a day. `versions` are the newest first. */
export function versionOn(versions: readonly RuleVersion[], { code, domain }: Which, day: string): RuleVersion | undefined {
  return versions.find((one) => one.code === code && one.domain === domain && one.status === 'confirmed' && isValidOn(one, day));
}

export function nextVersion(versions: readonly RuleVersion[], { code, domain }: Which, today: string): RuleVersion | undefined {
  const own = versions.filter((version) => version.code === code && version.domain === domain);
  return own.find(({ status }) => status === 'proposed') ?? own.find((one) => one.status === 'confirmed' && one.effectiveFrom > today);
}

/** The fields of which there are versions, in the order of the catalogue. */
export const domainsIn = (versions: readonly RuleVersion[], code: string): RuleDomain[] =>
  ruleDomains.filter((domain) => versions.some((version) => version.code === code && version.domain === domain));

export const nameOf = (person: PersonName | null, { t, locale }: Reader): string =>
  person === null ? t('rules:delivered') : locale === 'en' ? person.nameEn : person.name;

/** The roles that may do it, in words: 信用办负责人或督查. */
export const rolesInWords = (group: RuleGroup, act: 'propose' | 'confirm', t: Translate): string =>
  keepersOf(group)[act].map((role) => t(`common:role.${role}`)).join(t('rules:or'));

export function statusOf(version: RuleVersion, today: string, t: Translate): Badge {
  if (version.status === 'proposed') return { label: t('rules:status.proposed'), tone: 'soon' };
  if (version.status === 'rejected') return { label: t('rules:status.rejected'), tone: 'plain' };
  if (isValidOn(version, today)) return { label: t('rules:status.inForce'), tone: 'done' };
  return version.effectiveFrom > today
    ? { label: t('rules:status.toCome'), tone: 'accent' }
    : { label: t('rules:status.ended'), tone: 'plain' };
}

/** In a field without a version of its own the general one applies; without that one, nothing does. */
export function noneInForce(versions: readonly RuleVersion[], { code, domain }: Which, { t, today }: Reader): Cell {
  const general = domain === null ? undefined : versionOn(versions, { code, domain: null }, today);
  return general
    ? t('rules:show.byGeneral', { value: valueInWords(general, t) })
    : { kind: 'badge', badge: { label: t('rules:status.missing'), tone: 'late' } };
}

export const validInWords = ({ effectiveFrom: from, effectiveTo: to }: RuleVersion, t: Translate): string =>
  to === null ? t('rules:show.validFrom', { from }) : t('rules:show.validBetween', { from, to });
