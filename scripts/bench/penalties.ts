import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import pg from 'pg';
import copy from 'pg-copy-streams';
import { penaltyPlots } from '../../src/demo/penalties.ts';
import { sequence } from '../../src/demo/firms.ts';
import { dateOf } from '../../src/rules/calendar/index.ts';
import { firmOf, personOf } from './firms.ts';

/** Columns of the file of records. */
export const columns = ['kind', 'name', 'code', 'unit', 'documentNo', 'decidedOn', 'recordKind', 'penaltyKinds', 'fine', 'domain', 'legalBasis', 'act', 'decision', 'performed'] as const;
export type PenaltyLine = Readonly<Record<(typeof columns)[number], string>>;

const ofPersons = 0.02;
const ofNewFirms = 0.2;

/** The n-th record of the file: mostly about firms that are known, some about new ones, few about persons. `today` is a day of the calendar. */
export function penaltyLine(n: number, { firms, today }: { firms: number; today: number }): PenaltyLine {
  const random = sequence(n + 0x5eed);
  const plot = penaltyPlots[n % penaltyPlots.length]!;
  const [least, most] = plot.fine;
  const fine = most === 0 ? 0 : Math.round((least + random() * (most - least)) / 1000) * 1000;
  const decidedOn = dateOf(today - 3 - Math.floor(random() * 230));
  const share = random();
  const firm = firmOf(share < ofPersons + ofNewFirms ? firms + Math.floor(n / 4) : Math.floor(random() * firms));
  const person = personOf(n);
  return {
    ...(share < ofPersons ? { kind: 'person', name: person.name, code: person.idNumber } : { kind: 'organisation', name: firm.name, code: firm.uscc }),
    unit: plot.unit,
    documentNo: `宿${plot.letters}〔${decidedOn.slice(0, 4)}〕${n + 1}号`,
    decidedOn,
    recordKind: plot.kind,
    penaltyKinds: plot.kinds.join(';'),
    fine: String(fine),
    domain: plot.domain,
    legalBasis: plot.legalBasis,
    act: plot.act,
    decision: plot.decision.replace('{fine}', fine.toLocaleString('en-US')),
    performed: random() < 0.7 ? 'yes' : 'no',
  };
}

const quoted = (cell: string): string => (/[",\n]/u.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

export async function writeCsv<C extends string>(file: string, names: readonly C[], lines: Iterable<Readonly<Record<C, string>>>): Promise<void> {
  await writeFile(file, Readable.from((function* text() {
    yield `${names.join(',')}\n`;
    for (const line of lines) yield `${names.map((column) => quoted(line[column])).join(',')}\n`;
  })()));
}

export const writePenalties = (file: string, lines: Iterable<PenaltyLine>): Promise<void> => writeCsv(file, columns, lines);

/** The floor: the file copied into a table of text without index or key. Gives the milliseconds that this took. */
export async function copyPlain(databaseUrl: string, file: string, names: readonly string[] = columns): Promise<number> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    await client.query(`create table plain_copy (${names.map((column) => `"${column}" text`).join(', ')})`);
    const begun = performance.now();
    await pipeline(createReadStream(file), client.query(copy.from('copy plain_copy from stdin (format csv, header)')));
    const ms = performance.now() - begun;
    await client.query('drop table plain_copy');
    return ms;
  } finally {
    await client.end();
  }
}
