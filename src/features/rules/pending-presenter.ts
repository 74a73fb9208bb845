import { filled, type Form } from '../../platform/http/forms.ts';
import { createMoments } from '../../platform/http/moments.ts';
import type { ButtonRow, ConfirmBlock, Facts, Field, FormShell, Notice } from '../../platform/http/view-models.ts';
import { dayBefore, decisionRefusal, type RuleKind } from '../../rules/limits/index.ts';
import { limits } from './forms.ts';
import { earlierProposers, type RuleVersion } from './queries.ts';
import { domainsIn, nameOf, rolesInWords, ruleHref, valueInWords, versionOn, type Reader } from './words.ts';

export interface PendingView {
  facts: Facts;
  confirm: ConfirmBlock;
  form: FormShell | null;
  fields: Field[];
  buttons: ButtonRow;
  refusal: Notice | null;
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

/** A proposed version, with what its confirming does. */
export function presentPending(kind: RuleKind, pending: RuleVersion, versions: readonly RuleVersion[], decision: Form, reader: Reader): PendingView {
  const { t, person } = reader;
  const moments = createMoments(t);
  const refusal = decisionRefusal(person, kind.group, pending.proposedById, earlierProposers(versions, pending));
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
    fields: [{ kind: 'textarea', label: t('rules:form.note'), hint: t('rules:form.noteHint'), unmarked: true, rows: 2, limit: limits.reason, ...filled(decision, 'note') }],
    buttons: {
      primary: { label: t('rules:show.confirm'), name: 'decision', value: 'confirm', icon: 'check' },
      others: [{ label: t('rules:show.reject'), name: 'decision', value: 'reject' }],
    },
  };
}
