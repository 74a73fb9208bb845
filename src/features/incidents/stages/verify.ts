import { z } from 'zod';
import { text } from '../../../platform/http/fields.ts';
import { filled, newForm, refusedForm } from '../../../platform/http/forms.ts';
import { openingOf, type IncidentForms } from '../../../rules/incident/facts.ts';
import { lines, outcomeField, readOutcome, shownLines, stagePage } from '../../tasks/index.ts';
import { caseNo, findIncident } from './named-incident.ts';

type Form = IncidentForms['verify'];

const finding = text({ max: 2000, lines: true });

/** 核实: is it true, and is it a new one. */
export const verify = stagePage<Form>({
  open(context) {
    const { words, state } = context;
    const { t } = words;
    const { similar } = openingOf(state);
    return {
      draw(typed) {
        const form = typed ?? newForm();
        return {
          lead: t('stages:form.verify.lead'),
          before: [],
          outcomes: outcomeField(words, 'incident', 'verify', form, [
            { value: 'founded', hint: t('stages:form.verify.founded') },
            { value: 'unfounded', hint: t('stages:form.verify.unfounded') },
            { value: 'duplicate', hint: t('stages:form.verify.duplicate') },
          ]),
          groups: [
            {
              outcome: 'duplicate',
              fields: [
                {
                  kind: 'text', size: 'medium', required: true, suggestions: similar.map((one) => one.caseNo),
                  label: t('stages:form.verify.of'), hint: t('stages:form.verify.ofHint'), ...filled(form, 'of'),
                },
              ],
            },
            { fields: [lines(form, 'finding', { label: t('stages:form.verify.finding'), hint: t('stages:form.verify.findingHint'), limit: 2000, required: true })] },
          ],
          primary: { label: t('stages:form.verify.send') },
        };
      },
      async read(body) {
        const read = readOutcome<{ finding: string; of?: string }>(
          { founded: z.object({ finding }), unfounded: z.object({ finding }), duplicate: z.object({ finding, of: caseNo }) },
          body,
          words,
        );
        if ('again' in read) return read;
        const { finding: said, of: number } = read.form;
        if (number === undefined) return { outcome: read.outcome, form: { finding: said } };
        const wrong = (key: string, params = {}): { again: ReturnType<typeof refusedForm> } => ({
          again: refusedForm(body, { of: t(`stages:form.verify.${key}`, { value: number, ...params }) }),
        });
        if (number === state.caseNo) return wrong('ofItself');
        const found = await findIncident(context, number);
        if (!found) return wrong('ofNothing');
        const { duplicateOf, ...of } = found;
        if (duplicateOf === state.id) return wrong('ofCircle');
        return { outcome: read.outcome, form: { finding: said, of }, say: { caseNo: of.caseNo } };
      },
    };
  },
  shown: ({ finding: said, of }, { t }) =>
    shownLines([t('stages:form.verify.of'), of && `${of.caseNo} ${of.title}`], [t('stages:form.verify.finding'), said]),
});
