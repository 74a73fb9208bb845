import { errorSummary, filled, type Form } from '../../platform/http/forms.ts';
import { createMoments } from '../../platform/http/moments.ts';
import type {
  Badge, ButtonRow, Cell, ConfirmBlock, DataTable, ErrorSummary, Facts, Field, FormShell, Heading, Notice, Page,
} from '../../platform/http/view-models.ts';
import type { Translate } from '../../platform/i18n.ts';
import {
  dayBefore, decisionRefusal, isValidOn, keepersOf, mayPropose, ruleGroups, ruleKinds, type LimitUnit, type RuleGroup, type RuleKind,
} from '../../rules/limits/index.ts';
import type { Locale, Person } from '../../rules/people.ts';
import { limits } from './forms.ts';
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

export const ruleName = (code: string, t: Translate): string => t(`rules:rule.${code}.name`);

/** A value with its unit: 3 个工作日, 80%, 不设时限. */
export function valueInWords({ code, value, unit }: { code: string; value: number | null; unit: LimitUnit }, t: Translate): string {
  if (value === null) return t('rules:value.unlimited');
  return unit === 'none' ? t(`rules:bare.${code}`, { count: value }) : t(`rules:value.${unit}`, { count: value });
}

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
  groups: { id: string; title: string; note: string; table: DataTable }[];
}

/** All rules of the groups the reader may see, with the version in force today. */
export function presentList(versions: readonly RuleVersion[], groups: readonly RuleGroup[], reader: Reader): ListView {
  const { t } = reader;
  const title = t('rules:list.title');
  return {
    page: { title, width: 'full' },
    heading: { title, lead: t('rules:list.lead') },
    groups: ruleGroups.filter((group) => groups.includes(group)).map((group) => ({
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
  const rules = ruleKinds.filter((kind) => kind.group === group).map(({ code }) => {
    const own = versions.filter((version) => version.code === code && version.domain === null);
    const toCome = own.find((version) => version.status === 'confirmed' && version.effectiveFrom > today);
    return {
      code,
      current: own.find((version) => version.status === 'confirmed' && isValidOn(version, today)),
      next: own.find((version) => version.status === 'proposed') ?? toCome,
    };
  });
  const anyNext = rules.some(({ next }) => next !== undefined);
  return {
    caption: t(`rules:group.${group}`),
    columns: [
      { key: 'name', label: t('rules:column.name'), line: 1 },
      { key: 'value', label: t('rules:column.value'), line: 2, tight: true },
      { key: 'since', label: t('rules:column.since'), line: 3, named: true, tight: true },
      ...(anyNext ? [{ key: 'next', label: t('rules:column.next'), line: 3 as const }] : []),
      { key: 'basis', label: t('rules:column.basis') },
    ],
    rows: rules.map(({ code, current, next }) => ({
      id: code,
      ...(next?.status === 'proposed' ? { tone: 'soon' as const } : {}),
      cells: {
        name: { kind: 'link', href: `${RULES_PATH}/${code}`, label: ruleName(code, t), note: code },
        value: current ? valueInWords(current, t) : { kind: 'badge', badge: { label: t('rules:status.missing'), tone: 'late' } },
        since: current ? { kind: 'when', when: moments.table(current.effectiveFrom) } : { kind: 'none' },
        next: nextCell(next, reader),
        basis: current ? current.legalBasis : { kind: 'none' },
      },
    })),
    empty: { title: t('rules:list.none') },
  };
}

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

/** One rule: what is in force, what is proposed, and every version there was. */
export function presentRule(kind: RuleKind, versions: readonly RuleVersion[], decision: Form, reader: Reader): RuleView {
  const { t, person, today } = reader;
  const moments = createMoments(t);
  const name = ruleName(kind.code, t);
  const current = versions.find((version) => version.status === 'confirmed' && version.domain === null && isValidOn(version, today));
  const pending = versions.find((version) => version.status === 'proposed');
  const keeper = mayPropose(person, kind.group);
  return {
    page: { title: name, crumbs: [{ label: t('rules:list.title'), href: RULES_PATH }, { label: name }] },
    heading: {
      title: name,
      number: kind.code,
      lead: t(`rules:rule.${kind.code}.about`),
      ...(keeper && !pending
        ? { links: [{ href: `${RULES_PATH}/${kind.code}/propose`, label: t('rules:show.propose'), icon: 'plus' as const, primary: true }] }
        : {}),
    },
    errors: errorSummary(decision),
    facts: {
      items: current
        ? [
            { term: t('rules:column.value'), value: valueInWords(current, t) },
            { term: t('rules:column.since'), value: { kind: 'when', when: moments.day(current.effectiveFrom) } },
            { term: t('rules:column.basis'), value: current.legalBasis, wide: true },
          ]
        : [{ term: t('rules:column.value'), value: { kind: 'badge', badge: { label: t('rules:status.missing'), tone: 'late' } } }],
    },
    refusal: keeper ? null : { tone: 'info', text: t('rules:show.notKeeper', { roles: rolesInWords(kind.group, 'propose', t) }) },
    pending: pending ? presentPending(kind, pending, decision, reader) : null,
    history: {
      caption: t('rules:show.historyOf', { name }),
      columns: [
        { key: 'value', label: t('rules:column.value'), line: 1, tight: true },
        { key: 'status', label: t('rules:column.status'), line: 2, tight: true },
        { key: 'valid', label: t('rules:column.valid'), line: 2 },
        { key: 'basis', label: t('rules:column.basis') },
        { key: 'who', label: t('rules:column.who'), line: 3 },
      ],
      rows: versions.map((version) => ({
        id: `version-${version.id}`,
        cells: {
          value: valueInWords(version, t),
          status: { kind: 'badge', badge: statusOf(version, today, t) },
          valid: version.effectiveTo === null
            ? t('rules:show.validFrom', { from: version.effectiveFrom })
            : t('rules:show.validBetween', { from: version.effectiveFrom, to: version.effectiveTo }),
          basis: { kind: 'lines', lines: [version.legalBasis, t('rules:show.reason', { reason: version.reason })] },
          who: whoCell(version, reader),
        },
      })),
      empty: { title: t('rules:status.missing') },
    },
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

function presentPending(kind: RuleKind, pending: RuleVersion, decision: Form, reader: Reader): PendingView {
  const { t, person, today } = reader;
  const moments = createMoments(t);
  const refusal = decisionRefusal(person, kind.group, pending.proposedById);
  return {
    facts: {
      items: [
        { term: t('rules:column.value'), value: valueInWords(pending, t) },
        { term: t('rules:column.since'), value: { kind: 'when', when: moments.day(pending.effectiveFrom) } },
        { term: t('rules:column.basis'), value: pending.legalBasis, wide: true },
        { term: t('rules:form.reason'), value: pending.reason, wide: true },
        { term: t('rules:show.proposedBy'), value: t('rules:show.byAt', { who: nameOf(pending.proposedBy, reader), when: moments.dayTime(pending.proposedAt).text }) },
      ],
    },
    refusal: refusal === null ? null : { tone: 'info', text: t(`rules:refused.${refusal}`, { roles: rolesInWords(kind.group, 'confirm', t) }) },
    confirm: {
      title: t('rules:confirm.title'),
      consequences: [
        t('rules:confirm.from', { from: pending.effectiveFrom, last: dayBefore(pending.effectiveFrom), value: valueInWords(pending, t) }),
        t(pending.effectiveFrom <= today ? 'rules:confirm.openPast' : 'rules:confirm.open', { from: pending.effectiveFrom }),
        t('rules:confirm.decided'),
      ],
      mailTo: [],
      undo: { possible: false, text: t('rules:confirm.undo') },
    },
    form: refusal === null ? { action: `${RULES_PATH}/${kind.code}/decide`, hidden: { id: String(pending.id) } } : null,
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

/** The form for a new version, beside what is in force. */
export function presentProposal(kind: RuleKind, current: RuleVersion | undefined, form: Form, reader: Reader): ProposeView {
  const { t } = reader;
  const moments = createMoments(t);
  const name = ruleName(kind.code, t);
  const title = t('rules:propose.title');
  const units = kind.mayBeNone ? [...kind.units, 'none' as const] : kind.units;
  const unitField: Field[] = units.length === 1
    ? []
    : [{
        kind: 'radios', label: t('rules:form.unit'), required: true, inline: true, ...filled(form, 'unit'),
        options: units.map((unit) => ({ value: unit, label: t(`rules:unit.${unit}`) })),
      }];
  const bareUnit = kind.units[0] === 'none' ? { unit: t(`rules:bareUnit.${kind.code}`) } : {};
  return {
    page: {
      title,
      crumbs: [{ label: t('rules:list.title'), href: RULES_PATH }, { label: name, href: `${RULES_PATH}/${kind.code}` }, { label: title }],
    },
    heading: { title: t('rules:propose.heading', { name }), number: kind.code, lead: t(`rules:rule.${kind.code}.about`) },
    errors: errorSummary(form),
    current: {
      items: current
        ? [
            { term: t('rules:propose.current'), value: valueInWords(current, t) },
            { term: t('rules:column.since'), value: { kind: 'when', when: moments.day(current.effectiveFrom) } },
          ]
        : [],
    },
    form: { action: `${RULES_PATH}/${kind.code}/propose`, ...(units.length === 1 ? { hidden: { unit: String(units[0]) } } : {}) },
    fields: [
      {
        kind: 'number', label: t('rules:form.value'), required: !kind.mayBeNone, whole: true, ...bareUnit,
        hint: t(kind.mayBeNone ? 'rules:form.valueOrNone' : 'rules:form.valueHint', { min: kind.min, max: kind.max }),
        ...filled(form, 'value'),
      },
      ...unitField,
      { kind: 'textarea', label: t('rules:form.basis'), hint: t('rules:form.basisHint'), required: true, rows: 3, limit: limits.basis, ...filled(form, 'legalBasis') },
      { kind: 'date', label: t('rules:form.from'), hint: t('rules:form.fromHint'), required: true, ...filled(form, 'effectiveFrom') },
      { kind: 'textarea', label: t('rules:form.reason'), hint: t('rules:form.reasonHint'), required: true, rows: 3, limit: limits.reason, ...filled(form, 'reason') },
    ],
    notice: { tone: 'info', text: t('rules:propose.waits', { roles: rolesInWords(kind.group, 'confirm', t) }) },
    buttons: { primary: { label: t('rules:propose.send') }, cancel: { href: `${RULES_PATH}/${kind.code}`, label: t('ui:form.cancel') } },
  };
}

/** What a fresh form holds: the unit in force, everything else to be written. */
export function startingValues(kind: RuleKind, current: RuleVersion | undefined): Record<string, unknown> {
  return { unit: current?.value === null || current === undefined ? kind.units[0] : current.unit };
}
