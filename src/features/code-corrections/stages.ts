import { z } from 'zod';
import { choice, text } from '../../platform/http/fields.ts';
import { filled, newForm, refusedForm } from '../../platform/http/forms.ts';
import type { Facts } from '../../platform/http/view-models.ts';
import { casePath } from '../../platform/process-words.ts';
import { isDouble } from '../../platform/records/codes.ts';
import { codeCorrectionOpeningOf, type CodeCorrectionForms } from '../../rules/code-correction/facts.ts';
import { codeCorrectionStages, type CodeCorrectionStage } from '../../rules/code-correction/process.ts';
import type { CaseState } from '../../rules/casefile/types.ts';
import {
  lines, maybe, outcomeField, readOutcome, shownLines, stagePage, workingUnits, type Block, type KindPages, type StageContext, type StagePage, type StageRead, type Words,
} from '../tasks/index.ts';
import { holderFacts } from './holders.ts';

const kind = 'codeCorrection';
const longest = 1000;
const said = text({ max: longest, lines: true });

/** Outcomes by which the code belongs to one living firm alone. */
const mended: readonly string[] = ['settled', 'corrected'];

/** The code, the firms that have it, and what was written in the task before. */
async function before(context: StageContext, from: string | undefined): Promise<Block[]> {
  const { words, state, knex } = context;
  const { t } = words;
  const task = from === undefined ? undefined : state.tasks[from];
  const note = task?.form['note'] ?? task?.form['finding'];
  return [
    ...(task && typeof note === 'string' ? [{ kind: 'lines' as const, title: t(`codeCorrections:form.from.${task.stage}`), lines: shownLines([words.unit(task.audience.unit), note]) }] : []),
    { kind: 'facts', title: t('codeCorrections:holders'), facts: await holderFacts(knex, state, words, { toCorrect: true }) },
  ];
}

/** What says that the code is right is not taken while two living firms still have it. */
async function ifMended<F extends object>(read: StageRead<F>, body: unknown, { knex, state, words }: StageContext): Promise<StageRead<F>> {
  if ('again' in read || !mended.includes(read.outcome)) return read;
  const { uscc } = codeCorrectionOpeningOf(state);
  return (await isDouble(knex, uscc)) ? { again: refusedForm(body, { outcome: words.t('codeCorrections:form.stillDouble', { code: uscc }) }) } : read;
}

const outcomesOf = (stage: CodeCorrectionStage, words: Words, form: ReturnType<typeof newForm>) =>
  outcomeField(words, kind, stage, form, codeCorrectionStages[stage].outcomes.map((value) => ({ value, hint: words.t(`codeCorrections:form.${stage}.${value}`) })));

/** 交办: who registers such firms knows which of them the code belongs to. */
const assign = stagePage<CodeCorrectionForms['assign']>({
  async open(context) {
    const { words, task } = context;
    const { t } = words;
    const options = await workingUnits(context);
    const blocks = await before(context, (task.brief['returned'] as string | null) ?? undefined);
    return {
      draw(typed) {
        const form = typed ?? newForm();
        return {
          lead: t('codeCorrections:form.assign.lead'),
          before: blocks,
          outcomes: outcomesOf('assign', words, form),
          groups: [
            { outcome: 'assigned', fields: [
              { kind: 'select', label: t('codeCorrections:form.assign.unit'), hint: t('codeCorrections:form.assign.unitHint'), required: true, options, ...filled(form, 'unit') },
              lines(form, 'note', { label: t('codeCorrections:form.assign.note'), limit: longest }),
            ] },
            { outcome: 'settled', fields: [lines(form, 'how', { label: t('codeCorrections:form.how'), hint: t('codeCorrections:form.howHint'), limit: longest, required: true })] },
          ],
          primary: { label: t('codeCorrections:form.send') },
        };
      },
      async read(body) {
        const read = readOutcome<CodeCorrectionForms['assign']>(
          {
            assigned: z.object({ unit: choice(options.filter(({ disabled }) => !disabled).map(({ value }) => value)), note: maybe(longest) }),
            settled: z.object({ how: said }).transform(({ how }) => ({ unit: null, note: how })),
          },
          body,
          words,
        );
        const checked = await ifMended(read, body, context);
        return 'again' in checked || checked.form.unit === null ? checked : { ...checked, say: { unit: words.unit(checked.form.unit) } };
      },
    };
  },
  shown: ({ unit, note }, words) => shownLines([words.t('codeCorrections:form.assign.unit'), unit && words.unit(unit)], [words.t('codeCorrections:form.note'), note]),
});

/** 更正: by the forms of the subjects; here it is said what was found. */
const correct = stagePage<CodeCorrectionForms['correct']>({
  async open(context) {
    const { words, task } = context;
    const { t } = words;
    const blocks = await before(context, task.brief['assigned'] as string);
    const fields = { corrected: 'finding', settled: 'how', returned: 'reason' } as const;
    return {
      draw(typed) {
        const form = typed ?? newForm();
        const group = (outcome: keyof typeof fields, label: string, hint: string) => ({ outcome, fields: [lines(form, fields[outcome], { label: t(label), hint: t(hint), limit: longest, required: true })] });
        return {
          lead: t('codeCorrections:form.correct.lead'),
          before: blocks,
          outcomes: outcomesOf('correct', words, form),
          groups: [
            group('corrected', 'codeCorrections:form.correct.finding', 'codeCorrections:form.correct.findingHint'),
            group('settled', 'codeCorrections:form.how', 'codeCorrections:form.howHint'),
            group('returned', 'codeCorrections:form.correct.reason', 'codeCorrections:form.correct.reasonHint'),
          ],
          primary: { label: t('codeCorrections:form.send') },
        };
      },
      read(body) {
        const one = (field: string) => z.object({ [field]: said }).transform((data) => ({ finding: String(data[field]) }));
        const { corrected, settled, returned } = fields;
        return ifMended(readOutcome<CodeCorrectionForms['correct']>({ corrected: one(corrected), settled: one(settled), returned: one(returned) }, body, words), body, context);
      },
    };
  },
  shown: ({ finding }, { t }) => shownLines([t('codeCorrections:form.note'), finding]),
});

const stages: Readonly<Record<CodeCorrectionStage, StagePage>> = { assign, correct };

/** By whom a code that begins so was given out (GB 32100); the registry of any other is for the office to find. */
const registries = ['1', '5', '9'] as const;

function facts(state: CaseState, { t }: Words): Facts {
  const { uscc, holders } = codeCorrectionOpeningOf(state);
  const known = registries.find((first) => uscc.startsWith(first));
  return {
    items: [
      { term: t('subjects:uscc'), value: uscc },
      { term: t('codeCorrections:fact.registry'), value: t(`codeCorrections:registry.${known ?? 'other'}`) },
      { term: t('codeCorrections:fact.found'), value: { kind: 'lines', lines: holders.map(({ name }) => name) }, wide: true },
    ],
  };
}

/** Code corrections as the task page knows them. */
export const codeCorrectionPages: KindPages = {
  stages,
  facts,
  caseHref: (caseNo) => casePath(kind, caseNo),
  fileHref: (caseNo, hash) => `${casePath(kind, caseNo)}/files/${hash}`,
  mark: () => null,
};
