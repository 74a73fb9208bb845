import { z } from 'zod';
import { text } from '../../../platform/http/fields.ts';
import { filled, newForm } from '../../../platform/http/forms.ts';
import type { CaseState } from '../../../rules/casefile/types.ts';
import { defenceOf, lastRepair, type Paper, type RepairForms } from '../../../rules/repair/facts.ts';
import { lines, outcomeField, readOutcome, shownLines, stagePage, type Block, type ShownLine, type Words } from '../../tasks/index.ts';
import { namesOf } from './parts.ts';

type Defence = RepairForms['defence'];
const longest = 5000;

const saidLines = ({ statement, who }: Partial<Defence>, { t }: Words): ShownLine[] =>
  shownLines([t('repairs:form.defence.statement'), statement], [t('repairs:form.defence.who'), who]);

/** What the firm said on the proposal to revoke, or that it said nothing; nothing for files of before, when nobody was heard. */
export function defenceBlocks(state: CaseState, words: Words): Block[] {
  const { t, moments } = words;
  const immediate = lastRepair(state, 'revoke')?.form.immediate;
  if (typeof immediate === 'string') return [{ kind: 'notice', notice: { tone: 'soon', title: t('repairs:form.defence.unheard'), text: immediate } }];
  const defence = defenceOf(state);
  if (!defence || defence.how === 'open') return [];
  const when = moments.day(new Date(defence.task.doneAt ?? defence.task.openedAt)).text;
  if (defence.how !== 'stated') return [{ kind: 'notice', notice: { tone: 'info', title: t('repairs:form.defence.title'), text: t(`repairs:form.defence.${defence.how}Shown`, { when }) } }];
  const papers = namesOf(defence.task.files.map(({ hash }) => hash), state, words);
  return [{ kind: 'lines', title: t('repairs:form.defence.on', { when }), lines: [...saidLines(defence.form, words), ...shownLines([t('repairs:papers'), papers.join(t('common:list'))])] }];
}

/** 陈述申辩 at the window: for a firm without an account, or one that comes itself. Its papers are attached to the task before. */
export const defence = stagePage<Defence>({
  open({ words, state, task }) {
    const { t } = words;
    const proposal = lastRepair(state, 'revoke')?.form;
    const before: Block[] = [
      { kind: 'lines', title: t('repairs:form.defence.about'), lines: shownLines([t('repairs:form.revoke.finding'), proposal?.finding], [t('repairs:record.act'), proposal?.record?.act], [t('repairs:form.revoke.legalBasis'), proposal?.record?.legalBasis]) },
    ];
    const papers = task.files.map(({ hash }): Paper => ({ hash, kind: 'proof' }));
    const who = text({ max: 200 });
    return {
      draw(typed) {
        const form = typed ?? newForm();
        return {
          lead: t('repairs:form.defence.lead'),
          before,
          outcomes: outcomeField(words, 'repair', 'defence', form, (['stated', 'waived'] as const).map((value) => ({ value, hint: t(`repairs:form.defence.${value}`) }))),
          groups: [
            { outcome: 'stated', fields: [lines(form, 'statement', { label: t('repairs:form.defence.statement'), hint: t('repairs:form.defence.statementHint'), limit: longest, rows: 8, required: true })] },
            { fields: [{ kind: 'text', label: t('repairs:form.defence.who'), hint: t('repairs:form.defence.whoHint'), required: true, autocomplete: 'off', ...filled(form, 'who') }] },
          ],
          primary: { label: t('repairs:form.defence.send') },
        };
      },
      read: (body) => readOutcome<Defence>({
        stated: z.object({ statement: text({ max: longest, lines: true }), who }).transform((data) => ({ ...data, papers })),
        waived: z.object({ who }).transform((data) => ({ ...data, statement: '', papers: [] })),
      }, body, words),
    };
  },
  shown: (form, words) => saidLines(form, words),
});
