import { z } from 'zod';
import { text } from '../../../platform/http/fields.ts';
import { newForm } from '../../../platform/http/forms.ts';
import { lines, maybe, outcomeField, readOutcome, shownLines, stagePage, type Block } from '../../tasks/index.ts';
import { opinionDocument } from './opinion-document.ts';

type Comment = { comment: string };

/** A decision on the opinion: one outcome lets it pass, the other sends it back with a reason. */
function decision(stage: 'legal-review' | 'approve', passes: 'agreed' | 'approved') {
  return stagePage<Comment>({
    open({ words, state }) {
      const { t } = words;
      const document = opinionDocument(state, words, { label: t('stages:opinion.draftMark'), tone: 'soon' });
      const before: Block[] = document ? [{ kind: 'document', title: t('stages:opinion.name'), document }] : [];
      return {
        draw(typed) {
          const form = typed ?? newForm();
          return {
            lead: t(`stages:form.${stage}.lead`),
            before,
            outcomes: outcomeField(words, 'incident', stage, form, [
              { value: passes, hint: t(`stages:form.${stage}.${passes}`) },
              { value: 'sentBack', hint: t('stages:form.sentBackHint') },
            ]),
            groups: [{ fields: [lines(form, 'comment', { label: t('stages:form.comment'), hint: t('stages:form.commentHint'), limit: 2000, unmarked: true })] }],
            primary: { label: t(`stages:form.${stage}.send`) },
          };
        },
        read: (body) =>
          readOutcome<Comment>({ [passes]: z.object({ comment: maybe(2000) }), sentBack: z.object({ comment: text({ max: 2000, lines: true }) }) }, body, words),
      };
    },
    shown: ({ comment }, { t }) => shownLines([t('stages:form.comment'), comment]),
  });
}

/** 法制审核: are facts, basis and procedure in order. */
export const legalReview = decision('legal-review', 'agreed');

/** 审批处理意见: the head's decision on it. */
export const approve = decision('approve', 'approved');
