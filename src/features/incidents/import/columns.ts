import type { I18n } from '../../../platform/i18n.ts';
import { SheetFault, type SheetRow } from '../../../platform/sheets/fault.ts';
import { columnsIn, headerWithin, isEmptyRow, plainName } from '../../../platform/sheets/header.ts';
import type { Unit } from '../../../platform/units.ts';
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
  /** Names as the file has them, by their place. */
  readonly header: readonly string[];
  readonly headerRow: number;
  readonly places: ReadonlyMap<Column, number>;
  /** Rows below the header that hold anything. */
  readonly rows: readonly SheetRow[];
}

/** Every name a column goes by, in both languages, to what it is; `incidents:import.names.*` holds the others. */
function namesOf(i18n: I18n): ReadonlyMap<string, Column> {
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

/** Finds the header below any titles, and what each column is. @throws SheetFault when there is none. */
export function findColumns(rows: readonly SheetRow[], i18n: I18n): Sheet {
  const names = namesOf(i18n);
  if (rows.every(isEmptyRow)) throw new SheetFault('empty');
  for (const [n, row] of rows.slice(0, headerWithin).entries()) {
    const places = columnsIn(row.cells, names);
    if (places !== null) return { header: row.cells, headerRow: row.number, places, rows: rows.slice(n + 1).filter((below) => !isEmptyRow(below)) };
  }
  throw new SheetFault('noHeader');
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
      [plainName(value), value],
      ...locales.flatMap((locale) => {
        const t = i18n.translator(locale);
        const aliases = t(`incidents:import.words.${key}.${value}`, { defaultValue: '' });
        return [t(`stages:${key}.${value}`), ...aliases.split('|')].filter((word) => word !== '').map((word): [string, string] => [plainName(word), value]);
      }),
    ] as [string, string][]));
  const fieldWords = wordsFor(fields, 'field');
  const areaWords = wordsFor(areas, 'area');
  const regionWords = new Map(regionsOf(units).flatMap(({ id, regionCode, name, shortName, nameEn }): [string, string][] =>
    [id, regionCode ?? id, name, shortName, nameEn].map((word) => [plainName(word), id])));
  const among = (words: ReadonlyMap<string, string>) => (word: string): string => words.get(plainName(word)) ?? word;
  return { field: among(fieldWords), area: among(areaWords), region: among(regionWords) };
}
