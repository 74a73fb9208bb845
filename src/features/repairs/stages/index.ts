import type { Facts } from '../../../platform/http/view-models.ts';
import { casePath } from '../../../platform/process-words.ts';
import type { CaseState } from '../../../rules/casefile/types.ts';
import { lastRepair, madeRecord, repairLaw, repairOpeningOf, repairUnit } from '../../../rules/repair/facts.ts';
import type { RepairStage } from '../../../rules/repair/process.ts';
import type { KindPages, StagePage, Words } from '../../tasks/index.ts';
import { accept } from './accept.ts';
import { followUp, release } from './after.ts';
import { check } from './check.ts';
import { decide } from './decide.ts';
import { defence } from './defence.ts';
import { identityFacts } from './parts.ts';
import { reapply, revoke, revokeDecide } from './revoke.ts';
import { supplement } from './supplement.ts';

const stages: Readonly<Record<RepairStage, StagePage>> = { accept, supplement, check, decide, release, 'follow-up': followUp, revoke, defence, 'revoke-decide': revokeDecide, reapply };

/** What is applied for, in the order in which one asks. */
function facts(state: CaseState, words: Words): Facts {
  const { t, moments, unit } = words;
  const { record, subject, applicant, channel, statement } = repairOpeningOf(state);
  const { repairableFrom } = repairLaw(state);
  const made = madeRecord(state);
  const masked = { kind: 'masked' as const, masked: { text: applicant.masked, reason: t('repairs:fact.masked') } };
  return {
    items: [
      { term: t('repairs:fact.subject'), value: subject.kind === 'organisation' ? { kind: 'lines', lines: [subject.name, subject.uscc] } : subject.masked },
      { term: t('repairs:fact.record'), value: { kind: 'link', href: `/records/${record.id}`, label: record.documentNo } },
      { term: t('repairs:fact.decidedOn'), value: { kind: 'when', when: moments.day(record.decidedOn) } },
      { term: t('repairs:fact.unit'), value: unit(repairUnit(state)) },
      { term: t('repairs:fact.repairableFrom'), value: repairableFrom === null ? t('repairs:fact.never') : { kind: 'when', when: moments.day(repairableFrom) } },
      { term: t('repairs:fact.applicant'), value: masked },
      ...identityFacts(applicant, words),
      { term: t('repairs:fact.channel'), value: t(`repairs:channel.${channel}`) },
      { term: t('repairs:fact.statement'), value: statement, wide: true },
      ...(made === null ? [] : [{ term: t('repairs:fact.made'), value: { kind: 'link' as const, href: `/records/${made}`, label: lastRepair(state, 'revoke')?.form.record?.documentNo ?? made } }]),
    ],
  };
}

/** Applications for repair as the task page knows them. */
export const repairPages: KindPages = {
  stages,
  facts,
  caseHref: (caseNo) => casePath('repair', caseNo),
  fileHref: (caseNo, hash) => `${casePath('repair', caseNo)}/files/${hash}`,
  mark: (state, { t }) => (repairOpeningOf(state).applicant.agent ? { label: t('repairs:byAgent'), tone: 'plain' } : null),
};
