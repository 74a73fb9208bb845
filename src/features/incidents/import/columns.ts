import type { I18n } from '../../../platform/i18n.ts';
import { SheetFault, type SheetRow, type Tab } from '../../../platform/sheets/fault.ts';
import { headerOf, plainName, plainWord, unnamedIn, wantedTab } from '../../../platform/sheets/header.ts';
import { cataloguesFor } from '../../../platform/sheets/known-tables.ts';
import { everyName, type Unit } from '../../../platform/units.ts';
import { areas, fields } from '../../../rules/incident/facts.ts';
import { locales } from '../../../rules/people.ts';
import { regionsOf } from '../parts.ts';

/** Columns of the table, in the order of the template. */
export const columns = [
  'title', 'what', 'field', 'area', 'occurredOn', 'region', 'place', 'subjectName', 'subjectCode', 'sourceUrl', 'reporterName', 'reporterMail',
] as const;
export type Column = (typeof columns)[number];

/** Those without which nothing can be registered. */
export const requiredColumns: readonly Column[] = ['title', 'what', 'field', 'area', 'occurredOn', 'region', 'place'];

/** A table with its columns known. */
export interface Sheet {
  /** The worksheet's name; empty of a text file. */
  readonly tab: string;
  /** Worksheets that hold anything or are hidden, and are not read. */
  readonly otherTabs: readonly Pick<Tab, 'name' | 'visible'>[];
  /** Names as the file has them, by their place. */
  readonly header: readonly string[];
  readonly headerRow: number;
  readonly places: ReadonlyMap<Column, number>;
  /** Names of columns that nothing is taken from. */
  readonly unread: readonly string[];
  /** Rows below the header. */
  readonly rows: readonly SheetRow[];
}

/** Every name a column goes by, in both languages, to what it is; `incidents:import.names.*` holds the others. */
export function namesOf(i18n: I18n): Names {
  const names = new Map<string, Column>();
  for (const locale of locales) {
    const t = i18n.translator(locale);
    for (const column of columns) {
      const all = [t(`incidents:import.column.${column}`), ...t(`incidents:import.names.${column}`).split('|')];
      for (const name of all) names.set(plainName(name), column);
    }
  }
  return names;
}

export type Names = ReadonlyMap<string, Column>;

/** The first visible tab with a table of incidents, its header below any titles. @throws SheetFault when there is none, which says what there is. */
export function sheetIn(tabs: readonly Tab[], names: Names): { readonly tab: Tab; readonly sheet: Omit<Sheet, 'rows'> } {
  const tab = wantedTab(tabs, cataloguesFor('incidents', names));
  const header = headerOf(tab.head, names);
  if (header === null) throw new SheetFault('noHeader');
  const { places, row } = header;
  const otherTabs = tabs.filter((other) => other !== tab && (!other.visible || other.head.length > 0)).map(({ name, visible }) => ({ name, visible }));
  return { tab, sheet: { tab: tab.name, otherTabs, header: header.names, headerRow: row, places, unread: unnamedIn(header, places) } };
}

/** Words that stand for a value, to the value: names in both languages, and the value itself. */
export interface Vocabulary {
  field(word: string): string;
  area(word: string): string;
  region(word: string): string;
}

export function vocabularyOf(i18n: I18n, units: readonly Unit[]): Vocabulary {
  const wordsFor = (values: readonly string[], key: string): ReadonlyMap<string, string> =>
    new Map(values.flatMap((value) => [
      [plainWord(value), value],
      ...locales.flatMap((locale) => {
        const t = i18n.translator(locale);
        const aliases = t(`incidents:import.words.${key}.${value}`, { defaultValue: '' });
        return [t(`stages:${key}.${value}`), ...aliases.split('|')].filter((word) => word !== '').map((word): [string, string] => [plainWord(word), value]);
      }),
    ] as [string, string][]));
  const fieldWords = wordsFor(fields, 'field');
  const areaWords = wordsFor(areas, 'area');
  const regionWords = new Map([
    // Of two with one name, the one that is called so today.
    ...regionsOf(units).flatMap((unit) => everyName(unit).map((word): [string, string] => [plainWord(word), unit.id])),
    ...regionsOf(units).flatMap(({ id, regionCode, name, shortName, nameEn }) => [id, regionCode ?? id, name, shortName, nameEn].map((word): [string, string] => [plainWord(word), id])),
  ]);
  const among = (words: ReadonlyMap<string, string>) => (word: string): string => words.get(plainWord(word)) ?? word;
  return { field: among(fieldWords), area: among(areaWords), region: among(regionWords) };
}
