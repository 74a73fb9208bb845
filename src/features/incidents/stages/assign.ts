import { z } from 'zod';
import { choice, text, withRows } from '../../../platform/http/fields.ts';
import { filled, newForm, readForm, refusedForm, type Form } from '../../../platform/http/forms.ts';
import type { Field, Option } from '../../../platform/http/view-models.ts';
import { lastOf, measures, type IncidentForms } from '../../../rules/incident/facts.ts';
import { fieldId, lines, shownLines, stagePage, workingUnits, type Block, type FieldGroup, type StageContext, type StageRead } from '../../tasks/index.ts';
import { mostParts, partLine, partsField, postedRows } from './parts.ts';

type Assignment = IncidentForms['assign'];

const rowsAtFirst = 2;
/** The button that asks for one more row and sends nothing off. */
const STEP = 'step';
const ADD = 'addPart';

/** The last assignment, when a part of it came back: only what is new has to be typed. */
function fromLast(state: StageContext['state']): Record<string, unknown> {
  const last = lastOf(state, 'assign')?.form;
  if (!last) return {};
  const { parts, ...rest } = last;
  const fields = parts.flatMap(({ date, ...part }, n) => Object.entries({ ...part, date: date ?? '' }).map(([name, value]) => [`parts[${n}][${name}]`, value]));
  return { ...rest, ...(Object.fromEntries(fields) as Record<string, unknown>) };
}

function partGroup({ words }: StageContext, form: Form, options: Option[], index: number): FieldGroup {
  const { t } = words;
  const at = (name: string) => {
    const full = `parts[${index}][${name}]`;
    return { ...filled(form, full), id: fieldId(full) };
  };
  const fields: Field[] = [
    // One part at least; of the others, and of the rest of a row, what is needed depends on whether a unit is chosen.
    { kind: 'select', label: t('stages:form.assign.unit'), options, ...(index === 0 ? { required: true } : { unmarked: true }), ...at('unit') },
    {
      kind: 'select', label: t('stages:form.assign.measure'), unmarked: true, ...at('measure'),
      options: measures.map((value) => ({ value, label: t(`stages:measure.${value}`) })),
    },
    { kind: 'textarea', rows: 2, limit: 500, label: t('stages:form.assign.text'), unmarked: true, ...at('text') },
    { kind: 'date', label: t('stages:form.assign.date'), hint: t('stages:form.assign.dateHint'), min: words.today, ...at('date') },
  ];
  return { legend: t('stages:form.assign.row', { number: index + 1 }), compact: true, ...(index === 0 ? {} : { hint: t('stages:form.assign.rowHint') }), fields };
}

/** 交办: one unit answers for the handling, any number take a part. */
export const assign = stagePage<Assignment>({
  async open(context) {
    const { words, state, task } = context;
    const { t } = words;
    const options = await workingUnits(context);
    const choosable = options.filter((one) => !one.disabled).map((one) => one.value);
    const sentBack = (task.brief['sentBack'] ?? []) as { unit: string; reason: string }[];
    const before: Block[] = sentBack.length === 0 ? [] : [
      { kind: 'lines', title: t('stages:form.assign.sentBack'), lines: sentBack.map(({ unit, reason }) => ({ label: words.unit(unit), text: reason })) },
    ];
    const fields = z.object({ accountable: choice(choosable), instruction: text({ max: 1000, lines: true }), parts: partsField(choosable, words.today) });
    const schema = withRows(fields, { parts: mostParts });
    return {
      draw(typed) {
        const form = typed ?? newForm(fromLast(state));
        const posted = postedRows(form.values).length;
        const asked = form.values[STEP] === ADD ? 1 : 0;
        const wanted = typed ? Math.max(1, posted + asked) : Math.max(rowsAtFirst, posted + (posted > 0 ? 1 : 0));
        const rows = Math.min(mostParts, wanted);
        return {
          lead: t('stages:form.assign.lead'),
          before,
          outcomes: null,
          groups: [
            {
              fields: [
                { kind: 'select', label: t('stages:form.assign.accountable'), hint: t('stages:form.assign.accountableHint'), options, required: true, ...filled(form, 'accountable') },
                lines(form, 'instruction', { label: t('stages:form.assign.instruction'), hint: t('stages:form.assign.instructionHint'), limit: 1000, required: true }),
              ],
            },
            ...Array.from({ length: rows }, (_, index) => partGroup(context, form, options, index)),
          ],
          primary: { label: t('stages:form.assign.send') },
          ...(rows < mostParts ? { others: [{ label: t('stages:form.assign.addPart'), name: STEP, value: ADD, icon: 'plus' as const }] } : {}),
        };
      },
      read(body): StageRead<Assignment> {
        const posted = body as Record<string, unknown>;
        if (posted[STEP] === ADD) return { again: refusedForm(body, {}) };
        const read = readForm(schema, body, t);
        return read.ok ? { outcome: 'assigned', form: read.data } : { again: read.form };
      },
    };
  },
  shown: ({ accountable, instruction, parts }, words) =>
    shownLines(
      [words.t('stages:form.assign.accountable'), words.unit(accountable)],
      [words.t('stages:form.assign.instruction'), instruction],
      [words.t('stages:form.assign.parts'), parts.map((part) => partLine(part, words)).join('\n')],
    ),
});
