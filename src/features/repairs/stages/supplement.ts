import { z } from 'zod';
import { choice, text } from '../../../platform/http/fields.ts';
import { filled, newForm } from '../../../platform/http/forms.ts';
import type { Field } from '../../../platform/http/view-models.ts';
import { paperKinds, type Paper, type RepairForms } from '../../../rules/repair/facts.ts';
import { lines, readOnly, shownLines, stagePage, type Block } from '../../tasks/index.ts';
import { paperKindOptions } from './parts.ts';

type Supplement = RepairForms['supplement'];

/** 补正: at the window, for an applicant without an account. His files are attached to the task before. */
export const supplement = stagePage<Supplement>({
  open({ words, task }) {
    const { t } = words;
    const { missing = [], reason } = task.brief as { missing?: string[]; reason?: string };
    const { files } = task;
    const before: Block[] = [
      { kind: 'lines', title: t('repairs:form.accept.missing'), lines: shownLines(...missing.map((one, n) => [t('repairs:form.supplement.item', { number: n + 1 }), one] as const), [t('repairs:form.accept.note'), reason]) },
      ...(files.length === 0 ? [{ kind: 'notice' as const, notice: { tone: 'info' as const, text: t('repairs:form.supplement.attachFirst') } }] : []),
    ];
    const kindOf = (n: number): string => `kind${n + 1}`;
    const schema = z.object({ statement: text({ max: 2000, lines: true }), ...Object.fromEntries(files.map((_, n) => [kindOf(n), choice(paperKinds)])) })
      .transform((data): Supplement => ({
        statement: data.statement,
        papers: files.map(({ hash }, n): Paper => ({ hash, kind: (data as Record<string, string>)[kindOf(n)] as Paper['kind'] })),
      }));
    return {
      draw(typed) {
        const form = typed ?? newForm();
        return {
          lead: t('repairs:form.supplement.lead'),
          before,
          outcomes: null,
          groups: [
            {
              fields: [
                lines(form, 'statement', { label: t('repairs:form.supplement.statement'), limit: 2000, required: true }),
                ...files.map(({ name }, n): Field => ({ kind: 'select', label: t('repairs:form.supplement.kindOf', { name }), required: true, options: paperKindOptions(words), ...filled(form, kindOf(n)) })),
              ],
            },
          ],
          primary: { label: t('repairs:form.supplement.send') },
        };
      },
      read: (body) => readOnly('supplied', schema, body, words),
    };
  },
  shown: ({ statement }, { t }) => shownLines([t('repairs:form.supplement.statement'), statement]),
});
