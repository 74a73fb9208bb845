import { z } from 'zod';
import { text } from '../../platform/http/fields.ts';
import { newForm } from '../../platform/http/forms.ts';
import type { Facts } from '../../platform/http/view-models.ts';
import type { SideStage } from '../../rules/casefile/acts.ts';
import { extended } from '../../rules/casefile/deadline.ts';
import { disclosureOf, taskOf } from '../../rules/casefile/fold.ts';
import { disclosureNumber } from '../../rules/casefile/rows.ts';
import { lines, maybe, outcomeField, readOnly, readOutcome, shownLines } from './outcome-form.ts';
import { stagePage, type Block, type StageContext, type StagePage } from './stage-form.ts';

type Comment = { comment: string };

/** What the kernel hands over to each of its tasks; the names are those of `decide`. */
interface Briefs {
  extension: { task: string; days: number; reason: string };
  withdrawal: { disclosure: string; reason: string };
  supervision: { task: string; text: string };
}

const briefOf = <S extends SideStage>({ task }: StageContext, _stage: S): Briefs[S] => task.brief as unknown as Briefs[S];

const required = text({ max: 1000, lines: true });

/** What is asked for, and what the deadline would become. */
function extensionFacts(context: StageContext): Facts {
  const { words, state, law } = context;
  const { t, moments, now } = words;
  const { task, days, reason } = briefOf(context, 'extension');
  const about = taskOf(state, task);
  const asked = about.extension;
  const old = about.deadline;
  const then = old ? extended(old, days, now.toISOString(), law.rules, words.calendar) : null;
  return {
    items: [
      { term: t('tasks:side.extension.of'), value: words.stage(state.kind, about.stage) },
      { term: t('tasks:side.extension.by'), value: asked ? t('tasks:person', { name: asked.by.name, unit: words.unit(asked.by.unit, 'short', asked.at) }) : words.audience(about.audience) },
      ...(old ? [{ term: t('tasks:side.extension.old'), value: { kind: 'when' as const, when: moments.dayTime(new Date(old.at)) } }] : []),
      { term: t('tasks:side.extension.days'), value: t('tasks:side.extension.daysValue', { count: days }) },
      ...(then ? [{ term: t('tasks:side.extension.new'), value: { kind: 'when' as const, when: moments.dayTime(new Date(then.at)) } }] : []),
      { term: t('tasks:side.extension.reason'), value: reason, wide: true },
    ],
  };
}

/** 审批延期: somebody else decides whether there is more time. */
const extension = stagePage<Comment>({
  open(context) {
    const { words } = context;
    const { t } = words;
    return {
      draw(typed) {
        const form = typed ?? newForm();
        return {
          lead: t('tasks:side.extension.lead'),
          before: [{ kind: 'facts', title: t('tasks:side.extension.title'), facts: extensionFacts(context) }],
          outcomes: outcomeField(words, context.state.kind, 'extension', form, [{ value: 'granted' }, { value: 'refused', hint: t('tasks:side.extension.refused') }]),
          groups: [{ fields: [lines(form, 'comment', { label: t('tasks:side.comment'), hint: t('tasks:side.extension.commentHint'), limit: 1000, unmarked: true })] }],
          primary: { label: t('tasks:side.extension.send') },
        };
      },
      read: (body) => readOutcome<Comment>({ granted: z.object({ comment: maybe(1000) }), refused: z.object({ comment: required }) }, body, words),
    };
  },
  shown: ({ comment }, { t }) => shownLines([t('tasks:side.comment'), comment]),
});

/** 审批撤回公开: what was public is taken back, and says why. */
const withdrawal = stagePage<Comment>({
  open(context) {
    const { words, state } = context;
    const { t } = words;
    const brief = briefOf(context, 'withdrawal');
    const disclosure = disclosureOf(state, brief.disclosure);
    const number = disclosureNumber(state, disclosure);
    const before: Block[] = [
      {
        kind: 'facts',
        title: t('tasks:side.withdrawal.title'),
        facts: {
          items: [
            { term: t('tasks:side.withdrawal.of'), value: { kind: 'link', href: `/public/opinions/${number}`, label: disclosure.title, note: number }, wide: true },
            { term: t('tasks:side.withdrawal.reason'), value: brief.reason, wide: true },
          ],
        },
      },
    ];
    return {
      draw(typed) {
        const form = typed ?? newForm();
        return {
          lead: t('tasks:side.withdrawal.lead'),
          before,
          outcomes: outcomeField(words, context.state.kind, 'withdrawal', form, [{ value: 'withdrawn', hint: t('tasks:side.withdrawal.withdrawn') }, { value: 'kept', hint: t('tasks:side.withdrawal.kept') }]),
          groups: [{ fields: [lines(form, 'comment', { label: t('tasks:side.comment'), hint: t('tasks:side.withdrawal.commentHint'), limit: 1000, unmarked: true })] }],
          confirm: {
            title: t('tasks:side.withdrawal.confirm'),
            consequences: [t('tasks:side.withdrawal.consequence')],
            mailTo: [t('tasks:side.withdrawal.mailTo')],
            undo: { possible: false, text: t('tasks:side.withdrawal.undo') },
          },
          primary: { label: t('tasks:side.withdrawal.send') },
        };
      },
      read: (body) => readOutcome<Comment>({ withdrawn: z.object({ comment: maybe(1000) }), kept: z.object({ comment: required }) }, body, words),
    };
  },
  shown: ({ comment }, { t }) => shownLines([t('tasks:side.comment'), comment]),
});

/** 答复督办: why it stands where it stands, and when it will be done. */
const supervision = stagePage<{ answer: string }>({
  open(context) {
    const { words, state } = context;
    const { t } = words;
    const brief = briefOf(context, 'supervision');
    return {
      draw: (typed) => ({
        lead: t('tasks:side.supervision.lead'),
        before: [
          {
            kind: 'lines',
            title: t('tasks:side.supervision.title'),
            lines: shownLines([t('tasks:side.supervision.of'), words.stage(state.kind, taskOf(state, brief.task).stage)], [t('tasks:side.supervision.text'), brief.text]),
          },
        ],
        outcomes: null,
        groups: [
          {
            fields: [
              lines(typed ?? newForm(), 'answer', {
                label: t('tasks:side.supervision.answer'), hint: t('tasks:side.supervision.answerHint'), limit: 2000, rows: 6, required: true,
              }),
            ],
          },
        ],
        primary: { label: t('tasks:side.supervision.send') },
      }),
      read: (body) => readOnly('answered', z.object({ answer: text({ max: 2000, lines: true }) }), body, words),
    };
  },
  shown: ({ answer }, { t }) => shownLines([t('tasks:side.supervision.answer'), answer]),
});

/** The forms of the tasks that the kernel opens beside every process. */
export const sideStagePages: Readonly<Record<SideStage, StagePage>> = { extension, withdrawal, supervision };
