import type { Knex } from 'knex';
import { canonicalJson } from '../../../platform/canonical.ts';
import { commandIdFor } from '../../../platform/casefile/acting.ts';
import { Unavailable } from '../../../platform/http/errors.ts';
import type { Person } from '../../../rules/people.ts';
import type { Incidents } from '../parts.ts';
import { attemptsAmong, mostAttempts, readFates } from '../report/attempts.ts';
import type { Report } from '../report/forms.ts';
import type { Registry } from '../report/register.ts';

/** A row that can be registered. */
export interface GoodRow {
  readonly number: number;
  readonly report: Report;
}

/** What has become of the rows of a file, by their numbers. */
export interface Progress {
  /** Case numbers of the rows that are registered. */
  readonly registered: ReadonlyMap<number, string>;
  /** Ids under which the others can be registered now. */
  readonly free: ReadonlyMap<number, string>;
}

/** Rows that are on their way at once: the people at work come first. */
const atOnce = 3;
/** A part that is away will also be away for the next row. */
const failuresAtMost = 3;

/** Any fixed number: the first half of the advisory lock that a running import holds; the file's hash is the other. */
const IMPORT_LOCK = 4_711_003;
const lockOf = (hash: string): number => Number.parseInt(hash.slice(0, 7), 16);

/** A row that says the same is the same case, whoever uploads it, how often, and in which file: one is mended and uploaded as a whole. */
const idOf = ({ report }: GoodRow, attempt: number): string => commandIdFor('import', `${canonicalJson(report)}.${attempt}`);

/** Which rows are registered, and under which id each of the others would be. Two statements. */
export async function readProgress(knex: Knex, rows: readonly GoodRow[]): Promise<Progress> {
  const candidates = rows.map((row) => ({ number: row.number, ids: Array.from({ length: mostAttempts }, (_, n) => idOf(row, n)) }));
  const fates = await readFates(knex, candidates.flatMap(({ ids }) => ids));
  const recorded = new Map<string, number>();
  const free = new Map<number, string>();
  for (const { number, ids } of candidates) {
    const attempts = attemptsAmong(fates, ids);
    if (attempts.recorded !== null) recorded.set(attempts.recorded, number);
    else if (attempts.free !== null) free.set(number, attempts.free);
  }
  const cases: { id: string; case_no: string }[] = await knex('case_file').whereRaw('id = any(?::uuid[])', [[...recorded.keys()]]).select('id', 'case_no');
  return { registered: new Map(cases.map(({ id, case_no: caseNo }) => [recorded.get(id) ?? 0, caseNo])), free };
}

/** Whether some process is registering rows of this file now. */
export async function isRunning(knex: Knex, hash: string): Promise<boolean> {
  const held: unknown = await knex('pg_locks')
    .where({ locktype: 'advisory', classid: IMPORT_LOCK, objid: lockOf(hash), granted: true })
    .whereRaw('database = (select oid from pg_database where datname = current_database())')
    .first(knex.raw('1 as held'));
  return held !== undefined;
}

export interface ImportJob {
  readonly hash: string;
  readonly rows: readonly GoodRow[];
  readonly person: Person;
  readonly requestId: string;
  /** Rows that are left out, as an open incident about the same subject is known. */
  readonly leaveOut: ReadonlySet<number>;
}

/**
 * Registers the rows that are not registered yet, one after the other as reports are. May be stopped at any place and
 * started again; a second one on the same file does nothing while the first runs.
 */
export async function runImport({ ground: { knex, logger } }: Incidents, registry: Registry, job: ImportJob): Promise<void> {
  const { hash, rows, person, requestId, leaveOut } = job;
  await knex.transaction(async (holder) => {
    const { rows: [lock] }: { rows: { held: boolean }[] } = await holder.raw('select pg_try_advisory_xact_lock(?, ?) as held', [IMPORT_LOCK, lockOf(hash)]);
    if (!lock?.held) return;
    const { free } = await readProgress(knex, rows);
    const waiting = rows.filter(({ number }) => free.has(number) && !leaveOut.has(number));
    let failures = 0;

    async function takeNext(): Promise<void> {
      for (let row = waiting.shift(); row !== undefined && failures < failuresAtMost; row = waiting.shift()) {
        try {
          const similar = await registry.similarTo(row.report, person);
          await registry.register(row.report, {
            caseId: free.get(row.number) ?? '', person, channel: 'spreadsheet', requestId, files: [], similar: similar.found.filter(({ because }) => because === 'subject'),
          });
          failures = 0;
        } catch (error) {
          failures += error instanceof Unavailable ? 1 : failuresAtMost;
          logger.error({ requestId, row: row.number, err: error }, 'a row of an import was not registered');
        }
      }
    }
    await Promise.all(Array.from({ length: atOnce }, takeNext));
  });
}

/** Rows about a subject that an open incident is about already, to its number; what became of this file does not count. */
export async function rowsWithKnownSubject(registry: Registry, rows: readonly GoodRow[], { registered }: Progress, person: Person): Promise<ReadonlyMap<number, string>> {
  const waiting = rows.filter(({ number }) => !registered.has(number));
  const own = new Set(registered.values());
  const known = await registry.knownSubjects(waiting.flatMap(({ report }) => report.subjects), person);
  return new Map(waiting.flatMap(({ number, report }): [number, string][] => {
    const same = report.subjects.map(({ code }) => known.get(code)).find((caseNo) => caseNo !== undefined && !own.has(caseNo));
    return same === undefined ? [] : [[number, same]];
  }));
}
