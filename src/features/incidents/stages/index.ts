import type { Facts } from '../../../platform/http/view-models.ts';
import type { CaseState } from '../../../rules/casefile/types.ts';
import { levelOf, openingOf, type IncidentSubject } from '../../../rules/incident/facts.ts';
import type { IncidentStage } from '../../../rules/incident/process.ts';
import type { KindPages, StagePage, Words } from '../../tasks/index.ts';
import { levelBadge } from '../words.ts';
import { acknowledge } from './acknowledge.ts';
import { assign } from './assign.ts';
import { close } from './close.ts';
import { disclose } from './disclose.ts';
import { feedback } from './feedback.ts';
import { grade } from './grade.ts';
import { opinion } from './opinion.ts';
import { prevention, preventionCheck } from './prevention.ts';
import { release } from './release.ts';
import { firstReport, handle } from './reports.ts';
import { approve, legalReview } from './reviews.ts';
import { statement, statementConfirm } from './statement.ts';
import { verify } from './verify.ts';

const stages: Readonly<Record<IncidentStage, StagePage>> = {
  verify,
  grade,
  assign,
  acknowledge,
  'first-report': firstReport,
  handle,
  statement,
  'statement-confirm': statementConfirm,
  opinion,
  'legal-review': legalReview,
  approve,
  disclose,
  release,
  feedback,
  prevention,
  'prevention-check': preventionCheck,
  close,
};

const subjectLines = (subject: IncidentSubject): string[] => (subject.kind === 'organisation' ? [subject.name, subject.uscc] : [subject.masked]);

/** What was reported, in the order in which one asks. */
function facts(state: CaseState, { t, moments, unit }: Words): Facts {
  const { what, place, region, occurredOn, field, area, subjects, sourceUrl, reporter } = openingOf(state);
  return {
    items: [
      { term: t('stages:fact.what'), value: what, wide: true },
      { term: t('stages:fact.occurred'), value: { kind: 'when', when: moments.day(occurredOn) } },
      { term: t('stages:fact.place'), value: place },
      { term: t('stages:fact.region'), value: unit(region) },
      { term: t('stages:fact.area'), value: t('stages:fact.areaOfField', { field: t(`stages:field.${field}`), area: t(`stages:area.${area}`) }) },
      { term: t('stages:fact.subjects'), value: { kind: 'lines', lines: subjects.flatMap(subjectLines) }, wide: true },
      ...(reporter ? [{ term: t('stages:fact.reporter'), value: { kind: 'masked' as const, masked: { text: reporter.masked, reason: t('stages:fact.masked') } } }] : []),
      ...(sourceUrl && /^https?:/i.test(sourceUrl) ? [{ term: t('stages:fact.source'), value: { kind: 'link' as const, href: sourceUrl, label: sourceUrl }, wide: true }] : []),
    ],
  };
}

/** Incidents as the task page knows them: the forms of their stages, and what is told beside them. */
export const incidentPages: KindPages = {
  stages,
  facts,
  caseHref: (caseNo) => `/incidents/${caseNo}`,
  fileHref: (caseNo, hash) => `/incidents/${caseNo}/files/${hash}`,
  mark(state, { t }) {
    const level = levelOf(state);
    return level && levelBadge(level, t);
  },
};
