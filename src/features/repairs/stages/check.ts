import { z } from 'zod';
import { choice, choices, text } from '../../../platform/http/fields.ts';
import { filled, newForm, refusedForm, valuesOf } from '../../../platform/http/forms.ts';
import type { Field } from '../../../platform/http/view-models.ts';
import { publicityOf } from '../../../rules/records/publicity.ts';
import type { RecordState } from '../../../rules/records/file.ts';
import { lastRepair, repairConditions, repairLaw, repairOpeningOf, type ConditionFinding, type PaperKind, type RepairForms } from '../../../rules/repair/facts.ts';
import { termLines } from '../../records/index.ts';
import { lines, maybe, readOnly, shownLines, stagePage, type Block, type FieldGroup, type StageContext } from '../../tasks/index.ts';
import { paperOptions, papersBlock, papersOf, remarkLines } from './parts.ts';
import { readRecord, recordText } from './record-block.ts';

type Check = RepairForms['check'];

const verdicts = ['met', 'notMet'] as const;

/** Shortest and longest publicity under the law that was chosen for the application, each day with its reason. */
function termsBlock(record: RecordState, { words, law, state }: StageContext): Block {
  const { facts, publicity: stored } = record;
  const { lawOf } = repairLaw(state);
  const publicity = lawOf === stored.lawOf ? stored : publicityOf(facts, law.rules, law.calendar, { lawOf, shownOn: stored.startsAt === 'publication' ? stored.start : null });
  return { kind: 'terms', title: words.t('repairs:form.check.terms'), terms: termLines(publicity, facts.domain, { ...words, law }) };
}

/** 核查: each condition a line, met or not, by which paper. */
export const check = stagePage<Check>({
  async open(context) {
    const { words, state, task } = context;
    const { t, moments, today } = words;
    const opening = repairOpeningOf(state);
    const record = await readRecord(context, opening.record);
    const { repairableFrom } = repairLaw(state);
    const papers = paperOptions(state, words);
    const hashes = papers.map(({ value }) => value);
    const { remarks } = task.brief as { remarks?: string[] };
    const last = lastRepair(state, 'check')?.form;
    const reached = repairableFrom !== null && repairableFrom <= today;
    const before: Block[] = [
      ...(remarks ? [{ kind: 'lines' as const, title: t('repairs:form.check.remarks'), lines: remarkLines(remarks, t('repairs:form.reason')) }] : []),
      ...(record ? [{ kind: 'facts' as const, title: t('repairs:record.title'), facts: recordText(record, words) }, termsBlock(record, context)] : []),
      ...(record?.status === 'published' ? [] : [{ kind: 'notice' as const, notice: { tone: 'soon' as const, text: t('repairs:form.check.notPublic') } }]),
      { kind: 'lines', title: t('repairs:fact.statement'), lines: shownLines([t('repairs:fact.applicant'), opening.applicant.masked], [t('repairs:fact.statement'), opening.statement]) },
      papersBlock(state, words),
    ];
    /** What the system knows by itself stands beside the condition; the person says whether it is met. */
    const hints: Readonly<Record<ConditionFinding['condition'], string>> = {
      minimumOver: repairableFrom === null ? t('repairs:fact.never') : t(reached ? 'repairs:form.check.reached' : 'repairs:form.check.notReached', { date: moments.day(repairableFrom).text }),
      corrected: t(record?.facts.performed ? 'repairs:form.check.performed' : 'repairs:form.check.notPerformed'),
      committed: t(papersOf(state).some(({ kinds }) => kinds.includes('commitment')) ? 'repairs:form.check.hasCommitment' : 'repairs:form.check.noCommitment'),
      otherConditions: t('repairs:form.check.otherHint'),
    };
    const conditions = z
      .object(
        Object.fromEntries(repairConditions.flatMap((condition) => [
          [`${condition}-met`, choice(verdicts)],
          [`${condition}-papers`, choices(hashes)],
          [`${condition}-note`, maybe(500)],
        ])),
      )
      .transform((of): Pick<Check, 'conditions'> => ({
        conditions: repairConditions.map((condition) => ({
          condition,
          met: of[`${condition}-met`] === 'met',
          papers: of[`${condition}-papers`] as string[],
          note: of[`${condition}-note`] as string,
        })),
      }));
    const conclusion = z.object({ proposal: choice(['grant', 'refuse'] as const), finding: text({ max: 2000, lines: true }) });
    const schema = z.intersection(conditions, conclusion);
    /** Papers that were handed in for a condition stand beside it at first; whether they show it is for the person to say. */
    const given = (kind: PaperKind): string[] => papersOf(state).filter(({ kinds }) => kinds.includes(kind)).map(({ hash }) => hash);
    const first = (): Record<string, unknown> => ({
      'corrected-papers': given('proof'),
      'committed-papers': given('commitment'),
      ...(last ? { finding: last.finding, proposal: last.proposal } : {}),
      ...Object.fromEntries((last?.conditions ?? []).flatMap(({ condition, met, papers: shown, note }): [string, unknown][] => [
        [`${condition}-met`, met ? 'met' : 'notMet'], [`${condition}-papers`, [...shown]], [`${condition}-note`, note],
      ])),
    });
    return {
      draw(typed) {
        const form = typed ?? newForm(first());
        const groupOf = (condition: ConditionFinding['condition']): FieldGroup => ({
          legend: t(`repairs:condition.${condition}`),
          hint: hints[condition],
          compact: true,
          fields: [
            { kind: 'radios', inline: true, label: t('repairs:form.check.isMet'), required: true, options: verdicts.map((value) => ({ value, label: t(`repairs:form.check.${value}`) })), ...filled(form, `${condition}-met`) },
            ...(papers.length === 0 ? [] : [{ kind: 'checkboxes' as const, name: `${condition}-papers`, label: t('repairs:form.check.byPapers'), options: papers, values: valuesOf(form, `${condition}-papers`) } satisfies Field]),
            lines(form, `${condition}-note`, { label: t('repairs:form.check.note'), limit: 500, rows: 2 }),
          ],
        });
        return {
          lead: t('repairs:form.check.lead'),
          before,
          outcomes: null,
          groups: [
            ...repairConditions.map(groupOf),
            {
              legend: t('repairs:form.check.conclusion'),
              fields: [
                { kind: 'radios', label: t('repairs:form.check.proposal'), required: true, options: (['grant', 'refuse'] as const).map((value) => ({ value, label: t(`repairs:form.check.${value}`) })), ...filled(form, 'proposal') },
                lines(form, 'finding', { label: t('repairs:form.check.finding'), hint: t('repairs:form.check.findingHint'), limit: 2000, rows: 5, required: true }),
              ],
            },
          ],
          primary: { label: t('repairs:form.check.send') },
        };
      },
      read(body) {
        const read = readOnly('checked', schema, body, words);
        if ('again' in read || read.form.proposal === 'refuse') return read;
        // All four conditions together: 信用修复管理办法 (Order 36).
        const unmet = read.form.conditions.filter(({ met }) => !met);
        if (unmet.length === 0) return read;
        const list = unmet.map(({ condition }) => t(`repairs:condition.${condition}`)).join(t('common:list'));
        return { again: refusedForm(body, { proposal: t('repairs:form.check.notAllMet', { list }) }) };
      },
    };
  },
  shown: ({ conditions, finding, proposal }, { t }) =>
    shownLines(
      ...conditions.map(({ condition, met, note }) => [t(`repairs:condition.${condition}`), [t(`repairs:form.check.${met ? 'met' : 'notMet'}`), note].filter((part) => part !== '').join(t('ui:common.colon'))] as const),
      [t('repairs:form.check.proposal'), t(`repairs:form.check.${proposal}`)],
      [t('repairs:form.check.finding'), finding],
    ),
});
