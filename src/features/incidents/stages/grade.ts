import { z } from 'zod';
import { choice, choices, text } from '../../../platform/http/fields.ts';
import { filled, newForm, readForm, refusedForm, valuesOf } from '../../../platform/http/forms.ts';
import { termOf } from '../../../rules/limits/index.ts';
import { effectiveLevel, levels, type IncidentForms, type Level } from '../../../rules/incident/facts.ts';
import { lines, shownLines, stagePage, type Block, type StageContext } from '../../tasks/index.ts';
import { findRecurrences, type Recurrence, type Recurrences } from './recurrences.ts';

type Grade = IncidentForms['grade'];

/** The ids that the person was shown, so that one that was found since then is looked at before it counts. */
const SHOWN = 'shown';

/** What a level brings: the clock hours within which the public is answered. */
function replyLimit({ law, words }: StageContext, level: Level): string {
  const term = termOf(law.rules.on(`incident.public-reply.${level}`, words.today));
  return term === null ? words.t('stages:form.grade.noReply') : words.t('stages:form.grade.reply', { count: term.n });
}

function levelHint(context: StageContext, base: Level, { found }: Recurrences): string {
  const { t } = context.words;
  const raised = effectiveLevel(base, found);
  const own = replyLimit(context, base);
  if (found.length === 0) return own;
  if (raised === base) return t('stages:form.grade.highest', { reply: own });
  return t('stages:form.grade.raised', { level: t(`stages:level.${raised}`), reply: replyLimit(context, raised), own });
}

function sameAs({ sameSubject, openedAt, level, measures }: Recurrence, { words }: StageContext): string {
  const { t, moments } = words;
  return t('stages:form.grade.earlier', {
    why: t(sameSubject ? 'stages:form.grade.sameSubject' : 'stages:form.grade.sameArea'),
    date: moments.day(openedAt).text,
    level: t(`stages:level.${level}`),
    measures: measures ?? t('stages:form.grade.noMeasures'),
  });
}

/** 定级: how grave it is. A recurrence within the window raises it by one. */
export const grade = stagePage<Grade>({
  async open(context) {
    const { words } = context;
    const { t } = words;
    const recurrences = await findRecurrences(context);
    const { found } = recurrences;
    const window = t('rules:value.month', { count: recurrences.months });
    const ids = found.map((one) => one.caseId);
    const schema = z.object({ base: choice(levels), recurrences: choices(ids), reason: text({ max: 1000, lines: true }) });
    const before: Block[] = [
      {
        kind: 'notice',
        notice: found.length > 0
          ? { tone: 'soon', text: t('stages:form.grade.foundSome', { count: found.length, window }) }
          : { tone: 'info', text: t('stages:form.grade.foundNone', { window }) },
      },
    ];
    return {
      draw(typed) {
        const form = typed ?? newForm();
        return {
          lead: t('stages:form.grade.lead'),
          before,
          outcomes: null,
          groups: [
            {
              fields: [
                ...(found.length === 0 ? [] : [{
                  kind: 'checkboxes' as const,
                  name: 'recurrences',
                  label: t('stages:form.grade.recurrences'),
                  hint: t('stages:form.grade.recurrencesHint'),
                  options: found.map((one) => ({ value: one.caseId, label: `${one.caseNo} ${one.title}`, hint: sameAs(one, context) })),
                  values: typed ? valuesOf(form, 'recurrences') : ids,
                  ...(form.errors['recurrences'] === undefined ? {} : { error: form.errors['recurrences'] }),
                }]),
                {
                  kind: 'radios', label: t('stages:form.grade.base'), hint: t('stages:form.grade.baseHint'), required: true,
                  options: levels.map((level) => ({ value: level, label: t(`stages:level.${level}`), hint: levelHint(context, level, recurrences) })),
                  ...filled(form, 'base'),
                },
                lines(form, 'reason', { label: t('stages:form.grade.reason'), hint: t('stages:form.grade.reasonHint'), limit: 1000, required: true }),
              ],
            },
          ],
          hidden: { [SHOWN]: ids.join(' ') },
          primary: { label: t('stages:form.grade.send') },
        };
      },
      read(body) {
        const read = readForm(schema, body, t);
        const posted = (body as Record<string, unknown>)[SHOWN];
        const shown = typeof posted === 'string' ? posted.split(' ') : [];
        if (ids.some((id) => !shown.includes(id))) return { again: refusedForm(body, { recurrences: t('stages:form.grade.foundMore') }) };
        if (!read.ok) {
          // A ticked one that no longer counts would be told by its id: it is a change to be looked at like the one above.
          return { again: read.form.errors['recurrences'] === undefined ? read.form : refusedForm(body, { ...read.form.errors, recurrences: t('stages:form.grade.changed') }) };
        }
        const { base, reason, recurrences: ticked } = read.data;
        const counted = found.filter((one) => ticked.includes(one.caseId)).map(({ caseId, caseNo, title }) => ({ caseId, caseNo, title }));
        const level = effectiveLevel(base, counted);
        return { outcome: 'graded', form: { base, level, recurrences: counted, reason }, say: { level: t(`stages:level.${level}`) } };
      },
    };
  },
  shown: ({ base, level, recurrences, reason }, { t }) =>
    shownLines(
      [
        t('stages:form.grade.level'),
        base === level ? t(`stages:level.${level}`) : t('stages:form.grade.raisedFrom', { level: t(`stages:level.${level}`), base: t(`stages:level.${base}`) }),
      ],
      [t('stages:form.grade.recurrences'), recurrences.map((one) => `${one.caseNo} ${one.title}`).join('\n')],
      [t('stages:form.grade.reason'), reason],
    ),
});
