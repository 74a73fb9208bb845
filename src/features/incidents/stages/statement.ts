import { z } from 'zod';
import { dayTime, text, webAddress } from '../../../platform/http/fields.ts';
import { filled, newForm } from '../../../platform/http/forms.ts';
import { dateAt } from '../../../rules/calendar/index.ts';
import { lastOf, levelOf, openingOf, type IncidentForms } from '../../../rules/incident/facts.ts';
import { lines, maybe, outcomeField, readOutcome, shownLines, stagePage, type Block } from '../../tasks/index.ts';

type Statement = IncidentForms['statement'];

const longestPlace = 100;
/** 公开回应: authoritative information within the hours of the level, proved by its link, and by when and where it stood there. */
export const statement = stagePage<Statement>({
  open({ words, state, task }) {
    const { t } = words;
    const level = levelOf(state);
    const said = text({ max: 2000, lines: true });
    const { remarks = [] } = task.brief as { remarks?: string[] };
    const before: Block[] = remarks.length === 0 ? [] : [
      { kind: 'lines', title: t('stages:form.statement.remarks'), lines: remarks.map((remark) => ({ label: t('stages:form.comment'), text: remark })) },
    ];
    return {
      draw(typed) {
        const form = typed ?? newForm();
        return {
          lead: t('stages:form.statement.lead', { level: level ? t(`stages:level.${level}`) : '' }),
          before,
          outcomes: outcomeField(words, 'incident', 'statement', form, [
            { value: 'published', hint: t('stages:form.statement.published') },
            { value: 'notNeeded', hint: t('stages:form.statement.notNeeded') },
          ]),
          groups: [
            {
              outcome: 'published',
              fields: [
                { kind: 'text', type: 'url', inputMode: 'url', label: t('stages:form.statement.url'), hint: t('stages:form.statement.urlHint'), required: true, ...filled(form, 'url') },
                { kind: 'text', label: t('stages:form.statement.where'), hint: t('stages:form.statement.whereHint'), size: 'medium', required: true, ...filled(form, 'where') },
                { kind: 'date', time: true, label: t('stages:form.statement.at'), hint: t('stages:form.statement.atHint'), max: `${words.today}T23:59`, required: true, ...filled(form, 'at') },
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
            published: z
              .object({ url: webAddress, where: text({ max: longestPlace }), at: dayTime({ notBefore: openingOf(state).occurredOn, notAfter: words.now }), text: said })
              .transform(({ at, ...form }) => ({ ...form, date: dateAt(words.calendar, at.getTime()), at: at.toISOString() })),
            notNeeded: z.object({ text: said }).transform((form) => ({ url: null, date: null, ...form })),
          },
          body,
          words,
        ),
    };
  },
  shown: ({ url, date, at, where, text: said }, { t, moments }) =>
    shownLines(
      [t('stages:form.statement.url'), url],
      [t('stages:form.statement.where'), where],
      at === undefined ? [t('stages:form.statement.date'), date && moments.day(date).text] : [t('stages:form.statement.at'), moments.dayTime(new Date(at)).text],
      [t('stages:form.statement.text'), said],
    ),
});

/** 确认不需回应: that the public is not answered is not for one person to say. */
export const statementConfirm = stagePage<IncidentForms['statement-confirm']>({
  open({ words, state }) {
    const { t } = words;
    const stated = lastOf(state, 'statement');
    const before: Block[] = stated ? [{
      kind: 'lines',
      title: t('stages:form.statement-confirm.title', { name: stated.doneBy?.name ?? '' }),
      lines: shownLines([t('stages:form.statement-confirm.reason'), stated.form.text]),
    }] : [];
    return {
      draw(typed) {
        const form = typed ?? newForm();
        return {
          lead: t('stages:form.statement-confirm.lead'),
          before,
          outcomes: outcomeField(words, 'incident', 'statement-confirm', form, [
            { value: 'confirmed', hint: t('stages:form.statement-confirm.confirmed') },
            { value: 'sentBack', hint: t('stages:form.statement-confirm.sentBack') },
          ]),
          groups: [{ fields: [lines(form, 'comment', { label: t('stages:form.comment'), hint: t('stages:form.commentHint'), limit: 2000, unmarked: true })] }],
          primary: { label: t('stages:form.statement-confirm.send') },
        };
      },
      read: (body) =>
        readOutcome<IncidentForms['statement-confirm']>({ confirmed: z.object({ comment: maybe(2000) }), sentBack: z.object({ comment: text({ max: 2000, lines: true }) }) }, body, words),
    };
  },
  shown: ({ comment }, { t }) => shownLines([t('stages:form.comment'), comment]),
});
