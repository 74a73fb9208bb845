import { z } from 'zod';
import { text } from '../../platform/http/fields.ts';
import { newForm } from '../../platform/http/forms.ts';
import type { Cell, Facts } from '../../platform/http/view-models.ts';
import { casePath } from '../../platform/process-words.ts';
import type { CaseState } from '../../rules/casefile/types.ts';
import { releaseOpeningOf, type ReleaseForms } from '../../rules/release/facts.ts';
import { releaseStages, type ReleaseStage } from '../../rules/release/process.ts';
import { measureBlock, recordBlocks } from '../repairs/index.ts';
import { lines, maybe, outcomeField, readOnly, readOutcome, shownLines, stagePage, type Block, type KindPages, type StagePage, type Words } from '../tasks/index.ts';

const longest = 2000;

/** An order to a unit: what became of the record, what the unit does because of it, and what it answers. */
const order = (stage: Exclude<ReleaseStage, 'note'>): StagePage =>
  stagePage<ReleaseForms[typeof stage]>({
    async open(context) {
      const { words, state, task } = context;
      const { t } = words;
      const { record, used } = releaseOpeningOf(state);
      const own = used.find(({ unit }) => unit === task.audience.unit);
      const before: Block[] = [...(own ? [measureBlock(own, words)] : []), ...(await recordBlocks(context, record))];
      const schema = z.object({ done: text({ max: longest, lines: true }) });
      const { outcomes } = releaseStages[stage];
      return {
        draw(typed) {
          const form = typed ?? newForm();
          return {
            lead: t(`releases:form.${stage}.lead`),
            before,
            outcomes: outcomeField(words, 'release', stage, form, outcomes.map((value) => ({ value, hint: t(`releases:form.${stage}.${value}`) }))),
            groups: [{ fields: [lines(form, 'done', { label: t('releases:form.done'), hint: t(`releases:form.${stage}.doneHint`), limit: longest, required: true })] }],
            primary: { label: t('releases:form.send') },
          };
        },
        read: (body) => readOutcome<ReleaseForms[typeof stage]>(Object.fromEntries(outcomes.map((outcome) => [outcome, schema])), body, words),
      };
    },
    shown: ({ done }, { t }) => shownLines([t('releases:form.done'), done]),
  });

/** 重码: nothing follows by itself any more, or it does again; the unit has only to know. */
const note = stagePage<ReleaseForms['note']>({
  async open(context) {
    const { words, state, task } = context;
    const { t } = words;
    const { record, used, cause } = releaseOpeningOf(state);
    const own = used.find(({ unit }) => unit === task.audience.unit);
    const before: Block[] = [...(own ? [measureBlock(own, words)] : []), ...(await recordBlocks(context, record))];
    return {
      draw: (typed) => ({
        lead: t(`releases:form.note.${cause}`),
        before,
        outcomes: null,
        groups: [{ fields: [lines(typed ?? newForm(), 'done', { label: t('releases:form.done'), hint: t('releases:form.note.doneHint'), limit: longest })] }],
        primary: { label: t('releases:form.note.send') },
      }),
      read: (body) => readOnly('noted', z.object({ done: maybe(longest) }), body, words),
    };
  },
  shown: ({ done }, { t }) => shownLines([t('releases:form.done'), done]),
});

const stages: Readonly<Record<ReleaseStage, StagePage>> = { release: order('release'), suspend: order('suspend'), resume: order('resume'), note };

/** What happened to the record, and to whom it belongs. */
function facts(state: CaseState, { t, moments, unit }: Words): Facts {
  const { record, subject, cause, reason, at, unit: source } = releaseOpeningOf(state);
  const said: { term: string; value: Cell; wide?: boolean }[] = reason === null ? [] : [{ term: t('releases:fact.reason'), value: reason, wide: true }];
  return {
    items: [
      { term: t('releases:fact.cause'), value: t(`releases:cause.${cause}`) },
      { term: t('releases:fact.at'), value: { kind: 'when', when: moments.day(new Date(at)) } },
      ...said,
      { term: t('repairs:fact.subject'), value: subject.kind === 'organisation' ? { kind: 'lines', lines: [subject.name, subject.uscc] } : subject.masked },
      { term: t('repairs:fact.record'), value: { kind: 'link', href: `/records/${record.id}`, label: record.documentNo } },
      { term: t('repairs:fact.unit'), value: unit(source) },
    ],
  };
}

/** Release orders as the task page knows them. */
export const releasePages: KindPages = {
  stages,
  facts,
  caseHref: (caseNo) => casePath('release', caseNo),
  fileHref: (caseNo, hash) => `${casePath('release', caseNo)}/files/${hash}`,
  mark: (state, { t }) => ({ label: t(`releases:cause.${releaseOpeningOf(state).cause}`), tone: 'plain' }),
};
