import type { Request } from 'express';
import type { Knex } from 'knex';
import { Forbidden } from '../../platform/http/errors.ts';
import { createCarrier, type Carrier } from '../../platform/http/carried.ts';
import type { Ground } from '../../platform/http/feature.ts';
import type { Law, ReadLaw } from '../../platform/law.ts';
import type { Writing } from '../../platform/records/append.ts';
import type { Seal } from '../../platform/seal.ts';
import type { Unit } from '../../platform/units.ts';
import { sightOf, type Sight } from '../../platform/visibility.ts';
import { dateAt } from '../../rules/calendar/index.ts';
import { checkResidentId } from '../../rules/codes/index.ts';
import type { CivilDate } from '../../rules/casefile/types.ts';
import { maskText } from '../../rules/masking/index.ts';
import type { RecordState } from '../../rules/records/file.ts';
import { isAdministratorRole, type Person } from '../../rules/people.ts';

/** What records need beside the ground of every feature. */
export interface RecordParts {
  readonly readLaw: ReadLaw;
  readonly seal: Seal;
  /** Where the pages of a kind of case are, below which its number stands; a kind that is not named here is not linked. */
  readonly casePaths: Readonly<Record<string, string>>;
}

/** What happened to a record, for whoever speaks for its subject; every text is masked already. */
export interface WithdrawnNews {
  readonly record: string;
  readonly subject: { readonly id: string; readonly name: string };
  readonly documentNo: string;
  readonly unit: { readonly name: string; readonly nameEn: string };
  readonly reason: string;
  readonly requestId: string;
}

/** Tells the subject of a record that it was withdrawn, within the transaction that does it; gives the ids of the mails. */
export type TellWithdrawn = (trx: Knex.Transaction, news: WithdrawnNews) => Promise<string[]>;

/** What acts on records need beside it. */
export interface ActingParts {
  /** Has queued mails sent. */
  deliver(mails: readonly string[]): Promise<void>;
  /** Tells the subject of a record that it was withdrawn. */
  tellWithdrawn(ground: Pick<Ground, 'config' | 'i18n'>): TellWithdrawn;
}

/** Everything the feature's own files share. */
export interface Records extends RecordParts {
  readonly ground: Ground;
}

/** Where one asks for a person by his ID number, and says why. */
export const personPath = '/subjects/person';

/** Carries an ID number there: whoever sees the address does not read it. */
export const personCarrier = ({ config, clock }: Pick<Ground, 'config' | 'clock'>): Carrier =>
  createCarrier({ secret: config.secrets.session, cipher: config.cipher, purpose: 'person', clock });

/**
 * The address at which the reader says why he asks, when what he typed is an ID number: it is not to stay in an address,
 * and whether there is such a person is not told before. Null for anything else.
 */
export function askAbout(typed: string, carrier: Carrier, { person, today }: Pick<Reading, 'person' | 'today'>): string | null {
  const check = checkResidentId(typed, today);
  return check.verdict === 'ok' ? `${personPath}?${new URLSearchParams({ of: carrier.carry(check.code, person.id) }).toString()}` : null;
}

export const hasBusiness = (person: Pick<Person, 'roles'>): boolean => person.roles.some(({ role }) => !isAdministratorRole(role));

/** The signed-in person. @throws Forbidden for one who has nothing to do with records. */
export function staffOf(req: Request): Express.User {
  const person = req.user;
  if (!person || !hasBusiness(person)) throw new Forbidden('records:notYours');
  return person;
}

/** The units for which a person may enter records and act on them: 谁认定、谁修复. */
export function enteringUnits(person: Pick<Person, 'roles'>): string[] {
  return [...new Set(person.roles.filter(({ role }) => role === 'handler' || role === 'head').map(({ unit }) => unit))];
}

/** Units that are courts, among these. */
export const courtsAmong = (ids: readonly string[], units: readonly Pick<Unit, 'id' | 'kind'>[]): string[] =>
  ids.filter((id) => units.some((unit) => unit.id === id && unit.kind === 'court'));

export { unitNames } from '../../platform/units.ts';

/** What every page of records is made from. */
export interface Reading {
  readonly person: Express.User;
  readonly sight: Sight;
  readonly units: readonly Unit[];
  readonly law: Law;
  readonly now: Date;
  /** By the calendar in force. */
  readonly today: CivilDate;
}

export async function readingOf(req: Request, { ground, readLaw }: Records): Promise<Reading> {
  const person = staffOf(req);
  const [units, law] = await Promise.all([ground.units.all(), readLaw()]);
  const now = ground.clock();
  return { person, sight: sightOf(person, units), units, law, now, today: dateAt(law.calendar, now.getTime()) };
}

/** An act on records by a person of a unit, as it goes into their files. */
export function writingOf(req: Request, { ground }: Records, { person, law, now }: Reading, unit: string): Writing {
  const { config } = ground;
  return {
    law,
    chain: { hash: config.hash, key: config.secrets.chain },
    at: now.toISOString(),
    actor: { person: person.id, name: person.name, unit },
    requestId: req.requestId,
  };
}

/** Whoever made the record, and the credit office, reads it as it was written; others what the public reads. */
export const readsAll = ({ sight }: Pick<Reading, 'sight'>, { facts }: Pick<RecordState, 'facts'>): boolean => sight.all || sight.units.includes(facts.unit);

/** The number of the document as the reader may have it: typed by hand, like the rest. */
export const documentNoFor = (reading: Pick<Reading, 'sight'>, state: Pick<RecordState, 'facts'>): string =>
  readsAll(reading, state) ? state.facts.documentNo : maskText(state.facts.documentNo).masked;
