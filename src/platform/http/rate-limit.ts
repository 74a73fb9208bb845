import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit, type Store } from 'express-rate-limit';
import type { Knex } from 'knex';
import { runPrepared, type Prepared } from '../prepared.ts';
import { TooMany } from './errors.ts';

/**
 * Counters shared by all web processes. The window begins with the first hit; when it is over, the
 * next hit begins another.
 */
export interface Counters {
  /** Counts one hit and returns how many there are in this window and when it ends. */
  hit(key: string, windowMs: number): Promise<{ hits: number; resetAt: Date }>;
  /** The state without counting; null when no window is open. */
  peek(key: string): Promise<{ hits: number; resetAt: Date } | null>;
  undo(key: string): Promise<void>;
  clear(key: string): Promise<void>;
}

const HIT: Prepared = {
  name: 'rate-limit-hit',
  timeoutMs: 5000,
  text: `
    insert into rate_limit as r (key, hits, reset_at) values ($1, 1, now() + $2 * interval '1 millisecond')
    on conflict (key) do update set
      hits = case when r.reset_at <= now() then 1 else r.hits + 1 end,
      reset_at = case when r.reset_at <= now() then excluded.reset_at else r.reset_at end
    returning hits, reset_at`,
};

interface CounterRow {
  hits: number;
  reset_at: Date;
}

export function createCounters(knex: Knex): Counters {
  return {
    async hit(key, windowMs) {
      const [row] = await runPrepared<CounterRow>(knex, HIT, [key, windowMs]);
      if (!row) throw new Error('the counter returned no row');
      return { hits: row.hits, resetAt: row.reset_at };
    },
    async peek(key) {
      const row: CounterRow | undefined = await knex('rate_limit').where({ key }).where('reset_at', '>', knex.fn.now())
        .first('hits', 'reset_at');
      return row ? { hits: row.hits, resetAt: row.reset_at } : null;
    },
    async undo(key) {
      await knex('rate_limit').where({ key }).where('hits', '>', 0).decrement('hits', 1);
    },
    async clear(key) {
      await knex('rate_limit').where({ key }).delete();
    },
  };
}

/** express-rate-limit's store on the counters. */
function storeOf(counters: Counters, name: string, windowMs: number): Store {
  const keyed = (key: string): string => `${name}:${key}`;
  return {
    localKeys: false,
    async increment(key) {
      const { hits, resetAt } = await counters.hit(keyed(key), windowMs);
      return { totalHits: hits, resetTime: resetAt };
    },
    decrement: (key) => counters.undo(keyed(key)),
    resetKey: (key) => counters.clear(keyed(key)),
  };
}

export interface Limit {
  /** Unique; part of the counter's key. */
  readonly name: string;
  readonly hits: number;
  readonly windowSeconds: number;
  /** Whom it counts for; default the network address (an IPv6 network of 56 bits counts as one). */
  readonly by?: (req: Request) => string;
}

export type Limiter = (limit: Limit) => RequestHandler;

/** Makes limits for routes: beyond `hits` in a window a request ends in `TooMany`. */
export function createLimiter(counters: Counters): Limiter {
  return ({ name, hits, windowSeconds, by }) =>
    rateLimit({
      windowMs: windowSeconds * 1000,
      limit: hits,
      legacyHeaders: false,
      standardHeaders: 'draft-8',
      identifier: name,
      store: storeOf(counters, name, windowSeconds * 1000),
      keyGenerator: by ?? ((req) => ipKeyGenerator(req.ip ?? '')),
      handler(req, _res, next) {
        const resetAt = 'rateLimit' in req ? (req.rateLimit as { resetTime?: Date }).resetTime : undefined;
        next(new TooMany(((resetAt?.getTime() ?? 0) - Date.now()) / 1000));
      },
    });
}
