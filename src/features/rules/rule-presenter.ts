import { labelledSummary, type Form } from '../../platform/http/forms.ts';
import { createMoments } from '../../platform/http/moments.ts';
import type { Cell, DataTable, ErrorSummary, Facts, Heading, Notice, Page } from '../../platform/http/view-models.ts';
import { mayPropose, type RuleDomain, type RuleKind } from '../../rules/limits/index.ts';
import { presentPending, type PendingView } from './pending-presenter.ts';
import type { RuleVersion } from './queries.ts';
import {
  domainsIn, nameOf, nextVersion, noneInForce, rolesInWords, ruleHref, ruleName, RULES_PATH, statusOf, validInWords, valueInWords, versionOn, type Reader, type Which,
} from './words.ts';

export interface RuleView {
  page: Page;
  heading: Heading;
  errors: ErrorSummary;
  pending: PendingView | null;
  facts: Facts;
  refusal: Notice | null;
  /** On the page of the general rule: the fields that have versions of their own. */
  domains: DataTable | null;
  history: DataTable;
}

/** One rule, for all fields or for one: what is in force, what is proposed, and every version there was. */
export function presentRule(kind: RuleKind, domain: RuleDomain | null, versions: readonly RuleVersion[], decision: Form, reader: Reader): RuleView {
  const { t, person, today } = reader;
  const moments = createMoments(t);
  const which: Which = { code: kind.code, domain };
  const name = ruleName(which, t);
  const general = ruleName({ ...which, domain: null }, t);
  const own = versions.filter((version) => version.domain === domain);
  const current = versionOn(versions, which, today);
  const pending = own.find((version) => version.status === 'proposed');
  const keeper = mayPropose(person, kind.group);
  const shownPending = pending ? presentPending(kind, pending, versions, decision, reader) : null;
  return {
    page: {
      title: name,
      crumbs: [
        { label: t('rules:list.title'), href: RULES_PATH },
        ...(domain === null ? [] : [{ label: general, href: ruleHref({ ...which, domain: null }) }]),
        { label: domain === null ? name : t(`rules:domain.${domain}`) },
      ],
    },
    heading: {
      title: name,
      number: kind.code,
      lead: t(`rules:rule.${kind.code}.about`),
      ...(keeper && !pending
        ? { links: [{ href: ruleHref(which, '/propose'), label: t('rules:show.propose'), icon: 'plus' as const, primary: true }] }
        : {}),
    },
    errors: labelledSummary(decision, shownPending?.fields ?? [], t),
    facts: {
      items: current
        ? [
            { term: t('rules:column.value'), value: valueInWords(current, t) },
            current.effectiveTo === null
              ? { term: t('rules:column.since'), value: { kind: 'when', when: moments.day(current.effectiveFrom) } }
              : { term: t('rules:column.valid'), value: validInWords(current, t) },
            { term: t('rules:column.basis'), value: current.legalBasis, wide: true },
          ]
        : [{ term: t('rules:column.value'), value: noneInForce(versions, which, reader) }],
    },
    refusal: keeper ? null : { tone: 'info', text: t('rules:show.notKeeper', { roles: rolesInWords(kind.group, 'propose', t) }) },
    pending: shownPending,
    domains: kind.byDomain && domain === null ? domainTable(kind, versions, reader) : null,
    history: {
      caption: t('rules:show.historyOf', { name }),
      columns: [
        { key: 'value', label: t('rules:column.value'), line: 1, tight: true },
        { key: 'status', label: t('rules:column.status'), line: 2, tight: true },
        { key: 'valid', label: t('rules:column.valid'), line: 2, tight: true },
        { key: 'basis', label: t('rules:column.basis') },
        { key: 'who', label: t('rules:column.who'), line: 3 },
      ],
      rows: own.map((version) => ({
        id: `version-${version.id}`,
        cells: {
          value: valueInWords(version, t),
          status: { kind: 'badge', badge: statusOf(version, today, t) },
          valid: validInWords(version, t),
          basis: { kind: 'lines', lines: [version.legalBasis, t('rules:show.reason', { reason: version.reason })] },
          who: whoCell(version, reader),
        },
      })),
      empty: { title: t('rules:status.missing') },
    },
  };
}

/** Every field that has, had or will have a version of its own, with the latest of them. */
function domainTable(kind: RuleKind, versions: readonly RuleVersion[], reader: Reader): DataTable {
  const { t, today } = reader;
  const { code } = kind;
  const fields = domainsIn(versions, code).map((domain) => ({
    which: { code, domain },
    version: versionOn(versions, { code, domain }, today) ?? nextVersion(versions, { code, domain }, today) ?? versions.find((one) => one.domain === domain),
    next: nextVersion(versions, { code, domain }, today),
  }));
  return {
    caption: t('rules:show.domainsOf', { name: ruleName({ code, domain: null }, t) }),
    columns: [
      { key: 'domain', label: t('rules:column.domain'), line: 1 },
      { key: 'value', label: t('rules:column.value'), line: 2, tight: true },
      { key: 'status', label: t('rules:column.status'), line: 2, tight: true },
      { key: 'valid', label: t('rules:column.valid'), line: 3, tight: true },
      { key: 'basis', label: t('rules:column.basis') },
    ],
    rows: fields.flatMap(({ which, version, next }) => version === undefined ? [] : [{
      id: `field-${which.domain}`,
      ...(next?.status === 'proposed' ? { tone: 'soon' as const } : {}),
      cells: {
        domain: { kind: 'link', href: ruleHref(which), label: t(`rules:domain.${which.domain}`) },
        value: valueInWords(version, t),
        status: { kind: 'badge', badge: statusOf(next?.status === 'proposed' ? next : version, today, t) },
        valid: validInWords(version, t),
        basis: version.legalBasis,
      },
    }]),
    empty: { title: t('rules:show.domainsNone') },
  };
}

function whoCell(version: RuleVersion, reader: Reader): Cell {
  const { t } = reader;
  const moments = createMoments(t);
  if (version.proposedBy === null) return t('rules:delivered');
  const lines = [t('rules:show.proposed', { who: nameOf(version.proposedBy, reader), when: moments.tableTime(version.proposedAt).text })];
  if (version.decidedAt && version.decidedBy) {
    const when = moments.tableTime(version.decidedAt).text;
    lines.push(t(`rules:show.${version.status}`, { who: nameOf(version.decidedBy, reader), when }));
  }
  if (version.decisionNote !== null) lines.push(t('rules:show.note', { note: version.decisionNote }));
  return { kind: 'lines', lines };
}
