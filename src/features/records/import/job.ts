import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { ChainSettings } from '../../../platform/chain.ts';
import type { Files } from '../../../platform/files.ts';
import { isDatabaseAway } from '../../../platform/http/errors.ts';
import { DEFAULT_LOCALE, type I18n } from '../../../platform/i18n.ts';
import type { Law, ReadLaw } from '../../../platform/law.ts';
import type { Seal } from '../../../platform/seal.ts';
import { SheetFault, type SheetLimits, type SheetRow, type Tab } from '../../../platform/sheets/fault.ts';
import { withSheet, withStored, type OpenSheet } from '../../../platform/sheets/read.ts';
import { NotStored } from '../../../platform/storage.ts';
import { readUnits } from '../../../platform/units.ts';
import { dateAt } from '../../../rules/calendar/index.ts';
import { numberOf } from '../../../rules/limits/index.ts';
import { Checker } from './check.ts';
import { namesOf, tableIn, type Names, type Table } from './columns.ts';
import { findImport, nothingYet, noteRows, type RecordImport, type Result } from './imports.ts';
import { createRowReader, type ReadRow, type RowReading } from './row.ts';
import { storeRows } from './store.ts';
import { wordsOf, type Words } from './words.ts';

/** Rows below the header of one file. */
export const mostRows = 100_000;
export const sheetLimits: SheetLimits = { rows: mostRows, unpackedBytes: 600 * 1024 ** 2 };

/** Rows of one transaction, as `storeRecords` likes them. */
const batch = 500;
const everyMs = 1000;
/** Imports that one process runs at the same time, so that a small one does not wait for a large one. */
const atOnce = 2;
/** Failures in a row without a step forward, after which a person has to look. */
const mostFailures = 5;

/** Any fixed number: the first half of the advisory lock under which an import is run; its id is the other. */
const IMPORT_LOCK = 4_711_010;
const lockOf = (id: string): number => Number.parseInt(id.slice(0, 7), 16);

export interface ImportingParts {
  readonly knex: Knex;
  readonly chain: ChainSettings;
  readonly readLaw: ReadLaw;
  readonly seal: Seal;
  readonly files: Pick<Files, 'open'>;
  readonly i18n: I18n;
  readonly now?: () => Date;
}

/** What is made once for all imports of a process. */
interface Job extends ImportingParts {
  readonly names: Names;
  readonly words: Words;
  readonly now: () => Date;
  /** Whether the process was asked to stop: after the batch under way. */
  readonly stopping: () => boolean;
}

/** Rows of a table after the row `after`, some hundreds at a time. */
async function* batchesOf(rows: AsyncIterable<SheetRow>, after: number): AsyncGenerator<SheetRow[]> {
  let some: SheetRow[] = [];
  for await (const row of rows) {
    if (row.number <= after) continue;
    some.push(row);
    if (some.length < batch) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
}

interface Pass {
  readonly of: RecordImport;
  readonly sheet: OpenSheet;
  readonly tab: Tab;
  readonly table: Table;
  readonly law: Law;
  readonly reading: RowReading;
}

async function passOf({ knex, names, words, readLaw, now }: Job, of: RecordImport, sheet: OpenSheet): Promise<Pass> {
  const { table, tab } = tableIn(sheet.tabs, names);
  const [law, units] = await Promise.all([readLaw(), readUnits(knex)]);
  const today = dateAt(law.calendar, now().getTime());
  const unit = units.find(({ id }) => id === of.unit);
  if (!unit) throw new Error(`there is no unit ${of.unit}`);
  return { of, sheet, tab, table, law, reading: { table, answers: of.answers, unit, words, today, implausible: numberOf(law.rules.on('record.import.implausible', today)) } };
}

/** Goes through the file from its beginning, whatever was found of it before. */
async function check({ knex, seal, now, stopping }: Job, { of, sheet, tab, table, law, reading }: Pass): Promise<void> {
  const own = (trx: Knex): Knex.QueryBuilder => trx('record_import').where({ id: of.id, state: 'checking' });
  await knex.transaction(async (trx) => {
    await trx('record_import_row').where({ import_id: of.id }).delete();
    await own(trx).update({ at_row: 0, handled: 0 });
  });
  const checker = new Checker({ knex, seal, law, table, tabs: sheet.tabs, today: reading.today });
  const readRow = createRowReader(reading);
  let handled = 0;
  for await (const some of batchesOf(sheet.rows(tab), table.row)) {
    if (stopping()) return;
    const rows = some.map(readRow);
    handled += rows.length;
    if (of.answers.amountUnit === null) checker.weigh(rows);
    const question = checker.question(handled);
    if (question) {
      await own(knex).update({ state: 'asking', question: JSON.stringify(question), handled });
      return;
    }
    const noted = await checker.take(rows);
    await knex.transaction(async (trx) => {
      await noteRows(trx, of.id, noted);
      await own(trx).update({ handled });
    });
  }
  if (handled === 0) {
    await own(knex).update({ state: 'refused', fault: JSON.stringify({ key: 'imports:noRows', params: {}, during: 'checking' }) });
    return;
  }
  const { found } = checker;
  const checked = { found: JSON.stringify(found), rows: handled };
  // Nobody is asked to confirm that nothing happens; rows under another name may still become good.
  if (found.new + found.correction + found.otherName > 0) await own(knex).update({ ...checked, state: 'checked' });
  else await own(knex).update({ ...checked, state: 'done', result: JSON.stringify({ ...nothingYet, same: found.same, bad: found.bad }), ended_at: now() });
}

const sum = (a: Result, b: Result): Result => ({
  stored: a.stored + b.stored, same: a.same + b.same, corrected: a.corrected + b.corrected, leftOut: a.leftOut + b.leftOut, bad: a.bad + b.bad,
});

/** Goes on after the last row whose batch is in the database: rows, counts and place are of one transaction. */
async function store({ knex, chain, seal, readLaw, now, i18n, stopping }: Job, { of, sheet, tab, table, reading }: Pass): Promise<void> {
  const readRow = createRowReader(reading);
  const reason = i18n.translator(DEFAULT_LOCALE)('imports:correctionReason', { name: of.file.name });
  const by = of.confirmedBy ?? of.person;
  const actor = { person: by.id, name: by.name, unit: of.unit };
  let { atRow, handled } = of;
  let result = atRow === 0 ? nothingYet : of.result;
  for await (const some of batchesOf(sheet.rows(tab), Math.max(table.row, atRow))) {
    if (stopping()) return;
    const rows: ReadRow[] = some.map(readRow);
    const before = atRow;
    atRow = rows.at(-1)!.number;
    handled += rows.length;
    const law = await readLaw();
    await knex.transaction(async (trx) => {
      const writing = { law, chain, at: now().toISOString(), actor, requestId: null };
      result = sum(result, await storeRows(trx, rows, of, { seal, writing, table, reason }));
      const moved = await trx('record_import').where({ id: of.id, state: 'importing', at_row: before }).update({ at_row: atRow, handled, result: JSON.stringify(result), failures: 0 });
      if (moved !== 1) throw new Error(`import ${of.id}: somebody else is at work on it`);
    });
  }
  await knex('record_import').where({ id: of.id, state: 'importing', at_row: atRow }).update({ state: 'done', result: JSON.stringify(result), ended_at: now() });
}

/** A file that can't be read will not be readable later; all else is tried again. */
async function fail({ knex }: Job, of: RecordImport, error: unknown, logger: Logger): Promise<void> {
  const said = error instanceof SheetFault ? { key: `files:sheetFault.${error.key}`, params: error.params } : error instanceof NotStored ? { key: 'imports:gone', params: {} } : null;
  const own = knex('record_import').where({ id: of.id, state: of.state });
  if (said) {
    await own.update({ state: 'refused', fault: JSON.stringify({ ...said, during: of.state }) });
    return;
  }
  logger.error({ err: error, import: of.id, row: of.atRow }, 'an import of records failed; it is tried again');
  if (isDatabaseAway(error)) return;
  const stops = of.failures + 1 >= mostFailures;
  await own.update({ failures: of.failures + 1, ...(stops ? { state: 'stopped', fault: JSON.stringify({ key: 'imports:stopped', params: {}, during: of.state }) } : {}) });
}

/** Runs an import until its next rest, unless another process does. @returns whether it did. */
async function runOne(job: Job, id: string, logger: Logger): Promise<boolean> {
  return job.knex.transaction(async (holder) => {
    const { rows: [lock] }: { rows: { held: boolean }[] } = await holder.raw('select pg_try_advisory_xact_lock(?, ?) as held', [IMPORT_LOCK, lockOf(id)]);
    const of = lock?.held ? await findImport(job.knex, id) : undefined;
    if (!of || (of.state !== 'checking' && of.state !== 'importing')) return false;
    try {
      await withStored(job.files, of.file, (path) => withSheet(path, sheetLimits, async (sheet) => {
        const pass = await passOf(job, of, sheet);
        await (of.state === 'checking' ? check(job, pass) : store(job, pass));
      }));
    } catch (error) {
      // What went into the database before has moved the import on.
      await fail(job, (await findImport(job.knex, id)) ?? of, error, logger);
    }
    return true;
  });
}

async function runNext(job: Job, logger: Logger): Promise<boolean> {
  const waiting: string[] = await job.knex('record_import').whereIn('state', ['checking', 'importing'])
    .whereNotExists(job.knex('file_scan as s').whereRaw(`s.hash = record_import.file ->> 'hash'`).where('s.status', 'checking').select('s.hash')).orderBy('created_at').limit(20).pluck('id');
  for (const id of waiting) {
    if (job.stopping()) return false;
    if (await runOne(job, id, logger)) return true;
  }
  return false;
}

const jobOf = (parts: ImportingParts, stopping: () => boolean): Job => ({
  now: () => new Date(), ...parts, names: namesOf(parts.i18n), words: wordsOf(parts.i18n), stopping,
});

/** Runs imports that wait until none does, one after the other; `stopping` ends it after the batch under way. */
export async function runImports(parts: ImportingParts, logger: Logger, stopping: () => boolean = () => false): Promise<void> {
  const job = jobOf(parts, stopping);
  while (!stopping() && (await runNext(job, logger)));
}

/**
 * Runs imports of records as they come, a few at a time, until the returned function is called, which waits for the
 * batches under way. Several processes may do so: each import is run by one of them, and goes on in another when it dies.
 */
export function startImporting(parts: ImportingParts, logger: Logger): () => Promise<void> {
  let stopped = false;
  const running = new Set<Promise<void>>();
  const job = jobOf(parts, () => stopped);
  const look = (): void => {
    if (running.size >= atOnce) return;
    const one: Promise<void> = runNext(job, logger)
      .then(() => undefined, (error: unknown) => logger.warn({ err: error }, 'looking for imports of records failed; it is tried again in a second'))
      .finally(() => running.delete(one));
    running.add(one);
  };
  look();
  const timer = setInterval(look, everyMs);
  return async () => {
    stopped = true;
    clearInterval(timer);
    await Promise.all(running);
  };
}
