import type { Knex } from 'knex';
import type { CivilDate } from '../rules/casefile/types.ts';
import type { Locale, UnitKind, UnitNode } from '../rules/people.ts';
import { groupedBy } from './grouped.ts';
import { cityDay } from './http/instants.ts';
import type { Translate } from './i18n.ts';

/** How a unit is called. */
export interface UnitNames {
  readonly name: string;
  readonly shortName: string;
  readonly nameEn: string;
}

/** How it was called from the day `since`, or always, and no more on the day `until`. */
export interface FormerNames extends UnitNames {
  readonly since: CivilDate | null;
  readonly until: CivilDate;
}

export interface Unit extends UnitNode, UnitNames {
  /** The last first; absent where it never had another name. */
  readonly former?: readonly FormerNames[];
  readonly regionCode: string | null;
  readonly mailbox: string | null;
  readonly active: boolean;
  readonly position: number;
  readonly version: number;
}

interface UnitRow {
  id: string;
  name: string;
  short_name: string;
  name_en: string;
  kind: UnitKind;
  region_code: string | null;
  parent_id: string | null;
  mailbox: string | null;
  active: boolean;
  position: number;
  version: number;
}

interface FormerRow {
  unit_id: string;
  name: string;
  short_name: string;
  name_en: string;
  since: CivilDate | null;
  until: CivilDate;
}

/** All units, the inactive too, in the order of their places: parents before children. */
export async function readUnits(db: Knex): Promise<Unit[]> {
  const rows: UnitRow[] = await db('unit').orderBy(['position', 'id']);
  const formerRows: FormerRow[] = await db('former_unit_name').orderBy('until', 'desc')
    .select('unit_id', 'name', 'short_name', 'name_en', db.raw('since::text'), db.raw('until::text'));
  const former = groupedBy(formerRows, ({ unit_id: id }) => id);
  const formerOf = (id: string): Pick<Unit, 'former'> => {
    const names = former.get(id)?.map((row): FormerNames => ({ name: row.name, shortName: row.short_name, nameEn: row.name_en, since: row.since, until: row.until }));
    return names === undefined ? {} : { former: names };
  };
  const units = rows.map((row): Unit => ({
    ...formerOf(row.id),
    id: row.id,
    name: row.name,
    shortName: row.short_name,
    nameEn: row.name_en,
    kind: row.kind,
    regionCode: row.region_code,
    parentId: row.parent_id,
    mailbox: row.mailbox,
    active: row.active,
    position: row.position,
    version: row.version,
  }));
  const ordered: Unit[] = [];
  const append = (parentId: string | null): void => {
    for (const unit of units.filter((one) => one.parentId === parentId)) {
      ordered.push(unit);
      append(unit.id);
    }
  };
  append(null);
  return ordered;
}

/** The tree of units, read at most once in some seconds. */
export interface UnitDirectory {
  all(): Promise<readonly Unit[]>;
  /** After a change in this process; others see it within `maxAgeMs`. */
  forget(): void;
}

const MAX_AGE_MS = 5000;

export function createUnitDirectory(knex: Knex, maxAgeMs = MAX_AGE_MS): UnitDirectory {
  let kept: { units: Promise<Unit[]>; at: number } | null = null;
  return {
    all() {
      const now = performance.now();
      if (kept === null || now - kept.at > maxAgeMs) {
        const entry = { units: readUnits(knex), at: now };
        kept = entry;
        entry.units.catch(() => {
          if (kept === entry) kept = null;
        });
      }
      return kept.units;
    },
    forget() {
      kept = null;
    },
  };
}

/** How the unit was called at a moment, or is now. */
function namesAt<U extends UnitNames & Pick<Unit, 'former'>>(unit: U, at: CivilDate | Date | undefined): UnitNames {
  if (at === undefined || unit.former === undefined) return unit;
  const day = cityDay(at);
  return unit.former.findLast(({ until }) => day < until) ?? unit;
}

/**
 * The unit's name in the reader's language: in full, or short where room is scarce. What it issued or did carries the
 * name of that day: `at`, a day or an instant, else it is the name of today.
 */
export function unitName(unit: UnitNames & Pick<Unit, 'former'>, locale: Locale, form: 'full' | 'short' = 'full', at?: CivilDate | Date): string {
  const { name, shortName, nameEn } = namesAt(unit, at);
  if (locale === 'en') return nameEn;
  return form === 'full' ? name : shortName;
}

/** The office that answers for all that is public. */
export const officeOf = (units: readonly Unit[]): Unit | undefined => units.find(({ kind, active }) => kind === 'creditOffice' && active);

/** A unit as somebody outside is sent to it: with the address it can be written to, where it has given one. */
export const withMailbox = (t: Translate, unit: string, mailbox: string | null | undefined): string =>
  mailbox === null || mailbox === undefined ? unit : t('common:unitByMail', { unit, mail: mailbox });

/** Units by their ids, in the reader's language; an unknown id stays as it is. */
export function unitNames(units: readonly Unit[], locale: Locale, form: 'full' | 'short' = 'full'): (id: string, at?: CivilDate | Date) => string {
  const byId = new Map(units.map((unit) => [unit.id, unit]));
  return (id, at) => {
    const unit = byId.get(id);
    return unit ? unitName(unit, locale, form, at) : id;
  };
}

/** All names under which a unit is known, today's first: rows that come in may bear an old one. */
export const everyName = (unit: UnitNames & Pick<Unit, 'former'>): string[] =>
  [unit, ...(unit.former ?? [])].flatMap(({ name, shortName, nameEn }) => [name, shortName, nameEn]);

/** The unit that a program means: by its id, its full name, or one that it had before. */
export function unitCalled<U extends Pick<Unit, 'id' | 'name' | 'former'>>(units: readonly U[], word: string): U | undefined {
  return units.find(({ id }) => id === word) ?? units.find(({ name }) => name === word) ?? units.find(({ former = [] }) => former.some(({ name }) => name === word));
}

/** SQL: the day in Asia/Shanghai of an instant in a column. */
export const dayInSql = (column: string): string => `(${column} at time zone 'Asia/Shanghai')::date`;

/** SQL: a join of `u`, the names that the unit in a column had on a day, also given in SQL. */
export const joinUnitNamed = (unitColumn: string, day: string): string => `join unit_named as u on u.unit_id = ${unitColumn} and ${day} >= u.since and ${day} < u.until`;
