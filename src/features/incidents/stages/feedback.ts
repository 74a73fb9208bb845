import { z } from 'zod';
import { addFault, choice, day, fault, optional, text, webAddress } from '../../../platform/http/fields.ts';
import { filled, newForm, readForm, refusedForm, valueOf, valuesOf, type Form } from '../../../platform/http/forms.ts';
import type { Field } from '../../../platform/http/view-models.ts';
import { disclosureNumber } from '../../../rules/casefile/rows.ts';
import { dateAt } from '../../../rules/calendar/index.ts';
import { lastOf, openingOf, tellings, type IncidentForms, type OtherTelling } from '../../../rules/incident/facts.ts';
import { lines, maybe, shownLines, stagePage, type Block, type StageContext, type Words } from '../../tasks/index.ts';
import { findInWords, maskingComparison } from './personal-data.ts';
import { namesIn, reportersOf, type Reporter } from './reporters.ts';

type Feedback = IncidentForms['feedback'];

const longest = 2000;
const longestNote = 500;

/** Link and date of what is public already: the official statement, else the published opinion. */
function proof({ state, words, publicUrl }: StageContext): { url: string; date: string; of: 'statement' | 'opinion' } | null {
  const statement = lastOf(state, 'statement')?.form;
  if (statement?.url && statement.date) return { url: statement.url, date: statement.date, of: 'statement' };
  const published = state.disclosures.findLast((one) => one.status === 'published');
  if (!published) return null;
  return { url: `${publicUrl}/public/opinions/${disclosureNumber(state, published)}`, date: dateAt(words.calendar, Date.parse(published.from)), of: 'opinion' };
}

const named = ({ masked, mergedAs }: Reporter, { t }: Words): string => (mergedAs === null ? masked : t('stages:form.feedback.merged', { who: masked, caseNo: mergedAs }));

/** Who gets the reply by mail and who has to be told otherwise. */
function audience(reporters: readonly Reporter[], words: Words): Block {
  const { t } = words;
  const list = (written: boolean): string => reporters.filter((one) => one.written === written).map((one) => named(one, words)).join(t('common:list'));
  const [byMail, otherwise] = [list(true), list(false)];
  if (reporters.length === 0) return { kind: 'notice', notice: { tone: 'info', text: t('stages:form.feedback.noReporter') } };
  return {
    kind: 'notice',
    notice: {
      tone: otherwise === '' ? 'info' : 'soon',
      text: [byMail === '' ? '' : t('stages:form.feedback.byMail', { who: byMail }), otherwise === '' ? '' : t('stages:form.feedback.noAddress', { who: otherwise })].filter((one) => one !== '').join(''),
    },
  };
}

/** How those were told who left no address: asked for where there are such. */
function otherwiseFields(form: Form, { t, today }: Words): Field[] {
  return [
    {
      kind: 'radios', label: t('stages:form.feedback.how'), required: true, options: tellings.map((value) => ({ value, label: t(`stages:form.feedback.telling.${value}`) })), ...filled(form, 'how'),
    },
    { kind: 'date', label: t('stages:form.feedback.toldOn'), hint: t('stages:form.feedback.toldOnHint'), max: today, required: true, ...filled(form, 'on') },
    lines(form, 'note', { label: t('stages:form.feedback.note'), hint: t('stages:form.feedback.noteHint'), limit: longestNote, rows: 2, unmarked: true }),
  ];
}

const telling = (today: string, since: string): z.ZodType<OtherTelling, unknown> =>
  z.object({ how: choice(tellings), on: day({ notBefore: since, notAfter: today }), note: maybe(longestNote) }).superRefine(({ how, note }, context) => {
    if (how === 'notReached' && note === '') addFault(context, fault('stages:form.feedback.noteMissing'), ['note']);
  });

/** What cannot be told apart is confirmed place by place; the confirmed text stands as it is. */
function confirmation(form: Form, words: Words, names: readonly string[]): Field[] {
  if (form.errors['confirmed'] === undefined) return [];
  const { doubts } = maskingComparison(valueOf(form, 'toReporter'), words, names);
  return [{
    kind: 'checkboxes', name: 'confirmed', label: words.t('stages:form.disclose.confirmed'), hint: words.t('stages:form.feedback.confirmedHint'), required: true, error: form.errors['confirmed'],
    options: [...new Map(doubts.map((one) => [one.original, one])).values()].map((one) => ({ value: one.original, label: findInWords(one, words) })), values: valuesOf(form, 'confirmed'),
  }];
}

/** 反馈: to whoever reported and upwards. Counted as answered only with the link and date of a public statement. */
export const feedback = stagePage<Feedback>({
  async open(context) {
    const { words, state } = context;
    const { t } = words;
    const found = proof(context);
    const [reporters, names] = await Promise.all([reportersOf(context), namesIn(context)]);
    const isAsked = reporters.some(({ written }) => !written);
    const before: Block[] = [
      { kind: 'notice', notice: found ? { tone: 'info', text: t(`stages:form.feedback.from.${found.of}`) } : { tone: 'soon', text: t('stages:form.feedback.fromNothing') } },
      audience(reporters, words),
    ];
    const schema = z
      .object({
        url: optional(webAddress),
        date: optional(day({ notAfter: words.today })),
        toReporter: text({ max: longest, lines: true }),
        toSuperior: text({ max: longest, lines: true }),
      })
      .superRefine(({ url, date }, context_) => {
        if (url !== null && date === null) addFault(context_, fault('stages:form.feedback.dateMissing'), ['date']);
        if (url === null && date !== null) addFault(context_, fault('stages:form.feedback.urlMissing'), ['url']);
      });
    return {
      draw(typed) {
        const form = typed ?? newForm({
          url: found?.url ?? '',
          date: found?.date ?? '',
          toReporter: t(found ? 'stages:form.feedback.usualReporter' : 'stages:form.feedback.usualReporterNoLink', { url: found?.url }),
          toSuperior: t('stages:form.feedback.usualSuperior', { caseNo: state.caseNo, title: state.title }),
        });
        const masked = maskingComparison(valueOf(form, 'toReporter'), words, names);
        const isShown = typed !== null && (masked.found || masked.doubts.length > 0);
        return {
          lead: t('stages:form.feedback.lead'),
          before: [...before, ...(isShown ? [{ kind: 'comparison' as const, title: t('stages:form.feedback.comparison'), comparison: masked.comparison }] : [])],
          outcomes: null,
          groups: [
            {
              fields: [
                { kind: 'text', type: 'url', inputMode: 'url', label: t('stages:form.feedback.url'), hint: t('stages:form.feedback.urlHint'), ...filled(form, 'url') },
                { kind: 'date', label: t('stages:form.feedback.date'), max: words.today, ...filled(form, 'date') },
                lines(form, 'toReporter', { label: t('stages:form.feedback.toReporter'), hint: t('stages:form.feedback.toReporterHint'), limit: longest, required: true }),
                ...confirmation(form, words, names),
                ...(isAsked ? otherwiseFields(form, words) : []),
                lines(form, 'toSuperior', { label: t('stages:form.feedback.toSuperior'), limit: longest, required: true }),
              ],
            },
          ],
          primary: { label: t('stages:form.feedback.send') },
        };
      },
      read(body) {
        const read = readForm(schema, body, t);
        const otherwise = isAsked ? readForm(telling(words.today, openingOf(state).occurredOn), body, t) : null;
        const { masked, doubts } = maskingComparison(read.ok ? read.data.toReporter : '', words, names);
        const confirmed = valuesOf(refusedForm(body, {}), 'confirmed');
        const errors = {
          ...(read.ok ? {} : read.form.errors),
          ...(otherwise === null || otherwise.ok ? {} : otherwise.form.errors),
          ...(doubts.some(({ original }) => !confirmed.includes(original)) ? { confirmed: t('stages:form.disclose.notConfirmed', { count: doubts.length }) } : {}),
        };
        if (!read.ok || (otherwise !== null && !otherwise.ok) || Object.keys(errors).length > 0) return { again: refusedForm(body, errors) };
        return { outcome: 'fedBack', form: { ...read.data, told: masked, otherwise: otherwise?.data ?? null } };
      },
    };
  },
  shown: ({ url, date, toReporter, told, otherwise, toSuperior }, { t, moments }) =>
    shownLines(
      [t('stages:form.feedback.url'), url],
      [t('stages:form.feedback.date'), date && moments.day(date).text],
      [t('stages:form.feedback.toReporter'), toReporter],
      [t('stages:form.feedback.told'), told === toReporter ? null : told],
      [t('stages:form.feedback.how'), otherwise && t('stages:form.feedback.howShown', { how: t(`stages:form.feedback.telling.${otherwise.how}`), on: moments.day(otherwise.on).text })],
      [t('stages:form.feedback.note'), otherwise?.note],
      [t('stages:form.feedback.toSuperior'), toSuperior],
    ),
});
