import { isSideStage } from '../rules/casefile/parties.ts';
import type { CaseKind } from '../rules/casefile/types.ts';

/** Where the words of a kind of case stand: `locales/<language>/<namespace>.json`. */
const namespaces: Readonly<Record<CaseKind, string>> = { incident: 'stages', repair: 'repairs', objection: 'objections', release: 'releases', codeCorrection: 'codeCorrections', takedown: 'takedowns' };

/** Keys of the words for what a process knows by codes. Decisions beside the process are called the same in every one. */
export const processWords = {
  /** All cases of the kind, as their list is headed. */
  cases: (kind: CaseKind): string => `${kind === 'incident' ? 'incidents' : namespaces[kind]}:title`,
  stage: (kind: CaseKind, stage: string): string => `${isSideStage(stage) ? 'stages' : namespaces[kind]}:stage.${stage}`,
  outcome: (kind: CaseKind, stage: string, outcome: string): string =>
    `${isSideStage(stage) ? 'stages' : namespaces[kind]}:outcome.${stage}.${outcome}`,
  step: (kind: CaseKind, step: string): string => `${namespaces[kind]}:step.${step}`,
  closing: (kind: CaseKind, outcome: string): string => `${namespaces[kind]}:closing.${outcome}`,
  /** What is said after a task was done so. */
  done: (kind: CaseKind, stage: string, outcome: string): string =>
    kind === 'incident' || isSideStage(stage) ? `acts:done.complete.${stage}.${outcome}` : `${namespaces[kind]}:done.${stage}.${outcome}`,
  /** What the subject of a mail asks for. */
  todo: (kind: CaseKind, stage: string): string => (kind === 'incident' || isSideStage(stage) ? `mail:do.${stage}` : `${namespaces[kind]}:todo.${stage}`),
} as const;

const paths: Readonly<Record<CaseKind, string>> = { incident: '/incidents', repair: '/repairs', objection: '/objections', release: '/releases', codeCorrection: '/code-corrections', takedown: '/takedowns' };

/** Address of a case's page. */
export const casePath = (kind: CaseKind, caseNo: string): string => `${paths[kind]}/${encodeURIComponent(caseNo)}`;
