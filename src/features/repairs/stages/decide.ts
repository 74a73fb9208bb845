import { z } from 'zod';
import { text } from '../../../platform/http/fields.ts';
import { newForm } from '../../../platform/http/forms.ts';
import { lastRepair, repairOpeningOf, type RepairForms } from '../../../rules/repair/facts.ts';
import { lines, outcomeField, readOutcome, shownLines, stagePage, type Block } from '../../tasks/index.ts';
import { check } from './check.ts';
import { namesOf } from './parts.ts';
import { readRecord, recordFacts } from './record-block.ts';

type Reason = { reason: string };

/** 决定: by the head of the unit, who has not checked it himself. */
export const decide = stagePage<RepairForms['decide']>({
  async open(context) {
    const { words, state } = context;
    const { t } = words;
    const record = await readRecord(context, repairOpeningOf(state).record);
    const checked = lastRepair(state, 'check');
    const users = Object.keys(record?.uses ?? {});
    const papers = (checked?.form.conditions ?? []).flatMap(({ condition, papers: shown }) => namesOf(shown, state, words).map((name) => [t(`repairs:condition.${condition}`), name] as const));
    const before: Block[] = [
      ...(checked ? [{ kind: 'lines' as const, title: t('repairs:form.decide.findings', { name: checked.doneBy?.name ?? '' }), lines: check.shown({ ...checked.form }, words) }] : []),
      ...(papers.length > 0 ? [{ kind: 'lines' as const, title: t('repairs:form.check.byPapers'), lines: shownLines(...papers) }] : []),
      ...(record ? [{ kind: 'facts' as const, title: t('repairs:record.title'), facts: recordFacts(record, words) }] : []),
    ];
    const schema = z.object({ reason: text({ max: 2000, lines: true }) });
    return {
      draw(typed) {
        // What cannot be taken back is chosen by who decides, never beforehand.
        const form = typed ?? newForm({ reason: checked?.form.finding ?? '' });
        return {
          lead: t('repairs:form.decide.lead'),
          before,
          outcomes: outcomeField(words, 'repair', 'decide', form, (['granted', 'refused', 'sentBack'] as const).map((value) => ({ value, hint: t(`repairs:form.decide.${value}`) }))),
          groups: [{ fields: [lines(form, 'reason', { label: t('repairs:form.reason'), hint: t('repairs:form.decide.reasonHint'), limit: 2000, rows: 5, required: true })] }],
          confirm: {
            title: t('repairs:form.decide.confirm'),
            consequences: [t('repairs:form.decide.consequence'), users.length === 0 ? t('repairs:form.decide.noUsers') : t('repairs:form.decide.users', { count: users.length, list: users.map((unit) => words.unit(unit, 'short')).join(t('common:list')) })],
            mailTo: [t('repairs:form.decide.mailTo')],
            undo: { possible: false, text: t('repairs:form.decide.undo') },
          },
          primary: { label: t('repairs:form.decide.send') },
        };
      },
      read: (body) => readOutcome<Reason>({ granted: schema, refused: schema, sentBack: schema }, body, words),
    };
  },
  shown: ({ reason }, { t }) => shownLines([t('repairs:form.reason'), reason]),
});
