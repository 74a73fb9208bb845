import { z } from 'zod';
import { text } from '../../../platform/http/fields.ts';
import { newForm } from '../../../platform/http/forms.ts';
import { lastRepair, repairOpeningOf, type RepairForms } from '../../../rules/repair/facts.ts';
import { lines, outcomeField, readOutcome, shownLines, stagePage, type Block, type StageContext } from '../../tasks/index.ts';
import { measureBlock, readRecord, recordFacts } from './record-block.ts';

const longest = 2000;

/** What this unit said that it does because of the record. */
async function measureOf(context: StageContext): Promise<Block[]> {
  const { words, task, state } = context;
  const record = await readRecord(context, repairOpeningOf(state).record);
  const use = record?.uses[task.audience.unit];
  return use ? [measureBlock(use, words)] : [];
}

/** 解除: the record is gone, and with it what was done because of it. */
export const release = stagePage<RepairForms['release']>({
  async open(context) {
    const { words } = context;
    const { t } = words;
    const before = await measureOf(context);
    const schema = z.object({ done: text({ max: longest, lines: true }) });
    return {
      draw(typed) {
        const form = typed ?? newForm();
        return {
          lead: t('repairs:form.release.lead'),
          before,
          outcomes: outcomeField(words, 'repair', 'release', form, (['released', 'nothingApplied'] as const).map((value) => ({ value, hint: t(`repairs:form.release.${value}`) }))),
          groups: [{ fields: [lines(form, 'done', { label: t('repairs:form.release.done'), hint: t('repairs:form.release.doneHint'), limit: longest, required: true })] }],
          primary: { label: t('repairs:form.release.send') },
        };
      },
      read: (body) => readOutcome<RepairForms['release']>({ released: schema, nothingApplied: schema }, body, words),
    };
  },
  shown: ({ done }, { t }) => shownLines([t('repairs:form.release.done'), done]),
});

/** 跟踪: whether others still show what is repaired. */
export const followUp = stagePage<RepairForms['follow-up']>({
  open({ words, state }) {
    const { t } = words;
    const orders = Object.values(state.tasks).filter(({ stage, status }) => stage === 'release' && status === 'done');
    const before: Block[] = orders.length === 0 ? [] : [{
      kind: 'lines', title: t('repairs:form.follow-up.orders'),
      lines: orders.map(({ audience, outcome, form }) => ({ label: words.unit(audience.unit), text: `${words.outcome('repair', 'release', outcome ?? '')}${t('ui:common.colon')}${(form as RepairForms['release']).done}` })),
    }];
    const schema = z.object({ finding: text({ max: longest, lines: true }) });
    return {
      draw(typed) {
        const form = typed ?? newForm();
        return {
          lead: t('repairs:form.follow-up.lead'),
          before,
          outcomes: outcomeField(words, 'repair', 'follow-up', form, [{ value: 'gone' }, { value: 'stillShown', hint: t('repairs:form.follow-up.stillShown') }]),
          groups: [{ fields: [lines(form, 'finding', { label: t('repairs:form.follow-up.finding'), hint: t('repairs:form.follow-up.findingHint'), limit: longest, required: true })] }],
          primary: { label: t('repairs:form.follow-up.send') },
        };
      },
      read: (body) => readOutcome<RepairForms['follow-up']>({ gone: schema, stillShown: schema }, body, words),
    };
  },
  shown: ({ finding }, { t }) => shownLines([t('repairs:form.follow-up.finding'), finding]),
});

/** 核实是否撤销: why the case was opened again, and what is found. */
export const revoke = stagePage<RepairForms['revoke']>({
  async open(context) {
    const { words, state } = context;
    const { t } = words;
    const record = await readRecord(context, repairOpeningOf(state).record);
    const why = state.closings.at(-1)?.reopened?.reason;
    const before: Block[] = [
      { kind: 'lines', title: t('repairs:form.revoke.why'), lines: shownLines([t('repairs:form.reason'), why]) },
      ...(record ? [{ kind: 'facts' as const, title: t('repairs:record.title'), facts: recordFacts(record, words) }] : []),
    ];
    const schema = z.object({ finding: text({ max: longest, lines: true }) });
    return {
      draw(typed) {
        const form = typed ?? newForm();
        return {
          lead: t('repairs:form.revoke.lead'),
          before,
          outcomes: outcomeField(words, 'repair', 'revoke', form, (['proposed', 'kept'] as const).map((value) => ({ value, hint: t(`repairs:form.revoke.${value}`) }))),
          groups: [{ fields: [lines(form, 'finding', { label: t('repairs:form.revoke.finding'), hint: t('repairs:form.revoke.findingHint'), limit: longest, rows: 5, required: true })] }],
          primary: { label: t('repairs:form.revoke.send') },
        };
      },
      read: (body) => readOutcome<RepairForms['revoke']>({ proposed: schema, kept: schema }, body, words),
    };
  },
  shown: ({ finding }, { t }) => shownLines([t('repairs:form.revoke.finding'), finding]),
});

/** 决定撤销: never by the one who proposes it. */
export const revokeDecide = stagePage<RepairForms['revoke-decide']>({
  open({ words, state }) {
    const { t } = words;
    const proposal = lastRepair(state, 'revoke');
    const before: Block[] = proposal ? [{ kind: 'lines', title: t('repairs:form.revoke-decide.proposal', { name: proposal.doneBy?.name ?? '' }), lines: shownLines([t('repairs:form.revoke.finding'), proposal.form.finding]) }] : [];
    const schema = z.object({ reason: text({ max: longest, lines: true }) });
    return {
      draw(typed) {
        const form = typed ?? newForm({ reason: proposal?.form.finding ?? '' });
        return {
          lead: t('repairs:form.revoke-decide.lead'),
          before,
          outcomes: outcomeField(words, 'repair', 'revoke-decide', form, (['revoked', 'kept'] as const).map((value) => ({ value, hint: t(`repairs:form.revoke-decide.${value}`) }))),
          groups: [{ fields: [lines(form, 'reason', { label: t('repairs:form.reason'), hint: t('repairs:form.decide.reasonHint'), limit: longest, rows: 5, required: true })] }],
          confirm: {
            title: t('repairs:form.revoke-decide.confirm'),
            consequences: [t('repairs:form.revoke-decide.consequence')],
            mailTo: [t('repairs:form.decide.mailTo')],
            undo: { possible: false, text: t('repairs:form.revoke-decide.undo') },
          },
          primary: { label: t('repairs:form.revoke-decide.send') },
        };
      },
      read: (body) => readOutcome<RepairForms['revoke-decide']>({ revoked: schema, kept: schema }, body, words),
    };
  },
  shown: ({ reason }, { t }) => shownLines([t('repairs:form.reason'), reason]),
});
