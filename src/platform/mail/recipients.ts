import type { Knex } from 'knex';
import type { Locale } from '../../rules/people.ts';
import { runPrepared, type Prepared } from '../prepared.ts';
import { isMailAddress } from './address.ts';
import type { Reader } from './compose.ts';
import type { UnitName } from './content.ts';
import type { MailTo } from './types.ts';

/** Where a letter goes, and how its reader is addressed. `address` is null when nobody can be reached. */
export interface Recipient {
  reader: Reader;
  address: string | null;
  /** The person who is meant, also where a mailbox stands in for him. */
  personId: string | null;
  /** Set when a unit's mailbox is used. */
  unitId: string | null;
  reporterId: string | null;
}

/** What one look into people and units found. */
export interface Directory {
  /** Everybody the letter goes to; `without` are persons to be left out. */
  recipients(to: MailTo, without?: readonly string[]): Recipient[];
  /** How a unit is called in a language; by its id when there is no such unit. */
  unitName(locale: Locale): UnitName;
}

/** Mail addresses of reporters, by the id of their sealed contact; those who left none, or were erased, are missing. */
export type UnsealReporters = (db: Knex, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;

interface Row {
  kind: 'person' | 'unit';
  id: string;
  name: string;
  /** Of a unit. */
  short_name: string;
  name_en: string;
  address: string | null;
  locale: Locale;
  active: boolean;
  /** Of a person: the first of his own units that has a mailbox. */
  fallback: string | null;
  /** Of a person: the roles that were asked for and that he holds, as `unit role`. */
  holds: string[] | null;
}

/**
 * One statement for all persons, roles and units of a batch, with the units that only stand in for a person. It runs
 * inside every act; planning it anew would take four times as long as running it.
 */
const LOOK_UP: Prepared = {
  name: 'mail-recipients',
  text: `
  with asked (unit_id, role) as (select * from unnest($1::text[], $2::text[])),
  holder as materialized (
    select r.person_id, array_agg(distinct asked.unit_id || ' ' || asked.role) as holds
    from asked join person_role r on r.unit_id = asked.unit_id
      and (r.role = asked.role or (asked.role = 'head' and r.role = 'creditOfficeHead'))
    group by r.person_id
  ),
  people as materialized (
    select p.*, h.holds, (
      select r.unit_id from person_role r join unit u on u.id = r.unit_id
      where r.person_id = p.id and u.mailbox <> ''
      order by u.active desc, r.unit_id limit 1
    ) as fallback
    from person p left join holder h on h.person_id = p.id
    where p.id = any($3::uuid[]) or p.id in (select person_id from holder)
  )
  select 'person' as kind, id::text, name, name as short_name, name_en, mail as address, locale, active, fallback, holds from people
  union all
  select 'unit', id, name, short_name, name_en, mailbox, 'zh-CN', active, null, null from unit
  where id = any($4::text[]) or id in (select fallback from people)`,
};

/** Looks up everybody whom the letters are for, and the units they name. */
export async function lookUp(db: Knex, wanted: readonly MailTo[], units: readonly string[] = []): Promise<Directory> {
  const persons = new Set<string>();
  const named = new Set<string>(units);
  const roles = new Map<string, { unit: string; role: string }>();
  for (const to of wanted) {
    if ('person' in to) persons.add(to.person);
    if ('unit' in to && to.unit !== undefined) named.add(to.unit);
    if ('role' in to && to.role !== undefined) roles.set(`${to.unit} ${to.role}`, { unit: to.unit, role: to.role });
  }
  const asked = [...roles.values()];
  const rows =
    persons.size + named.size === 0
      ? []
      : await runPrepared<Row>(db, LOOK_UP, [
          asked.map(({ unit }) => unit),
          asked.map(({ role }) => role),
          [...persons],
          [...named],
        ]);
  const people = new Map(rows.filter((row) => row.kind === 'person').map((row) => [row.id, row]));
  const offices = new Map(rows.filter((row) => row.kind === 'unit').map((row) => [row.id, row]));

  function mailbox(unitId: string | null, personId: string | null): Recipient {
    const unit = unitId === null ? undefined : offices.get(unitId);
    return {
      reader: { kind: 'unit', name: unit?.name ?? unitId, locale: 'zh-CN' },
      address: usable(unit?.address),
      personId,
      unitId,
      reporterId: null,
    };
  }

  function person(id: string, unit: string | undefined): Recipient {
    const found = people.get(id);
    const address = found?.active === true ? usable(found.address) : null;
    if (found === undefined || address === null) {
      const near = unit !== undefined && usable(offices.get(unit)?.address) !== null ? unit : undefined;
      return mailbox(near ?? found?.fallback ?? unit ?? null, id);
    }
    const name = found.locale === 'en' ? found.name_en : found.name;
    return { reader: { kind: 'person', name, locale: found.locale }, address, personId: id, unitId: null, reporterId: null };
  }

  return {
    recipients(to, without = []) {
      if ('reporter' in to) {
        const reader: Reader = { kind: 'reporter', name: null, locale: 'zh-CN' };
        return [{ reader, address: null, personId: null, unitId: null, reporterId: to.reporter }];
      }
      if ('person' in to) return without.includes(to.person) ? [] : [person(to.person, to.unit)];
      if (to.role === undefined) return [mailbox(to.unit, null)];
      const holders = [...people.values()].filter((row) => row.active && row.holds?.includes(`${to.unit} ${to.role}`));
      const told = holders.filter(({ id }) => !without.includes(id));
      if (told.length === 0) return [mailbox(to.unit, null)];
      return told.map(({ id }) => person(id, to.unit));
    },
    unitName: (locale) => (id, form = 'full') => {
      const unit = offices.get(id);
      if (unit === undefined) return id;
      if (locale === 'en') return unit.name_en;
      return form === 'full' ? unit.name : unit.short_name;
    },
  };
}

function usable(address: string | null | undefined): string | null {
  const trimmed = address?.trim() ?? '';
  return isMailAddress(trimmed) ? trimmed : null;
}
