import { z } from 'zod';
import { text } from '../../../platform/http/fields.ts';
import { newForm } from '../../../platform/http/forms.ts';
import { lastOf, type IncidentForms, type Part } from '../../../rules/incident/facts.ts';
import { lines, readOnly, shownLines, stagePage, type Block, type Words } from '../../tasks/index.ts';
import { partLine } from './parts.ts';

const longest = 4000;

/** 首次报告: what the accountable unit has done and found so far. */
export const firstReport = stagePage<IncidentForms['first-report']>({
  open({ words, state }) {
    const { t } = words;
    const order = lastOf(state, 'assign')?.form;
    const before: Block[] = order ? [{ kind: 'lines', title: t('stages:form.order'), lines: orderLines(order, words) }] : [];
    return {
      draw: (typed) => ({
        lead: t('stages:form.first-report.lead'),
        before,
        outcomes: null,
        groups: [
          {
            fields: [
              lines(typed ?? newForm(), 'report', {
                label: t('stages:form.first-report.report'), hint: t('stages:form.first-report.reportHint'), limit: longest, rows: 8, required: true,
              }),
            ],
          },
        ],
        primary: { label: t('stages:form.first-report.send') },
      }),
      read: (body) => readOnly('reported', z.object({ report: text({ max: longest, lines: true }) }), body, words),
    };
  },
  shown: ({ report }, { t }) => shownLines([t('stages:form.first-report.report'), report]),
});

/** 处置: one unit's part, and what came of it. */
export const handle = stagePage<IncidentForms['handle']>({
  open({ words, task, state }) {
    const { t } = words;
    const part = task.brief as unknown as Part;
    const instruction = lastOf(state, 'assign')?.form.instruction;
    return {
      draw: (typed) => ({
        lead: t('stages:form.handle.lead', { measure: t(`stages:measure.${part.measure}`) }),
        before: [
          {
            kind: 'lines',
            title: t('stages:form.handle.part'),
            lines: shownLines([t('stages:form.assign.part'), partLine(part, words)], [t('stages:form.assign.instruction'), instruction]),
          },
        ],
        outcomes: null,
        groups: [
          {
            fields: [
              lines(typed ?? newForm(), 'result', {
                label: t('stages:form.handle.result'), hint: t('stages:form.handle.resultHint'), limit: longest, rows: 8, required: true,
              }),
            ],
          },
        ],
        primary: { label: t('stages:form.handle.send') },
      }),
      read: (body) => readOnly('handled', z.object({ result: text({ max: longest, lines: true }) }), body, words),
    };
  },
  shown: ({ result }, { t }) => shownLines([t('stages:form.handle.result'), result]),
});

function orderLines({ instruction, accountable, parts }: IncidentForms['assign'], words: Words) {
  const { t } = words;
  return shownLines(
    [t('stages:form.assign.accountable'), words.unit(accountable)],
    [t('stages:form.assign.instruction'), instruction],
    [t('stages:form.assign.parts'), parts.map((part) => partLine(part, words)).join('\n')],
  );
}
