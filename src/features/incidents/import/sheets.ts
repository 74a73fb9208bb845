import type { Files } from '../../../platform/files.ts';
import type { SheetLimits, SheetRow } from '../../../platform/sheets/fault.ts';
import { withSheet, withStored } from '../../../platform/sheets/read.ts';
import type { FileRef } from '../../../rules/casefile/types.ts';
import { sheetIn, type Names, type Sheet } from './columns.ts';

export interface Sheets {
  /** The table of a stored file. @throws NotStored after its day, SheetFault when it can't be read or holds no table of incidents. */
  read(file: FileRef): Promise<Sheet>;
}

/** Each row becomes a case, and starts a process. */
export const mostRows = 2000;
const limits: SheetLimits = { rows: mostRows, unpackedBytes: 100 * 1024 ** 2 };

/** A page that looks at a running import every other second need not unpack the file each time. */
const kept = 4;

export function createSheets(files: Pick<Files, 'open'>, names: Names): Sheets {
  const known = new Map<string, Promise<Sheet>>();

  const readAll = (file: FileRef): Promise<Sheet> => withStored(files, file, (path) => withSheet(path, limits, async ({ tabs, rows }) => {
    const { tab, sheet } = sheetIn(tabs, names);
    const below: SheetRow[] = [];
    for await (const row of rows(tab)) if (row.number > sheet.headerRow) below.push(row);
    return { ...sheet, rows: below };
  }));

  return {
    read(file) {
      const before = known.get(file.hash);
      if (before) return before;
      const sheet = readAll(file);
      known.set(file.hash, sheet);
      sheet.catch(() => known.delete(file.hash));
      const oldest = known.keys().next().value;
      if (known.size > kept && oldest !== undefined) known.delete(oldest);
      return sheet;
    },
  };
}
