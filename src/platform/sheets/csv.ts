import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { plainText } from './cells.ts';
import { decoding, encodingOf, headOf } from './encoding.ts';
import { checkRowCount, mostColumns, SheetFault, type SheetLimits, type SheetRow } from './fault.ts';

/** The sign that stands most often outside of quotes in the first lines. */
function delimiterOf(text: string): string {
  const head = text.slice(0, 10_000).replace(/"[^"]*"/g, '');
  const count = (sign: string): number => head.split(sign).length;
  return [',', '\t', ';'].toSorted((a, b) => count(b) - count(a))[0] ?? ',';
}

/** What spreadsheets and their users write around a code so that it stays a text: ="9132…", '9132… */
const AS_TEXT = /^="([0-9A-Z]*)"$|^['\t](?=[0-9A-Z])/i;

/** What a spreadsheet writes for a number it could not keep: 3.21302E+17. */
const CUT = /^\d(?:\.\d+)?E\+1\d$/i;

function rowOf(record: readonly string[], number: number): SheetRow {
  const cells = record.slice(0, mostColumns).map((cell) => plainText(cell.replace(AS_TEXT, '$1').trim()));
  return { number, cells, cut: cells.flatMap((cell, column) => (CUT.test(cell) ? [column] : [])) };
}

/** The rows of a CSV file one after the other, also empty ones. @throws SheetFault */
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
      yield rowOf(record, number);
    }
  } catch (error) {
    throw error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_') ? new SheetFault('broken') : error;
  }
}
