import { z } from 'zod';
import { addFault, choice, fault, optional, text, tick } from '../../../platform/http/fields.ts';
import { filled, newForm, valueOf, type Form } from '../../../platform/http/forms.ts';
import type { Field } from '../../../platform/http/view-models.ts';
import { readRecordEvents } from '../../../platform/records/events.ts';
import { falsehoods, falsePapersFacts, lastRepair, repairOpeningOf, repairUnit, type FalsePapers, type RepairForms } from '../../../rules/repair/facts.ts';
import { numberOf } from '../../../rules/limits/index.ts';
import { publicityOf } from '../../../rules/records/publicity.ts';
import { becauseInWords, lengths } from '../../records/index.ts';
import { leavingBlocks, lines, orPreview, OUTCOME, outcomeField, readOutcome, shownLines, stagePage, withPreview, type Block, type LeavingTexts, type ShownLine, type StageContext, type Words } from '../../tasks/index.ts';
import { defenceBlocks } from './defence.ts';
import { knownOfRecord } from './known.ts';
import { remarkLines } from './parts.ts';
import { readRecord, recordBlocks, recordFacts } from './record-block.ts';

const longest = 2000;
const longestMeasure = 200;

/** The proposed record as it is read again. */
const recordLines = ({ falsehood, documentNo, legalBasis, act, decision }: FalsePapers, { t }: Words): ShownLine[] =>
  shownLines(
    [t('repairs:form.revoke.falsehood'), t(`repairs:falsehood.${falsehood}`)],
    [t('repairs:form.revoke.documentNo'), documentNo],
    [t('repairs:record.act'), act],
    [t('repairs:record.decision'), decision],
    [t('repairs:form.revoke.legalBasis'), legalBasis],
  );

/** 新的失信信息: its class and its term, as the rules make them if it is decided today. */
function ruleBlock({ words, law, state }: StageContext, record: FalsePapers): Block {
  const { t, moments, today } = words;
  const facts = { ...falsePapersFacts(record, repairUnit(state), repairOpeningOf(state).subject), decidedOn: today };
  const publicity = publicityOf(facts, law.rules, law.calendar);
  return {
    kind: 'facts',
    title: t('repairs:form.revoke.byRule'),
    facts: {
      items: [
        { term: t('repairs:record.class'), value: t('repairs:form.revoke.classWhy', { class: t(`records:className.${publicity.class}`), why: becauseInWords(publicity, t) }), wide: true },
        { term: t('repairs:record.maxUntil'), value: publicity.maxUntil === null ? t('repairs:record.untilCured') : { kind: 'when', when: moments.day(publicity.maxUntil) } },
        { term: t('repairs:record.basis'), value: publicity.legalBasis, wide: true },
      ],
    },
  };
}

/** Texts that are put before the proposer, who changes them. */
function firstTexts({ words: { t, unit, today }, law, state }: StageContext, finding: string): Record<string, string> {
  const { record } = repairOpeningOf(state);
  return {
    finding,
    // The document alone: what the rule's basis says of it is for administrators.
    legalBasis: (law.rules.on('repair.ban-after-false', today).legalBasis.split('：')[0] ?? '').slice(0, lengths.legalBasis),
    act: t('repairs:form.revoke.actText', { documentNo: record.documentNo }),
    decision: t('repairs:form.revoke.decisionText', { unit: unit(repairUnit(state)), documentNo: record.documentNo }),
  };
}

/** Of a proposal the record that everybody reads, and the finding on which the firm is heard. */
const proposalLeaves = ({ act, decision, legalBasis, documentNo }: Pick<FalsePapers, 'act' | 'decision' | 'legalBasis' | 'documentNo'>, finding: string): LeavingTexts[] => [
  { to: 'public', texts: [act, decision], ifMasked: [legalBasis, documentNo] },
  { to: 'told', texts: [finding] },
];

const typedLeaves = (form: Form): LeavingTexts[] => {
  const [act, decision, legalBasis, documentNo, finding] = ['act', 'decision', 'legalBasis', 'documentNo', 'finding'].map((name) => valueOf(form, name)) as [string, string, string, string, string];
  return valueOf(form, OUTCOME) === 'proposed' ? proposalLeaves({ act, decision, legalBasis, documentNo }, finding) : [{ to: 'told', texts: [finding] }];
};

const reasonLeaves = (form: Form): LeavingTexts[] => (valueOf(form, OUTCOME) === 'sentBack' ? [] : [{ to: 'told', texts: [valueOf(form, 'reason')] }]);

/** 核实是否撤销: why the case was opened again, what is found, and the record that is made of what was false. */
export const revoke = stagePage<RepairForms['revoke']>({
  async open(context) {
    const { words, state, task } = context;
    const { t } = words;
    const record = await readRecord(context, repairOpeningOf(state).record);
    const why = state.closings.at(-1)?.reopened?.reason;
    const { remarks } = task.brief as { remarks?: string[] };
    const last = remarks ? lastRepair(state, 'revoke')?.form : undefined;
    const domain = record?.facts.domain ?? 'otherDomain';
    const before: Block[] = [
      ...(remarks ? [{ kind: 'lines' as const, title: t('repairs:form.revoke.remarks'), lines: remarkLines(remarks, t('repairs:form.reason')) }] : []),
      { kind: 'lines', title: t('repairs:form.revoke.why'), lines: shownLines([t('repairs:form.reason'), why]) },
      ...(record ? [{ kind: 'facts' as const, title: t('repairs:record.title'), facts: recordFacts(record, words) }] : []),
    ];
    // The rule of today, as the chance to be heard is given today.
    const mayBeUnheard = numberOf(context.law.rules.on('repair.revoke-unheard', words.today)) === 1;
    const finding = text({ max: longest, lines: true });
    const proposed = z.object({
      finding,
      falsehood: choice(falsehoods),
      documentNo: text({ max: lengths.documentNo }),
      legalBasis: text({ max: lengths.legalBasis }),
      act: text({ max: longest, lines: true }),
      decision: text({ max: longest, lines: true }),
      unheard: tick,
      whyUnheard: optional(text({ max: longest, lines: true })),
    }).superRefine(({ unheard, whyUnheard }, refined) => {
      if (mayBeUnheard && unheard && whyUnheard === null) addFault(refined, fault('repairs:form.revoke.whyMissing'), ['whyUnheard']);
    }).transform(({ finding: found, unheard, whyUnheard, ...facts }): RepairForms['revoke'] =>
      ({ finding: found, record: { ...facts, domain }, immediate: mayBeUnheard && unheard ? whyUnheard : null }));
    // What was marked in the record of then holds for that one alone.
    const { names = [] } = await knownOfRecord(context, repairOpeningOf(state).record);
    const known = { names };
    const first = { ...firstTexts(context, ''), ...last?.record, ...(last ? { finding: last.finding } : {}) };
    return {
      draw(typed) {
        const form = typed ?? newForm(first);
        const fields: Field[] = [
          { kind: 'radios', inline: true, label: t('repairs:form.revoke.falsehood'), required: true, options: falsehoods.map((value) => ({ value, label: t(`repairs:falsehood.${value}`) })), ...filled(form, 'falsehood') },
          { kind: 'text', label: t('repairs:form.revoke.documentNo'), hint: t('repairs:form.revoke.documentNoHint'), size: 'medium', required: true, autocomplete: 'off', ...filled(form, 'documentNo') },
          lines(form, 'act', { label: t('repairs:record.act'), hint: t('repairs:form.revoke.actHint'), limit: longest, required: true }),
          lines(form, 'decision', { label: t('repairs:record.decision'), limit: longest, rows: 2, required: true }),
          { kind: 'text', label: t('repairs:form.revoke.legalBasis'), hint: t('repairs:form.revoke.legalBasisHint'), required: true, ...filled(form, 'legalBasis') },
          ...(mayBeUnheard ? [
            { kind: 'check' as const, name: 'unheard', value: 'yes', label: t('repairs:form.revoke.unheard'), hint: t('repairs:form.revoke.unheardHint'), checked: valueOf(form, 'unheard') !== '' },
            lines(form, 'whyUnheard', { label: t('repairs:form.revoke.whyUnheard'), limit: longest, rows: 2, unmarked: true }),
          ] : []),
        ];
        return withPreview({
          lead: t('repairs:form.revoke.lead'),
          before,
          outcomes: outcomeField(words, 'repair', 'revoke', form, (['proposed', 'kept'] as const).map((value) => ({ value, hint: t(`repairs:form.revoke.${value}`) }))),
          groups: [
            { fields: [lines(form, 'finding', { label: t('repairs:form.revoke.finding'), hint: t('repairs:form.revoke.findingHint'), limit: longest, rows: 5, required: true })] },
            { outcome: 'proposed', legend: t('repairs:form.revoke.record'), hint: t('repairs:form.revoke.recordHint'), fields },
          ],
          primary: { label: t('repairs:form.revoke.send') },
        }, typed, typedLeaves, known, words);
      },
      read: (body) => orPreview(readOutcome<RepairForms['revoke']>({ proposed, kept: z.object({ finding }).transform((data) => ({ ...data, record: null })) }, body, words), body, typedLeaves),
    };
  },
  shown: ({ finding, record, immediate }, words) =>
    [...shownLines([words.t('repairs:form.revoke.finding'), finding]), ...(record ? recordLines(record, words) : []), ...shownLines([words.t('repairs:form.revoke.whyUnheard'), immediate])],
});

/** 决定撤销: never by the one who proposes it, who may be asked to mend what he proposes. */
export const revokeDecide = stagePage<RepairForms['revoke-decide']>({
  async open(context) {
    const { words, state } = context;
    const { t } = words;
    const proposal = lastRepair(state, 'revoke');
    const record = proposal?.form.record ?? null;
    const users = Object.values(state.tasks).filter(({ stage, outcome }) => stage === 'release' && outcome === 'released').length;
    const { names = [] } = await knownOfRecord(context, repairOpeningOf(state).record);
    const known = { names };
    const before: Block[] = [
      ...(proposal && record ? leavingBlocks(proposalLeaves(record, proposal.form.finding), known, words) : []),
      ...(proposal ? [{ kind: 'lines' as const, title: t('repairs:form.revoke-decide.proposal', { name: proposal.doneBy?.name ?? '' }), lines: shownLines([t('repairs:form.revoke.finding'), proposal.form.finding]) }] : []),
      ...(record ? [{ kind: 'lines' as const, title: t('repairs:form.revoke.record'), lines: recordLines(record, words) }, ruleBlock(context, record)] : []),
      ...defenceBlocks(state, words),
    ];
    const schema = z.object({ reason: text({ max: longest, lines: true }) });
    return {
      draw(typed) {
        const form = typed ?? newForm({ reason: proposal?.form.finding ?? '' });
        return withPreview({
          lead: t('repairs:form.revoke-decide.lead'),
          before,
          outcomes: outcomeField(words, 'repair', 'revoke-decide', form, (['revoked', 'kept', 'sentBack'] as const).map((value) => ({ value, hint: t(`repairs:form.revoke-decide.${value}`) }))),
          groups: [{ fields: [lines(form, 'reason', { label: t('repairs:form.reason'), hint: t('repairs:form.revoke-decide.reasonHint'), limit: longest, rows: 5, required: true })] }],
          confirm: {
            title: t('repairs:form.revoke-decide.confirm'),
            consequences: [
              t('repairs:form.revoke-decide.consequence'),
              ...(record ? [t('repairs:form.revoke-decide.newRecord', { documentNo: record.documentNo })] : []),
              ...(record && users > 0 ? [t('repairs:form.revoke-decide.users', { count: users })] : []),
            ],
            mailTo: [t('repairs:form.decide.mailTo')],
            undo: { possible: false, text: t('repairs:form.revoke-decide.undo') },
          },
          primary: { label: t('repairs:form.revoke-decide.send') },
        }, typed, reasonLeaves, known, words);
      },
      read: (body) => orPreview(readOutcome<RepairForms['revoke-decide']>({ revoked: schema, kept: schema, sentBack: schema }, body, words), body, reasonLeaves),
    };
  },
  shown: ({ reason }, { t }) => shownLines([t('repairs:form.reason'), reason]),
});

/** What the unit had said that it did because of the record, before it lifted it. */
async function measureBefore({ knex, state, task }: StageContext): Promise<{ measure: string; legalBasis: string } | null> {
  const events = await readRecordEvents(knex, repairOpeningOf(state).record.id);
  const used = events.map(({ what }) => what).findLast((what) => what.type === 'record.used' && what.unit === task.audience.unit);
  return used?.type === 'record.used' ? { measure: used.measure, legalBasis: used.legalBasis } : null;
}

/** 重新采取措施: the record is public again; whether the unit takes its measure up again it decides itself. */
export const reapply = stagePage<RepairForms['reapply']>({
  async open(context) {
    const { words, state, task } = context;
    const { t } = words;
    const { record: ref } = repairOpeningOf(state);
    const [was, record] = await Promise.all([measureBefore(context), readRecord(context, ref)]);
    const isShown = record?.status === 'published';
    const lifted = Object.values(state.tasks).find(({ stage, audience }) => stage === 'release' && audience.unit === task.audience.unit);
    const before: Block[] = [
      { kind: 'lines', title: t('repairs:form.reapply.before'), lines: shownLines([t('repairs:form.release.what'), was?.measure], [t('repairs:form.reapply.legalBasis'), was?.legalBasis], [t('repairs:form.reapply.lifted'), (lifted?.form as Partial<RepairForms['release']> | undefined)?.done]) },
      { kind: 'lines', title: t('repairs:form.reapply.revoked'), lines: shownLines([t('repairs:form.reason'), lastRepair(state, 'revoke-decide')?.form.reason]) },
      ...(isShown ? [] : [{ kind: 'notice' as const, notice: { tone: 'soon' as const, text: t('repairs:form.reapply.notShown') } }]),
      ...(await recordBlocks(context, ref)),
    ];
    const outcomes = [...(isShown ? (['applied'] as const) : []), 'notApplied' as const];
    return {
      draw(typed) {
        const form = typed ?? newForm({ measure: was?.measure ?? '', legalBasis: was?.legalBasis ?? '' });
        return {
          lead: t('repairs:form.reapply.lead'),
          before,
          outcomes: outcomeField(words, 'repair', 'reapply', form, outcomes.map((value) => ({ value, hint: t(`repairs:form.reapply.${value}`) }))),
          groups: [
            ...(isShown ? [{ outcome: 'applied', fields: [
              { kind: 'text' as const, label: t('repairs:form.release.what'), hint: t('repairs:form.reapply.measureHint'), required: true, ...filled(form, 'measure') },
              { kind: 'text' as const, label: t('repairs:form.reapply.legalBasis'), hint: t('repairs:form.reapply.legalBasisHint'), required: true, ...filled(form, 'legalBasis') },
            ] }] : []),
            { outcome: 'notApplied', fields: [lines(form, 'reason', { label: t('repairs:form.reason'), limit: longest, required: true })] },
          ],
          primary: { label: t('repairs:form.reapply.send') },
        };
      },
      read: (body) => readOutcome<RepairForms['reapply']>(
        {
          ...(isShown ? { applied: z.object({ measure: text({ max: longestMeasure }), legalBasis: text({ max: lengths.legalBasis }) }).transform((data) => ({ ...data, reason: '' })) } : {}),
          notApplied: z.object({ reason: text({ max: longest, lines: true }) }).transform(({ reason }) => ({ measure: '', legalBasis: '', reason })),
        },
        body,
        words,
      ),
    };
  },
  shown: ({ measure, legalBasis, reason }, { t }) => shownLines([t('repairs:form.release.what'), measure], [t('repairs:form.reapply.legalBasis'), legalBasis], [t('repairs:form.reason'), reason]),
});
