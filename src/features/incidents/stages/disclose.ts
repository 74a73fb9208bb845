import { z } from 'zod';
import { addFault, choice, fault, integer, text } from '../../../platform/http/fields.ts';
import { filled, newForm, refusedForm, valueOf } from '../../../platform/http/forms.ts';
import { decidedOn, openMarks, openMarkShape, textsBeside } from '../../../platform/http/marking.ts';
import { numberOf } from '../../../rules/limits/index.ts';
import type { CaseState } from '../../../rules/casefile/types.ts';
import { channels, lastOf, openingOf, type IncidentForms } from '../../../rules/incident/facts.ts';
import { publicText } from '../../../rules/masking/index.ts';
import { lines, outcomeField, readOutcome, shownLines, stagePage, type Block, type FieldGroup, type StageContext, type Words } from '../../tasks/index.ts';
import { opinionParagraphs, opinionTitle } from './opinion-document.ts';
import { isMinors, saysMinor } from './minors.ts';
import { namesForPublic } from './reporters.ts';

type Disclosure = IncidentForms['disclose'];

const stage = 'disclose';
const longest = 10_000;
/** What the public reads. */
const published = ['title', 'text', 'basis'] as const;

/** Looks at the text as it would be masked now, and goes on with the form. */
const LOOK = { name: 'step', value: 'look' } as const;

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

/** 拟定公开内容: the masked text, its basis, channel and term; or why nothing is to be published. */
export const disclose = stagePage<Disclosure>({
  async open(context) {
    const { words, state, task } = context;
    const { t } = words;
    const terms = termsOf(context);
    const [minor, names] = await Promise.all([isMinors(context), namesForPublic(context)]);
    const remarks = (task.brief['remarks'] ?? []) as string[];
    const remarked: Block[] = remarks.length === 0 ? [] : [{ kind: 'lines', title: t('stages:form.disclose.remarks'), lines: remarks.map((remark) => ({ label: t('stages:form.comment'), text: remark })) }];
    // Only what went back for another try is a draft of this one; after a reopening the opinion is a new one.
    const last = remarks.length > 0 ? lastOf(state, 'disclose')?.form : undefined;
    const prefilled = last?.text ? { ...last, ...last.written } : {
      title: opinionTitle(state, words),
      text: publicTextOf(state, words),
      basis: t('stages:form.disclose.usualBasis'),
      channel: 'creditPortal',
      months: terms.usual,
    };
    const proposal = z.object({
      title: text({ max: 120 }),
      text: text({ max: longest, lines: true }),
      basis: text({ max: 500 }),
      channel: choice(channels),
      months: integer({ min: 1, max: terms.longest, of: 'month' }),
      ...openMarkShape,
    }).transform(({ title, text: said, basis, channel, months, ...marks }, refined): Disclosure => {
      const written = { title, text: said, basis };
      if (saysMinor([said], openingOf(state).occurredOn)) addFault(refined, fault('stages:form.disclose.minorInText'), ['text']);
      const passages = decidedOn(marks, { texts: published.map((name) => written[name]), names }, (field, why) => addFault(refined, why, [field]));
      const mask = (what: string): string => publicText(what, { names, passages }).masked;
      return { title: mask(title), text: mask(said), basis: mask(basis), channel, months, reason: '', written, passages };
    });
    const refusal = z.object({ reason: text({ max: 2000, lines: true }) })
      .transform(({ reason }): Disclosure => ({ title: '', text: '', basis: '', channel: 'creditPortal', months: 0, reason }));
    return {
      draw(typed) {
        const form = typed ?? newForm(prefilled);
        const texts = published.map((name) => valueOf(form, name));
        const marks = openMarks(form, { texts, names, decided: last?.passages ?? [], typed: typed !== null }, t);
        const before: Block[] = [
          ...remarked,
          ...(minor ? [] : [{
            kind: 'comparison' as const, title: t('stages:form.disclose.comparison'), lead: t('stages:form.disclose.comparisonLead'), marksInto: 'more',
            comparison: textsBeside(texts.slice(0, 2), { names, passages: marks.passages }, t, texts.slice(2)),
          }]),
        ];
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
                ...marks.fields,
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
          ...(minor ? {} : { hidden: marks.hidden }),
          primary: { label: t('stages:form.disclose.send') },
          ...(minor ? {} : { others: [{ label: t('stages:form.disclose.look'), ...LOOK }] }),
        };
      },
      read(body) {
        const form = refusedForm(body, {});
        if (!minor && valueOf(form, LOOK.name) === LOOK.value) return { again: form };
        return readOutcome<Disclosure>(minor ? { withheld: refusal } : { proposed: proposal, withheld: refusal }, body, words);
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
