import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { dateAt, dayNumber } from '../../rules/calendar/index.ts';
import type { CivilDate, Instant } from '../../rules/casefile/types.ts';
import type { RecordHappening, RecordState } from '../../rules/records/file.ts';
import type { ChainSettings } from '../chain.ts';
import type { Law, ReadLaw } from '../law.ts';
import { repeat } from '../repeat.ts';
import { appendToLocked } from './append.ts';

const batch = 500;
const everyMs = 60_000;
const keeping = 'publicity.keep-uncorrected';

/** The rule by which a record is kept, as its file names it: code and row. */
export const keptByOf = (code: string, id: number): string => `${code}#${id}`;

/** The row that `keptByOf` names. */
export const rowOfKept = (keptBy: string): number => Number(keptBy.slice(keptBy.indexOf('#') + 1));

/**
 * What the end of its term does to a record. It is over, unless its duties are not performed and a rule of its domain's
 * department keeps it: then the rule that was chosen is written down.
 */
function ending(state: RecordState, { rules }: Law): RecordHappening {
  const { performed, domain } = state.facts;
  if (state.until === null || performed || !state.publicity.keptUncorrected) return { type: 'record.ended' };
  return { type: 'record.kept', rule: keptByOf(keeping, rules.on(keeping, state.publicity.lawOf, domain).id) };
}

/** The midnight that ended its last day, unless something happened to the record after it. */
function endedAt(state: RecordState, { calendar }: Law, now: Instant): Instant {
  if (state.until === null) return now;
  const midnight = new Date(calendar.beginOf(dayNumber(state.until) + 1)).toISOString();
  return midnight > state.changedAt ? midnight : now;
}

export interface EndingParts {
  readonly knex: Knex;
  readonly chain: ChainSettings;
  readonly readLaw: ReadLaw;
  readonly now?: () => Date;
}

/**
 * The last day is over; or there is none, as it was shown until cured, and it is cured. A hold does not lengthen the term:
 * what is held back ends on its day like any other (信用修复管理办法, Order 36: the longest publicity is the most there is).
 */
const overdue: readonly ((query: Knex.QueryBuilder, today: CivilDate) => Knex.QueryBuilder)[] = [
  (query, today) => query.where({ public: true }).andWhere('public_until', '<', today).orderBy(['public_until', 'id']),
  (query) => query.where({ public: true }).whereNull('public_until').andWhere({ performed: true }).orderBy('id'),
  (query, today) => query.whereIn('standing', ['suspended', 'shielded'])
    .whereRaw(`((state ->> 'until') < ? or (state ->> 'until' is null and performed))`, [today]).orderBy('id'),
];

/**
 * Writes into the files of records that their publicity is over, some hundreds a transaction; pages ask the date
 * themselves and do not wait for it. Several processes may do so at once: each takes rows that no other has.
 * @returns how many records it wrote to.
 */
export async function endPublicity({ knex, chain, readLaw, now = () => new Date() }: EndingParts): Promise<number> {
  let count = 0;
  for (const narrowed of overdue) {
    for (let found = batch; found === batch; count += found) {
      const law = await readLaw();
      found = await knex.transaction(async (trx) => {
        const at = now();
        const today = dateAt(law.calendar, at.getTime());
        const heads: { id: string; state: RecordState; head_hash: Buffer }[] = await narrowed(trx('record'), today)
          .limit(batch).forUpdate().skipLocked().select('id', 'state', 'head_hash');
        if (heads.length === 0) return 0;
        const recordedAt = at.toISOString();
        await appendToLocked(
          trx,
          heads.map((head) => ({ head, key: `over:${head.state.until ?? today}`, at: endedAt(head.state, law, recordedAt), what: ending(head.state, law) })),
          { law, chain, recordedAt, actor: null, requestId: null },
        );
        return heads.length;
      });
    }
  }
  return count;
}

/** Ends publicity now and every minute, until the returned function is called, which waits for what is under way. */
export function startEnding(parts: EndingParts, logger: Logger): () => Promise<void> {
  return repeat(
    everyMs,
    async () => {
      const count = await endPublicity(parts);
      if (count > 0) logger.info({ count }, 'the publicity of records ended');
    },
    (error) => logger.warn({ err: error }, 'ending the publicity of records failed; it is tried again in a minute'),
  );
}
