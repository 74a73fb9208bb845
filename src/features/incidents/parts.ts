import type { Request } from 'express';
import type { CaseGateway } from '../../platform/casefile/gateway.ts';
import type { Files } from '../../platform/files.ts';
import type { CodeWord } from '../../platform/code-word.ts';
import { Forbidden } from '../../platform/http/errors.ts';
import type { Ground } from '../../platform/http/feature.ts';
import type { Law, ReadLaw } from '../../platform/law.ts';
import type { Seal } from '../../platform/seal.ts';
import type { Unit } from '../../platform/units.ts';
import { sightOf, type Sight } from '../../platform/visibility.ts';
import { numberOf } from '../../rules/limits/index.ts';
import { isAdministratorRole, type Person } from '../../rules/people.ts';

/** What incidents need beside the ground of every feature. */
export interface IncidentParts {
  readonly gateway: CaseGateway;
  readonly readLaw: ReadLaw;
  readonly files: Files;
  readonly seal: Seal;
}

/** Everything the feature's own files share. */
export interface Incidents extends IncidentParts {
  readonly ground: Ground;
  readonly codeWord: CodeWord;
}

/** Who works on incidents: whoever has a role in a unit that is not an administrator's. */
export const hasBusiness = (person: Pick<Person, 'roles'>): boolean => person.roles.some(({ role }) => !isAdministratorRole(role));

/** The units a person may act for, his first one first. */
export function ownUnits(person: Pick<Person, 'roles'>): string[] {
  return [...new Set(person.roles.filter(({ role }) => !isAdministratorRole(role)).map(({ unit }) => unit))];
}

/** The signed-in person. @throws Forbidden for one who has nothing to do with incidents. */
export function staffOf(req: Request): Express.User {
  const person = req.user;
  if (!person || !hasBusiness(person)) throw new Forbidden('incidents:notYours');
  return person;
}

const OFFSET_MS = 8 * 3_600_000;

/** Today in Asia/Shanghai, YYYY-MM-DD: the day people mean when they write a date. */
export function todayOf(now: Date): string {
  return new Date(now.getTime() + OFFSET_MS).toISOString().slice(0, 10);
}

/** The rule `file.max-megabytes` of today. */
export function maxMegabytes({ rules }: Law, now: Date): number {
  return numberOf(rules.on('file.max-megabytes', todayOf(now)));
}

export { unitNames } from '../../platform/units.ts';

/** Where an incident can have happened: the city, its counties and districts, its zones. `region` is the unit's id. */
export const regionsOf = (units: readonly Unit[]): Unit[] => units.filter(({ kind }) => kind === 'city' || kind === 'region' || kind === 'zone');

/** Ids of the regions that a new report may name. */
export const openRegions = (units: readonly Unit[]): string[] => regionsOf(units).filter(({ active }) => active).map(({ id }) => id);

/** What a person may see, with the units of today. */
export async function sightFor(ground: Ground, person: Express.User): Promise<{ sight: Sight; units: readonly Unit[] }> {
  const units = await ground.units.all();
  return { sight: sightOf(person, units), units };
}
