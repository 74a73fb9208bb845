import { setTimeout as pause } from 'node:timers/promises';
import type { Knex } from 'knex';
import { randomUUID } from 'node:crypto';
import type { ChainSettings } from '../../src/platform/chain.ts';
import type { Law } from '../../src/platform/law.ts';
import type { Seal } from '../../src/platform/seal.ts';
import { dateAt, dateOf, dayNumber } from '../../src/rules/calendar/index.ts';
import { publicityOf } from '../../src/rules/records/publicity.ts';
import { timesOf, type Times } from './figures.ts';
import { penaltyLine } from './penalties.ts';
import { visitor } from './record-pages.ts';
import { storeLines } from './store-lines.ts';

export interface EndFigures {
  readonly ended: number;
  readonly seconds: number;
  readonly before: Times;
  readonly during: Times;
  /** The longest that anybody waited while it ran. */
  readonly longest: number;
}

const everyMs = 100;
const batch = 500;
const beforeMs = 20_000;
const mostMs = 15 * 60_000;

/** The day on which a fine was decided whose longest publicity ended yesterday. */
function decidedFor({ rules, calendar }: Law, today: string): string {
  const yesterday = dayNumber(today) - 1;
  for (let day = yesterday; day > yesterday - 2000; day -= 1) {
    const facts = { kind: 'penalty', penaltyKinds: ['fine'], summaryProcedure: false, fine: 30_000, confiscated: 0, domain: 'workSafety', decidedOn: dateOf(day), publishedOn: null } as const;
    if (publicityOf(facts, rules, calendar).maxUntil === dateOf(yesterday)) return dateOf(day);
  }
  throw new Error('No day of decision has a publicity that ended yesterday.');
}

/** Asks for a page every 100 ms, whether the last was answered or not, until it is told to end. */
function keepAsking(url: string, path: string): { samples: { at: number; ms: number }[]; end(): Promise<void> } {
  const browser = visitor(url);
  const samples: { at: number; ms: number }[] = [];
  const failures: unknown[] = [];
  const open = new Set<Promise<void>>();
  const ask = async (at: number): Promise<void> => {
    const { status, ms } = await browser.get(path);
    if (status !== 200) throw new Error(`${path} was answered with ${status}.`);
    samples.push({ at, ms });
  };
  const timer = setInterval(() => {
    const asked: Promise<void> = ask(Date.now()).catch((error: unknown) => void failures.push(error)).finally(() => open.delete(asked));
    open.add(asked);
  }, everyMs);
  return {
    samples,
    async end() {
      clearInterval(timer);
      await Promise.all(open);
      browser.close();
      if (failures.length > 0) throw failures[0];
    },
  };
}

/**
 * Makes records whose last day was yesterday visible to the worker all at once, by one transaction, as a midnight does;
 * the worker, which looks once a minute, ends them, while somebody asks for a page.
 */
export async function measureEnds(
  { knex, law, chain, seal, url, count, firms, progress }:
  { knex: Knex; law: Law; chain: ChainSettings; seal: Seal; url: string; count: number; firms: number; progress(text: string): void },
): Promise<EndFigures> {
  const now = dateAt(law.calendar, Date.now());
  const decidedOn = decidedFor(law, now);
  const at = `${dateOf(dayNumber(decidedOn) + 2)}T02:00:00.000Z`;
  const trx = await knex.transaction();
  let asking: ReturnType<typeof keepAsking> | undefined;
  try {
    for (let from = 0; from < count; from += batch) {
      const lines = Array.from({ length: Math.min(batch, count - from) }, (_, n) => ({
        ...penaltyLine(2 + 10 * (1_000_000 + from + n), { firms, today: dayNumber(now) }), decidedOn, fine: '30000',
      })).filter(({ kind }) => kind === 'organisation');
      await storeLines(trx, lines, { law, chain, seal, at, idOf: () => randomUUID() });
    }
    progress(`records decided on ${decidedOn} stored, not yet to be seen`);
    asking = keepAsking(url, '/public/records');
    await pause(beforeMs);
    const committed = Date.now();
    await trx.commit();
    const limit = Date.now() + mostMs;
    for (;;) {
      await pause(1000);
      const left: { id: string } | undefined = await knex('record').where({ public: true }).where('public_until', '<', now).first('id');
      if (left === undefined) break;
      if (Date.now() > limit) throw new Error('The publicity of records does not end.');
    }
    await asking.end();
    const { rows }: { rows: { ended: number; first: Date; last: Date }[] } = await knex.raw(
      `select count(*) as ended, min(recorded_at) as first, max(recorded_at) as last from record_event where type in ('record.ended', 'record.kept') and recorded_at >= ?`,
      [new Date(committed)],
    );
    const { ended, first, last } = rows[0]!;
    const of = (from: number, to: number): number[] => asking!.samples.filter((sample) => sample.at >= from && sample.at <= to).map(({ ms }) => ms);
    const during = of(first.getTime(), last.getTime());
    return { ended, seconds: (last.getTime() - first.getTime()) / 1000, before: timesOf(of(0, committed)), during: timesOf(during), longest: Math.max(...during) };
  } catch (error) {
    if (!trx.isCompleted()) await trx.rollback();
    await asking?.end().catch(() => undefined);
    throw error;
  }
}
