import { z } from 'zod';
import { text } from '../../../platform/http/fields.ts';
import { newForm } from '../../../platform/http/forms.ts';
import { textsBeside } from '../../../platform/http/marking.ts';
import type { Span } from '../../../platform/http/view-models.ts';
import { dueAfter } from '../../../rules/calendar/index.ts';
import type { CaseState } from '../../../rules/casefile/types.ts';
import { accountableUnit, lastOf, openingOf, type IncidentForms } from '../../../rules/incident/facts.ts';
import { publicText } from '../../../rules/masking/index.ts';
import { lines, maybe, outcomeField, readOutcome, shownLines, stagePage, type Block, type StageContext, type Words } from '../../tasks/index.ts';
import { publicTextOf } from './disclose.ts';
import { isMinors, saysMinor } from './minors.ts';
import { opinionParagraphs } from './opinion-document.ts';
import { namesForPublic } from './reporters.ts';

type Comment = { comment: string };

const linesOf = (written: string): string[] => written.split(/\r?\n/u).map((line) => line.trim()).filter((line) => line !== '');

/**
 * Whether whoever prepared the public text left out or added something to the opinion. Its headings stand in the language in
 * which it was prepared, and are not compared.
 */
function isChanged(state: CaseState, words: Words, written: string): boolean {
  const opinion = lastOf(state, 'opinion')?.form;
  const parts = opinion ? opinionParagraphs(opinion, words) : [];
  const said = parts.flatMap(({ text: part }) => linesOf(part));
  const shown = linesOf(written);
  return said.some((line) => !shown.includes(line)) || shown.filter((line) => !said.includes(line)).length > parts.length;
}

/** The proposal as it was written beside what the public reads of it, and as the public page will show it. */
function preview({ words, state }: StageContext, { title, text: said, basis, channel, months, written, passages = [] }: IncidentForms['disclose'], names: readonly string[]): Block[] {
  const { t, moments, now, calendar } = words;
  const agency = words.unit(accountableUnit(state) ?? state.openedBy?.unit ?? '');
  const end = new Date(dueAfter(calendar, now.getTime(), months, 'month', { shift: false }).at - 1);
  const paragraphs = (...texts: readonly string[]): Span[][] => texts.flatMap((text_) => text_.split(/\n+/u)).map((paragraph) => [{ text: paragraph }]);
  const original = publicTextOf(state, words);
  // In files of before the masked text alone was written: it stands beside the opinion.
  const comparison = textsBeside(written ? [written.title, written.text] : [original], { names, passages }, t, [basis]);
  const isMaskedSo = written !== undefined && [[written.title, title], [written.text, said], [written.basis, basis]].every(([was = '', shown]) => publicText(was, { names, passages }).masked === shown);
  return [
    {
      kind: 'comparison',
      title: t('stages:form.disclose.comparison'),
      lead: t('stages:form.release.comparisonLead'),
      // What will be published, to the letter, where it is not what would be masked today.
      comparison: { ...comparison, right: { label: t('stages:form.release.proposed'), paragraphs: isMaskedSo ? comparison.right.paragraphs : paragraphs(...(written ? [title] : []), said) } },
    },
    ...(passages.length === 0 ? [] : [{ kind: 'lines' as const, title: t('stages:form.release.passages'), lines: [{ label: t('stages:form.release.passages'), text: passages.map(({ text: passage, as }) => t(`stages:form.release.${as}`, { text: passage })).join('\n') }] }]),
    ...(written && isChanged(state, words, written.text) ? [{ kind: 'lines' as const, title: t('stages:form.release.changed'), lines: shownLines([t('stages:personal.before'), original]) }] : []),
    {
      kind: 'document',
      title: t('stages:form.release.preview'),
      document: {
        agency,
        number: `${state.caseNo}-P${state.disclosures.length + 1}`,
        title,
        paragraphs: paragraphs(said).map((text_) => ({ text: text_ })),
        signature: agency,
        date: moments.day(now),
        status: { label: t('stages:form.release.notYet'), tone: 'soon' },
      },
    },
    {
      kind: 'facts',
      title: t('stages:form.release.terms'),
      facts: {
        items: [
          { term: t('stages:form.disclose.channel'), value: t(`stages:channel.${channel}`) },
          { term: t('stages:form.disclose.months'), value: t('stages:form.release.until', { count: months, date: moments.day(end).text }) },
          { term: t('stages:form.disclose.basis'), value: basis, wide: true },
        ],
      },
    },
  ];
}

/** 审核公开内容: nothing is shown, and nothing withheld, on one person's word. */
export const release = stagePage<Comment>({
  async open(context) {
    const { words, state, task } = context;
    const { t } = words;
    const withheld = task.brief['withheld'] === true;
    const passes = withheld ? 'confirmedWithheld' : 'released';
    const proposal = lastOf(state, 'disclose');
    const minor = !withheld && ((await isMinors(context)) || (proposal !== null && saysMinor([proposal.form.written?.text ?? proposal.form.text], openingOf(state).occurredOn)));
    const before: Block[] = !proposal ? [] : withheld
      ? [{ kind: 'lines', title: t('stages:form.release.reasons'), lines: shownLines([t('stages:form.disclose.reason'), proposal.form.reason]) }]
      : preview(context, proposal.form, await namesForPublic(context));
    return {
      draw(typed) {
        const form = typed ?? newForm();
        return {
          lead: t(withheld ? 'stages:form.release.leadWithheld' : minor ? 'stages:form.release.minor' : 'stages:form.release.lead'),
          before,
          outcomes: outcomeField(words, 'incident', 'release', form, [
            ...(minor ? [] : [{ value: passes, hint: t(`stages:form.release.${passes}`) }]),
            { value: 'sentBack', hint: t('stages:form.sentBackHint') },
          ]),
          groups: [{ fields: [lines(form, 'comment', { label: t('stages:form.comment'), hint: t('stages:form.commentHint'), limit: 2000, unmarked: true })] }],
          ...(withheld || minor ? {} : {
            confirm: {
              title: t('stages:form.release.confirm'),
              consequences: [t('stages:form.release.consequence')],
              mailTo: [t('stages:form.release.mailTo')],
              undo: { possible: true, text: t('stages:form.release.undo') },
            },
          }),
          primary: { label: t('stages:form.release.send') },
        };
      },
      read: (body) =>
        readOutcome<Comment>({ ...(minor ? {} : { [passes]: z.object({ comment: maybe(2000) }) }), sentBack: z.object({ comment: text({ max: 2000, lines: true }) }) }, body, words),
    };
  },
  shown: ({ comment }, { t }) => shownLines([t('stages:form.comment'), comment]),
});
