import type { Process } from './casefile/process.ts';
import type { CaseKind } from './casefile/types.ts';
import { incidentStages, incidentSteps, stepOf } from './incident/process.ts';
import { incidentRow, linkRows, subjectRows } from './incident/rows.ts';

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
};
