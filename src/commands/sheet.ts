import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { namesOf as incidentNames } from '../features/incidents/import/columns.ts';
import { namesOf as penaltyNames } from '../features/records/import/columns.ts';
import { createI18n, isLocale, type I18n, type Translate } from '../platform/i18n.ts';
import { SheetFault, type SheetLimits, type SheetRow, type Tab } from '../platform/sheets/fault.ts';
import { headerOf, nothingFound, tablesAmong, unnamedIn, type Catalogue } from '../platform/sheets/header.ts';
import { catalogueOf, tableKinds, type TableKind } from '../platform/sheets/known-tables.ts';
import { withSheet, type OpenSheet } from '../platform/sheets/read.ts';
import { CommandError } from './running.ts';
import type { Run } from './index.ts';

const USAGE = 'Usage: xinzhi sheet FILE [--locale zh-CN|en]';
const limits: SheetLimits = { rows: 100_000, unpackedBytes: 600 * 1024 ** 2 };

async function print(line: string): Promise<void> {
  if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
}

/** Nothing in a file may steer the terminal that shows the answer. */
const tame = (text: string): string => text.replace(/\p{Cc}/gu, '\u{FFFD}');
const remark = (text: string): Promise<void> => print(`# ${tame(text)}`);

const tabLine = ({ name, visible, rows }: Tab, n: number, t: Translate): string =>
  t('files:command.tab', { n: n + 1, name: name === '' ? t('files:command.text') : name, state: t(visible ? 'files:command.visible' : 'files:command.hidden'), count: rows ?? 0 });

/** A row as JSON: its number, then each column that holds anything by its name, and what can't be taken for a value apart. */
function rowLine(row: SheetRow, names: readonly string[]): string {
  const nameAt = (place: number): string => (names[place] === undefined || names[place] === '' ? `#${place + 1}` : names[place]);
  const cells = row.cells.map((cell, place) => [nameAt(place), cell] as const).filter(([, cell]) => cell !== '');
  const faults = row.faults.map(({ column, kind, text }) => [nameAt(column), { kind, text }] as const);
  return JSON.stringify({ row: row.number, ...Object.fromEntries(cells), ...(row.hidden ? { hidden: true } : {}), ...(faults.length > 0 ? { faults: Object.fromEntries(faults) } : {}) });
}

/** Every kind of table with all names of its columns: of those that are imported, the names that the imports know. */
function catalogues(i18n: I18n): readonly Catalogue<TableKind>[] {
  const own: Partial<Record<TableKind, ReadonlyMap<string, string>>> = { penalties: penaltyNames(i18n), incidents: incidentNames(i18n) };
  return tableKinds.map((kind) => ({ kind, names: own[kind] ?? catalogueOf(kind).names }));
}

/** Texts that name the columns of the tables that are imported; those of the others are called as the table calls them. */
const labels: Partial<Record<TableKind, string>> = { penalties: 'imports:column', incidents: 'incidents:import.column' };

async function printTable(sheet: OpenSheet, kinds: readonly Catalogue<TableKind>[], t: Translate): Promise<void> {
  const [found] = tablesAmong(sheet.tabs, kinds);
  const header = found && headerOf(found.tab.head, kinds.find(({ kind }) => kind === found.kind)!.names);
  if (!header) throw nothingFound(sheet.tabs);
  const { tab, kind } = found;
  const label = labels[kind];
  const columns = new Map([...header.places].map(([column, place]) => [place, label === undefined ? column : t(`${label}.${column}`)]));
  const names = header.titles.map(([title = ''], place) => columns.get(place) ?? title);
  const unknown = unnamedIn(header, header.places);
  await remark(t('files:command.table', { table: t(`files:table.${kind}`), kind, tab: tab.name === '' ? t('files:command.text') : tab.name, row: header.row }));
  if (unknown.length > 0) await remark(t('files:command.unknown', { columns: unknown.join(t('common:list')) }));
  let hidden = 0;
  for await (const row of sheet.rows(tab)) {
    if (row.number <= header.row) continue;
    if (row.hidden) hidden += 1;
    await print(rowLine(row, names));
  }
  if (hidden > 0) await remark(t('files:command.hiddenRows', { count: hidden }));
}

const known: Readonly<Record<string, (file: string) => string>> = {
  ENOENT: (file) => `There is no file ${JSON.stringify(file)}.`,
  EACCES: (file) => `The file ${JSON.stringify(file)} must not be read by this user.`,
};

/**
 * Prints what is read in a file: lines of remarks, which begin with `#`, and each row of the table as a line of JSON. The
 * status is 0 when a table was recognised.
 */
export const run: Run = async (args) => {
  const { positionals, values } = parseArgs({ args: [...args], allowPositionals: true, options: { locale: { type: 'string', default: 'zh-CN' } } });
  const [file, ...more] = positionals;
  if (file === undefined || file === '' || more.length > 0) throw new CommandError(USAGE);
  if (!isLocale(values.locale)) throw new CommandError(`--locale must be zh-CN or en; it is ${JSON.stringify(values.locale)}.`);
  const i18n = createI18n();
  const t = i18n.translator(values.locale);
  // Whoever reads the rows has seen enough: `| head`.
  process.stdout.on('error', () => process.exit(0));
  try {
    if ((await stat(file)).isDirectory()) throw new CommandError(`${JSON.stringify(file)} is a folder, not a file.`);
    await withSheet(file, limits, async (sheet) => {
      for (const [n, tab] of sheet.tabs.entries()) await remark(tabLine(tab, n, t));
      await printTable(sheet, catalogues(i18n), t);
    }, { counting: true });
  } catch (error) {
    if (error instanceof SheetFault) throw new CommandError(t(`files:sheetFault.${error.key}`, error.params));
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw Object.hasOwn(known, code) ? new CommandError(known[code]?.(file)) : error;
  }
};
