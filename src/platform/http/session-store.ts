import type { Request } from 'express';
import session, { type Session, type SessionData } from 'express-session';
import type { Knex } from 'knex';
import { runPrepared, type Prepared } from '../prepared.ts';
import { SESSION_PERSON, type SessionPerson } from '../session-person.ts';

interface SessionRow {
  sess: SessionData;
  person_id: string | null;
  remaining_ms: number;
  person: SessionPerson | null;
}

/**
 * Session, person and roles in one statement: each page costs one read, and a person who was
 * deactivated, or a role that was taken away, counts from the very next request.
 */
const READ: Prepared = {
  name: 'session-with-person',
  timeoutMs: 5000,
  text: `
    select s.sess, s.person_id,
           (extract(epoch from s.expire - now()) * 1000)::float8 as remaining_ms,
           case when p.id is not null then ${SESSION_PERSON}
           end as person
    from session s left join person p on p.id = s.person_id and p.active
    where s.sid = $1 and s.expire > now()`,
};

const WRITE: Prepared = {
  name: 'session-write',
  timeoutMs: 5000,
  text: `
    insert into session (sid, sess, expire) values ($1, $2, now() + $3 * interval '1 millisecond')
    on conflict (sid) do update set sess = excluded.sess, expire = excluded.expire`,
};

/** A session that was ended while its request ran does not come back with what the request writes. */
const REWRITE: Prepared = {
  name: 'session-rewrite',
  timeoutMs: 5000,
  text: `
    update session set sess = $2, expire = now() + $3 * interval '1 millisecond'
    where sid = $1 and person_id is not distinct from $4::uuid`,
};

const TOUCH: Prepared = {
  name: 'session-touch',
  timeoutMs: 5000,
  text: `update session set expire = now() + $2 * interval '1 millisecond' where sid = $1 and person_id is not distinct from $3::uuid`,
};

const MINUTE_MS = 60_000;

/** A visitor's session holds his form token only; half a day lets a long public form be finished. */
const VISITOR_MS = 12 * 60 * MINUTE_MS;

declare module 'express-session' {
  interface SessionData {
    /** When its person signed in, in milliseconds since 1970. */
    begunAt?: number;
  }
}

/** How long a person's session may last. */
export interface SessionLimits {
  /** Minutes without a request. */
  readonly idleMinutes: number;
  /** Hours since the sign-in, whatever was done meanwhile. */
  readonly longestHours: number;
}

/** A session is written anew at most once in this time, so that reading pages does not write rows. */
const TOUCH_MS = MINUTE_MS;

/**
 * Sessions in the table `session`. Idle time counts from the last request, give or take a minute; a
 * session is over for good some hours after its sign-in.
 * Errors of the database go to the callback, and so to the error page.
 */
export class SessionStore extends session.Store {
  readonly #knex: Knex;
  readonly #limits: () => Promise<SessionLimits>;
  readonly #loaded = new WeakMap<object, SessionPerson | null>();
  /** Whose each session was when it was last read or written here. */
  readonly #owner = new WeakMap<object, string | null>();

  constructor(knex: Knex, limits: () => Promise<SessionLimits>) {
    super();
    this.#knex = knex;
    this.#limits = limits;
  }

  /** The person whom this request's session belongs to, as read with it; null for a visitor. */
  personOf(req: Request): SessionPerson | null {
    return this.#loaded.get(req.session) ?? null;
  }

  /** Whether the browser's session still existed; a new one was made otherwise. */
  found(req: Request): boolean {
    return this.#loaded.has(req.session);
  }

  override get(sid: string, callback: (error: unknown, data?: SessionData | null) => void): void {
    answer(this.#read(sid), callback);
  }

  override createSession(req: Request, data: SessionData): Session & SessionData {
    const created = super.createSession(req, data);
    const person = this.#loaded.get(data);
    if (person !== undefined) {
      this.#loaded.set(created, person);
      this.#owner.set(created, person?.id ?? null);
    }
    return created;
  }

  override set(sid: string, data: SessionData, callback?: (error?: unknown) => void): void {
    answer(this.#write(sid, data), callback);
  }

  override destroy(sid: string, callback?: (error?: unknown) => void): void {
    answer(this.#knex('session').where({ sid }).delete(), callback);
  }

  async #read(sid: string): Promise<SessionData | null> {
    const [row] = await runPrepared<SessionRow>(this.#knex, READ, [sid]);
    if (!row || (row.person_id !== null && row.person === null)) return null;
    this.#owner.set(row.sess, row.person_id);
    this.#loaded.set(row.sess, row.person);
    // Where nothing can be written, as on a full disk, a page is there to be read all the same; the session ends a little sooner.
    await this.#renew(sid, row).catch(() => undefined);
    return row.sess;
  }

  async #write(sid: string, data: SessionData): Promise<void> {
    const values = [sid, JSON.stringify(data), await this.#lifetime(data)];
    const owner = this.#owner.get(data);
    if (owner !== undefined) await runPrepared(this.#knex, REWRITE, [...values, owner]);
    else await runPrepared(this.#knex, WRITE, values);
    this.#owner.set(data, data.passport?.user ?? null);
  }

  /** By the request that begins: a store with a `touch` has express-session hold back the last byte of each page until that was asked. */
  async #renew(sid: string, { sess, person_id: owner, remaining_ms: remaining }: SessionRow): Promise<void> {
    const lifetime = await this.#lifetime(sess);
    if (remaining > lifetime - TOUCH_MS && remaining <= lifetime) return;
    await runPrepared(this.#knex, TOUCH, [sid, lifetime, owner]);
  }

  async #lifetime(data: SessionData): Promise<number> {
    if (data.passport?.user === undefined) return VISITOR_MS;
    const { idleMinutes, longestHours } = await this.#limits();
    const left = (data.begunAt ?? Date.now()) + longestHours * 60 * MINUTE_MS - Date.now();
    return Math.max(0, Math.min(idleMinutes * MINUTE_MS, left));
  }
}

/** Hands a promise's outcome to a callback of express-session, outside the promise's own error handling. */
function answer<T>(promise: PromiseLike<T>, callback?: (error: unknown, value?: T) => void): void {
  promise.then(
    (value) => callback && setImmediate(callback, null, value),
    (error: unknown) => callback && setImmediate(callback, error),
  );
}
