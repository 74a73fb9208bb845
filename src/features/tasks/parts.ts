import type { Request } from 'express';
import type { CaseGateway } from '../../platform/casefile/gateway.ts';
import type { Files } from '../../platform/files.ts';
import type { Ground } from '../../platform/http/feature.ts';
import type { Law, ReadLaw } from '../../platform/law.ts';
import type { Seal } from '../../platform/seal.ts';
import { sightOf, type Sight } from '../../platform/visibility.ts';
import type { PagesByKind } from './stage-form.ts';
import { createWords, type Words } from './words.ts';

/** Something outside the cases that waits for a person: a proposal for a record, a binding that is to be checked. */
export interface Waiting {
  readonly href: string;
  readonly subject: string;
  /** Below the subject: the number of the document, the code. */
  readonly note: string;
  /** Key of the words for what is to be done. */
  readonly what: string;
  readonly unit: string;
  readonly by: string;
  readonly at: Date;
  /** Until when it is to be decided, where a rule says so. */
  readonly due?: Date;
}

/** What the task pages need beside the ground. */
export interface TasksParts {
  readonly gateway: CaseGateway;
  readonly readLaw: ReadLaw;
  readonly files: Files;
  /** What waits for the person's confirmation outside the cases; absent where there is no such thing. */
  readonly waiting?: (person: Express.User, sight: Sight) => Promise<Waiting[]>;
  readonly seal: Seal;
  /** The stages of every kind of case. */
  readonly pages: PagesByKind;
}

/** A signed-in person with his question, as of now: what he may see, the law, and words in his language. */
export interface Desk {
  readonly person: Express.User;
  readonly sight: Sight;
  readonly law: Law;
  readonly words: Words;
}

export async function deskOf(req: Request, ground: Pick<Ground, 'units' | 'clock'>, { readLaw }: Pick<TasksParts, 'readLaw'>): Promise<Desk> {
  const person = req.user!;
  const [law, units] = await Promise.all([readLaw(), ground.units.all()]);
  return { person, law, sight: sightOf(person, units), words: createWords({ t: req.t, locale: req.locale, now: ground.clock(), law, units }) };
}
