import type { Ground } from '../../platform/http/feature.ts';
import type { ReadLaw } from '../../platform/law.ts';
import { portalPath } from '../../platform/public-paths.ts';
import type { Seal } from '../../platform/seal.ts';

/** What the public pages need beside the ground of every feature. */
export interface PublicParts {
  readonly readLaw: ReadLaw;
  readonly seal: Seal;
}

export interface PublicPages extends PublicParts {
  readonly ground: Ground;
}

export const paths = {
  home: '/public',
  records: '/public/records',
  corrections: '/public/records/corrections',
  subjects: '/public/subjects',
  reports: '/public/reports',
  openData: '/public/open-data',
  guide: '/public/guide',
  letter: '/public/guide/commitment-letter',
  commitments: '/public/commitments',
  opinions: '/public/opinions',
  portal: portalPath,
} as const;
