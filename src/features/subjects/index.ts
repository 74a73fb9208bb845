import type { FeatureFactory } from '../../platform/http/feature.ts';
import { hasBusiness, type RecordParts } from '../records/index.ts';
import { subjectRoutes } from './routes.ts';

export { createEnquiries, type Enquiries } from './enquiries.ts';

/** Subjects (信用主体): search, and everything about one of them in one place: `/subjects`. */
export const subjects =
  (parts: RecordParts): FeatureFactory =>
  (ground) => ({
    access: 'staff',
    path: '/subjects',
    router: subjectRoutes({ ...parts, ground }, (kind) => parts.casePaths[kind] ?? null),
    nav: [{ href: '/subjects', label: 'subjects:title', icon: 'people', order: 40, shownTo: hasBusiness }],
  });

// The portal gives a subject its own report, under numbers of the same row.
export { nextReportNumber } from './report-number.ts';
