import { z } from 'zod';
import { choice, choices, fault, field, optional, text, type Fault } from '../../../platform/http/fields.ts';
import { filled, newForm, readForm, refusedForm, valuesOf, type Form } from '../../../platform/http/forms.ts';
import type { Field } from '../../../platform/http/view-models.ts';
import { termOf } from '../../../rules/limits/index.ts';
import { effectiveLevel, levels, type IncidentForms, type Level, type Similar } from '../../../rules/incident/facts.ts';
import { lines, shownLines, stagePage, type Block, type StageContext } from '../../tasks/index.ts';
import { caseNo, findIncident } from './named-incident.ts';
import { findRecurrences, type Recurrence, type Recurrences } from './recurrences.ts';

type Grade = IncidentForms['grade'];

/** The ids that the person was shown, so that one that was found since then is looked at before it counts. */
const SHOWN = 'shown';
/** At most so many are linked by hand at once. */
const mostLinked = 10;

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

function hintOf({ kinship, sameSubject, occurredOn, level, measures, unit }: Recurrence, { words }: StageContext): string {
  const { t, moments } = words;
  const why = kinship === 'sameUnit' ? (unit === null ? 'noUnit' : 'sameUnit') : sameSubject ? 'sameSubject' : 'sameArea';
  return t('stages:form.grade.earlier', {
    why: t(`stages:form.grade.${why}`, unit === null ? {} : { unit: words.unit(unit) }),
    date: moments.day(occurredOn).text,
    level: t(`stages:level.${level}`),
    measures: measures ?? t('stages:form.grade.noMeasures'),
  });
}

/** Numbers of incidents as they are typed, one a line or with commas between. */
const caseNos = field((typed): string[] | Fault => {
  const read = [...new Set(typed.split(/[\s,，、;；]+/u).filter((one) => one !== ''))].map((one) => caseNo.safeParse(one));
  if (read.length > mostLinked) return fault('stages:form.grade.linkedTooMany', { limit: mostLinked });
  const wrong = read.findIndex(({ success }) => !success);
  return wrong < 0 ? read.map(({ data }) => data!) : fault('stages:form.grade.linkedNoNumber', { value: typed.split(/[\s,，、;；]+/u)[wrong] ?? '' });
});

/** 定级: how grave it is. A recurrence within the window raises it by one, once the person has said that it is one. */
export const grade = stagePage<Grade>({
  async open(context) {
    const { words, state } = context;
    const { t } = words;
    const recurrences = await findRecurrences(context);
    const { found, related } = recurrences;
    const window = t(`rules:value.${recurrences.window.unit}`, { count: recurrences.window.n });
    const ids = found.map((one) => one.caseId);
    const schema = z.object({
      base: choice(levels), recurrences: choices(ids), related: choices(related.map((one) => one.caseId)), linked: optional(caseNos), reason: text({ max: 1000, lines: true }),
    });
    const before: Block[] = [
      {
        kind: 'notice',
        notice: found.length > 0
          ? { tone: 'soon', text: t('stages:form.grade.foundSome', { count: found.length, window }) }
          : { tone: 'info', text: t('stages:form.grade.foundNone', { window }) },
      },
    ];
    /** Nothing is ticked beforehand: a recurrence shortens the time for a public statement. */
    const boxes = (form: Form, name: 'recurrences' | 'related', of: readonly Recurrence[]): Field[] => (of.length === 0 ? [] : [{
      kind: 'checkboxes',
      name,
      label: t(`stages:form.grade.${name}`),
      hint: t(`stages:form.grade.${name}Hint`, { window }),
      options: of.map((one) => ({ value: one.caseId, label: `${one.caseNo} ${one.title}`, hint: hintOf(one, context) })),
      values: valuesOf(form, name),
      ...(form.errors[name] === undefined ? {} : { error: form.errors[name] }),
    }]);
    const similar = ({ caseId, caseNo: number, title }: Similar): Similar => ({ caseId, caseNo: number, title });
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
                ...boxes(form, 'recurrences', found),
                {
                  kind: 'radios', label: t('stages:form.grade.base'), hint: t('stages:form.grade.baseHint'), required: true,
                  options: levels.map((level) => ({ value: level, label: t(`stages:level.${level}`), hint: levelHint(context, level, recurrences) })),
                  ...filled(form, 'base'),
                },
                lines(form, 'reason', { label: t('stages:form.grade.reason'), hint: t('stages:form.grade.reasonHint'), limit: 1000, required: true }),
                ...boxes(form, 'related', related),
                { kind: 'text', size: 'medium', label: t('stages:form.grade.linked'), hint: t('stages:form.grade.linkedHint'), ...filled(form, 'linked') },
              ],
            },
          ],
          hidden: { [SHOWN]: ids.join(' ') },
          primary: { label: t('stages:form.grade.send') },
        };
      },
      async read(body) {
        const read = readForm(schema, body, t);
        const posted = (body as Record<string, unknown>)[SHOWN];
        const shown = typeof posted === 'string' ? posted.split(' ') : [];
        if (ids.some((id) => !shown.includes(id))) return { again: refusedForm(body, { recurrences: t('stages:form.grade.foundMore') }) };
        if (!read.ok) {
          // A ticked one that no longer counts would be told by its id: it is a change to be looked at like the one above.
          const { errors } = read.form;
          const changed = (['recurrences', 'related'] as const).filter((name) => errors[name] !== undefined);
          return { again: changed.length === 0 ? read.form : refusedForm(body, { ...errors, ...Object.fromEntries(changed.map((name) => [name, t('stages:form.grade.changed')])) }) };
        }
        const { base, reason, linked } = read.data;
        const byHand: Similar[] = [];
        for (const number of linked ?? []) {
          if (number === state.caseNo) return { again: refusedForm(body, { linked: t('stages:form.verify.ofItself', { value: number }) }) };
          const named = await findIncident(context, number);
          if (!named) return { again: refusedForm(body, { linked: t('stages:form.verify.ofNothing', { value: number }) }) };
          byHand.push(similar(named));
        }
        const counted = found.filter((one) => read.data.recurrences.includes(one.caseId)).map(similar);
        const ticked = related.filter((one) => read.data.related.includes(one.caseId)).map(similar);
        const others = [...ticked, ...byHand].filter(({ caseId }, n, all) => !counted.some((one) => one.caseId === caseId) && all.findIndex((one) => one.caseId === caseId) === n);
        const level = effectiveLevel(base, counted);
        return { outcome: 'graded', form: { base, level, recurrences: counted, related: others, reason }, say: { level: t(`stages:level.${level}`) } };
      },
    };
  },
  shown: ({ base, level, recurrences, related = [], reason }, { t }) =>
    shownLines(
      [
        t('stages:form.grade.level'),
        base === level ? t(`stages:level.${level}`) : t('stages:form.grade.raisedFrom', { level: t(`stages:level.${level}`), base: t(`stages:level.${base}`) }),
      ],
      [t('stages:form.grade.recurrences'), recurrences.map((one) => `${one.caseNo} ${one.title}`).join('\n')],
      [t('stages:form.grade.related'), related.map((one) => `${one.caseNo} ${one.title}`).join('\n')],
      [t('stages:form.grade.reason'), reason],
    ),
});
