import type { Process } from './casefile/process.ts';
import type { CaseKind } from './casefile/types.ts';
import { codeCorrectionStages, codeCorrectionStep, codeCorrectionSteps } from './code-correction/process.ts';
import { codeCorrectionRow, codeCorrectionSubjectRows } from './code-correction/rows.ts';
import { incidentStages, incidentSteps, stepOf } from './incident/process.ts';
import { incidentRow, linkRows, subjectRows } from './incident/rows.ts';
import { mayWithdrawObjection, objectionJoinable, objectionObjection, objectionStages, objectionStep, objectionSteps } from './objection/process.ts';
import { objectionRow, objectionSubjectRows } from './objection/rows.ts';
import { releaseChanges, releaseStages, releaseStep, releaseSteps } from './release/process.ts';
import { releaseRow, releaseSubjectRows } from './release/rows.ts';
import { mayWithdrawRepair, repairObjection, repairStages, repairStep, repairSteps } from './repair/process.ts';
import { repairRow, repairSubjectRows } from './repair/rows.ts';
import { takedownStages, takedownStep, takedownSteps } from './takedown/process.ts';
import { takedownRow } from './takedown/rows.ts';

const noRows = (): [] => [];

/** Every kind of case there is. */
export const processes: Readonly<Record<CaseKind, Process>> = {
  incident: {
    kind: 'incident',
    version: 1,
    prefix: 'XZ',
    steps: incidentSteps,
    stages: incidentStages,
    stepOf,
    listTable: 'incident',
    listRow: incidentRow,
    subjectRows,
    linkRows,
  },
  repair: {
    kind: 'repair',
    version: 1,
    prefix: 'XF',
    steps: repairSteps,
    stages: repairStages,
    stepOf: repairStep,
    withdrawable: mayWithdrawRepair,
    objection: repairObjection,
    listTable: 'repair',
    listRow: repairRow,
    subjectRows: repairSubjectRows,
    linkRows: noRows,
  },
  objection: {
    kind: 'objection',
    version: 1,
    prefix: 'YY',
    steps: objectionSteps,
    stages: objectionStages,
    stepOf: objectionStep,
    withdrawable: mayWithdrawObjection,
    joinable: objectionJoinable,
    objection: objectionObjection,
    listTable: 'objection',
    listRow: objectionRow,
    subjectRows: objectionSubjectRows,
    linkRows: noRows,
  },
  release: {
    kind: 'release',
    version: 1,
    prefix: 'JC',
    steps: releaseSteps,
    stages: releaseStages,
    stepOf: releaseStep,
    changes: releaseChanges,
    listTable: 'release',
    listRow: releaseRow,
    subjectRows: releaseSubjectRows,
    linkRows: noRows,
  },
  codeCorrection: {
    kind: 'codeCorrection',
    version: 1,
    prefix: 'CM',
    steps: codeCorrectionSteps,
    stages: codeCorrectionStages,
    stepOf: codeCorrectionStep,
    listTable: 'code_correction',
    listRow: codeCorrectionRow,
    subjectRows: codeCorrectionSubjectRows,
    linkRows: noRows,
  },
  takedown: {
    kind: 'takedown',
    version: 1,
    prefix: 'XJ',
    steps: takedownSteps,
    stages: takedownStages,
    stepOf: takedownStep,
    listTable: 'takedown',
    listRow: takedownRow,
    subjectRows: noRows,
    linkRows: noRows,
  },
};
