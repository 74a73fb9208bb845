import { z } from 'zod';
import { text } from '../../platform/http/fields.ts';
import { newForm } from '../../platform/http/forms.ts';
import type { Facts } from '../../platform/http/view-models.ts';
import { casePath } from '../../platform/process-words.ts';
import type { CaseState } from '../../rules/casefile/types.ts';
import { takedownOpeningOf, type TakedownForms } from '../../rules/takedown/facts.ts';
import { takedownStages } from '../../rules/takedown/process.ts';
import { lines, outcomeField, readOutcome, shownLines, stagePage, type KindPages, type Words } from '../tasks/index.ts';
import { findText } from './texts.ts';

const longest = 500;

/** What the text said, and where it belongs, under the reason for which it was taken off. */
export function takedownFacts(state: CaseState, { t, moments, unit }: Words): Facts {
  const { text: about, label, href, reason, by, at, unit: own } = takedownOpeningOf(state);
  return {
    items: [
      { term: t('takedowns:fact.text'), value: href === null ? label : { kind: 'link', href, label } },
      { term: t('takedowns:fact.kind'), value: t(`takedowns:kind.${about.kind}`) },
      { term: t('takedowns:fact.unit'), value: unit(own) },
      { term: t('takedowns:fact.by'), value: t('tasks:person', { name: by.name, unit: unit(by.unit, 'short') }) },
      { term: t('takedowns:fact.at'), value: { kind: 'when', when: moments.dayTime(new Date(at)) } },
      { term: t('takedowns:fact.reason'), value: reason, wide: true },
    ],
  };
}

/** 审查: a second person decides whether the text comes back. */
const decide = stagePage<TakedownForms['decide']>({
  async open({ knex, seal, state, words }) {
    const { t } = words;
    const opening = takedownOpeningOf(state);
    const found = await findText(knex, seal, opening.text);
    const schema = z.object({ note: text({ max: longest, lines: true }) });
    return {
      draw(typed) {
        const form = typed ?? newForm();
        return {
          lead: t('takedowns:form.decide.lead'),
          before: [
            { kind: 'lines', title: t('takedowns:fact.reason'), lines: shownLines([t('takedowns:fact.reason'), opening.reason]) },
            ...(found ? [{ kind: 'lines' as const, title: t('takedowns:form.text'), lines: shownLines([t(`takedowns:kind.${opening.text.kind}`), found.paragraphs.join('\n')]) }] : []),
          ],
          outcomes: outcomeField(words, 'takedown', 'decide', form, takedownStages.decide.outcomes.map((value) => ({ value, hint: t(`takedowns:form.decide.${value}`) }))),
          groups: [{ fields: [lines(form, 'note', { label: t('takedowns:form.decide.note'), hint: t('takedowns:form.decide.noteHint'), limit: longest, required: true })] }],
          primary: { label: t('takedowns:form.send') },
        };
      },
      read: (body) => readOutcome<TakedownForms['decide']>({ staysOff: schema, putBack: schema }, body, words),
    };
  },
  shown: ({ note }, { t }) => shownLines([t('takedowns:form.decide.note'), note]),
});

/** Emergency take-downs as the task page knows them. */
export const takedownPages: KindPages = {
  stages: { decide },
  facts: takedownFacts,
  caseHref: (caseNo) => casePath('takedown', caseNo),
  fileHref: (caseNo, hash) => `${casePath('takedown', caseNo)}/files/${hash}`,
  mark: () => null,
};
