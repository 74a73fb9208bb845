import type { Request } from 'express';
import { createFormat } from '../../../platform/http/format.ts';
import { filled, labelledSummary, valueOf, valuesOf, type Form } from '../../../platform/http/forms.ts';
import type { Entry } from '../../../platform/http/fill-form.ts';
import { createMoments } from '../../../platform/http/moments.ts';
import type { Button, Cell, Crumb, ErrorSummary, Facts, Field, FormShell, Heading, Notice, Option, Page, TermLine, TextComparison } from '../../../platform/http/view-models.ts';
import type { Translate } from '../../../platform/i18n.ts';
import { penaltyKinds, recordDomains, recordKinds, type RecordFacts } from '../../../rules/records/facts.ts';
import { doubtsOf } from '../../../rules/records/bars.ts';
import { standingOf, type RecordState } from '../../../rules/records/file.ts';
import { listPath } from '../list/filter.ts';
import { maskedBeside } from '../masking.ts';
import { enteringUnits, unitNames, type Reading } from '../parts.ts';
import { becauseInWords, classBadge, penaltiesInWords, termLines } from '../words.ts';
import { differences, lengths, subjectKinds } from './forms.ts';
import type { Registered } from './register.ts';

export const enterPath = listPath;

/** The record that is being corrected, as the person saw it. */
export interface Correcting {
  readonly id: string;
  readonly documentNo: string;
  readonly version: number;
}

const crumbsOf = (t: Translate, correcting: Correcting | null): Crumb[] => [
  { label: t('records:title'), href: listPath },
  ...(correcting ? [{ label: correcting.documentNo, href: `${listPath}/${correcting.id}` }, { label: t('records:correct.title') }] : [{ label: t('records:enter.title') }]),
];

const shellOf = (commandId: string, correcting: Correcting | null): FormShell => ({
  action: enterPath,
  commandId,
  ...(correcting ? { seenVersion: correcting.version, hidden: { corrects: correcting.id } } : {}),
});

export interface EnterPage {
  page: Page;
  heading: Heading;
  notice: Notice | null;
  errors: ErrorSummary;
  form: FormShell;
  groups: { id: string; title: string; fields: Field[] }[];
  send: Button;
}

export interface EnterParts {
  readonly form: Form;
  readonly commandId: string;
  readonly correcting: Correcting | null;
  readonly reading: Reading;
  readonly notice?: Notice | null;
}

/** The form of a record, filled in as far as it was. */
export function presentEnter(req: Request, { form, commandId, correcting, reading, notice = null }: EnterParts): EnterPage {
  const { t, locale } = req;
  const nameOf = unitNames(reading.units, locale);
  const options = (values: readonly string[], key: string): Option[] => values.map((value) => ({ value, label: t(`records:${key}.${value}`) }));
  const own = enteringUnits(reading.person);
  const ticked = (name: string): { name: string; checked: boolean } => ({ name, checked: valueOf(form, name) !== '' });
  const penaltyError = form.errors['penaltyKinds'];
  const title = t(correcting ? 'records:correct.title' : 'records:enter.title');
  const groups: EnterPage['groups'] = [
    {
      id: 'subject', title: t('records:enter.section.subject'),
      fields: [
        { kind: 'radios', inline: true, label: t('records:enter.subjectKind'), required: true, options: options(subjectKinds, 'subjectKind'), ...filled(form, 'subjectKind'), value: valueOf(form, 'subjectKind') || 'organisation' },
        { kind: 'text', label: t('records:enter.subjectName'), hint: t('records:enter.subjectNameHint'), required: true, ...filled(form, 'subjectName') },
        { kind: 'text', size: 'medium', check: 'any', autocomplete: 'off', label: t('records:enter.subjectCode'), hint: t('records:enter.subjectCodeHint'), required: true, ...filled(form, 'subjectCode') },
      ],
    },
    {
      id: 'decision', title: t('records:enter.section.decision'),
      fields: [
        ...(own.length > 1
          ? [{ kind: 'select' as const, label: t('records:unit'), required: true, blank: false as const, options: own.map((value) => ({ value, label: nameOf(value) })), ...filled(form, 'unit') }]
          : []),
        { kind: 'radios', inline: true, label: t('records:filter.kind'), required: true, options: options(recordKinds, 'kind'), ...filled(form, 'kind') },
        { kind: 'text', size: 'medium', label: t('records:documentNo'), hint: t('records:enter.documentNoHint'), required: true, autocomplete: 'off', ...filled(form, 'documentNo') },
        { kind: 'date', label: t('records:decidedOn'), hint: t('records:enter.decidedOnHint'), required: true, max: reading.today, ...filled(form, 'decidedOn') },
        { kind: 'date', label: t('records:publishedOn'), hint: t('records:enter.publishedOnHint'), max: reading.today, ...filled(form, 'publishedOn') },
        { kind: 'select', label: t('records:filter.domain'), hint: t('records:enter.domainHint'), required: true, options: options(recordDomains, 'domain'), ...filled(form, 'domain') },
        { kind: 'text', label: t('records:legalBasis'), hint: t('records:enter.legalBasisHint'), required: true, ...filled(form, 'legalBasis') },
        { kind: 'textarea', rows: 4, limit: lengths.act, label: t('records:act'), hint: t('records:enter.actHint'), required: true, ...filled(form, 'act') },
        { kind: 'textarea', rows: 3, limit: lengths.decision, label: t('records:decision'), required: true, ...filled(form, 'decision') },
      ],
    },
    {
      id: 'penalty', title: t('records:enter.section.penalty'),
      fields: [
        {
          kind: 'checkboxes', name: 'penaltyKinds', label: t('records:penaltyKinds'), hint: t('records:enter.penaltyKindsHint'), inline: true,
          options: options(penaltyKinds, 'penaltyKind'), values: valuesOf(form, 'penaltyKinds'), ...(penaltyError === undefined ? {} : { error: penaltyError }),
        },
        { kind: 'number', unit: t('records:yuan'), label: t('records:fine'), hint: t('records:enter.yuanHint'), ...filled(form, 'fine') },
        { kind: 'number', unit: t('records:yuan'), label: t('records:confiscated'), ...filled(form, 'confiscated') },
        { kind: 'check', label: t('records:summaryProcedure'), ...ticked('summaryProcedure') },
        { kind: 'check', label: t('records:enter.performed'), hint: t('records:enter.performedHint'), ...ticked('performed') },
      ],
    },
  ];
  return {
    page: { title, crumbs: crumbsOf(t, correcting) },
    heading: { title, lead: t(correcting ? 'records:correct.lead' : 'records:enter.lead') },
    notice,
    errors: labelledSummary(form, groups.flatMap(({ fields }) => fields), t),
    form: shellOf(commandId, correcting),
    groups,
    send: { label: t('records:enter.preview') },
  };
}

/** What goes into the fields of a correction. A person's number is not given back: it is typed again. */
export function valuesOfFacts(facts: RecordFacts): Record<string, unknown> {
  const { subject, fine, confiscated, summaryProcedure, performed, publishedOn, penaltyKinds: kinds, ...rest } = facts;
  return {
    ...rest,
    penaltyKinds: [...kinds],
    publishedOn: publishedOn ?? '',
    subjectKind: subject.kind,
    ...(subject.kind === 'organisation' ? { subjectName: subject.name, subjectCode: subject.uscc } : {}),
    fine: fine === 0 ? '' : String(fine),
    confiscated: confiscated === 0 ? '' : String(confiscated),
    ...(summaryProcedure ? { summaryProcedure: '1' } : {}),
    ...(performed ? { performed: '1' } : {}),
  };
}

const subjectText = ({ subject }: RecordFacts): string => (subject.kind === 'organisation' ? `${subject.name}（${subject.uscc}）` : subject.masked);

/** Facts of a record in words, by the name of their field. */
export function factTexts(req: Request, facts: RecordFacts, units: Reading['units']): { term: string; text: string }[] {
  const { t, locale } = req;
  const format = createFormat(locale);
  const moments = createMoments(t);
  const penalty = facts.kind === 'penalty';
  const money = (yuan: number): string => (yuan >= 10_000 && locale !== 'en' ? `${format.money(yuan)}（${format.tenThousands(yuan)}）` : format.money(yuan));
  return [
    { term: t('records:column.subject'), text: subjectText(facts) },
    { term: t('records:filter.kind'), text: t(`records:kind.${facts.kind}`) },
    { term: t('records:unit'), text: unitNames(units, locale)(facts.unit, facts.decidedOn) },
    { term: t('records:documentNo'), text: facts.documentNo },
    { term: t('records:decidedOn'), text: moments.day(facts.decidedOn).text },
    ...(facts.publishedOn === null ? [] : [{ term: t('records:publishedOn'), text: moments.day(facts.publishedOn).text }]),
    { term: t('records:filter.domain'), text: t(`records:domain.${facts.domain}`) },
    ...(penalty ? [{ term: t('records:penaltyKinds'), text: penaltiesInWords(facts, t) }] : []),
    ...(penalty && facts.fine > 0 ? [{ term: t('records:fine'), text: money(facts.fine) }] : []),
    ...(penalty && facts.confiscated > 0 ? [{ term: t('records:confiscated'), text: money(facts.confiscated) }] : []),
    ...(facts.summaryProcedure ? [{ term: t('records:procedure'), text: t('records:summaryProcedure') }] : []),
    { term: t('records:legalBasis'), text: facts.legalBasis },
    { term: t('records:duties'), text: t(facts.performed ? 'records:performed' : 'records:notPerformed') },
  ];
}

/** What a correction changes, field by field. */
export function changesBetween(req: Request, before: RecordFacts, after: RecordFacts, units: Reading['units']): { label: string; before: string; after: string }[] {
  const texts = (facts: RecordFacts): Map<string, string> => new Map([
    ...factTexts(req, facts, units).map(({ term, text }): [string, string] => [term, text]),
    [req.t('records:act'), facts.act],
    [req.t('records:decision'), facts.decision],
  ]);
  const [old, now] = [texts(before), texts(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .map((label) => ({ label, before: old.get(label) ?? req.t('records:correct.nothing'), after: now.get(label) ?? req.t('records:correct.nothing') }))
    .filter((change) => change.before !== change.after);
}

export interface PreviewPage {
  page: Page;
  heading: Heading;
  errors: ErrorSummary;
  notices: Notice[];
  changes: Facts | null;
  facts: Facts | null;
  publicity: Facts | null;
  terms: readonly TermLine[];
  masking: TextComparison | null;
  form: FormShell;
  entries: readonly Entry[];
  fields: Field[];
  /** Null where there is nothing to send. */
  send: Button | null;
}

/** Fields that the step between has for itself. */
const ownFields = new Set(['_csrf', 'commandId', 'seenVersion', 'corrects', 'do']);

export interface PreviewParts {
  readonly form: Form;
  readonly entries: readonly Entry[];
  readonly commandId: string;
  readonly correcting: Correcting | null;
  readonly registered: Registered;
  readonly frozen: boolean;
  /** Names of the subject, which are masked wherever they stand. */
  readonly names: readonly string[];
  readonly reading: Reading;
}

/** One sentence of what the sending of it does. */
function willHappen(t: Translate, registered: Extract<Registered, { state: RecordState }>, { frozen, names, reading: { today } }: Pick<PreviewParts, 'frozen' | 'names' | 'reading'>): Notice {
  const { state } = registered;
  const until = createMoments(t);
  if (registered.outcome === 'same') return { tone: 'info', text: t('records:preview.same') };
  if (state.minor) return { tone: 'late', text: t('records:preview.minor') };
  if (standingOf(state) === 'waiting') {
    const doubts = doubtsOf(state.facts, { names, passages: state.passages ?? [] });
    return { tone: 'soon', title: t('records:standing.waiting'), text: t('records:preview.waits', { count: doubts.length, list: doubts.map(({ original }) => original).join(t('common:list')) }) };
  }
  if (frozen) return { tone: 'late', text: t('records:preview.frozen') };
  if (registered.outcome === 'corrected' && registered.before.status === 'published' && state.status === 'stored') return { tone: 'soon', text: t('records:preview.noLonger') };
  if (state.status === 'published') {
    if (state.until === null) return { tone: 'info', text: t('records:preview.untilCured') };
    if (state.until < today) return { tone: 'soon', text: t('records:preview.kept') };
    return { tone: 'info', text: t(registered.outcome === 'corrected' ? 'records:preview.stays' : 'records:preview.atOnce', { date: until.day(state.until).text }) };
  }
  if (state.status !== 'stored') return { tone: 'info', text: t('records:preview.notPublic') };
  if (!state.publicity.shown) return { tone: 'soon', text: t('records:preview.keptBack') };
  return { tone: 'soon', text: t('records:preview.over', { date: until.day(state.publicity.maxUntil ?? today).text }) };
}

function sendButton(t: Translate, registered: Registered, frozen: boolean): Button | null {
  switch (registered.outcome) {
    case 'otherName':
      return { label: t('records:preview.goOn'), name: 'do', value: 'preview' };
    case 'corrected':
      return { label: t('records:preview.correct'), name: 'do', value: 'send' };
    case 'stored':
      return { label: t(registered.state.status === 'published' && !frozen ? 'records:preview.publish' : 'records:preview.store'), name: 'do', value: 'send' };
    default:
      return null;
  }
}

/** Before sending: the class and its reason, the dates and theirs, what becomes public and how it is masked. */
export function presentPreview(req: Request, parts: PreviewParts): PreviewPage {
  const { t } = req;
  const { form, entries, commandId, correcting, registered, frozen, names, reading } = parts;
  const title = t(registered.outcome === 'corrected' ? 'records:preview.correction' : 'records:preview.title');
  const fields: Field[] = [];
  if (registered.outcome === 'otherName') {
    fields.push({
      kind: 'radios', label: t('records:preview.difference', { name: registered.name }), required: true, ...filled(form, 'difference'),
      options: differences.map((value) => ({ value, label: t(`records:difference.${value}`), hint: t(`records:difference.${value}Hint`) })),
    });
  }
  if (registered.outcome === 'otherName' || registered.outcome === 'corrected') {
    fields.push({ kind: 'textarea', rows: 2, limit: lengths.reason, label: t('records:reason'), hint: t(`records:preview.reasonHint.${registered.outcome}`), required: true, ...filled(form, 'reason') });
  }
  const known = 'state' in registered ? registered : null;
  const state = known?.state ?? null;
  const fact = (term: string, value: Cell, wide = false) => ({ term, value, ...(wide ? { wide } : {}) });
  return {
    page: { title, crumbs: crumbsOf(t, correcting) },
    heading: { title, lead: t('records:preview.lead') },
    errors: labelledSummary(form, fields, t),
    notices: known ? [willHappen(t, known, parts)] : [{ tone: 'soon', text: t('records:preview.otherName', { name: registered.outcome === 'otherName' ? registered.name : '' }) }],
    changes: registered.outcome === 'corrected'
      ? { items: changesBetween(req, registered.before.facts, registered.state.facts, reading.units).map(({ label, before, after }) => fact(label, t('records:correct.change', { before, after }), true)) }
      : null,
    facts: state ? { items: factTexts(req, state.facts, reading.units).map(({ term, text }) => fact(term, text)) } : null,
    publicity: state
      ? {
        items: [
          fact(t('records:column.class'), { kind: 'badge', badge: classBadge(state.publicity.class, t) }),
          fact(t('records:why'), becauseInWords(state.publicity, t), true),
        ],
      }
      : null,
    terms: state ? termLines(state.publicity, state.facts.domain, { ...reading, t }) : [],
    masking: state ? maskedBeside(state.facts, { names, passages: state.passages ?? [] }, t) : null,
    form: { ...shellOf(commandId, correcting), warnWhenDirty: false },
    entries: entries.filter(([name]) => !ownFields.has(name) && !fields.some((one) => one.name === name)),
    fields,
    send: sendButton(t, registered, frozen),
  };
}
