import { Router } from 'express';
import type { Files } from '../../platform/files.ts';
import type { FeatureFactory } from '../../platform/http/feature.ts';
import { enterRoutes } from './enter/routes.ts';
import { exportRoutes } from './export/routes.ts';
import { importRoutes } from './import/routes.ts';
import { importPath, mostMegabytes } from './import/upload-presenter.ts';
import { listRoutes } from './list/routes.ts';
import { hasBusiness, type ActingParts, type RecordParts, type Records } from './parts.ts';
import { serviceRoutes } from './service/routes.ts';
import { showRoutes } from './show/routes.ts';

export { differences, lengths, subjectKinds } from './enter/forms.ts';
export { runImports, startImporting, type ImportingParts } from './import/job.ts';
export { recordStandings } from './list/filter.ts';
export { mostRows } from './machine-batch.ts';
export { createRecordMachines, machinePages, type RecordMachines } from './machines.ts';
export {
  askAbout, documentNoFor, enteringUnits, hasBusiness, personCarrier, personPath, readingOf, unitNames, type Reading, type RecordParts, type Records, type TellWithdrawn,
} from './parts.ts';
export { createWaitingProposals } from './proposals.ts';
export { soughtIn, soughtSubjects } from './search.ts';
export { repairNotice } from './service/notice.ts';
export { becauseInWords, classBadge, frozenBadge, nextInWords, standingBadge, termLines } from './words.ts';

/** Records (失信信息): the list, entering and correcting them one by one and by spreadsheet, and the page of each: `/records`. */
export const records =
  ({ files, ...parts }: RecordParts & ActingParts & { readonly files: Files }): FeatureFactory =>
  (ground) => {
    const all: Records & ActingParts = { ...parts, ground };
    const router = Router();
    enterRoutes(router, all);
    listRoutes(router, all);
    exportRoutes(router, all);
    serviceRoutes(router, all, files);
    // Last, as an id may stand where the others have a word.
    showRoutes(router, all);
    return [
      { access: 'staff', path: importPath, router: importRoutes(all, files), largestFile: mostMegabytes * 1024 ** 2 },
      {
        access: 'staff',
        path: '/records',
        router,
        nav: [{ href: '/records', label: 'records:title', icon: 'file', order: 30, shownTo: hasBusiness }],
      },
    ];
  };
