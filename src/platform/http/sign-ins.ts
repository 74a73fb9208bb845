import { createHash, randomBytes } from 'node:crypto';
import type { Request, Response } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';
import type { Knex } from 'knex';
import { readCookie, setCookie } from './cookies.ts';
import { startSession } from './session.ts';

/** How a person showed who he is, and by what he did so once more. */
export interface Shown {
  readonly way: 'password' | 'identity' | 'passkey';
  readonly second: 'code' | 'recoveryCode' | null;
}

/** Where a request comes from. */
export interface Place {
  /** A network address; an IPv6 network of 56 bits counts as one. */
  readonly address: string;
  /** Digest of the browser's own cookie; null for one that nobody has signed in with. */
  readonly device: Buffer | null;
}

/** Why a session is over although its time is not: a newer sign-in, the person himself elsewhere, a new password, a closed account. */
export type EndedHow = 'replaced' | 'ended' | 'password' | 'closed';

/** What the browser of an ended session is told. `address` is where it was ended from. */
export interface Ended {
  readonly how: EndedHow;
  /** ISO 8601. */
  readonly at: string;
  readonly address: string;
}

declare module 'express-session' {
  interface SessionData {
    ended?: Ended;
  }
}

const DEVICE_COOKIE = 'xinzhi.device';
const DEVICE_MS = 180 * 86_400_000;
const LONGEST_AGENT = 500;

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

export function placeOf(req: Request): Place {
  const cookie = readCookie(req, DEVICE_COOKIE);
  return { address: ipKeyGenerator(req.ip ?? ''), device: cookie === undefined || cookie === '' ? null : digestOf(cookie) };
}

/** Makes the browser one that is known again, and says by what. */
function markDevice(req: Request, res: Response): Buffer {
  const cookie = readCookie(req, DEVICE_COOKIE) || randomBytes(32).toString('base64url');
  setCookie(req, res, DEVICE_COOKIE, cookie, DEVICE_MS);
  return digestOf(cookie);
}

/** The session stays as that of a visitor, which tells him on his next page what became of his own. */
const END = `
  with gone as (
    update session s set expire = now() + interval '12 hours',
      sess = json_build_object('cookie', s.sess -> 'cookie', 'ended', :ended::json)
    where s.person_id = :person and s.sid <> :except and (:only::uuid[] is null or s.sid in (select i.sid from sign_in i where i.id = any(:only::uuid[]) and i.person_id = :person))
    returning s.sid
  )
  update sign_in set ended_at = now(), ended_how = :how where sid in (select sid from gone) and ended_at is null`;

interface Ending {
  readonly how: EndedHow;
  /** Whose address is told, and whose own session may go on. */
  readonly req: Pick<Request, 'ip' | 'sessionID'>;
  /** This request's own session goes on. */
  readonly keepOwn?: boolean;
  /** Ids of sign-ins; without it, all. */
  readonly only?: readonly string[];
}

/** Ends sessions of a person. Takes effect with their next request, which is told why. */
export async function endSessions(db: Knex, personId: string, { how, req, keepOwn = false, only }: Ending): Promise<void> {
  const ended: Ended = { how, at: new Date().toISOString(), address: req.ip ?? '' };
  await db.raw(END, { person: personId, except: keepOwn ? req.sessionID : '', only: only === undefined ? null : [...only], how, ended: JSON.stringify(ended) });
}

/** Of a person's open sign-ins all that are beyond so many; the newest stay. */
const BEYOND = `
  select i.id from sign_in i join session s on s.sid = i.sid and s.person_id = i.person_id and s.expire > now()
  where i.person_id = ? and i.ended_at is null order by i.at desc, i.id desc offset ?`;

/**
 * Signs a person in on this browser, with a new session id, and ends his oldest sessions beyond the number that one may have.
 * @param most how many sessions one person may have at once.
 */
export async function signIn(req: Request, res: Response, knex: Knex, person: Express.User, shown: Shown, most: number): Promise<void> {
  const device = markDevice(req, res);
  await startSession(req, person);
  await knex.transaction(async (trx) => {
    // One sign-in of a person after the other: of two at once the later one stays.
    await trx('person').where({ id: person.id }).forUpdate().select('id');
    await trx('sign_in').insert({
      person_id: person.id, at: trx.raw('clock_timestamp()'), address: placeOf(req).address, user_agent: (req.get('user-agent') ?? '').slice(0, LONGEST_AGENT),
      ...shown, device, sid: req.sessionID,
    });
    const { rows } = await trx.raw<{ rows: { id: string }[] }>(BEYOND, [person.id, most]);
    if (rows.length > 0) await endSessions(trx, person.id, { how: 'replaced', req, keepOwn: true, only: rows.map(({ id }) => id) });
  });
}

/** Notes that this browser's sign-in was ended by its own button. */
export async function noteSignOut(knex: Knex, req: Request): Promise<void> {
  await knex('sign_in').where({ sid: req.sessionID }).whereNull('ended_at').update({ ended_at: knex.fn.now(), ended_how: 'signedOut' });
}
