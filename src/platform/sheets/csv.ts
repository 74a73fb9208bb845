import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { decoding, encodingOf, headOf } from './encoding.ts';
import { checkRowCount, mostColumns, SheetFault, type SheetLimits, type SheetRow } from './fault.ts';
import { RowDraft, textValue } from './reader/cell.ts';

/** The sign that stands most often outside of quotes in the first lines. */
function delimiterOf(text: string): string {
  const head = text.slice(0, 10_000).replace(/"[^"]*"/g, '');
  const count = (sign: string): number => head.split(sign).length;
  return [',', '\t', ';'].toSorted((a, b) => count(b) - count(a))[0] ?? ',';
}

/** What spreadsheets and their users write around a code so that it stays a text: ="9132…", '9132… */
const AS_TEXT = /^="([0-9A-Z]*)"$|^['\t](?=[0-9A-Z])/i;

function rowOf(record: readonly string[], number: number): SheetRow | null {
  const draft = new RowDraft(number, false);
  record.slice(0, mostColumns).forEach((cell, column) => draft.put(column, textValue(cell.replace(AS_TEXT, '$1'))));
  return draft.finished();
}

/** The rows of a CSV file that hold anything, one after the other. @throws SheetFault */
export async function* csvRows(path: string, limits: SheetLimits): AsyncGenerator<SheetRow> {
  const encoding = await encodingOf(path);
  const delimiter = delimiterOf(await headOf(path, encoding));
  const parser = parse({
    bom: true, delimiter, relax_column_count: true, relax_quotes: true, skip_empty_lines: false, trim: true, max_record_size: 200_000,
  });
  const source = createReadStream(path);
  // What fails here destroys the parser, which tells whoever reads it; a reader that stops ends the file's stream too.
  (encoding === 'utf-8' ? pipeline(source, parser) : pipeline(source, decoding(encoding), parser)).catch(() => undefined);
  let number = 0;
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      checkRowCount(number, limits);
      number += 1;
      const row = rowOf(record, number);
      if (row) yield row;
    }
  } catch (error) {
    throw error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_') ? new SheetFault('broken') : error;
  }
}
