import type { Request, Response } from 'express';
import type { Knex } from 'knex';
import type { Ground } from '../../platform/http/feature.ts';
import { KEPT_PARAMETER } from '../../platform/http/kept-form-pages.ts';
import { localPath, withQuery } from '../../platform/http/paths.ts';
import { renewSession, saveSession } from '../../platform/http/session.ts';
import { needsSecondFactor } from '../../platform/http/sign-in-rules.ts';
import { SIGN_IN_PATH } from '../../platform/http/sign-in-wall.ts';
import { signIn, type Shown } from '../../platform/http/sign-ins.ts';
import { SESSION_PERSON, type SessionPerson } from '../../platform/session-person.ts';

export const CODE_PATH = '/login/code';

/** So long the second step may take after the first. */
const HALFWAY_MINUTES = 10;

/** Somebody who has shown one factor, and has another. */
interface Halfway {
  readonly person: string;
  readonly way: Shown['way'];
  readonly next: string;
  /** Milliseconds since 1970. */
  readonly until: number;
  /** Of the account when the first step was taken: a reset, or another password, ends what is half done. */
  readonly stamp: string;
}

declare module 'express-session' {
  interface SessionData {
    halfway?: Halfway;
  }
}

/** Where one lands after signing in: on this site, and not on the sign-in page again. */
export function landing(value: unknown): string {
  const path = localPath(value);
  return path === null || /^\/(?:login|logout)(?:[/?]|$)/.test(path) ? '/' : path;
}

/** Changes with the password and when the account is closed. */
const STAMP = `encode(sha256(convert_to(p.password_hash || p.active, 'UTF8')), 'hex')`;

async function readStamp(knex: Knex, personId: string): Promise<string> {
  const { rows: [row] } = await knex.raw<{ rows: { stamp: string }[] }>(`select ${STAMP} as stamp from person p where p.id = ?`, [personId]);
  return row?.stamp ?? '';
}

export interface Entering {
  /** Lets somebody in who has shown who he is, and leads him where he wanted to go; first to his second factor if he has one. */
  enter(req: Request, res: Response, person: SessionPerson, shown: Shown, next: unknown): Promise<void>;
  /** Who has taken the first step on this browser, a short time ago; null otherwise. */
  halfway(req: Request): Promise<{ person: SessionPerson; way: Shown['way']; next: string } | null>;
}

export function createEntering({ knex, config, accessLog, keptForms, signInRules, clock }: Ground): Entering {
  /** The page asked for, unless it was to show a form that is somebody else's. */
  const destination = async (req: Request, personId: string, wanted: unknown): Promise<string> => {
    const next = landing(wanted);
    const kept = new URL(next, 'http://x').searchParams.get(KEPT_PARAMETER);
    return kept !== null && (await keptForms.find(req, personId, kept)) === null ? '/' : next;
  };

  return {
    async enter(req, res, person, shown, next) {
      const to = await destination(req, person.id, next);
      const oneFactor = shown.way !== 'passkey' && shown.second === null;
      if (oneFactor && person.hasSecondFactor) {
        await renewSession(req);
        req.session.halfway = { person: person.id, way: shown.way, next: to, until: clock().getTime() + HALFWAY_MINUTES * 60_000, stamp: await readStamp(knex, person.id) };
        await saveSession(req);
        return res.redirect(303, CODE_PATH);
      }
      if (oneFactor && person.hasPasskey && await needsSecondFactor(config, signInRules, person)) {
        await accessLog.record(req, { kind: 'signInFailed', personId: null, username: person.username, detail: { way: shown.way, lacks: 'passkey' } });
        req.flash({ tone: 'soon', text: req.t('security:passkey.asked') });
        return res.redirect(303, withQuery(SIGN_IN_PATH, { next: to }));
      }
      await signIn(req, res, knex, person, shown, (await signInRules()).sessionsAPerson);
      await accessLog.record(req, { kind: 'signIn', detail: shown.way === 'password' && shown.second === null ? {} : { ...shown } });
      res.redirect(to);
    },
    async halfway(req) {
      const { halfway } = req.session;
      if (!halfway || halfway.until <= clock().getTime()) return null;
      const { rows: [row] } = await knex.raw<{ rows: { person: SessionPerson }[] }>(
        `select ${SESSION_PERSON} as person from person p where p.id = ? and p.active and ${STAMP} = ?`, [halfway.person, halfway.stamp],
      );
      return row ? { person: row.person, way: halfway.way, next: halfway.next } : null;
    },
  };
}
