import { z } from 'zod';
import { addFault, day, fault, optional, text, webAddress } from '../../../platform/http/fields.ts';
import { filled, newForm } from '../../../platform/http/forms.ts';
import { disclosureNumber } from '../../../rules/casefile/rows.ts';
import { dateAt } from '../../../rules/calendar/index.ts';
import { lastOf, openingOf, type IncidentForms } from '../../../rules/incident/facts.ts';
import { lines, readOnly, shownLines, stagePage, type Block, type StageContext } from '../../tasks/index.ts';

type Feedback = IncidentForms['feedback'];

/** Link and date of what is public already: the official statement, else the published opinion. */
function proof({ state, words, publicUrl }: StageContext): { url: string; date: string; of: 'statement' | 'opinion' } | null {
  const statement = lastOf(state, 'statement')?.form;
  if (statement?.url && statement.date) return { url: statement.url, date: statement.date, of: 'statement' };
  const published = state.disclosures.findLast((one) => one.status === 'published');
  if (!published) return null;
  return { url: `${publicUrl}/public/opinions/${disclosureNumber(state, published)}`, date: dateAt(words.calendar, Date.parse(published.from)), of: 'opinion' };
}

/** 反馈: to the reporter and upwards. Counted as answered only with the link and date of a public statement. */
export const feedback = stagePage<Feedback>({
  open(context) {
    const { words, state } = context;
    const { t } = words;
    const found = proof(context);
    const reporter = openingOf(state).reporter;
    const before: Block[] = [
      { kind: 'notice', notice: found ? { tone: 'info', text: t(`stages:form.feedback.from.${found.of}`) } : { tone: 'soon', text: t('stages:form.feedback.fromNothing') } },
    ];
    const schema = z
      .object({
        url: optional(webAddress),
        date: optional(day({ notAfter: words.today })),
        toReporter: text({ max: 2000, lines: true }),
        toSuperior: text({ max: 2000, lines: true }),
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
        return {
          lead: t('stages:form.feedback.lead'),
          before,
          outcomes: null,
          groups: [
            {
              fields: [
                { kind: 'text', type: 'url', inputMode: 'url', label: t('stages:form.feedback.url'), hint: t('stages:form.feedback.urlHint'), ...filled(form, 'url') },
                { kind: 'date', label: t('stages:form.feedback.date'), max: words.today, ...filled(form, 'date') },
                lines(form, 'toReporter', {
                  label: t('stages:form.feedback.toReporter'), limit: 2000, required: true,
                  hint: reporter ? t('stages:form.feedback.reporter', { who: reporter.masked }) : t('stages:form.feedback.noReporter'),
                }),
                lines(form, 'toSuperior', { label: t('stages:form.feedback.toSuperior'), limit: 2000, required: true }),
              ],
            },
          ],
          primary: { label: t('stages:form.feedback.send') },
        };
      },
      read: (body) => readOnly('fedBack', schema, body, words),
    };
  },
  shown: ({ url, date, toReporter, toSuperior }, { t, moments }) =>
    shownLines(
      [t('stages:form.feedback.url'), url],
      [t('stages:form.feedback.date'), date && moments.day(date).text],
      [t('stages:form.feedback.toReporter'), toReporter],
      [t('stages:form.feedback.toSuperior'), toSuperior],
    ),
});
