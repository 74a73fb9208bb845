import type { Facts } from '../../../platform/http/view-models.ts';
import { casePath } from '../../../platform/process-words.ts';
import type { CaseState } from '../../../rules/casefile/types.ts';
import { objectionJoinOf, objectionOpeningOf } from '../../../rules/objection/facts.ts';
import type { ObjectionStage } from '../../../rules/objection/process.ts';
import { identityFacts } from '../../repairs/index.ts';
import type { KindPages, StagePage, Words } from '../../tasks/index.ts';
import { acknowledgeCorrection, correct, decide, verify } from './forms.ts';
import { screen, screenDecide } from './screen.ts';

const stages: Readonly<Record<ObjectionStage, StagePage>> = { screen, 'screen-decide': screenDecide, verify, decide, correct, 'acknowledge-correction': acknowledgeCorrection };

/** What is objected to, in the order in which one asks. */
function facts(state: CaseState, words: Words): Facts {
  const { t, moments, now, unit } = words;
  const { record, subject, applicant, channel, statement, ground, unit: source } = objectionOpeningOf(state);
  return {
    items: [
      { term: t('objections:fact.ground'), value: t(`objections:ground.${ground}`) },
      { term: t('objections:fact.statement'), value: statement, wide: true },
      { term: t('repairs:fact.subject'), value: subject.kind === 'organisation' ? { kind: 'lines', lines: [subject.name, subject.uscc] } : subject.masked },
      { term: t('repairs:fact.record'), value: { kind: 'link', href: `/records/${record.id}`, label: record.documentNo } },
      { term: t('repairs:fact.decidedOn'), value: { kind: 'when', when: moments.day(record.decidedOn) } },
      { term: t('repairs:fact.unit'), value: unit(source) },
      { term: t('objections:fact.applicant'), value: { kind: 'masked', masked: { text: applicant.masked, reason: t('repairs:fact.masked') } } },
      ...identityFacts(applicant, words),
      { term: t('repairs:fact.channel'), value: t(`repairs:channel.${channel}`) },
      ...(state.joined ?? []).map((one) => {
        const { applicant: other, statement: said } = objectionJoinOf(one);
        return { term: t('objections:joined.title'), value: { kind: 'lines' as const, lines: [t('objections:joined.one', { name: other.masked, when: moments.shortTime(new Date(one.at), now).text }), said] }, wide: true };
      }),
    ],
  };
}

/** Objections as the task page knows them. */
export const objectionPages: KindPages = {
  stages,
  facts,
  caseHref: (caseNo) => casePath('objection', caseNo),
  fileHref: (caseNo, hash) => `${casePath('objection', caseNo)}/files/${hash}`,
  mark: (state, { t }) => ({ label: t(`objections:ground.${objectionOpeningOf(state).ground}`), tone: 'plain' }),
};
