import { z } from 'zod';
import { choice, day, text } from '../../../platform/http/fields.ts';
import { filled, newForm } from '../../../platform/http/forms.ts';
import { dateOf, dayNumber } from '../../../rules/calendar/index.ts';
import { accountableUnit, lastOf, type IncidentForms } from '../../../rules/incident/facts.ts';
import { lines, outcomeField, readOnly, readOutcome, shownLines, stagePage, type Block } from '../../tasks/index.ts';

type Prevention = IncidentForms['prevention'];

/** A plan is for the coming months, not for ever. */
const longestDays = 366;

/** 防范措施: what keeps it from happening again, by whom, by when. */
export const prevention = stagePage<Prevention>({
  open({ words, state }) {
    const { t, units } = words;
    const tomorrow = dateOf(dayNumber(words.today) + 1);
    const last = dateOf(dayNumber(words.today) + longestDays);
    const choosable = units.filter((unit) => unit.active && unit.kind !== 'city');
    const check = lastOf(state, 'prevention-check');
    const insufficient = check?.outcome === 'insufficient' && check.number > (lastOf(state, 'prevention')?.number ?? 0);
    const earlier = insufficient ? lastOf(state, 'prevention')?.form : undefined;
    const before: Block[] = check && insufficient
      ? [{ kind: 'lines', title: t('stages:form.prevention.insufficient'), lines: shownLines([t('stages:form.prevention-check.finding'), check.form.finding]) }]
      : [];
    return {
      draw(typed) {
        const form = typed ?? newForm({
          measures: earlier?.measures ?? lastOf(state, 'opinion')?.form.measures ?? '',
          unit: earlier?.unit ?? accountableUnit(state) ?? '',
        });
        return {
          lead: t('stages:form.prevention.lead'),
          before,
          outcomes: null,
          groups: [
            {
              fields: [
                lines(form, 'measures', { label: t('stages:form.prevention.measures'), hint: t('stages:form.prevention.measuresHint'), limit: 3000, rows: 6, required: true }),
                {
                  kind: 'select', label: t('stages:form.prevention.unit'), required: true,
                  options: choosable.map((unit) => ({ value: unit.id, label: words.unit(unit.id), group: t(`common:unitKind.${unit.kind}`) })),
                  ...filled(form, 'unit'),
                },
                { kind: 'date', label: t('stages:form.prevention.date'), hint: t('stages:form.prevention.dateHint'), min: tomorrow, max: last, required: true, ...filled(form, 'date') },
              ],
            },
          ],
          primary: { label: t('stages:form.prevention.send') },
        };
      },
      read: (body) =>
        readOnly(
          'planned',
          z.object({ measures: text({ max: 3000, lines: true }), unit: choice(choosable.map((unit) => unit.id)), date: day({ notBefore: tomorrow, notAfter: last }) }),
          body,
          words,
        ),
    };
  },
  shown: ({ measures, unit, date }, { t, unit: nameOf, moments }) =>
    shownLines(
      [t('stages:form.prevention.measures'), measures],
      [t('stages:form.prevention.unit'), nameOf(unit)],
      [t('stages:form.prevention.date'), moments.day(date).text],
    ),
});

/** 检查防范措施: on the day it was promised for. */
export const preventionCheck = stagePage<IncidentForms['prevention-check']>({
  open({ words, state }) {
    const { t } = words;
    const plan = lastOf(state, 'prevention')?.form;
    const before: Block[] = plan ? [{ kind: 'lines', title: t('stages:form.prevention-check.plan'), lines: prevention.shown({ ...plan }, words) }] : [];
    return {
      draw(typed) {
        const form = typed ?? newForm();
        return {
          lead: t('stages:form.prevention-check.lead'),
          before,
          outcomes: outcomeField(words, 'incident', 'prevention-check', form, [
            { value: 'effective', hint: t('stages:form.prevention-check.effective') },
            { value: 'insufficient', hint: t('stages:form.prevention-check.insufficient') },
          ]),
          groups: [{ fields: [lines(form, 'finding', { label: t('stages:form.prevention-check.finding'), hint: t('stages:form.prevention-check.findingHint'), limit: 2000, required: true })] }],
          primary: { label: t('stages:form.prevention-check.send') },
        };
      },
      read: (body) => {
        const schema = z.object({ finding: text({ max: 2000, lines: true }) });
        return readOutcome<IncidentForms['prevention-check']>({ effective: schema, insufficient: schema }, body, words);
      },
    };
  },
  shown: ({ finding }, { t }) => shownLines([t('stages:form.prevention-check.finding'), finding]),
});
