import type { Request, Response } from 'express';
import type { Ground } from '../../platform/http/feature.ts';
import { KEPT_PARAMETER } from '../../platform/http/kept-form-pages.ts';
import { localPath } from '../../platform/http/paths.ts';
import { signIn, type Shown } from '../../platform/http/sign-ins.ts';
import type { SessionPerson } from '../../platform/session-person.ts';

/** Where one lands after signing in: on this site, and not on the sign-in page again. */
export function landing(value: unknown): string {
  const path = localPath(value);
  return path === null || /^\/(?:login|logout)(?:[/?]|$)/.test(path) ? '/' : path;
}

/** Lets somebody in who has shown who he is, and leads him where he wanted to go. */
export type Enter = (req: Request, res: Response, person: SessionPerson, shown: Shown, next: unknown) => Promise<void>;

export function createEnter({ knex, accessLog, keptForms, signInRules }: Ground): Enter {
  /** The page asked for, unless it was to show a form that is somebody else's. */
  const destination = async (req: Request, personId: string, wanted: unknown): Promise<string> => {
    const next = landing(wanted);
    const kept = new URL(next, 'http://x').searchParams.get(KEPT_PARAMETER);
    return kept !== null && (await keptForms.find(req, personId, kept)) === null ? '/' : next;
  };

  return async (req, res, person, shown, next) => {
    const to = await destination(req, person.id, next);
    await signIn(req, res, knex, person, shown, (await signInRules()).sessionsAPerson);
    await accessLog.record(req, { kind: 'signIn', detail: shown.way === 'password' && shown.second === null ? {} : { ...shown } });
    res.redirect(to);
  };
}
