import { z } from 'zod';
import { text } from '../../../platform/http/fields.ts';
import { newForm, refusedForm, valueOf, type Form } from '../../../platform/http/forms.ts';
import { readRecordEvents } from '../../../platform/records/events.ts';
import { lastObjection, objectionJoinOf, objectionOpeningOf, type ObjectionForms } from '../../../rules/objection/facts.ts';
import { knownOfRecord, recordBlocks, remarkLines } from '../../repairs/index.ts';
import { leavingBlocks, lines, maybe, orPreview, OUTCOME, outcomeField, readOnly, readOutcome, shownLines, stagePage, withPreview, type Block, type LeavingTexts, type StageContext } from '../../tasks/index.ts';

export const longest = 2000;

/** What others said on the same facts, each with the papers he handed in. */
export function joinedBlocks({ state, words: { t, moments, now } }: StageContext): Block[] {
  const { joined = [] } = state;
  if (joined.length === 0) return [];
  const said = joined.map((one) => {
    const { applicant, statement } = objectionJoinOf(one);
    const files = one.files.map(({ name }) => name).join(t('common:list'));
    return { label: t('objections:joined.one', { name: applicant.masked, when: moments.shortTime(new Date(one.at), now).text }), text: [statement, ...(files === '' ? [] : [t('objections:joined.files', { list: files })])].join('\n') };
  });
  return [{ kind: 'lines', title: t('objections:joined.title'), lines: said }];
}

/** A finding for which a record is removed is its public reason; any other is told to whoever objected. */
const findingLeaves = (form: Form): LeavingTexts[] => [{ to: valueOf(form, OUTCOME) === 'upheldRemove' ? 'public' : 'told', texts: [valueOf(form, 'finding')] }];

/** 核查: does it hold, and what is to be done. */
export const verify = stagePage<ObjectionForms['verify']>({
  async open(context) {
    const { words, state, task } = context;
    const { t } = words;
    const { remarks = [] } = task.brief as { remarks?: string[] };
    const before: Block[] = [
      ...(remarks.length === 0 ? [] : [{ kind: 'lines' as const, title: t('objections:form.verify.remarks'), lines: remarkLines(remarks, t('objections:form.reason')) }]),
      ...joinedBlocks(context),
      ...(await recordBlocks(context, objectionOpeningOf(state).record)),
    ];
    const known = await knownOfRecord(context, objectionOpeningOf(state).record);
    const schema = z.object({ finding: text({ max: longest, lines: true }) });
    return {
      draw(typed) {
        const form = typed ?? newForm({ finding: remarks.length === 0 ? '' : (lastObjection(state, 'verify')?.form.finding ?? '') });
        return withPreview({
          lead: t('objections:form.verify.lead'),
          before,
          outcomes: outcomeField(words, 'objection', 'verify', form, (['upheldCorrect', 'upheldRemove', 'rejected'] as const).map((value) => ({ value, hint: t(`objections:form.verify.${value}`) }))),
          groups: [{ fields: [lines(form, 'finding', { label: t('objections:form.verify.finding'), hint: t('objections:form.verify.findingHint'), limit: longest, rows: 6, required: true })] }],
          primary: { label: t('objections:form.verify.send') },
        }, typed, findingLeaves, known, words);
      },
      read: (body) => orPreview(readOutcome<ObjectionForms['verify']>({ upheldCorrect: schema, upheldRemove: schema, rejected: schema }, body, words), body, findingLeaves),
    };
  },
  shown: ({ finding }, { t }) => shownLines([t('objections:form.verify.finding'), finding]),
});

/** 审定: by another than the one who checked. */
export const decide = stagePage<ObjectionForms['decide']>({
  async open(context) {
    const { words, state } = context;
    const { t } = words;
    const found = lastObjection(state, 'verify');
    const record = objectionOpeningOf(state).record;
    const before: Block[] = [
      // As others will read it, to the second person too.
      ...(found ? leavingBlocks([{ to: found.outcome === 'upheldRemove' ? 'public' : 'told', texts: [found.form.finding] }], await knownOfRecord(context, record), words) : []),
      ...(found
        ? [{
            kind: 'lines' as const,
            title: t('objections:form.decide.findings', { name: found.doneBy?.name ?? '' }),
            lines: shownLines([t('objections:form.decide.proposal'), words.outcome('objection', 'verify', found.outcome ?? '')], [t('objections:form.verify.finding'), found.form.finding]),
          }]
        : []),
      ...joinedBlocks(context),
      ...(await recordBlocks(context, objectionOpeningOf(state).record)),
    ];
    return {
      draw(typed) {
        const form = typed ?? newForm();
        return {
          lead: t('objections:form.decide.lead'),
          before,
          outcomes: outcomeField(words, 'objection', 'decide', form, (['agreed', 'sentBack'] as const).map((value) => ({ value, hint: t(`objections:form.decide.${value}`) }))),
          groups: [{ fields: [lines(form, 'reason', { label: t('objections:form.decide.reason'), hint: t('objections:form.decide.reasonHint'), limit: longest, unmarked: true })] }],
          primary: { label: t('objections:form.decide.send') },
        };
      },
      read: (body) => readOutcome<ObjectionForms['decide']>({ agreed: z.object({ reason: maybe(longest) }), sentBack: z.object({ reason: text({ max: longest, lines: true }) }) }, body, words),
    };
  },
  shown: ({ reason }, { t }) => shownLines([t('objections:form.decide.reason'), reason]),
});

/** What happens to a record without correcting anything in it. */
const noCorrection: ReadonlySet<string> = new Set(['record.stored', 'record.marked', 'record.unmarked', 'record.used', 'record.released', 'record.reasonMended']);

/** Whether something was done to the record since it was marked by this case: nobody is told of a correction that was not made. */
async function isCorrected({ knex, state }: StageContext): Promise<boolean> {
  const events = await readRecordEvents(knex, objectionOpeningOf(state).record.id);
  const marked = events.findLastIndex(({ what }) => what.type === 'record.marked' && what.because === state.id);
  return events.slice(marked + 1).some(({ what }) => !noCorrection.has(what.type));
}

/** 更正: the record itself is corrected on its own page; here it is said what was. */
export const correct = stagePage<ObjectionForms['correct']>({
  async open(context) {
    const { words, state, task } = context;
    const { t } = words;
    const { record } = objectionOpeningOf(state);
    const known = await knownOfRecord(context, record);
    const leaves = (form: Form): LeavingTexts[] => [{ to: 'public', texts: [valueOf(form, 'done'), valueOf(form, 'reason')] }];
    const before: Block[] = [
      { kind: 'notice', notice: { tone: 'info', text: t('objections:form.correct.first'), link: { href: `/records/${record.id}`, label: t('objections:form.correct.toRecord') } } },
      { kind: 'lines', title: t('objections:form.correct.finding'), lines: shownLines([t('objections:form.verify.finding'), (task.brief as { finding?: string }).finding]) },
      ...(await recordBlocks(context, record)),
    ];
    const written = text({ max: longest, lines: true });
    return {
      draw(typed) {
        const form = typed ?? newForm();
        return withPreview({
          lead: t('objections:form.correct.lead'),
          before,
          outcomes: null,
          groups: [{
            fields: [
              lines(form, 'done', { label: t('objections:form.correct.done'), hint: t('objections:form.correct.doneHint'), limit: longest, rows: 5, required: true }),
              lines(form, 'reason', { label: t('objections:form.correct.reason'), hint: t('objections:form.correct.reasonHint'), limit: longest, rows: 3, required: true }),
            ],
          }],
          primary: { label: t('objections:form.correct.send') },
        }, typed, leaves, known, words);
      },
      async read(body) {
        const read = readOnly('corrected', z.object({ done: written, reason: written }), body, words);
        return 'again' in read || (await isCorrected(context)) ? orPreview(read, body, leaves) : { again: refusedForm(body, { done: t('objections:form.correct.notYet') }) };
      },
    };
  },
  shown: ({ done, reason }, { t }) => shownLines([t('objections:form.correct.done'), done], [t('objections:form.correct.reason'), reason]),
});

/** 反馈更正: a unit that used the record works with what is right now. */
export const acknowledgeCorrection = stagePage<ObjectionForms['acknowledge-correction']>({
  open({ words, task }) {
    const { t } = words;
    const { what } = task.brief as { what?: string };
    return {
      draw: (typed) => ({
        lead: t('objections:form.acknowledge-correction.lead'),
        before: [{ kind: 'lines', title: t('objections:form.acknowledge-correction.what'), lines: shownLines([t('objections:form.acknowledge-correction.what'), what]) }],
        outcomes: null,
        groups: [{ fields: [lines(typed ?? newForm(), 'done', { label: t('objections:form.acknowledge-correction.done'), hint: t('objections:form.acknowledge-correction.doneHint'), limit: longest, required: true })] }],
        primary: { label: t('objections:form.acknowledge-correction.send') },
      }),
      read: (body) => readOnly('acknowledged', z.object({ done: text({ max: longest, lines: true }) }), body, words),
    };
  },
  shown: ({ done }, { t }) => shownLines([t('objections:form.acknowledge-correction.done'), done]),
});
