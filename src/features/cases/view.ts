import type { Request } from 'express';
import type { Knex } from 'knex';
import type { Notice } from '../../platform/http/view-models.ts';
import type { Sight } from '../../platform/visibility.ts';
import type { CaseKind } from '../../rules/casefile/types.ts';
import type { Words } from '../tasks/index.ts';
import type { PostedAct } from './acts.ts';
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

/** How the cases of a kind are shown. */
export interface CaseView {
  readonly kind: CaseKind;
  /** Where the list of them is. */
  readonly listHref: string;
  /** The signed-in person. @throws Forbidden for one who has no business with such cases. */
  staffOf(req: Request): Express.User;
  readonly template: string;
  present(parts: CasePageParts): object | Promise<object>;
}
