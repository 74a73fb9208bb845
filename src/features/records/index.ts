import { Router } from 'express';
import type { Files } from '../../platform/files.ts';
import type { FeatureFactory } from '../../platform/http/feature.ts';
import { enterRoutes } from './enter/routes.ts';
import { listRoutes } from './list/routes.ts';
import { hasBusiness, type RecordParts, type Records } from './parts.ts';
import { serviceRoutes } from './service/routes.ts';
import { showRoutes } from './show/routes.ts';

export { enteringUnits, hasBusiness, readingOf, unitNames, type Reading, type RecordParts, type Records } from './parts.ts';
export { repairNotice } from './service/notice.ts';
export { soughtIn } from './search.ts';
export { becauseInWords, classBadge, comingInWords, frozenBadge, standingBadge } from './words.ts';

/** Records (失信信息): the list, entering and correcting them, and the page of each: `/records`. */
export const records =
  ({ files, ...parts }: RecordParts & { readonly files: Files }): FeatureFactory =>
  (ground) => {
    const all: Records = { ...parts, ground };
    const router = Router();
    enterRoutes(router, all);
    listRoutes(router, all);
    serviceRoutes(router, all, files);
    // Last, as an id may stand where the others have a word.
    showRoutes(router, all);
    return {
      access: 'staff',
      path: '/records',
      router,
      nav: [{ href: '/records', label: 'records:title', icon: 'file', order: 30, shownTo: hasBusiness }],
    };
  };
