import { filled, labelledSummary, type Form } from '../../platform/http/forms.ts';
import { createMoments } from '../../platform/http/moments.ts';
import type { ButtonRow, ErrorSummary, Facts, Field, FormShell, Heading, Notice, Page } from '../../platform/http/view-models.ts';
import type { Translate } from '../../platform/i18n.ts';
import { ruleDomains, type LimitUnit, type RuleDomain, type RuleKind } from '../../rules/limits/index.ts';
import { GENERAL, limits } from './forms.ts';
import type { RuleVersion } from './queries.ts';
import { noneInForce, rolesInWords, ruleHref, ruleName, RULES_PATH, valueInWords, versionOn, type Reader, type Which } from './words.ts';

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
  const units = unitsOf(kind);
  const number: Field = {
    kind: 'number', label: t('rules:form.value'), required: !kind.mayBeNone, whole: true,
    ...(isNumber ? { unit: t(`rules:bareUnit.${code}`) } : units.length === 1 ? { unit: t(`rules:unit.${units[0]!}`) } : {}),
    hint: t(`rules:form.${hint}`, { min: min.toLocaleString('en'), max: max.toLocaleString('en') }),
    ...filled(form, 'value'),
  };
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
  const fields: Field[] = [
    ...domainField,
    ...valueFields(kind, form, t),
    { kind: 'textarea', label: t('rules:form.basis'), hint: t('rules:form.basisHint'), required: true, rows: 3, limit: limits.basis, ...filled(form, 'legalBasis') },
    { kind: 'date', label: t('rules:form.from'), hint: t('rules:form.fromHint'), required: true, ...filled(form, 'effectiveFrom') },
    ...untilField,
    { kind: 'textarea', label: t('rules:form.reason'), hint: t('rules:form.reasonHint'), required: true, rows: 3, limit: limits.reason, ...filled(form, 'reason') },
  ];
  return {
    page: {
      title,
      crumbs: [{ label: t('rules:list.title'), href: RULES_PATH }, { label: name, href: ruleHref(which) }, { label: title }],
    },
    heading: { title: t('rules:propose.heading', { name }), number: kind.code, lead: t(`rules:rule.${kind.code}.about`) },
    errors: labelledSummary(form, fields, t),
    current: {
      items: [
        { term: t('rules:propose.current'), value: current ? valueInWords(current, t) : noneInForce(versions, which, reader) },
        ...(current ? [{ term: t('rules:column.since'), value: { kind: 'when' as const, when: moments.day(current.effectiveFrom) } }] : []),
      ],
    },
    form: { action: ruleHref({ ...which, domain: null }, '/propose'), ...(units.length === 1 ? { hidden: { unit: String(units[0]) } } : {}) },
    fields,
    notice: { tone: 'info', text: t('rules:propose.waits', { roles: rolesInWords(kind.group, 'confirm', t) }) },
    buttons: { primary: { label: t('rules:propose.send') }, cancel: { href: ruleHref(which), label: t('ui:form.cancel') } },
  };
}

/** What a fresh form holds: field and unit in force, everything else to be written. */
export function startingValues(kind: RuleKind, domain: RuleDomain | null, current: RuleVersion | undefined): Record<string, unknown> {
  const unit = current?.value === null || current === undefined ? kind.units[0] : current.unit;
  return { unit, ...(kind.byDomain ? { domain: domain ?? GENERAL } : {}) };
}
