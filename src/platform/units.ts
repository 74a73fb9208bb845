import type { Knex } from 'knex';
import type { Locale, UnitKind, UnitNode } from '../rules/people.ts';

export interface Unit extends UnitNode {
  readonly name: string;
  readonly shortName: string;
  readonly nameEn: string;
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

/** All units, the inactive too, in the order of their places: parents before children. */
export async function readUnits(db: Knex): Promise<Unit[]> {
  const rows: UnitRow[] = await db('unit').orderBy(['position', 'id']);
  const units = rows.map((row): Unit => ({
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

/** The unit's name in the reader's language: in full, or short where room is scarce. */
export function unitName(unit: Pick<Unit, 'name' | 'nameEn' | 'shortName'>, locale: Locale, form: 'full' | 'short' = 'full'): string {
  if (locale === 'en') return unit.nameEn;
  return form === 'full' ? unit.name : unit.shortName;
}
