import { z } from 'zod';
import { text } from '../../../platform/http/fields.ts';
import { newForm } from '../../../platform/http/forms.ts';
import { lastOf, type IncidentForms, type Part } from '../../../rules/incident/facts.ts';
import { lines, outcomeField, readOutcome, shownLines, stagePage } from '../../tasks/index.ts';
import { partLine } from './parts.ts';

/** 签收或退办: the unit takes what it was given, or says why it is not its business. */
export const acknowledge = stagePage<IncidentForms['acknowledge']>({
  open({ words, state, task }) {
    const { t } = words;
    const { instruction, parts = [] } = task.brief as { instruction?: string; parts?: Part[] };
    const accountable = lastOf(state, 'assign')?.form.accountable === task.audience.unit;
    return {
      draw(typed) {
        const form = typed ?? newForm();
        return {
          lead: t(accountable ? 'stages:form.acknowledge.leadAccountable' : 'stages:form.acknowledge.lead'),
          before: [
            {
              kind: 'lines',
              title: t('stages:form.order'),
              lines: shownLines(
                [t('stages:form.assign.instruction'), instruction],
                [t('stages:form.handle.part'), parts.map((part) => partLine(part, words)).join('\n') || t('stages:form.acknowledge.noPart')],
              ),
            },
          ],
          outcomes: outcomeField(words, 'incident', 'acknowledge', form, [
            { value: 'acknowledged', hint: t('stages:form.acknowledge.acknowledged') },
            { value: 'returned', hint: t('stages:form.acknowledge.returned') },
          ]),
          groups: [
            {
              outcome: 'returned',
              fields: [lines(form, 'reason', { label: t('stages:form.acknowledge.reason'), hint: t('stages:form.acknowledge.reasonHint'), limit: 1000, required: true })],
            },
          ],
          primary: { label: t('stages:form.acknowledge.send') },
        };
      },
      read: (body) =>
        readOutcome<IncidentForms['acknowledge']>(
          { acknowledged: z.object({}).transform(() => ({ reason: '' })), returned: z.object({ reason: text({ max: 1000, lines: true }) }) },
          body,
          words,
        ),
    };
  },
  shown: ({ reason }, { t }) => shownLines([t('stages:form.acknowledge.reason'), reason]),
});
