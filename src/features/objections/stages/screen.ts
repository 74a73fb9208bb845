import { z } from 'zod';
import { addFault, choice, fault, text } from '../../../platform/http/fields.ts';
import { filled, newForm, valueOf, type Form } from '../../../platform/http/forms.ts';
import type { Field } from '../../../platform/http/view-models.ts';
import { lastObjection, objectionOpeningOf, refusalGrounds, type ObjectionForms, type RefusalGround } from '../../../rules/objection/facts.ts';
import { knownOfRecord, recordBlocks, remarkLines } from '../../repairs/index.ts';
import { leavingBlocks, lines, maybe, orPreview, OUTCOME, outcomeField, readOutcome, shownLines, stagePage, withPreview, type Block, type LeavingTexts, type ShownLine, type StageContext, type Words } from '../../tasks/index.ts';
import { joinedBlocks, longest } from './forms.ts';

/** What was decided about the record before, the last one first: objections to it, taken up or not. */
async function decidedBefore({ knex, state }: StageContext): Promise<{ caseNo: string; ground: string; outcome: string }[]> {
  const rows: { case_no: string; ground: string; outcome: string }[] = await knex('objection')
    .where({ record_id: objectionOpeningOf(state).record.id, status: 'closed' }).whereIn('outcome', ['rejected', 'upheldCorrect', 'upheldRemove']).whereNot({ case_id: state.id })
    .orderBy('closed_at', 'desc').limit(20).select('case_no', 'ground', 'outcome');
  return rows.map(({ case_no: caseNo, ...row }) => ({ caseNo, ...row }));
}

const refusalLines = ({ reason, refusal }: ObjectionForms['screen'], { t }: Words): ShownLine[] =>
  shownLines(
    [t('objections:form.screen.refusal'), refusal && t(`objections:refusal.${refusal.ground}`)],
    [t('objections:form.screen.earlier'), refusal?.earlier],
    [t('objections:form.screen.reason'), reason],
  );

/** Why it is not looked into is told to whoever objected; where it is, nothing of the note leaves the house. */
const refusalLeaves = (form: Form): LeavingTexts[] => (valueOf(form, OUTCOME) === 'refused' ? [{ to: 'told', texts: [valueOf(form, 'reason')] }] : []);

/** 甄别: who can check it, or why it is not to be looked into. */
export const screen = stagePage<ObjectionForms['screen']>({
  async open(context) {
    const { words, state, task } = context;
    const { t } = words;
    const earlier = await decidedBefore(context);
    const isJoined = state.joined !== undefined;
    const known = await knownOfRecord(context, objectionOpeningOf(state).record);
    const { remarks } = task.brief as { remarks?: string[] };
    const before: Block[] = [
      ...(remarks ? [{ kind: 'lines' as const, title: t('objections:form.verify.remarks'), lines: remarkLines(remarks, t('objections:form.reason')) }] : []),
      ...joinedBlocks(context),
      ...(await recordBlocks(context, objectionOpeningOf(state).record)),
    ];
    const grounds: readonly RefusalGround[] = refusalGrounds.filter((ground) => ground !== 'decidedBefore' || earlier.length > 0);
    const outcomes = ['own', 'forwarded', ...(isJoined ? [] : ['refused' as const])] as const;
    const checked = z.object({ reason: maybe(longest) });
    const refused = z.object({ ground: choice(grounds), reason: text({ max: longest, lines: true }), earlier: z.unknown().optional() })
      .transform(({ ground, reason, earlier: typed }, context_): ObjectionForms['screen'] => {
        const named = ground === 'decidedBefore' ? earlier.find(({ caseNo }) => caseNo === typed) : null;
        if (named === undefined) {
          addFault(context_, fault('objections:form.screen.earlierMissing'), ['earlier']);
          return z.NEVER;
        }
        return { reason, refusal: { ground, earlier: named?.caseNo ?? null } };
      });
    return {
      draw(typed) {
        const form = typed ?? newForm();
        const refusal: Field[] = [
          {
            kind: 'radios', label: t('objections:form.screen.refusal'), required: true,
            options: grounds.map((value) => ({ value, label: t(`objections:refusal.${value}`), hint: t(`objections:form.screen.refusalHint.${value}`) })), ...filled(form, 'ground'),
          },
          ...(earlier.length === 0 ? [] : [{
            kind: 'select' as const, unmarked: true, label: t('objections:form.screen.earlier'), hint: t('objections:form.screen.earlierHint'),
            options: earlier.map(({ caseNo, ground, outcome }) => ({ value: caseNo, label: t('objections:form.screen.earlierOne', { caseNo, ground: t(`objections:ground.${ground}`), outcome: t(`objections:closing.${outcome}`) }) })),
            ...filled(form, 'earlier'),
          }]),
        ];
        return withPreview({
          lead: t('objections:form.screen.lead'),
          before,
          outcomes: outcomeField(words, 'objection', 'screen', form, outcomes.map((value) => ({ value, hint: t(`objections:form.screen.${value}`) }))),
          groups: [
            ...(isJoined ? [] : [{ outcome: 'refused', fields: refusal }]),
            { fields: [lines(form, 'reason', { label: t('objections:form.screen.reason'), hint: t('objections:form.screen.reasonHint'), limit: longest, unmarked: true })] },
          ],
          primary: { label: t('objections:form.screen.send') },
        }, typed, refusalLeaves, known, words);
      },
      read: (body) => orPreview(readOutcome<ObjectionForms['screen']>({ own: checked, forwarded: checked, ...(isJoined ? {} : { refused }) }, body, words), body, refusalLeaves),
    };
  },
  shown: refusalLines,
});

/** 审定不予受理: by another than the one who proposes it. */
export const screenDecide = stagePage<ObjectionForms['screen-decide']>({
  async open(context) {
    const { words, state } = context;
    const { t } = words;
    const proposed = lastObjection(state, 'screen');
    const before: Block[] = [
      ...(proposed ? leavingBlocks([{ to: 'told', texts: [proposed.form.reason] }], await knownOfRecord(context, objectionOpeningOf(state).record), words) : []),
      ...(proposed ? [{ kind: 'lines' as const, title: t('objections:form.screen-decide.proposal', { name: proposed.doneBy?.name ?? '' }), lines: refusalLines(proposed.form, words) }] : []),
      ...joinedBlocks(context),
      ...(await recordBlocks(context, objectionOpeningOf(state).record)),
    ];
    const outcomes = [...(state.joined === undefined ? (['refused'] as const) : []), 'sentBack' as const];
    return {
      draw(typed) {
        const form = typed ?? newForm();
        return {
          lead: t('objections:form.screen-decide.lead'),
          before,
          outcomes: outcomeField(words, 'objection', 'screen-decide', form, outcomes.map((value) => ({ value, hint: t(`objections:form.screen-decide.${value}`) }))),
          groups: [{ fields: [lines(form, 'reason', { label: t('objections:form.decide.reason'), hint: t('objections:form.screen-decide.reasonHint'), limit: longest, unmarked: true })] }],
          confirm: {
            title: t('objections:form.screen-decide.confirm'),
            consequences: [t('objections:form.screen-decide.consequence')],
            mailTo: [t('repairs:form.decide.mailTo')],
            undo: { possible: true, text: t('objections:form.screen-decide.undo') },
          },
          primary: { label: t('objections:form.decide.send') },
        };
      },
      read: (body) => readOutcome<ObjectionForms['screen-decide']>({
        ...(state.joined === undefined ? { refused: z.object({ reason: maybe(longest) }) } : {}), sentBack: z.object({ reason: text({ max: longest, lines: true }) }),
      }, body, words),
    };
  },
  shown: ({ reason }, { t }) => shownLines([t('objections:form.decide.reason'), reason]),
});
