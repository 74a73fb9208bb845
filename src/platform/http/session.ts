import type { RequestHandler } from 'express';
import session from 'express-session';
import passport, { type PassportStatic } from 'passport';
import type { Request } from 'express';
import type { Knex } from 'knex';
import { cookieName } from './cookies.ts';
import { SessionStore, type SessionLimits } from './session-store.ts';

export const SESSION_COOKIE = 'xinzhi.sid';

export interface Sessions {
  readonly handlers: RequestHandler[];
  readonly passport: PassportStatic;
  readonly store: SessionStore;
}

/**
 * Sessions and who is signed in. The cookie is the browser session's own, not readable by script,
 * sent to this site alone, and secure when the connection is (behind a trusted proxy: the visitor's).
 */
export function createSessions(knex: Knex, secret: string, limits: () => Promise<SessionLimits>): Sessions {
  const store = new SessionStore(knex, limits);
  const authenticator = new passport.Passport() as PassportStatic;
  authenticator.serializeUser<string>((user, done) => done(null, user.id));
  // The person came with the session, in one statement; nothing is read again here.
  authenticator.deserializeUser<unknown, Request>((req, id, done) => {
    const person = store.personOf(req);
    done(null, person?.id === id ? person : false);
  });
  const sessionsOver = (secure: boolean): RequestHandler => session({
    name: cookieName({ secure }, SESSION_COOKIE),
    secret,
    store,
    resave: false,
    saveUninitialized: false,
    cookie: { httpOnly: true, sameSite: 'lax', secure: 'auto', path: '/' },
  });
  const [overHttps, overHttp] = [sessionsOver(true), sessionsOver(false)];
  return {
    store,
    passport: authenticator,
    handlers: [
      (req, res, next) => (req.secure ? overHttps : overHttp)(req, res, next),
      authenticator.session() as RequestHandler,
    ],
  };
}

/** A session of this person for this browser, with a new id. */
export function startSession(req: Request, person: Express.User): Promise<void> {
  return new Promise((resolve, reject) => {
    req.logIn(person, (error: Error | null) => {
      if (error) return reject(error);
      req.session.begunAt = Date.now();
      resolve();
    });
  });
}

/** Another session id for a visitor, so that nobody who knew the one before knows this one. */
export function renewSession(req: Request): Promise<void> {
  return new Promise((resolve, reject) => {
    req.session.regenerate((error: Error | null) => (error ? reject(error) : resolve()));
  });
}

/**
 * Stores what this request has put into the session, before an answer that sends the browser on: it follows a redirect as soon
 * as it reads the head, which express-session sends before it has stored anything.
 */
export function saveSession(req: Request): Promise<void> {
  return new Promise((resolve, reject) => {
    req.session.save((error: Error | null) => (error ? reject(error) : resolve()));
  });
}

/** Ends this browser's session. */
export function signOut(req: Request): Promise<void> {
  return new Promise((resolve, reject) => {
    req.session.destroy((error: Error | null) => (error ? reject(error) : resolve()));
  });
}
