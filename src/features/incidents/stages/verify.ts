import { z } from 'zod';
import { text } from '../../../platform/http/fields.ts';
import { filled, newForm, refusedForm } from '../../../platform/http/forms.ts';
import { openingOf, type IncidentForms, type Similar } from '../../../rules/incident/facts.ts';
import { lines, outcomeField, readOutcome, shownLines, stagePage } from '../../tasks/index.ts';
import { caseNo, findIncident } from './named-incident.ts';
import { besideBlocks, findOtherReports } from './other-reports.ts';

type Form = IncidentForms['verify'];

const longest = 2000;
const finding = text({ max: longest, lines: true });
/** The ids of the reports that the person was shown. */
const SHOWN = 'shown';

const named = ({ caseNo: number, title }: Similar): string => `${number} ${title}`.trim();

/** 核实: is it true, and is it a new one. */
export const verify = stagePage<Form>({
  async open(context) {
    const { words, state } = context;
    const { t } = words;
    const others = await findOtherReports(context);
    const numbers = [...new Set([...others, ...openingOf(state).similar].map((one) => one.caseNo))];
    return {
      draw(typed) {
        const form = typed ?? newForm(others.length === 1 ? { of: others[0]!.caseNo } : {});
        return {
          lead: t('stages:form.verify.lead'),
          before: besideBlocks(others, state, words),
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
                  kind: 'text', size: 'medium', required: true, suggestions: numbers,
                  label: t('stages:form.verify.of'), hint: t('stages:form.verify.ofHint'), ...filled(form, 'of'),
                },
              ],
            },
            ...(others.length === 0 ? [] : [{
              outcome: 'founded',
              fields: [lines(form, 'apart', { label: t('stages:form.verify.apart'), hint: t('stages:form.verify.apartHint', { list: others.map((one) => one.caseNo).join(t('common:list')) }), limit: longest, rows: 3, required: true })],
            }]),
            { fields: [lines(form, 'finding', { label: t('stages:form.verify.finding'), hint: t('stages:form.verify.findingHint'), limit: longest, required: true })] },
          ],
          hidden: { [SHOWN]: others.map((one) => one.caseId).join(' ') },
          primary: { label: t('stages:form.verify.send') },
        };
      },
      async read(body) {
        const read = readOutcome<{ finding: string; of?: string; apart?: string }>(
          { founded: others.length === 0 ? z.object({ finding }) : z.object({ finding, apart: finding }), unfounded: z.object({ finding }), duplicate: z.object({ finding, of: caseNo }) },
          body,
          words,
        );
        // A report of the same firm that came in since the page was opened is looked at before anything is decided.
        const posted = (body as Record<string, unknown>)[SHOWN];
        const shown = typeof posted === 'string' ? posted.split(' ') : [];
        if (others.some(({ caseId }) => !shown.includes(caseId))) return { again: refusedForm(body, { outcome: t('stages:form.verify.foundMore') }) };
        if ('again' in read) return read;
        const { finding: said, of: number, apart } = read.form;
        if (number === undefined) {
          const reports = others.map(({ caseId, caseNo: no, title }) => ({ caseId, caseNo: no, title }));
          return { outcome: read.outcome, form: { finding: said, ...(apart === undefined ? {} : { apart: { reports, reason: apart } }) } };
        }
        const wrong = (key: string, params = {}): { again: ReturnType<typeof refusedForm> } => ({
          again: refusedForm(body, { of: t(`stages:form.verify.${key}`, { value: number, ...params }) }),
        });
        if (number === state.caseNo) return wrong('ofItself');
        const other = others.find((one) => one.caseNo === number);
        const found = other ? { caseId: other.caseId, caseNo: other.caseNo, title: other.title, duplicateOf: null } : await findIncident(context, number);
        if (!found) return wrong('ofNothing');
        const { duplicateOf, ...of } = found;
        if (duplicateOf === state.id) return wrong('ofCircle');
        return { outcome: read.outcome, form: { finding: said, of }, say: { caseNo: of.caseNo } };
      },
    };
  },
  shown: ({ finding: said, of, apart }, { t }) =>
    shownLines(
      [t('stages:form.verify.of'), of && named(of)],
      [t('stages:form.verify.apartFrom'), apart && [...apart.reports.map(named), apart.reason].join('\n')],
      [t('stages:form.verify.finding'), said],
    ),
});
