import type { Request } from 'express';
import type { Knex } from 'knex';
import type { DataTable, ErrorSummary, Facts, FileList, Heading, Notice, Page, StageBar, Timeline } from '../../platform/http/view-models.ts';
import type { Sight } from '../../platform/visibility.ts';
import type { CaseKind } from '../../rules/casefile/types.ts';
import type { Words } from '../tasks/index.ts';
import type { CaseActs, PostedAct } from './acts.ts';
import type { CaseRecord, FoundCase, Relatable } from './queries.ts';

/** Everything that the page of a case is made of. */
export interface CasePageParts extends FoundCase {
  readonly record: CaseRecord;
  readonly person: Express.User;
  readonly sight: Sight;
  readonly words: Words;
  readonly people: readonly Relatable[];
  readonly order: 'newest' | 'oldest';
  readonly posted: PostedAct | null;
  readonly notices: readonly Notice[];
  readonly knex: Knex;
}

/** What the page of every case has, whatever its kind. */
export interface CommonCasePage {
  page: Page;
  heading: Heading;
  notices: Notice[];
  stages: StageBar;
  tasks: DataTable;
  past: DataTable;
  timeline: Timeline;
  files: FileList;
  mails: DataTable;
  recused: Facts | null;
  acts: CaseActs;
  /** What was wrong with the act that was posted. */
  errors: ErrorSummary;
}

/** What `cases/show` draws: cases about one thing, named beside them, that units answer for one by one. */
export interface CasePage extends CommonCasePage {
  /** Documents that the case has brought forth, to be printed and stamped. */
  documents: readonly { href: string; label: string }[];
  aboutTitle: string;
  about: Facts;
  recordTitle: string;
  recordFacts: Facts;
  ordersTitle: string;
  /** What each unit that used the record has done; null where none did. */
  orders: Facts | null;
}

/** How the cases of a kind are shown. */
export type CaseView = CaseAddress & (
  | { readonly template: 'cases/show'; present(parts: CasePageParts): CasePage | Promise<CasePage> }
  | { readonly template: 'incidents/show'; present(parts: CasePageParts): CommonCasePage | Promise<CommonCasePage> }
);

interface CaseAddress {
  readonly kind: CaseKind;
  /** Where the list of them is. */
  readonly listHref: string;
  /** The signed-in person. @throws Forbidden for one who has no business with such cases. */
  staffOf(req: Request): Express.User;
}
