import type { I18n } from '../../../platform/i18n.ts';
import { SheetFault, type SheetRow, type Tab } from '../../../platform/sheets/fault.ts';
import { headerOf, plainName, unnamedIn, wantedTab } from '../../../platform/sheets/header.ts';
import { cataloguesFor } from '../../../platform/sheets/known-tables.ts';
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
  documentCode: ['CF_BM'],
  status: ['CF_ZT'],
  useScope: ['CF_SYFW'],
  seriousness: ['CF_SXYZCD'],
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
  'validUntil', 'shownUntil', 'authority', 'authorityCode', 'source', 'sourceCode', 'remark', 'kind', 'domain', 'publishedOn', 'summaryProcedure', 'performed', 'useScope',
] as const satisfies readonly Column[];

/** Columns that are only carried along: nothing is read from them. */
export const unreadColumns: ReadonlySet<Column> = new Set([
  'representative', 'representativeIdKind', 'representativeId', 'validUntil', 'shownUntil', 'authorityCode', 'source', 'sourceCode', 'remark', 'documentCode', 'seriousness',
  'area', 'stamp',
]);

/** Columns of codes, numbers and amounts: a number there that a spreadsheet cut is wrong, whether it is read or not. */
export const numberColumns: ReadonlySet<Column> = new Set([
  'uscc', 'registrationNo', 'orgCode', 'taxNo', 'institutionNo', 'associationNo', 'representativeId', 'idNumber', 'documentNo', 'documentCode', 'fine', 'confiscated',
  'authorityCode', 'sourceCode', 'area',
]);

/** Without one column of each of these no row can be recorded. */
export const requiredColumns: readonly (readonly Column[])[] = [
  ['subjectName'], ['uscc', 'idNumber'], ['documentNo'], ['decidedOn'], ['act', 'conduct', 'caseName'], ['legalBasis'], ['penaltyKinds', 'kind'], ['decision'],
];

/** Whose rows fill it in, `imports:template.*`: the code of an organisation or the ID number of a person, never both. */
export const needOf = (column: Column): 'needed' | 'neededOrganisation' | 'neededPerson' | 'notNeeded' =>
  column === 'uscc' ? 'neededOrganisation' : column === 'idNumber' ? 'neededPerson' : isRequired(column) ? 'needed' : 'notNeeded';

export const isRequired = (column: Column): boolean => requiredColumns.some(([first, second]) => first === column || (second === 'idNumber' && column === 'idNumber'));

/** The table's columns, found by its header. */
export interface Table {
  /** The worksheet's name; empty of a text file. */
  readonly tab: string;
  /** Names as the file has them, by their place. */
  readonly names: readonly string[];
  /** The last row of names, as the spreadsheet counts: the standard has one of codes and one in words. */
  readonly row: number;
  readonly places: ReadonlyMap<Column, number>;
  /** Units that the names of amounts tell; of a column that does not say its own there is none. */
  readonly units: Readonly<Partial<Record<AmountColumn, AmountUnit>>>;
  /** What of the file is not read: columns that nothing is taken from, and those that are not known, as the file names them. */
  readonly unread: readonly string[];
}

export const amountColumns = ['fine', 'confiscated'] as const satisfies readonly Column[];
export type AmountColumn = (typeof amountColumns)[number];

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

/** The unit that stands in the name of an amount; null when none does. @throws SheetFault for one that is neither 万元 nor yuan. */
function unitIn(name: string): AmountUnit | null {
  const plain = name.normalize('NFKC').replace(/\s/g, '');
  const said = /([十百千万亿]*)元|\(([十百千万亿]+)\)/.exec(plain);
  const unit = said ? `${said[1] ?? said[2] ?? ''}元` : /10,?000yuan/i.test(plain) ? '万元' : /yuan/i.test(plain) ? '元' : null;
  if (unit !== null && unit !== '万元' && unit !== '元') throw new SheetFault('amountUnit', { name: name.slice(0, 60), unit });
  return unit === null ? null : unit === '元' ? 'yuan' : 'tenThousand';
}

/** The table below the header among the first rows of a tab; null while there is none. @throws SheetFault for an unknown unit */
export function headerIn(rows: readonly SheetRow[], names: Names, tab = ''): Table | null {
  const header = headerOf(rows, names);
  if (header === null) return null;
  const { places, titles, row } = header;
  const units = amountColumns.flatMap((column) => {
    const unit = unitIn((titles[places.get(column) ?? -1] ?? []).join(' '));
    return unit === null ? [] : [[column, unit] as const];
  });
  const read = new Map([...places].filter(([column]) => !unreadColumns.has(column)));
  return { tab, names: header.names, row, places, units: Object.fromEntries(units), unread: unnamedIn(header, read) };
}

/** The table that a file holds, in the first visible tab that has one. @throws SheetFault when there is none, which says what there is. */
export function tableIn(tabs: readonly Tab[], names: Names): { readonly table: Table; readonly tab: Tab } {
  const tab = wantedTab(tabs, cataloguesFor('penalties', names));
  const table = headerIn(tab.head, names, tab.name);
  if (table === null) throw new SheetFault('noHeader');
  return { table, tab };
}

/** The columns without which nothing can be recorded and that the table does not have; of each choice the first. */
export const missingIn = ({ places }: Pick<Table, 'places'>): Column[] =>
  requiredColumns.filter((choice) => !choice.some((column) => places.has(column))).map(([first]) => first!);

/** Whether every amount of a table is of yuan, as its names say. */
export const saysYuan = ({ places, units }: Pick<Table, 'places' | 'units'>): boolean => {
  const own = amountColumns.filter((column) => places.has(column));
  return own.length > 0 && own.every((column) => units[column] === 'yuan');
};

/** 万元, as the standard has it, or yuan. */
export const amountUnits = ['tenThousand', 'yuan'] as const;
export type AmountUnit = (typeof amountUnits)[number];
