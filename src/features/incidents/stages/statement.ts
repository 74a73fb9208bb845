import { z } from 'zod';
import { day, text, webAddress } from '../../../platform/http/fields.ts';
import { filled, newForm } from '../../../platform/http/forms.ts';
import { levelOf, openingOf, type IncidentForms } from '../../../rules/incident/facts.ts';
import { lines, outcomeField, readOutcome, shownLines, stagePage } from '../../tasks/index.ts';

type Statement = IncidentForms['statement'];

/** 公开回应: authoritative information within the hours of the level, proved by link and date. */
export const statement = stagePage<Statement>({
  open({ words, state }) {
    const { t } = words;
    const level = levelOf(state);
    const said = text({ max: 2000, lines: true });
    return {
      draw(typed) {
        const form = typed ?? newForm({ date: words.today });
        return {
          lead: t('stages:form.statement.lead', { level: level ? t(`stages:level.${level}`) : '' }),
          before: [],
          outcomes: outcomeField(words, 'incident', 'statement', form, [
            { value: 'published', hint: t('stages:form.statement.published') },
            { value: 'notNeeded', hint: t('stages:form.statement.notNeeded') },
          ]),
          groups: [
            {
              outcome: 'published',
              fields: [
                { kind: 'text', type: 'url', inputMode: 'url', label: t('stages:form.statement.url'), hint: t('stages:form.statement.urlHint'), required: true, ...filled(form, 'url') },
                { kind: 'date', label: t('stages:form.statement.date'), max: words.today, required: true, ...filled(form, 'date') },
              ],
            },
            { fields: [lines(form, 'text', { label: t('stages:form.statement.text'), hint: t('stages:form.statement.textHint'), limit: 2000, required: true })] },
          ],
          primary: { label: t('stages:form.statement.send') },
        };
      },
      read: (body) =>
        readOutcome<Statement>(
          {
            published: z.object({ url: webAddress, date: day({ notBefore: openingOf(state).occurredOn, notAfter: words.today }), text: said }),
            notNeeded: z.object({ text: said }).transform((form) => ({ url: null, date: null, ...form })),
          },
          body,
          words,
        ),
    };
  },
  shown: ({ url, date, text: said }, { t, moments }) =>
    shownLines([t('stages:form.statement.url'), url], [t('stages:form.statement.date'), date && moments.day(date).text], [t('stages:form.statement.text'), said]),
});
