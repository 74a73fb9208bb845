import type { Files } from '../../../platform/files.ts';
import type { SheetLimits, SheetRow } from '../../../platform/sheets/fault.ts';
import { sheetRows, withStored } from '../../../platform/sheets/read.ts';
import type { FileRef } from '../../../rules/casefile/types.ts';

export interface Sheets {
  /** The rows of a stored table, also empty ones. @throws NotStored after its day, SheetFault when it can't be read. */
  read(file: FileRef): Promise<readonly SheetRow[]>;
}

/** Each row becomes a case, and starts a process. */
export const mostRows = 2000;
const limits: SheetLimits = { rows: mostRows, unpackedBytes: 100 * 1024 ** 2 };

/** A page that looks at a running import every other second need not unpack the file each time. */
const kept = 4;

export function createSheets(files: Pick<Files, 'open'>): Sheets {
  const known = new Map<string, Promise<readonly SheetRow[]>>();

  const readAll = (file: FileRef): Promise<SheetRow[]> => withStored(files, file, async (path) => {
    const rows: SheetRow[] = [];
    for await (const row of sheetRows(path, limits)) rows.push(row);
    return rows;
  });

  return {
    read(file) {
      const before = known.get(file.hash);
      if (before) return before;
      const rows = readAll(file);
      known.set(file.hash, rows);
      rows.catch(() => known.delete(file.hash));
      const oldest = known.keys().next().value;
      if (known.size > kept && oldest !== undefined) known.delete(oldest);
      return rows;
    },
  };
}
