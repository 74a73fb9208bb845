import type { I18n } from '../../../platform/i18n.ts';
import { SheetFault, type SheetRow } from '../../../platform/sheets/fault.ts';
import { columnsIn, headerWithin, isEmptyRow, plainName } from '../../../platform/sheets/header.ts';
import { locales } from '../../../rules/people.ts';

/**
 * Columns of the table of administrative penalties of double publicity (双公示), by their field codes: those of the
 * standard in use since 2018, then those of the tables of 2015 to 2018. Columns that have none are this system's own.
 * Other names they go by stand in the texts, `imports:names.*`.
 */
const fieldCodes = {
  subjectName: ['CF_XDR_MC', 'CF_XDR'],
  subjectKind: ['CF_XDR_LB'],
  uscc: ['CF_XDR_SHXYM'],
  registrationNo: ['CF_XDR_GSZC', 'CF_XDR_GSDJ'],
  orgCode: ['CF_XDR_ZZJG', 'CF_XDR_ZDM'],
  taxNo: ['CF_XDR_SWDJ'],
  institutionNo: ['CF_XDR_SYDW'],
  associationNo: ['CF_XDR_SHZZ'],
  representative: ['CF_FRDB', 'CF_FR'],
  representativeIdKind: ['CF_FR_ZJLX'],
  representativeId: ['CF_FR_ZJHM', 'CF_FR_SFZH'],
  idKind: ['CF_XDR_ZJLX'],
  idNumber: ['CF_XDR_ZJHM', 'CF_XDR_SFZ'],
  documentNo: ['CF_WSH'],
  conduct: ['CF_WFXW'],
  act: ['CF_SY'],
  caseName: ['CF_CFMC', 'CF_AJMC'],
  legalBasis: ['CF_YJ'],
  penaltyKinds: ['CF_CFLB', 'CF_CFLB1'],
  moreKinds: ['CF_CFLB2'],
  decision: ['CF_NR', 'CF_JG'],
  fine: ['CF_NR_FK'],
  confiscated: ['CF_NR_WFFF'],
  permit: ['CF_NR_ZKDX'],
  decidedOn: ['CF_JDRQ', 'CF_SXQ'],
  validUntil: ['CF_YXQ'],
  shownUntil: ['CF_GSJZQ'],
  authority: ['CF_CFJG', 'CF_XZJG'],
  authorityCode: ['CF_CFJGDM'],
  source: ['CF_SJLY'],
  sourceCode: ['CF_SJLYDM'],
  area: ['DFBM'],
  stamp: ['SJC'],
  remark: ['BZ'],
  kind: [],
  domain: [],
  publishedOn: [],
  summaryProcedure: [],
  performed: [],
  difference: [],
  reason: [],
} as const satisfies Record<string, readonly string[]>;

export type Column = keyof typeof fieldCodes;
export const columns = Object.keys(fieldCodes) as Column[];

/** The column's field code in the standard; null for one of this system's own. */
export const codeOf = (column: Column): string | null => fieldCodes[column][0] ?? null;

/** Columns of the template and of the export, in the order of the standard. */
export const tableColumns = [
  'subjectName', 'subjectKind', 'uscc', 'registrationNo', 'orgCode', 'taxNo', 'institutionNo', 'associationNo', 'representative', 'representativeIdKind',
  'representativeId', 'idKind', 'idNumber', 'documentNo', 'conduct', 'act', 'legalBasis', 'penaltyKinds', 'decision', 'fine', 'confiscated', 'permit', 'decidedOn',
  'validUntil', 'shownUntil', 'authority', 'authorityCode', 'source', 'sourceCode', 'remark', 'kind', 'domain', 'publishedOn', 'summaryProcedure', 'performed',
] as const satisfies readonly Column[];

/** Columns that are only carried along: nothing is read from them. */
export const unreadColumns: ReadonlySet<Column> = new Set([
  'representative', 'representativeIdKind', 'representativeId', 'validUntil', 'shownUntil', 'authorityCode', 'source', 'sourceCode', 'remark',
]);

/** Without one column of each of these no row can be recorded. */
export const requiredColumns: readonly (readonly Column[])[] = [
  ['subjectName'], ['uscc', 'idNumber'], ['documentNo'], ['decidedOn'], ['act', 'conduct', 'caseName'], ['legalBasis'], ['penaltyKinds', 'kind'], ['decision'],
];

export const isRequired = (column: Column): boolean => requiredColumns.some(([first, second]) => first === column || (second === 'idNumber' && column === 'idNumber'));

/** The table's columns, found by its header. */
export interface Table {
  /** Names as the file has them, by their place. */
  readonly names: readonly string[];
  /** The last row of names, as the spreadsheet counts: the standard has one of codes and one in words. */
  readonly row: number;
  readonly places: ReadonlyMap<Column, number>;
}

export type Names = ReadonlyMap<string, Column>;

/** Every name a column goes by, to what it is. */
export function namesOf(i18n: I18n): Names {
  const names = new Map<string, Column>();
  const add = (column: Column, all: readonly string[]): void => {
    for (const name of all.filter((one) => one !== '')) names.set(plainName(name), column);
  };
  for (const column of columns) {
    for (const locale of locales) {
      const t = i18n.translator(locale);
      add(column, [t(`imports:column.${column}`), ...t(`imports:names.${column}`, { defaultValue: '' }).split('|')]);
    }
  }
  for (const column of columns) add(column, fieldCodes[column]);
  return names;
}

/**
 * The header among the first rows of a file, below any titles; null while there is none. A row of names right below it
 * is part of it, and gives the columns that the first row has no known name for.
 */
export function headerIn(rows: readonly SheetRow[], names: Names): Table | null {
  const at = rows.findIndex(({ cells }) => columnsIn(cells, names) !== null);
  const first = rows[at];
  if (!first) return null;
  const places = new Map(columnsIn(first.cells, names));
  const second = rows[at + 1];
  const more = second && columnsIn(second.cells, names);
  if (!second || !more) return { names: first.cells, row: first.number, places };
  for (const [column, place] of more) {
    if (!places.has(column) && ![...places.values()].includes(place)) places.set(column, place);
  }
  return { names: first.cells, row: second.number, places };
}

/** The table that a file holds. @throws SheetFault when none of its first rows is a header. */
export async function readTable(rows: AsyncIterable<SheetRow>, names: Names): Promise<Table> {
  const first: SheetRow[] = [];
  for await (const row of rows) {
    first.push(row);
    if (first.length > headerWithin) break;
  }
  if (first.every(isEmptyRow)) throw new SheetFault('empty');
  const table = headerIn(first, names);
  if (table === null) throw new SheetFault('noHeader');
  return table;
}

/** The columns without which nothing can be recorded and that the table does not have; of each choice the first. */
export const missingIn = ({ places }: Pick<Table, 'places'>): Column[] =>
  requiredColumns.filter((choice) => !choice.some((column) => places.has(column))).map(([first]) => first!);

/** In which unit an amount column says that it is; null when its name does not say so. */
export function saidUnit({ names, places }: Table): AmountUnit | null {
  const said = (['fine', 'confiscated'] as const).map((column) => names[places.get(column) ?? -1] ?? '').join(' ');
  if (/万元|10,?000/.test(said)) return 'tenThousand';
  return /[(（]\s*元\s*[)）]|yuan/i.test(said) ? 'yuan' : null;
}

/** 万元, as the standard has it, or yuan. */
export const amountUnits = ['tenThousand', 'yuan'] as const;
export type AmountUnit = (typeof amountUnits)[number];
