import type { FeatureFactory } from '../../platform/http/feature.ts';
import { hasBusiness, type RecordParts } from '../records/index.ts';
import { subjectRoutes } from './routes.ts';

export interface SubjectParts extends RecordParts {
  /** Where the pages of a kind of case are, below which its number stands; a kind that is not named here is not linked. */
  readonly casePaths: Readonly<Record<string, string>>;
}

/** Subjects (信用主体): search, and everything about one of them in one place: `/subjects`. */
export const subjects =
  ({ casePaths, ...parts }: SubjectParts): FeatureFactory =>
  (ground) => ({
    access: 'staff',
    path: '/subjects',
    router: subjectRoutes({ ...parts, ground }, (kind) => casePaths[kind] ?? null),
    nav: [{ href: '/subjects', label: 'subjects:title', icon: 'people', order: 40, shownTo: hasBusiness }],
  });
