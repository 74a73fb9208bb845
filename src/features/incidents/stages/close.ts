import { z } from 'zod';
import { text } from '../../../platform/http/fields.ts';
import { newForm } from '../../../platform/http/forms.ts';
import { termOf } from '../../../rules/limits/index.ts';
import { isAnswered, lastOf, openingOf, type IncidentForms } from '../../../rules/incident/facts.ts';
import { lines, readOnly, shownLines, stagePage, type Block, type StageContext } from '../../tasks/index.ts';

/** What is said of the case in a few lines, out of what it holds. */
function draft({ words, state }: StageContext): string {
  const { t } = words;
  const decision = lastOf(state, 'opinion')?.form.decision;
  const published = state.disclosures.findLast((one) => one.status === 'published');
  const measures = lastOf(state, 'prevention')?.form.measures;
  return [
    t('stages:form.close.draft.title', { title: state.title }),
    ...(decision ? [t('stages:form.close.draft.decision', { decision })] : []),
    t(published ? 'stages:form.close.draft.published' : 'stages:form.close.draft.notPublished'),
    ...(measures ? [t('stages:form.close.draft.measures', { measures })] : []),
  ].join('\n');
}

/** 办结: with a summary that stands for the whole case. */
export const close = stagePage<IncidentForms['close']>({
  open(context) {
    const { words, state, law } = context;
    const { t } = words;
    const before: Block[] = isAnswered(state) ? [] : [{ kind: 'notice', notice: { tone: 'soon', text: t('stages:form.close.notAnswered') } }];
    const window = termOf(law.rules.on('incident.reopen-window', words.today));
    return {
      draw: (typed) => ({
        lead: t('stages:form.close.lead'),
        before,
        outcomes: null,
        groups: [
          { fields: [lines(typed ?? newForm({ summary: draft(context) }), 'summary', { label: t('stages:form.close.summary'), hint: t('stages:form.close.summaryHint'), limit: 4000, rows: 8, required: true })] },
        ],
        confirm: {
          title: t('stages:form.close.confirm'),
          consequences: [t('stages:form.close.consequence')],
          mailTo: [t('stages:form.close.mailTo'), ...(openingOf(state).reporter ? [t('stages:form.close.mailToReporter')] : [])],
          undo: window === null
            ? { possible: false, text: t('stages:form.close.noUndo') }
            : { possible: true, text: t(`stages:form.close.undo.${window.unit}`, { count: window.n }) },
        },
        primary: { label: t('stages:form.close.send') },
      }),
      read: (body) => readOnly('closed', z.object({ summary: text({ max: 4000, lines: true }) }), body, words),
    };
  },
  shown: ({ summary }, { t }) => shownLines([t('stages:form.close.summary'), summary]),
});
