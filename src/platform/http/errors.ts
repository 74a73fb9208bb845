/**
 * What can go wrong between a request and its answer, as classes a route may throw.
 * One handler (error-pages.ts) turns each into a page, or into problem+json for the API.
 * `reason` is an i18n key (`namespace:path.to.key`), never text.
 */

export type Params = Readonly<Record<string, string | number>>;

export abstract class HttpProblem extends Error {
  abstract readonly status: number;
  /** i18n key of the sentence that tells the reader why; null lets the page's own words stand. */
  readonly reason: string | null;
  readonly params: Params;
  /** What a program is told beside the sentence, as members of its answer. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(name: string, reason: string | null = null, params: Params = {}, members: Readonly<Record<string, unknown>> = {}) {
    super(reason ?? name);
    this.name = name;
    this.reason = reason;
    this.params = params;
    this.members = members;
  }
}

/** The address, cursor or parameter makes no sense (400). */
export class BadRequest extends HttpProblem {
  readonly status = 400;
  constructor(reason: string, params: Params = {}) {
    super('BadRequest', reason, params);
  }
}

/** Nobody is signed in, or no longer (401 for the API; pages go to the sign-in page). */
export class SignInNeeded extends HttpProblem {
  readonly status = 401;
  constructor() {
    super('SignInNeeded');
  }
}

/** The person may see the thing but not do this (403). What he may not even see is NotFound. */
export class Forbidden extends HttpProblem {
  readonly status = 403;
  constructor(reason: string, params: Params = {}) {
    super('Forbidden', reason, params);
  }
}

/** The form's token is not this session's (403). */
export class ForeignToken extends HttpProblem {
  readonly status = 403;
  constructor() {
    super('ForeignToken');
  }
}

/**
 * There is nothing here (404). `refused` means: for this person there is nothing; the page is
 * the same and the attempt goes into the access log.
 */
export class NotFound extends HttpProblem {
  readonly status = 404;
  readonly refused: boolean;
  constructor({ refused = false, reason = null }: { refused?: boolean; reason?: string | null } = {}) {
    super('NotFound', reason);
    this.refused = refused;
  }
}

/** Somebody was quicker, or the page was old (409). */
export class Conflict extends HttpProblem {
  readonly status = 409;
  constructor(reason: string, params: Params = {}, members: Readonly<Record<string, unknown>> = {}) {
    super('Conflict', reason, params, members);
  }
}

/** What the address leads on from is no more, and won't be again (410). */
export class Gone extends HttpProblem {
  readonly status = 410;
  constructor(reason: string) {
    super('Gone', reason);
  }
}

/** More was sent than is taken (413). `limit` is in bytes. */
export class TooLarge extends HttpProblem {
  readonly status = 413;
  readonly limit: number;
  constructor(limit: number) {
    super('TooLarge');
    this.limit = limit;
  }
}

/** The fields are wrong (422). Pages show the form again instead; the API answers with `fields`. */
export class Invalid extends HttpProblem {
  readonly status = 422;
  /** Field name → message in the reader's language. */
  readonly fields: Readonly<Record<string, string>>;
  constructor(fields: Readonly<Record<string, string>>) {
    super('Invalid');
    this.fields = fields;
  }
}

/** Too many requests (429). */
export class TooMany extends HttpProblem {
  readonly status = 429;
  readonly retryAfterSeconds: number;
  constructor(retryAfterSeconds: number) {
    super('TooMany');
    this.retryAfterSeconds = Math.max(1, Math.ceil(retryAfterSeconds));
  }
}

export type Part = 'database' | 'temporal' | 'worker' | 'mail' | 'storage' | 'disk' | 'scanner';

/**
 * A part is away (503). `recorded` says what became of the act: 'no' = certainly not recorded,
 * 'pending' = accepted and being recorded, 'unknown' = only looking again will tell.
 */
export class Unavailable extends HttpProblem {
  readonly status = 503;
  readonly part: Part;
  readonly recorded: 'no' | 'pending' | 'unknown';
  /** Address of the page that tells what became of the act; null where there was none, or the route does not know it. */
  readonly lookAt: string | null;
  constructor(part: Part, recorded: 'no' | 'pending' | 'unknown' = 'no', cause?: unknown, lookAt: string | null = null) {
    super('Unavailable');
    this.part = part;
    this.recorded = recorded;
    this.lookAt = lookAt;
    if (cause !== undefined) this.cause = cause;
  }

  /** The same, with the page to look at. */
  withPage(lookAt: string): Unavailable {
    return new Unavailable(this.part, this.recorded, this.cause, lookAt);
  }
}

const connectionCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '53100', // disk_full
  '53200', // out_of_memory
  '53300', // too_many_connections
]);

/** What `pg` says without a code when its connection is gone; Knex puts the statement and a dash before it. */
const connectionGone = /(?:^| - )(?:Connection terminated|Query read timeout|Client has encountered a connection error|Client was closed and is not queryable|timeout exceeded when trying to connect)/u;

/** Whether an error of `pg` or Knex means that PostgreSQL itself is away. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'KnexTimeoutError') return true;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (connectionCodes.has(code) || code.startsWith('08')) return true;
  if (error instanceof AggregateError) return error.errors.some(isDatabaseAway);
  return connectionGone.test(error.message);
}
