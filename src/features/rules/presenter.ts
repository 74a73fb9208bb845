import { errorSummary, filled, type Form } from '../../platform/http/forms.ts';
import { createMoments } from '../../platform/http/moments.ts';
import type {
  Badge, ButtonRow, Cell, ConfirmBlock, DataTable, ErrorSummary, Facts, Field, FormShell, Heading, Notice, Page, Tabs,
} from '../../platform/http/view-models.ts';
import type { Translate } from '../../platform/i18n.ts';
import {
  dayBefore, decisionRefusal, isValidOn, keepersOf, mayPropose, ruleDomains, ruleGroups, ruleKindOf, ruleKinds,
  type LimitUnit, type RuleDomain, type RuleGroup, type RuleKind,
} from '../../rules/limits/index.ts';
import type { Locale, Person } from '../../rules/people.ts';
import { GENERAL, limits } from './forms.ts';
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
interface Which {
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

function nextVersion(versions: readonly RuleVersion[], { code, domain }: Which, today: string): RuleVersion | undefined {
  const own = versions.filter((version) => version.code === code && version.domain === domain);
  return own.find(({ status }) => status === 'proposed') ?? own.find((one) => one.status === 'confirmed' && one.effectiveFrom > today);
}

/** The fields of which there are versions, in the order of the catalogue. */
const domainsIn = (versions: readonly RuleVersion[], code: string): RuleDomain[] =>
  ruleDomains.filter((domain) => versions.some((version) => version.code === code && version.domain === domain));

const nameOf = (person: PersonName | null, { t, locale }: Reader): string =>
  person === null ? t('rules:delivered') : locale === 'en' ? person.nameEn : person.name;

/** The roles that may do it, in words: 信用办负责人或督查. */
export const rolesInWords = (group: RuleGroup, act: 'propose' | 'confirm', t: Translate): string =>
  keepersOf(group)[act].map((role) => t(`common:role.${role}`)).join(t('rules:or'));

function statusOf(version: RuleVersion, today: string, t: Translate): Badge {
  if (version.status === 'proposed') return { label: t('rules:status.proposed'), tone: 'soon' };
  if (version.status === 'rejected') return { label: t('rules:status.rejected'), tone: 'plain' };
  if (isValidOn(version, today)) return { label: t('rules:status.inForce'), tone: 'done' };
  return version.effectiveFrom > today
    ? { label: t('rules:status.toCome'), tone: 'accent' }
    : { label: t('rules:status.ended'), tone: 'plain' };
}

export interface ListView {
  page: Page;
  heading: Heading;
  /** The way to each group, as the page is long. */
  ways: Tabs;
  groups: { id: string; title: string; note: string; table: DataTable }[];
}

/** All rules of the groups the reader may see, with the version in force today. */
export function presentList(versions: readonly RuleVersion[], groups: readonly RuleGroup[], reader: Reader): ListView {
  const { t } = reader;
  const title = t('rules:list.title');
  const shown = ruleGroups.filter((group) => groups.includes(group));
  return {
    page: { title, width: 'full' },
    heading: { title, lead: t('rules:list.lead') },
    ways: {
      label: t('rules:list.groups'),
      items: shown.map((group) => ({ href: `#group-${group}`, label: t(`rules:groupShort.${group}`), current: false })),
    },
    groups: shown.map((group) => ({
      id: `group-${group}`,
      title: t(`rules:group.${group}`),
      note: t('rules:list.keepers', { propose: rolesInWords(group, 'propose', t), confirm: rolesInWords(group, 'confirm', t) }),
      table: groupTable(group, versions, reader),
    })),
  };
}

function groupTable(group: RuleGroup, versions: readonly RuleVersion[], reader: Reader): DataTable {
  const { t, today } = reader;
  const moments = createMoments(t);
  // Of a field, only what is in force or to come: what has ended is on the rule's own page.
  const rules = ruleKinds.filter((kind) => kind.group === group).flatMap(({ code }) => [null, ...domainsIn(versions, code)].map((domain) => ({
    which: { code, domain },
    current: versionOn(versions, { code, domain }, today),
    next: nextVersion(versions, { code, domain }, today),
  }))).filter(({ which, current, next }) => which.domain === null || current !== undefined || next !== undefined);
  const anyNext = rules.some(({ next }) => next !== undefined);
  return {
    caption: t(`rules:group.${group}`),
    columns: [
      { key: 'name', label: t('rules:column.name'), line: 1 },
      { key: 'value', label: t('rules:column.value'), line: 2, tight: true },
      { key: 'since', label: t('rules:column.since'), line: 3, named: true, tight: true },
      ...(anyNext ? [{ key: 'next', label: t('rules:column.next'), line: 3 as const, tight: true }] : []),
      { key: 'basis', label: t('rules:column.basis') },
    ],
    rows: rules.map(({ which, current, next }) => ({
      id: which.domain === null ? which.code : `${which.code}.${which.domain}`,
      ...(next?.status === 'proposed' ? { tone: 'soon' as const } : {}),
      cells: {
        name: { kind: 'link', href: ruleHref(which), label: ruleName(which, t), note: which.code },
        value: current ? valueInWords(current, t) : noneInForce(versions, which, reader),
        since: current ? { kind: 'when', when: moments.table(current.effectiveFrom) } : { kind: 'none' },
        next: nextCell(next, reader),
        basis: current ? current.legalBasis : { kind: 'none' },
      },
    })),
    empty: { title: t('rules:list.none') },
  };
}

/** In a field without a version of its own the general one applies; without that one, nothing does. */
function noneInForce(versions: readonly RuleVersion[], { code, domain }: Which, { t, today }: Reader): Cell {
  const general = domain === null ? undefined : versionOn(versions, { code, domain: null }, today);
  return general
    ? t('rules:show.byGeneral', { value: valueInWords(general, t) })
    : { kind: 'badge', badge: { label: t('rules:status.missing'), tone: 'late' } };
}

const validInWords = ({ effectiveFrom: from, effectiveTo: to }: RuleVersion, t: Translate): string =>
  to === null ? t('rules:show.validFrom', { from }) : t('rules:show.validBetween', { from, to });

function nextCell(next: RuleVersion | undefined, { t, today }: Reader): Cell {
  if (!next) return '';
  const { label } = statusOf(next, today, t);
  return { kind: 'lines', lines: [`${label}${t('ui:common.colon')}${valueInWords(next, t)}`, t('rules:list.from', { date: next.effectiveFrom })] };
}

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

interface PendingView {
  facts: Facts;
  confirm: ConfirmBlock;
  form: FormShell | null;
  fields: Field[];
  buttons: ButtonRow;
  refusal: Notice | null;
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
    errors: errorSummary(decision),
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
    pending: pending ? presentPending(kind, pending, versions, decision, reader) : null,
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

/** What confirming does, to the version before, to the fields and to what is open. */
function consequencesOf(kind: RuleKind, pending: RuleVersion, versions: readonly RuleVersion[], { t, today }: Reader): string[] {
  const { code, domain, effectiveFrom: from } = pending;
  const open = versions.find((one) => one.domain === domain && one.status === 'confirmed' && one.effectiveTo === null);
  const begins = `rules:confirm.${open ? 'from' : 'first'}${domain === null ? '' : 'Of'}`;
  const words = { from, last: dayBefore(from), value: valueInWords(pending, t), domain: domain === null ? '' : t(`rules:domain.${domain}`) };
  const others = domain === null ? domainsIn(versions, code).filter((field) => versionOn(versions, { code, domain: field }, today)) : [];
  const counted = kind.group === 'record' || kind.group === 'publicity' ? 'records' : from <= today ? 'openPast' : 'open';
  return [
    t(begins, words),
    ...(pending.effectiveTo === null ? [] : [t('rules:confirm.until', { to: pending.effectiveTo })]),
    ...(others.length === 0 ? [] : [t('rules:confirm.others', { domains: others.map((field) => t(`rules:domain.${field}`)).join(t('rules:join')) })]),
    t(`rules:confirm.${counted}`, { from }),
    t('rules:confirm.decided'),
  ];
}

function presentPending(kind: RuleKind, pending: RuleVersion, versions: readonly RuleVersion[], decision: Form, reader: Reader): PendingView {
  const { t, person } = reader;
  const moments = createMoments(t);
  const refusal = decisionRefusal(person, kind.group, pending.proposedById);
  return {
    facts: {
      items: [
        { term: t('rules:column.value'), value: valueInWords(pending, t) },
        { term: t('rules:column.since'), value: { kind: 'when', when: moments.day(pending.effectiveFrom) } },
        ...(pending.effectiveTo === null ? [] : [{ term: t('rules:form.until'), value: { kind: 'when' as const, when: moments.day(pending.effectiveTo) } }]),
        { term: t('rules:column.basis'), value: pending.legalBasis, wide: true },
        { term: t('rules:form.reason'), value: pending.reason, wide: true },
        { term: t('rules:show.proposedBy'), value: t('rules:show.byAt', { who: nameOf(pending.proposedBy, reader), when: moments.dayTime(pending.proposedAt).text }) },
      ],
    },
    refusal: refusal === null ? null : { tone: 'info', text: t(`rules:refused.${refusal}`, { roles: rolesInWords(kind.group, 'confirm', t) }) },
    confirm: {
      title: t('rules:confirm.title'),
      consequences: consequencesOf(kind, pending, versions, reader),
      mailTo: [],
      undo: { possible: false, text: t('rules:confirm.undo') },
    },
    form: refusal === null ? { action: ruleHref(pending, '/decide'), hidden: { id: String(pending.id) } } : null,
    fields: [{ kind: 'textarea', label: t('rules:form.note'), hint: t('rules:form.noteHint'), rows: 2, limit: limits.reason, ...filled(decision, 'note') }],
    buttons: {
      primary: { label: t('rules:show.confirm'), name: 'decision', value: 'confirm', icon: 'check' },
      others: [{ label: t('rules:show.reject'), name: 'decision', value: 'reject' }],
    },
  };
}

export interface ProposeView {
  page: Page;
  heading: Heading;
  errors: ErrorSummary;
  current: Facts;
  form: FormShell;
  fields: Field[];
  notice: Notice;
  buttons: ButtonRow;
}

/** The value: a number with its unit, or one of the words that stand for numbers. */
function valueFields(kind: RuleKind, form: Form, t: Translate): Field[] {
  const { code, min, max } = kind;
  if (kind.chosen) {
    const values = Array.from({ length: max - min + 1 }, (_, index) => min + index);
    return [{
      kind: 'radios', label: t('rules:form.choice'), required: true, ...filled(form, 'value'),
      options: values.map((value) => ({ value: String(value), label: t(`rules:choice.${code}.${value}`) })),
    }];
  }
  const isNumber = kind.units.includes('none');
  const hint = !kind.mayBeNone ? 'valueHint' : isNumber ? 'valueOrNoNumber' : 'valueOrNone';
  const number: Field = {
    kind: 'number', label: t('rules:form.value'), required: !kind.mayBeNone, whole: true,
    ...(isNumber ? { unit: t(`rules:bareUnit.${code}`) } : {}),
    hint: t(`rules:form.${hint}`, { min: min.toLocaleString('en'), max: max.toLocaleString('en') }),
    ...filled(form, 'value'),
  };
  const units = unitsOf(kind);
  if (units.length === 1) return [number];
  return [number, {
    kind: 'radios', label: t('rules:form.unit'), required: true, inline: true, ...filled(form, 'unit'),
    options: units.map((unit) => ({ value: unit, label: t(`rules:unit.${unit}`) })),
  }];
}

const unitsOf = (kind: RuleKind): readonly LimitUnit[] => (kind.mayBeNone ? [...new Set([...kind.units, 'none' as const])] : kind.units);

/** The form for a new version, beside what is in force for the field that is chosen in it. */
export function presentProposal(kind: RuleKind, domain: RuleDomain | null, versions: readonly RuleVersion[], form: Form, reader: Reader): ProposeView {
  const { t, today } = reader;
  const moments = createMoments(t);
  const which: Which = { code: kind.code, domain };
  const name = ruleName(which, t);
  const title = t('rules:propose.title');
  const current = versionOn(versions, which, today);
  const units = unitsOf(kind);
  const domainField: Field[] = kind.byDomain
    ? [{
        kind: 'select', label: t('rules:form.domain'), hint: t('rules:form.domainHint'), required: true, blank: false, ...filled(form, 'domain'),
        options: [GENERAL, ...ruleDomains].map((value) => ({ value, label: t(`rules:domain.${value}`) })),
      }]
    : [];
  const untilField: Field[] = kind.byDomain
    ? [{ kind: 'date', label: t('rules:form.until'), hint: t('rules:form.untilHint'), ...filled(form, 'effectiveTo') }]
    : [];
  return {
    page: {
      title,
      crumbs: [{ label: t('rules:list.title'), href: RULES_PATH }, { label: name, href: ruleHref(which) }, { label: title }],
    },
    heading: { title: t('rules:propose.heading', { name }), number: kind.code, lead: t(`rules:rule.${kind.code}.about`) },
    errors: errorSummary(form),
    current: {
      items: [
        { term: t('rules:propose.current'), value: current ? valueInWords(current, t) : noneInForce(versions, which, reader) },
        ...(current ? [{ term: t('rules:column.since'), value: { kind: 'when' as const, when: moments.day(current.effectiveFrom) } }] : []),
      ],
    },
    form: { action: ruleHref({ ...which, domain: null }, '/propose'), ...(units.length === 1 ? { hidden: { unit: String(units[0]) } } : {}) },
    fields: [
      ...domainField,
      ...valueFields(kind, form, t),
      { kind: 'textarea', label: t('rules:form.basis'), hint: t('rules:form.basisHint'), required: true, rows: 3, limit: limits.basis, ...filled(form, 'legalBasis') },
      { kind: 'date', label: t('rules:form.from'), hint: t('rules:form.fromHint'), required: true, ...filled(form, 'effectiveFrom') },
      ...untilField,
      { kind: 'textarea', label: t('rules:form.reason'), hint: t('rules:form.reasonHint'), required: true, rows: 3, limit: limits.reason, ...filled(form, 'reason') },
    ],
    notice: { tone: 'info', text: t('rules:propose.waits', { roles: rolesInWords(kind.group, 'confirm', t) }) },
    buttons: { primary: { label: t('rules:propose.send') }, cancel: { href: ruleHref(which), label: t('ui:form.cancel') } },
  };
}

/** What a fresh form holds: field and unit in force, everything else to be written. */
export function startingValues(kind: RuleKind, domain: RuleDomain | null, current: RuleVersion | undefined): Record<string, unknown> {
  const unit = current?.value === null || current === undefined ? kind.units[0] : current.unit;
  return { unit, ...(kind.byDomain ? { domain: domain ?? GENERAL } : {}) };
}
