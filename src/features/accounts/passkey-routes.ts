import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import type { Ground } from '../../platform/http/feature.ts';
import { text } from '../../platform/http/fields.ts';
import { withQuery } from '../../platform/http/paths.ts';
import { SIGN_IN_PATH } from '../../platform/http/sign-in-wall.ts';
import { landing, type Entering } from './entering.ts';
import { challengeOf, isOpen, takesChallenge } from './passkey-challenges.ts';
import { CHALLENGE_MINUTES, PasskeyRefused, type Passkeys } from './passkeys.ts';

export const PASSKEY_PATH = '/login/passkey';

/** What the browser's answer is sent in: JSON, of a few thousand characters at the most. */
export const answerForm = z.object({ answer: text({ max: 50_000 }) });

interface Parts {
  readonly ground: Ground;
  readonly entering: Entering;
  readonly passkeys: Passkeys;
}

/** Signing in with a passkey, which is both factors at once: what one has, and what it asks of its owner. Mounted at `/login/passkey`. */
export function passkeyRoutes({ ground, entering, passkeys }: Parts): Router {
  const { accessLog, clock, limiter, logger } = ground;
  const router = Router();
  // Keys cannot be guessed; the limit keeps somebody from having answers checked without end.
  router.use(limiter({ name: 'passkey', hits: 200, windowSeconds: 600 }));

  function fail(req: Request, res: Response, why: 'over' | PasskeyRefused['why'], next: string): void {
    req.flash({ tone: 'late', text: req.t(`security:passkey.failed.${why}`, { count: CHALLENGE_MINUTES }) });
    res.redirect(303, withQuery(SIGN_IN_PATH, { next }));
  }

  router.get('/', (_req, res) => res.redirect(303, SIGN_IN_PATH));

  router.post('/options', async (req, res) => {
    const options = await passkeys.askWho();
    req.session.passkeyAsked = challengeOf(options, ground);
    res.set('Cache-Control', 'no-store').json(options);
  });

  router.post('/', async (req, res) => {
    const next = landing((req.body as Record<string, unknown>)['next']);
    const asked = req.session.passkeyAsked;
    delete req.session.passkeyAsked;
    if (!isOpen(asked, ground) || !(await takesChallenge(asked, ground))) return fail(req, res, 'over', next);
    const read = answerForm.safeParse(req.body);
    try {
      const person = await passkeys.whoAnswered({ challenge: asked.challenge, answer: read.success ? read.data.answer : '', now: clock() });
      await entering.enter(req, res, person, { way: 'passkey', second: null }, next);
    } catch (error) {
      if (!(error instanceof PasskeyRefused)) throw error;
      logger.warn({ requestId: req.requestId, err: error }, 'a sign-in with a passkey came to nothing');
      await accessLog.record(req, { kind: 'signInFailed', personId: null, username: error.username, detail: { way: 'passkey' } });
      fail(req, res, error.why, next);
    }
  });

  return router;
}
