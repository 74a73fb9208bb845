import { z } from 'zod';
import { text } from '../../../platform/http/fields.ts';
import { newForm } from '../../../platform/http/forms.ts';
import type { CaseState } from '../../../rules/casefile/types.ts';
import { lastOf, openingOf, type IncidentForms, type Part } from '../../../rules/incident/facts.ts';
import { lines, readOnly, shownLines, stagePage, type Block, type Words } from '../../tasks/index.ts';
import type { Opinion } from './opinion-document.ts';

const longest = { facts: 5000, basis: 2000, decision: 5000, measures: 3000 } as const;
const names = Object.keys(longest) as (keyof typeof longest)[];

const form = z.object({
  facts: text({ max: longest.facts, lines: true }),
  basis: text({ max: longest.basis, lines: true }),
  decision: text({ max: longest.decision, lines: true }),
  measures: text({ max: longest.measures, lines: true }),
});

/** What the units found, in the order in which their parts were assigned. */
function results(state: CaseState): { unit: string; result: string }[] {
  const order = lastOf(state, 'assign');
  return Object.values(state.tasks)
    .filter((task) => task.stage === 'handle' && task.status === 'done' && task.number > (order?.number ?? 0))
    .map((task) => ({ unit: (task.brief as unknown as Part).unit, result: (task.form as IncidentForms['handle']).result }));
}

/** A draft out of what the case holds already; what was drafted before goes first. */
function draft(state: CaseState, words: Words): Opinion {
  const { t, moments } = words;
  const before = lastOf(state, 'opinion')?.form;
  const order = lastOf(state, 'assign');
  // After a reopening an opinion of the earlier handling is no draft of the new one.
  if (before && (lastOf(state, 'opinion')?.number ?? 0) > (order?.number ?? 0)) return before;
  const { what, place, occurredOn } = openingOf(state);
  return {
    facts: [
      t('stages:opinion.draft.reported', { date: moments.day(occurredOn).text, place, what }),
      ...(lastOf(state, 'verify') ? [t('stages:opinion.draft.verified', { finding: lastOf(state, 'verify')!.form.finding })] : []),
      ...results(state).map(({ unit, result }) => t('stages:opinion.draft.handled', { unit: words.unit(unit), result })),
    ].join('\n'),
    basis: '',
    decision: '',
    measures: '',
  };
}

/** 拟定处理意见: facts, basis, decision and measures. */
export const opinion = stagePage<Opinion>({
  open({ words, state, task }) {
    const { t } = words;
    const remarks = (task.brief['remarks'] ?? []) as string[];
    const before: Block[] = remarks.length === 0 ? [] : [
      { kind: 'lines', title: t('stages:form.opinion.remarks'), lines: remarks.map((remark) => ({ label: t('stages:form.comment'), text: remark })) },
    ];
    return {
      draw(typed) {
        const shown = typed ?? newForm({ ...draft(state, words) });
        return {
          lead: t(remarks.length === 0 ? 'stages:form.opinion.lead' : 'stages:form.opinion.leadAgain'),
          before,
          outcomes: null,
          groups: [
            {
              fields: names.map((name) =>
                lines(shown, name, { label: t(`stages:opinion.${name}`), hint: t(`stages:form.opinion.${name}Hint`), limit: longest[name], rows: 6, required: true }),
              ),
            },
          ],
          primary: { label: t('stages:form.opinion.send') },
        };
      },
      read: (body) => readOnly('drafted', form, body, words),
    };
  },
  shown: (said, { t }) => shownLines(...names.map((name) => [t(`stages:opinion.${name}`), said[name]] as const)),
});
