import { z } from 'zod';
import { choice, integer, text } from '../../../platform/http/fields.ts';
import { filled, newForm, refusedForm, valueOf, valuesOf, type Form } from '../../../platform/http/forms.ts';
import type { Field } from '../../../platform/http/view-models.ts';
import { numberOf } from '../../../rules/limits/index.ts';
import type { CaseState } from '../../../rules/casefile/types.ts';
import { channels, isOfMinor, lastOf, openingOf, type IncidentForms } from '../../../rules/incident/facts.ts';
import { lines, outcomeField, readOutcome, shownLines, stagePage, type Block, type FieldGroup, type StageContext, type StageRead, type Words } from '../../tasks/index.ts';
import { opinionParagraphs, opinionTitle } from './opinion-document.ts';
import { findInWords, maskingComparison, personalDataLeft } from './personal-data.ts';

type Disclosure = IncidentForms['disclose'];

const stage = 'disclose';
const longest = 10_000;
/** What the public reads. */
const published = ['title', 'text', 'basis'] as const;

/** Months of publicity: usual and longest, by the rules of today. A term in days becomes months upwards. */
function termsOf({ law, words }: StageContext): { usual: number; longest: number } {
  const monthsOf = (code: string): number => {
    const row = law.rules.on(code, words.today);
    return row.unit === 'month' ? numberOf(row) : Math.max(1, Math.floor(numberOf(row) / 30));
  };
  return { usual: monthsOf('disclosure.term.default'), longest: monthsOf('disclosure.term.max') };
}

/** The opinion as one text for the public, before anything is masked. */
export function publicTextOf(state: CaseState, words: Words): string {
  const opinion = lastOf(state, 'opinion')?.form;
  return opinion ? opinionParagraphs(opinion, words).map(({ heading, text: said }) => `${heading}\n${said}`).join('\n') : '';
}

/** Asks to confirm each find that may stand; those that may not are an error of the text. */
function confirmation(form: Form, words: Words): Field[] {
  const { doubtful } = personalDataLeft(...published.map((name) => valueOf(form, name)));
  if (doubtful.length === 0 || form.errors['confirmed'] === undefined) return [];
  return [
    {
      kind: 'checkboxes',
      name: 'confirmed',
      label: words.t('stages:form.disclose.confirmed'),
      hint: words.t('stages:form.disclose.confirmedHint'),
      required: true,
      error: form.errors['confirmed'],
      options: doubtful.map((span) => ({ value: span.original, label: findInWords(span, words) })),
      values: valuesOf(form, 'confirmed'),
    },
  ];
}

/** The proposal, if nothing is left in it that may not be published. */
function scanned(proposal: Disclosure, body: unknown, words: Words): StageRead<Disclosure> {
  const { t } = words;
  const errors: Record<string, string> = {};
  for (const name of published) {
    const { forbidden } = personalDataLeft(proposal[name]);
    if (forbidden.length > 0) errors[name] = t('stages:form.disclose.forbidden', { list: forbidden.map((span) => findInWords(span, words)).join(t('common:list')) });
  }
  const { doubtful } = personalDataLeft(...published.map((name) => proposal[name]));
  const confirmed = valuesOf(refusedForm(body, {}), 'confirmed');
  if (doubtful.some(({ original }) => !confirmed.includes(original))) errors['confirmed'] = t('stages:form.disclose.notConfirmed', { count: doubtful.length });
  return Object.keys(errors).length > 0 ? { again: refusedForm(body, errors) } : { outcome: 'proposed', form: proposal };
}

/** 拟定公开内容: the masked text, its basis, channel and term; or why nothing is to be published. */
export const disclose = stagePage<Disclosure>({
  open(context) {
    const { words, state, task } = context;
    const { t } = words;
    const terms = termsOf(context);
    const minor = isOfMinor(openingOf(state));
    const original = publicTextOf(state, words);
    const { comparison, masked } = maskingComparison(original, words);
    const remarks = (task.brief['remarks'] ?? []) as string[];
    const before: Block[] = [
      ...(remarks.length === 0 ? [] : [{ kind: 'lines' as const, title: t('stages:form.disclose.remarks'), lines: remarks.map((remark) => ({ label: t('stages:form.comment'), text: remark })) }]),
      { kind: 'comparison', title: t('stages:form.disclose.comparison'), lead: t('stages:form.disclose.comparisonLead'), comparison },
    ];
    // Only what went back for another try is a draft of this one; after a reopening the opinion is a new one.
    const last = remarks.length > 0 ? lastOf(state, 'disclose')?.form : undefined;
    const prefilled = last?.text ? { ...last, outcome: 'proposed' } : {
      title: maskingComparison(opinionTitle(state, words), words).masked,
      text: masked,
      basis: t('stages:form.disclose.usualBasis'),
      channel: 'creditPortal',
      months: terms.usual,
    };
    const proposal = z.object({
      title: text({ max: 120 }),
      text: text({ max: longest, lines: true }),
      basis: text({ max: 500 }),
      channel: choice(channels),
      months: integer({ min: 1, max: terms.longest }),
    }).transform((read): Disclosure => ({ ...read, reason: '' }));
    const refusal = z.object({ reason: text({ max: 2000, lines: true }) })
      .transform(({ reason }): Disclosure => ({ title: '', text: '', basis: '', channel: 'creditPortal', months: 0, reason }));
    return {
      draw(typed) {
        const form = typed ?? newForm(prefilled);
        return {
          lead: t(minor ? 'stages:form.disclose.minor' : 'stages:form.disclose.lead'),
          before,
          outcomes: outcomeField(words, 'incident', stage, form, [
            ...(minor ? [] : [{ value: 'proposed', hint: t('stages:form.disclose.proposed') }]),
            { value: 'withheld', hint: t('stages:form.disclose.withheld') },
          ]),
          groups: [
            ...(minor ? [] : [{
              outcome: 'proposed',
              fields: [
                { kind: 'text', label: t('stages:form.disclose.title'), required: true, ...filled(form, 'title') },
                lines(form, 'text', { label: t('stages:form.disclose.text'), hint: t('stages:form.disclose.textHint'), limit: longest, rows: 12, required: true }),
                ...confirmation(form, words),
                { kind: 'text', label: t('stages:form.disclose.basis'), hint: t('stages:form.disclose.basisHint'), required: true, ...filled(form, 'basis') },
                { kind: 'select', label: t('stages:form.disclose.channel'), required: true, options: channels.map((value) => ({ value, label: t(`stages:channel.${value}`) })), ...filled(form, 'channel') },
                {
                  kind: 'number', whole: true, unit: t('stages:form.disclose.monthsUnit'), label: t('stages:form.disclose.months'),
                  hint: t('stages:form.disclose.monthsHint', { longest: t('rules:value.month', { count: terms.longest }) }), required: true, ...filled(form, 'months'),
                },
              ],
            } satisfies FieldGroup]),
            {
              outcome: 'withheld',
              fields: [lines(form, 'reason', { label: t('stages:form.disclose.reason'), hint: t('stages:form.disclose.reasonHint'), limit: 2000, required: true })],
            },
          ],
          primary: { label: t('stages:form.disclose.send') },
        };
      },
      read(body) {
        const read = readOutcome<Disclosure>(minor ? { withheld: refusal } : { proposed: proposal, withheld: refusal }, body, words);
        return 'again' in read || read.outcome === 'withheld' ? read : scanned(read.form, body, words);
      },
    };
  },
  shown: ({ title, text: said, basis, channel, months, reason }, { t }) =>
    reason !== '' ? shownLines([t('stages:form.disclose.reason'), reason]) : shownLines(
      [t('stages:form.disclose.title'), title],
      [t('stages:form.disclose.text'), said],
      [t('stages:form.disclose.basis'), basis],
      [t('stages:form.disclose.channel'), t(`stages:channel.${channel}`)],
      [t('stages:form.disclose.months'), t('stages:form.disclose.monthsShown', { count: months })],
    ),
});
