import { z } from 'zod';
import { choice, text } from '../../../platform/http/fields.ts';
import { filled, newForm } from '../../../platform/http/forms.ts';
import { lastRepair, repairOpeningOf, repairUnit, type RepairForms } from '../../../rules/repair/facts.ts';
import { lastSupplement } from '../../../rules/repair/process.ts';
import { lines, maybe, outcomeField, readOutcome, shownLines, stagePage, type Block, type StageContext } from '../../tasks/index.ts';
import { namesOf, oneALine, papersBlock } from './parts.ts';
import { recordBlocks } from './record-block.ts';

type Accept = RepairForms['accept'];

const stage = 'accept';
const mostMissing = 10;

/** The two first days of an application, where the transition between two laws is for a person to decide. */
function lawChoice({ words, state }: StageContext): { days: [string, string]; options: { value: string; label: string; hint: string }[] } | null {
  const { repairableFrom, lawOf, otherLaw } = repairOpeningOf(state);
  if (!otherLaw) return null;
  const { t, moments, today } = words;
  const option = (law: { repairableFrom: string | null; lawOf: string }) => ({
    value: law.lawOf,
    label: t('repairs:form.accept.lawOfDay', { date: moments.day(law.lawOf).text }),
    hint: law.repairableFrom === null
      ? t('repairs:fact.never')
      : t(law.repairableFrom <= today ? 'repairs:form.accept.alreadyFrom' : 'repairs:form.accept.onlyFrom', { date: moments.day(law.repairableFrom).text }),
  });
  return { days: [lawOf, otherLaw.lawOf], options: [option({ repairableFrom, lawOf }), option(otherLaw)] };
}

/** What came back before this round: papers that were supplied or not, or a hand-over. */
function before({ words, state, task }: StageContext): Block[] {
  const { t } = words;
  const brief = task.brief as { supplement?: string | null; handedOverBy?: string; reason?: string };
  if (brief.handedOverBy !== undefined) {
    return [{ kind: 'lines', title: t('repairs:form.accept.handed'), lines: shownLines([words.unit(brief.handedOverBy), brief.reason]) }];
  }
  if (brief.supplement === undefined) return [];
  if (brief.supplement === null) return [{ kind: 'notice', notice: { tone: 'soon', text: t('repairs:form.accept.notSupplied') } }];
  const supplied = lastRepair(state, 'supplement')?.form;
  const names = namesOf((supplied?.papers ?? []).map(({ hash }) => hash), state, words);
  return [{ kind: 'lines', title: t('repairs:form.accept.supplied'), lines: shownLines([t('repairs:form.supplement.statement'), supplied?.statement], [t('repairs:papers'), names.join('\n')]) }];
}

/** 受理: is it this unit's record, is the day reached, are the papers complete. */
export const accept = stagePage<Accept>({
  async open(context) {
    const { words, state } = context;
    const { t } = words;
    const law = lawChoice(context);
    const { repairableFrom } = repairOpeningOf(state);
    const asked = lastSupplement(state) !== undefined;
    const units = words.units.filter(({ active, kind, id }) => active && kind !== 'city' && id !== repairUnit(state));
    const early = repairableFrom !== null && repairableFrom > words.today && !law;
    const blocks: Block[] = [
      ...before(context),
      ...(early ? [{ kind: 'notice' as const, notice: { tone: 'late' as const, text: t('repairs:form.accept.early', { date: words.moments.day(repairableFrom).text }) } }] : []),
      ...(law ? [{ kind: 'notice' as const, notice: { tone: 'soon' as const, text: t('repairs:form.accept.twoLaws') } }] : []),
      ...(await recordBlocks(context, repairOpeningOf(state).record)),
      papersBlock(state, words),
    ];
    const reason = text({ max: 1000, lines: true });
    const none = { reason: '', missing: [], unit: null, lawOf: null };
    const outcomes = ['accepted', ...(asked ? [] : ['supplement']), 'refused', 'handedOver'];
    return {
      draw(typed) {
        const form = typed ?? newForm();
        return {
          lead: t('repairs:form.accept.lead'),
          before: blocks,
          outcomes: outcomeField(words, 'repair', stage, form, outcomes.map((value) => ({ value, hint: t(`repairs:form.accept.${value}`) }))),
          groups: [
            ...(law ? [{ outcome: 'accepted', fields: [{ kind: 'radios' as const, label: t('repairs:form.accept.law'), hint: t('repairs:form.accept.lawHint'), required: true, options: law.options, ...filled(form, 'lawOf') }] }] : []),
            ...(asked ? [] : [{ outcome: 'supplement', fields: [
              lines(form, 'missing', { label: t('repairs:form.accept.missing'), hint: t('repairs:form.accept.missingHint'), limit: 1000, rows: 5, required: true }),
              lines(form, 'note', { label: t('repairs:form.accept.note'), limit: 1000 }),
            ] }]),
            { outcome: 'refused', fields: [lines(form, 'why', { label: t('repairs:form.accept.why'), hint: t('repairs:form.accept.whyHint'), limit: 1000, required: true })] },
            { outcome: 'handedOver', fields: [
              { kind: 'select', label: t('repairs:form.accept.unit'), required: true, options: units.map((unit) => ({ value: unit.id, label: words.unit(unit.id), group: t(`common:unitKind.${unit.kind}`) })), ...filled(form, 'unit') },
              lines(form, 'because', { label: t('repairs:form.accept.because'), limit: 1000, required: true }),
            ] },
          ],
          primary: { label: t('repairs:form.accept.send') },
        };
      },
      read(body) {
        const read = readOutcome<Accept>(
          {
            accepted: z.object(law ? { lawOf: choice(law.days) } : {}).transform((data) => ({ ...none, lawOf: (data as { lawOf?: string }).lawOf ?? null })),
            ...(asked ? {} : { supplement: z.object({ missing: oneALine(mostMissing), note: maybe(1000) }).transform(({ missing: list, note }) => ({ ...none, missing: list, reason: note })) }),
            refused: z.object({ why: reason }).transform(({ why }) => ({ ...none, reason: why })),
            handedOver: z.object({ unit: choice(units.map(({ id }) => id)), because: reason }).transform(({ unit, because }) => ({ ...none, unit, reason: because })),
          },
          body,
          words,
        );
        return 'again' in read || read.form.unit === null ? read : { ...read, say: { unit: words.unit(read.form.unit) } };
      },
    };
  },
  shown: ({ reason, missing: list, unit, lawOf }, words) =>
    shownLines(
      [words.t('repairs:form.accept.law'), lawOf && words.moments.day(lawOf).text],
      [words.t('repairs:form.accept.missing'), list.join('\n')],
      [words.t('repairs:form.accept.unit'), unit && words.unit(unit)],
      [words.t('repairs:form.reason'), reason],
    ),
});
