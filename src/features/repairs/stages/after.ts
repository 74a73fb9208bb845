import { z } from 'zod';
import { choices, optional, text } from '../../../platform/http/fields.ts';
import { newForm, refusedForm, valuesOf } from '../../../platform/http/forms.ts';
import type { Field } from '../../../platform/http/view-models.ts';
import { repairOpeningOf, type RepairForms, type ShownPlace } from '../../../rules/repair/facts.ts';
import { lines, outcomeField, readOutcome, shownLines, stagePage, type Block, type StageContext, type Words } from '../../tasks/index.ts';
import { oneALine } from './parts.ts';
import { measureBlock, readRecord } from './record-block.ts';

const longest = 2000;

/** What this unit said that it does because of the record. */
async function measureOf(context: StageContext): Promise<Block[]> {
  const { words, task, state } = context;
  const record = await readRecord(context, repairOpeningOf(state).record);
  const use = record?.uses[task.audience.unit];
  return use ? [measureBlock(use, words)] : [];
}

/** 解除: the record is gone, and with it what was done because of it. */
export const release = stagePage<RepairForms['release']>({
  async open(context) {
    const { words } = context;
    const { t } = words;
    const before = await measureOf(context);
    const schema = z.object({ done: text({ max: longest, lines: true }) });
    return {
      draw(typed) {
        const form = typed ?? newForm();
        return {
          lead: t('repairs:form.release.lead'),
          before,
          outcomes: outcomeField(words, 'repair', 'release', form, (['released', 'nothingApplied'] as const).map((value) => ({ value, hint: t(`repairs:form.release.${value}`) }))),
          groups: [{ fields: [lines(form, 'done', { label: t('repairs:form.release.done'), hint: t('repairs:form.release.doneHint'), limit: longest, required: true })] }],
          primary: { label: t('repairs:form.release.send') },
        };
      },
      read: (body) => readOutcome<RepairForms['release']>({ released: schema, nothingApplied: schema }, body, words),
    };
  },
  shown: ({ done }, { t }) => shownLines([t('repairs:form.release.done'), done]),
});

/** So many places are named in one look. */
const mostPlaces = 20;

const placeLine = ({ name, gone }: ShownPlace, { t }: Words): string => t('repairs:form.follow-up.place', { name, state: t(`repairs:form.follow-up.${gone ? 'isGone' : 'isShown'}`) });

/** What came of the orders, and the places that were found before. */
function beforeFollowUp({ words, state }: StageContext, places: readonly ShownPlace[]): Block[] {
  const { t } = words;
  const orders = Object.values(state.tasks).filter(({ stage, status }) => stage === 'release' && status === 'done');
  return [
    ...(orders.length === 0 ? [] : [{
      kind: 'lines' as const, title: t('repairs:form.follow-up.orders'),
      lines: orders.map(({ audience, outcome, form }) => ({ label: words.unit(audience.unit), text: `${words.outcome('repair', 'release', outcome ?? '')}${t('ui:common.colon')}${(form as RepairForms['release']).done}` })),
    }]),
    ...(places.length === 0 ? [] : [{
      kind: 'lines' as const, title: t('repairs:form.follow-up.places'), lines: [{ label: t('repairs:form.follow-up.before'), text: places.map((place) => placeLine(place, words)).join('\n') }],
    }]),
  ];
}

/** 跟踪: whether others still show what is repaired. Each place is named, and looked at again until it is gone. */
export const followUp = stagePage<RepairForms['follow-up']>({
  open(context) {
    const { words, task } = context;
    const { t } = words;
    const { places: known = [] } = task.brief as { places?: ShownPlace[] };
    const open = known.filter(({ gone }) => !gone).map(({ name }, n) => ({ name, value: String(n + 1) }));
    const schema = z.object({ gone: choices(open.map(({ value }) => value)), found: optional(oneALine(mostPlaces)).transform((list) => list ?? []), finding: text({ max: longest, lines: true }) })
      .transform(({ gone, found, finding }): Required<RepairForms['follow-up']> => ({
        finding,
        places: [
          ...known.map((place) => ({ name: place.name, gone: place.gone || gone.includes(open.find(({ name }) => name === place.name)?.value ?? '') })),
          ...found.filter((name) => !known.some((place) => place.name === name)).map((name) => ({ name, gone: false })),
        ],
      }));
    return {
      draw(typed) {
        const form = typed ?? newForm();
        const error = form.errors['gone'];
        const seen: Field[] = open.length === 0 ? [] : [{
          kind: 'checkboxes', name: 'gone', label: t('repairs:form.follow-up.gone'), hint: t('repairs:form.follow-up.seenHint'), values: valuesOf(form, 'gone'),
          options: open.map(({ name, value }) => ({ value, label: name })), ...(error === undefined ? {} : { error }),
        }];
        return {
          lead: t('repairs:form.follow-up.lead'),
          before: beforeFollowUp(context, known),
          outcomes: outcomeField(words, 'repair', 'follow-up', form, (['gone', 'stillShown'] as const).map((value) => ({ value, hint: t(`repairs:form.follow-up.${value}Hint`) }))),
          groups: [{
            fields: [
              ...seen,
              lines(form, 'found', { label: t(open.length === 0 ? 'repairs:form.follow-up.found' : 'repairs:form.follow-up.foundMore'), hint: t('repairs:form.follow-up.foundHint'), limit: 1000, rows: 3 }),
              lines(form, 'finding', { label: t('repairs:form.follow-up.finding'), hint: t('repairs:form.follow-up.findingHint'), limit: longest, required: true }),
            ],
          }],
          primary: { label: t('repairs:form.follow-up.send') },
        };
      },
      read(body) {
        const read = readOutcome<Required<RepairForms['follow-up']>>({ gone: schema, stillShown: schema }, body, words);
        if ('again' in read) return read;
        const shown = read.form.places.filter(({ gone }) => !gone);
        const list = shown.map(({ name }) => name).join(t('common:list'));
        if (read.outcome === 'gone' && shown.length > 0) return { again: refusedForm(body, { outcome: t('repairs:form.follow-up.notGone', { list }) }) };
        if (read.outcome === 'stillShown' && shown.length === 0) return { again: refusedForm(body, { found: t('repairs:form.follow-up.noPlace') }) };
        return read;
      },
    };
  },
  shown: ({ finding, places = [] }, words) =>
    shownLines([words.t('repairs:form.follow-up.places'), places.map((place) => placeLine(place, words)).join('\n')], [words.t('repairs:form.follow-up.finding'), finding]),
});
